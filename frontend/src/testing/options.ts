import { Level, OptionLadder, OptionLevel, Options, Profile, Strikes } from '../contract/pressure';
import { Random, bell, ratio } from './random';

const SETS = ['0dte', '5d', 'all'] as const;

/** Return the options of a bucket, all of it invented. */
export function optionsAt(
  envelope: Omit<Options, 'type' | 'gex_profile' | 'hedge' | 'levels' | 'why'>,
  mid: number,
  levels: readonly Level[],
  random: Random,
): Options {
  const hedge = { hedge_call: 0, hedge_put: 0, hedge_call_sum: 0, hedge_put_sum: 0 };
  const flows = () => ({
    ...hedge,
    hedge_call: Math.round(bell(random) * 40),
    hedge_put: Math.round(bell(random) * 25),
    hedge_call_sum: 4 * envelope.seq,
    hedge_put_sum: -2 * envelope.seq,
  });
  return {
    type: 'options',
    ...envelope,
    gex_profile: { '0dte': profile(mid), '5d': profile(mid), all: profile(mid) },
    hedge: { '0dte': flows(), '5d': flows(), all: flows() },
    levels: levels.map((level) => optionLevel(level, random)),
    why: {},
  };
}

/** Return what options without a chain look like: everything null, each with its reason. */
export function withoutOptions(
  envelope: Omit<Options, 'type' | 'gex_profile' | 'hedge' | 'levels' | 'why'>,
): { options: Options; strikes: Strikes } {
  const nothing = <T extends object>(shape: T) =>
    Object.fromEntries(Object.keys(shape).map((key) => [key, null])) as never;
  const fields = [...Object.keys(profile(0)), 'hedge_call', 'hedge_put'];
  const hedge = { hedge_call: null, hedge_put: null, hedge_call_sum: null, hedge_put_sum: null };
  const why = Object.fromEntries(
    [...fields, ...Object.keys(hedge)].map((key) => [key, 'no_options' as const]),
  );
  const empty = nothing(profile(0));
  return {
    options: {
      type: 'options',
      ...envelope,
      gex_profile: { '0dte': empty, '5d': empty, all: empty },
      hedge: { '0dte': hedge, '5d': hedge, all: hedge },
      levels: [],
      why,
    },
    strikes: {
      type: 'strikes',
      ...envelope,
      front_strike: [],
      gex_call: [],
      gex_put: [],
      gex_flow: [],
      why: { front_strike: 'no_options' },
    },
  };
}

/** Return gamma by strike: a call wall 40 above, a put wall 35 below. */
export function strikesAt(
  envelope: Omit<Options, 'type' | 'gex_profile' | 'hedge' | 'levels' | 'why'>,
  mid: number,
): Strikes {
  const centre = Math.round(mid / 5) * 5;
  const prices = Array.from({ length: 24 }, (_, index) => centre + 5 * (index - 12));
  const near = (price: number) => 40 * Math.exp(-(((price - mid) / 25) ** 2));
  return {
    type: 'strikes',
    ...envelope,
    front_strike: prices,
    gex_call: prices.map((price) => round(near(price) + (price === centre + 40 ? 180 : 5))),
    gex_put: prices.map((price) => round(near(price) * 0.8 + (price === centre - 35 ? 190 : 4))),
    gex_flow: prices.map((price) => round(8 * Math.sin(price))),
    why: {},
  };
}

function profile(mid: number): Profile {
  const centre = Math.round(mid / 5) * 5;
  return {
    forward: mid,
    gex_total: 1.2e9,
    gex_gross: 4.1e9,
    gex_flow: -1.5e8,
    zero_gamma: centre - 8.25,
    call_wall_gex: centre + 40,
    put_wall_gex: centre - 35,
    call_wall_oi: centre + 40,
    put_wall_oi: centre - 60,
    abs_gamma_strike: centre,
    atm_iv: 0.14,
    n_strikes: 240,
    n_known: 236,
  };
}

function optionLevel(level: Level, random: Random): OptionLevel {
  const five = (make: () => number) => Array.from({ length: 5 }, make) as never;
  const set = () => ({
    gex_net_ratio: five(() => ratio(bell(random) * 0.3)),
    gex_share: five(() => ratio(random() * 0.05)),
    long_short_pressure_60s: five(() => ratio(bell(random) * 0.3)),
    vol_demand_60s: five(() => ratio(bell(random) * 0.3)),
    hedge_to_depth: five(() => bell(random)),
  });
  const pressure = Object.fromEntries(SETS.map((name) => [name, set()])) as never;
  const price = [-2, -1, 0, 1, 2].map((gap) => level.price + 5 * gap) as never;
  return {
    level_id: level.level_id,
    price,
    pressure,
    ladder: optionLadder(random),
    why: optionWhy(),
  };
}

function optionWhy(): OptionLevel['why'] {
  const [up, down] = [0, 1].map((side) =>
    Array.from({ length: 11 }, (_, step) => (step < 5 === (side === 0) ? 'no_hedge' : null)),
  );
  return { hedge_share_up: up as never, hedge_share_down: down as never };
}

function optionLadder(random: Random): OptionLadder {
  const steps = (make: (step: number) => number | null) =>
    Array.from({ length: 11 }, (_, step) => make(step)) as never;
  return {
    hedge_naive_0dte: steps((step) => Math.round((step - 5) * -60 + bell(random) * 10)),
    hedge_naive_all: steps((step) => Math.round((step - 5) * -90 + bell(random) * 10)),
    hedge_flow_0dte: steps((step) => Math.round((step - 6) * 25)),
    hedge_flow_all: steps((step) => Math.round((step - 6) * 30)),
    hedge_share_up: steps((step) => (step < 5 ? null : ratio(0.2 + random() * 0.3))),
    hedge_share_down: steps((step) => (step < 5 ? ratio(0.2 + random() * 0.3) : null)),
    long_share_60s: steps(() => ratio(random() * 0.1)),
    short_share_60s: steps(() => ratio(random() * 0.1)),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
