import { Analogs, Chance } from '../contract/pressure';

const OUTCOMES = ['break', 'reject', 'reject', 'chop', 'reject'] as const;

/** Return an invented forecast of a touch. */
export function analogsAt(
  envelope: Pick<Analogs, 'session' | 'seq' | 'bucket_end'>,
  levelId: string,
): Analogs {
  const chance = (p: number, base: number, walk: number): Chance => ({
    p,
    lo: Math.max(0, p - 0.14),
    hi: Math.min(1, p + 0.14),
    base,
    null: walk,
  });
  return {
    type: 'analogs',
    ...envelope,
    level_id: levelId,
    level_ids: [levelId],
    touched_at: envelope.bucket_end,
    wait_s: 60,
    horizons: [120, 300, 600].map((seconds, index) => ({
      horizon_s: seconds,
      barrier_ticks: 7 + 4 * index,
      n_eff: 11.4 - index,
      n_sessions: 14,
      coverage: 0.41,
      break: chance(0.21, 0.31, 0.33),
      reject: chance(0.58, 0.36, 0.33),
      chop: chance(0.21, 0.33, 0.34),
      why: null,
    })),
    cards: OUTCOMES.map((outcome, index) => ({
      session: `2024-02-${20 + index}`,
      touched_at: `2024-02-${20 + index}T15:1${index}:00Z`,
      seq: 480 + 12 * index,
      level_id: index % 2 ? 'PM_LOW' : 'OR15_HIGH',
      distance: 1.2 + index / 10,
      outcomes: [outcome, outcome, index === 4 ? null : 'chop'],
      mfe_sigma: [1.8, 2.1, index === 4 ? null : 2.4],
      mae_sigma: [0.4, 0.6, index === 4 ? null : 1.1],
    })),
    why: null,
  };
}

/** Return what there is to say without a past. */
export function withoutHistory(
  envelope: Pick<Analogs, 'session' | 'seq' | 'bucket_end'>,
  levelId: string,
): Analogs {
  return {
    type: 'analogs',
    ...envelope,
    level_id: levelId,
    level_ids: [levelId],
    touched_at: envelope.bucket_end,
    wait_s: 0,
    horizons: [],
    cards: [],
    why: 'no_history',
  };
}
