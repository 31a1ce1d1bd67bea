import { Frame, Ladder, Level, Minute, Reason, Why } from '../contract/pressure';
import { Random, bell, ratio } from './random';

/** An invented level: where it stands, and which way it will press. */
export interface Planted {
  readonly id: string;
  readonly price: number;
  /** From which bucket on it is known. */
  readonly from: number;
  readonly press: number;
}

type Quad = [number | null, number | null, number | null, number | null];

const OFFSETS = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5] as const;
const TICK = 0.25;
/** Ticks from which on a side has no room beyond the level. */
const OUT_OF_REACH = 20;

/** Return a level in a bucket, all of it invented, nulls and their reasons as in the contract. */
export function levelAt(
  planted: Planted,
  mid: number,
  before: readonly number[],
  random: Random,
): Level {
  const dist = (mid - planted.price) / TICK;
  const age = before.length;
  const isAboveOut = dist > OUT_OF_REACH;
  const isBelowOut = dist < -OUT_OF_REACH;
  const why: Record<string, Reason | (Reason | null)[]> = {};
  const frame = frameOf(planted.press, isAboveOut, isBelowOut, age, why, random, '');
  const touch = frameOf(planted.press, false, false, age, why, random, '_touch');
  const hasSigma = age >= 12;
  if (!hasSigma) {
    for (const field of ['dist_sigma', 'speed_sigma', 'sigma_ticks']) {
      why[field] = 'warming_up';
    }
  }
  return {
    level_id: planted.id,
    price: planted.price,
    approach: dist <= 0 ? 'from_below' : 'from_above',
    dist_ticks: dist,
    dist_sigma: hasSigma ? Math.round((dist / 1.6) * 1e4) / 1e4 : null,
    speed_sigma: hasSigma ? Math.round(bell(random) * 1e4) / 1e4 : null,
    sigma_ticks: hasSigma ? 1.6 : null,
    code: 0,
    code_touch: 0,
    phase: Math.abs(dist) <= 2 ? 'touch' : Math.abs(dist) < 16 ? 'approach' : 'idle',
    touch_no: Math.abs(dist) <= 2 ? 1 : 0,
    seconds_in_phase: 5 * (age % 50),
    cluster_id: planted.id,
    reach: { above: isAboveOut ? 0 : 1, below: isBelowOut ? 0.13 : 1 },
    level: frame,
    touch: touch as never,
    minute: minuteOf(planted.press, isAboveOut, isBelowOut, age, why, random),
    why: why as Why,
    ladder: ladderOf(planted, dist, age, why, random),
  };
}

function frameOf(
  press: number,
  isAboveOut: boolean,
  isBelowOut: boolean,
  age: number,
  why: Record<string, Reason | (Reason | null)[]>,
  random: Random,
  suffix: string,
): Frame {
  const above = 'asks_above_out_of_reach';
  const below = 'bids_below_out_of_reach';
  const either = isAboveOut ? above : isBelowOut ? below : null;
  const quad = (name: string, value: number, reason: Reason | null): Quad => {
    if (reason) {
      why[name + suffix] = reason;
      return [null, null, null, null];
    }
    const known = (lag: number, width: number) =>
      age >= lag ? ratio(bell(random) * width * 0.2) : null;
    if (age < 3) {
      why[name + suffix] = 'warming_up';
    }
    return [ratio(value), known(1, 1), known(2, 2), known(3, 3)];
  };
  const noise = () => press + bell(random) * 0.15;
  return {
    ask_above_higher: quad('ask_above_higher', noise(), isAboveOut ? above : null),
    ask_above_drain: quad('ask_above_drain', noise(), isAboveOut ? above : null),
    bid_below_lower: quad('bid_below_lower', -noise(), isBelowOut ? below : null),
    bid_below_drain: quad('bid_below_drain', -noise(), isBelowOut ? below : null),
    p_above: quad('p_above', noise(), isAboveOut ? above : null),
    p_below: quad('p_below', noise(), isBelowOut ? below : null),
    net: quad('net', noise(), either),
    vacuum: quad('vacuum', bell(random) * 0.1, either),
  };
}

function minuteOf(
  press: number,
  isAboveOut: boolean,
  isBelowOut: boolean,
  age: number,
  why: Record<string, Reason | (Reason | null)[]>,
  random: Random,
): Minute {
  const pair = (
    name: string,
    value: number,
    reason: Reason | null,
  ): [number | null, number | null] => {
    const absent = reason ?? (age < 12 ? 'warming_up' : null);
    if (absent) {
      why[name] = absent;
      return [null, null];
    }
    if (age < 18) {
      why[name] = 'warming_up';
    }
    return [ratio(value), age < 18 ? null : ratio(bell(random) * 0.08)];
  };
  const above = isAboveOut ? 'asks_above_out_of_reach' : null;
  const below = isBelowOut ? 'bids_below_out_of_reach' : null;
  const noise = () => press + bell(random) * 0.04;
  return {
    net_60s: pair('net_60s', noise(), above ?? below),
    vacuum_60s: pair('vacuum_60s', bell(random) * 0.06, above ?? below),
    p_above_60s: pair('p_above_60s', noise(), above),
    p_below_60s: pair('p_below_60s', noise(), below),
  };
}

function ladderOf(
  planted: Planted,
  dist: number,
  age: number,
  why: Record<string, Reason | (Reason | null)[]>,
  random: Random,
): Ladder {
  const outer = (offset: number) => offset * 4;
  const canBid = OFFSETS.map((offset) => outer(offset) <= dist + 3);
  const canAsk = OFFSETS.map((offset) => outer(offset) >= dist - 3);
  const column = (name: string, can: readonly boolean[], make: (step: number) => number) => {
    const values = can.map((is, step) => (is ? ratio(make(step)) : null));
    if (can.includes(false)) {
      why[name] = can.map((is): Reason | null => (is ? null : 'out_of_reach'));
    }
    return values as Ladder['lean_60s'];
  };
  const share = (step: number) => 0.05 + random() * 0.1 + (step === 7 ? 0.1 : 0);
  const all = OFFSETS.map(() => true);
  return {
    offset: [...OFFSETS] as Ladder['offset'],
    bid_reach: canBid.map(Number) as Ladder['bid_reach'],
    ask_reach: canAsk.map(Number) as Ladder['ask_reach'],
    bid_depth_share: column('bid_depth_share', canBid, share),
    ask_depth_share: column('ask_depth_share', canAsk, share),
    depth_share_median: column('depth_share_median', all, () => 0.09),
    bid_pull_add: column('bid_pull_add', canBid, () => bell(random) * 0.3),
    ask_pull_add: column('ask_pull_add', canAsk, () => bell(random) * 0.3),
    bid_fill_intensity: column('bid_fill_intensity', canBid, () => random() * 0.2),
    ask_fill_intensity: column('ask_fill_intensity', canAsk, () => random() * 0.2),
    lean_60s: column(
      'lean_60s',
      all,
      (step) =>
        planted.press * 0.6 + Math.sin(age / (15 + step) + 2.3 * step) * 0.12 + bell(random) * 0.03,
    ),
  };
}
