import { Bucket, Hello, Message, Snapshot } from '../contract/pressure';
import { analogsAt, withoutHistory } from './analogs';
import { Planted, levelAt } from './level';
import { optionsAt, strikesAt, withoutOptions } from './options';
import { bell, seeded } from './random';

/** A fixture for tests: an invented session, the same for the same seed. No market ever did this. */
export interface Invented {
  readonly hello: Hello;
  /** Data messages of each bucket; the first bucket's stand at 0. */
  readonly moments: readonly (readonly Message[])[];
}

export interface Wishes {
  readonly seed?: number;
  readonly buckets?: number;
  readonly hasOptions?: boolean;
  readonly hasHistory?: boolean;
}

const START = Date.parse('2024-03-05T14:30:00Z');
const LEVELS: readonly Planted[] = [
  { id: 'OR15_HIGH', price: 6775, from: 180, press: 0.1 },
  { id: 'PM_HIGH', price: 6765, from: 0, press: -0.02 },
  { id: 'OR15_LOW', price: 6764, from: 180, press: 0.02 },
  { id: 'SMA_90', price: 6763.75, from: 0, press: 0 },
  { id: 'PM_LOW', price: 6761.25, from: 0, press: -0.12 },
];

const LEGS = [
  { to: 6771, until: 200 },
  { to: 6761.5, until: 360 },
  { to: 6760.5, until: 460 },
  { to: 6775, until: 760 },
  { to: 6782, until: 2160 },
];

export function invent(wishes: Wishes = {}): Invented {
  const { seed = 7, buckets = 420, hasOptions = true, hasHistory = true } = wishes;
  const random = seeded(seed);
  const mids: number[] = [];
  let mid = 6772;
  const moments = Array.from({ length: buckets }, (_, index): Message[] => {
    mid = Math.round((mid + pullOf(mid, index) + bell(random) * 0.25) * 8) / 8;
    mids.push(mid);
    const envelope = {
      session: '2024-03-05',
      seq: index + 1,
      bucket_end: new Date(START + 5000 * (index + 1)).toISOString().replace('.000', ''),
      final: true,
    };
    const levels = LEVELS.filter((one) => one.from <= index).map((one) =>
      levelAt(one, mid, mids.slice(one.from, index), random),
    );
    const before = mids[index - 1] ?? mid;
    const touches = levels
      .filter((one) => Math.abs(mid - one.price) <= 0.5 && Math.abs(before - one.price) > 0.5)
      .map((one) => ({
        level_id: one.level_id,
        level_ids: [one.level_id],
        n_touch: 1,
        approach: one.approach ?? 'from_above',
        dist_ticks: one.dist_ticks ?? 0,
      }));
    const bucket: Bucket = {
      type: 'bucket',
      ...envelope,
      market: {
        mid,
        microprice: mid + 0.02,
        buy_sell: 0.1,
        queue_imbalance: 0.2,
        flow_imbalance: -0.1,
        low_tick: Math.floor(mid * 4) - 1,
        high_tick: Math.ceil(mid * 4) + 1,
        why: {},
      },
      quality: { book: 'ok', n_gaps: 0, why: {} },
      levels,
      touches,
    };
    const { session, seq, bucket_end } = envelope;
    const told = touches.map((touch) =>
      hasHistory
        ? analogsAt({ session, seq, bucket_end }, touch.level_id)
        : withoutHistory({ session, seq, bucket_end }, touch.level_id),
    );
    const optional = hasOptions
      ? [optionsAt(envelope, mid, levels, random), strikesAt(envelope, mid)]
      : Object.values(withoutOptions(envelope));
    return [bucket, ...optional, ...told];
  });
  return { hello: helloOf(buckets), moments };
}

/** Price comes to the lowest level, stays, and goes up to the highest. */
function pullOf(mid: number, index: number): number {
  const leg = LEGS.find((one) => index < one.until) ?? LEGS[0];
  return leg ? (leg.to - mid) / Math.max(leg.until - index, 25) : 0;
}

/** Return the snapshot that a client gets which joins at a bucket. */
export function snapshotOf({ hello, moments }: Invented, seq: number): Snapshot {
  const shown = moments.slice(Math.max(0, seq - 240), seq).flat();
  const kind = <T extends Message['type']>(type: T) =>
    shown.filter((one): one is Extract<Message, { type: T }> => one.type === type);
  return {
    type: 'snapshot',
    session: hello.session,
    build: hello.build,
    buckets: kind('bucket'),
    options: kind('options'),
    strikes: kind('strikes').at(-1) ?? null,
    analogs: kind('analogs'),
  };
}

function helloOf(buckets: number): Hello {
  return {
    type: 'hello',
    session: '2024-03-05',
    root: 'ES',
    raw_symbol: 'ESH4',
    tick_size: 0.25,
    timezone: 'America/New_York',
    window_start: '2024-03-05T14:30:00Z',
    window_end: '2024-03-05T17:30:00Z',
    bucket_s: 5,
    step: 1,
    mode: 'replay',
    speed: 1,
    build: '0a1b2c3d',
    schema_digest: '0'.repeat(16),
    features_digest: '0'.repeat(16),
    first_seq: 1,
    last_seq: buckets,
    levels: LEVELS.map((one) => ({
      level_id: one.id,
      kind: one.id,
      price: one.price,
      known_at: new Date(START + 5000 * one.from).toISOString().replace('.000', ''),
      valid_to: null,
    })),
    absences: [],
    fields: {},
    why: {},
  };
}
