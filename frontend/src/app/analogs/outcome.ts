import { Analogs, Card, Chance, Horizon } from '../../contract/pressure';
import { because, percent, spoken } from '../shared/words';

export const OUTCOMES = ['break', 'reject', 'chop'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How each outcome is marked; break and reject have no colour, for they go with the approach. */
export const MARKS: Readonly<Record<Outcome, string>> = { break: '⤴', reject: '⤶', chop: '↔' };

/** A row of the distribution: numbers for its bar, and the same in words. */
export interface OutcomeRow {
  readonly outcome: Outcome;
  readonly mark: string;
  readonly chance: Chance;
  readonly p: string;
  readonly interval: string;
  readonly base: string;
  readonly null: string;
}

/** Return the rows of a horizon, none where it has no forecast. */
export function rowsOf(horizon: Horizon | null): OutcomeRow[] {
  return OUTCOMES.flatMap((outcome) => {
    const chance = horizon?.[outcome];
    if (!chance) {
      return [];
    }
    const interval = `${Math.round(100 * chance.lo)}–${percent(chance.hi)}`;
    const [p, base, walk] = [chance.p, chance.base, chance.null].map(percent) as [
      string,
      string,
      string,
    ];
    return [{ outcome, mark: MARKS[outcome], chance, p, interval, base, null: walk }];
  });
}

/** Return what a forecast stands on, or why there is none. */
export function footingOf(analogs: Analogs | null, horizon: Horizon | null): string {
  const why = analogs?.why ?? horizon?.why;
  if (!analogs) {
    return 'no touch of this level yet';
  }
  if (why || !horizon) {
    const count = horizon ? `: ${countOf(horizon.n_sessions, 'past session')}` : '';
    return `${because(why)}${why === 'no_history' ? ' yet: 0 past sessions' : count}`;
  }
  const setups = `${horizon.n_eff?.toFixed(1) ?? '–'} setups`;
  const sessions = countOf(horizon.n_sessions, 'session');
  const close = horizon.coverage === null ? '' : ` · farther than ${percent(horizon.coverage)}`;
  return `n ${setups} of ${sessions} · ±${horizon.barrier_ticks} ticks${close}`;
}

function countOf(count: number | null, what: string): string {
  return `${count ?? 0} ${what}${count === 1 ? '' : 's'}`;
}

/** Return where a card leads: the past setup, in replay, just before price came. */
export function addressOfCard(card: Card): string {
  const query = new URLSearchParams({
    session: card.session,
    from: String(card.seq),
    level: card.level_id,
    speed: '0',
  });
  return `?${query}`;
}

/** Return how a past setup ended within a horizon; it may have been cut by the end of its window. */
export function endOf(card: Card, horizon: number): string {
  const outcome = card.outcomes[horizon];
  return outcome ? `${MARKS[outcome]} ${outcome}` : 'cut off';
}

export function titleOfCard(card: Card, horizon: number, clock: string): string {
  const [mfe, mae] = [card.mfe_sigma[horizon], card.mae_sigma[horizon]];
  const known = mfe !== null && mfe !== undefined && mae !== null && mae !== undefined;
  const far = known ? `, ${mfe.toFixed(1)} σ along, ${mae.toFixed(1)} σ against` : '';
  const outcome = endOf(card, horizon) + far;
  return `${card.session} ${clock}, ${spoken(card.level_id)}: ${outcome}`;
}

/** A horizon as a person says it. */
export function minutes(seconds: number | null): string {
  return seconds === null ? '–' : `${seconds / 60} min`;
}
