import { Profile, Strikes } from '../../contract/pressure';
import { Call, Ink, Size, line, rect, text } from '../canvas/call';
import { Scale, scale, spread } from '../canvas/scale';
import { signedCount } from '../shared/words';

export interface StrikesFrame {
  readonly strikes: Strikes | null;
  readonly profile: Profile | null;
  readonly why: string;
  readonly mid: number | null;
  readonly level: { readonly name: string; readonly price: number } | null;
}

interface Mark {
  readonly price: number;
  readonly said: string;
  readonly ink: Ink;
  readonly dash: boolean;
}

/** Draw gamma by strike: calls to the right, puts to the left, linear, a tick where the two net. */
export function strikes(frame: StrikesFrame, size: Size): Call[] {
  const prices = frame.strikes?.front_strike.filter((price) => price !== null) ?? [];
  if (!frame.strikes || prices.length === 0) {
    const middle = [size.width / 2, size.height / 2] as const;
    return [text(...middle, frame.why, 'dim', { align: 'center' })];
  }
  const pad = 3;
  const range = [Math.max(...prices) + pad, Math.min(...prices) - pad] as const;
  const y = scale(range, [0.8 * size.em, size.height - 1.6 * size.em]);
  const marks = marksOf(frame).filter((mark) => mark.price < y.from && mark.price > y.to);
  return [
    ...names(prices, y, size),
    ...lines(marks, y, size),
    ...bars(frame.strikes, y, size),
    ...labels(marks, y, size),
  ];
}

function names(prices: readonly number[], y: Scale, size: Size): Call[] {
  const rows = (size.height - 1.6 * size.em) / (1.4 * size.em);
  const span = Math.abs(y.from - y.to);
  const step = [5, 10, 20, 25, 50].find((one) => span / one <= rows) ?? 100;
  const round = [...new Set(prices.map((price) => Math.round(price / step) * step))];
  return round
    .filter((price) => price < y.from && price > y.to)
    .map((price) =>
      text(3.6 * size.em, y(price), String(price), 'dim', { align: 'right', scale: 0.9 }),
    );
}

function bars(strikesNow: Strikes, y: Scale, size: Size): Call[] {
  const { front_strike, gex_call, gex_put, gex_flow } = strikesNow;
  const drawn = [...gex_call, ...gex_put, ...gex_flow];
  const largest = Math.max(1e-9, ...drawn.map((value) => Math.abs(value ?? 0)));
  const [axis, reach] = [size.width * 0.42, size.width * 0.26];
  const height = Math.min(size.em * 0.8, (size.height / Math.max(front_strike.length, 1)) * 0.72);
  const wide = (value: number | null | undefined) => ((value ?? 0) / largest) * reach;
  const widest = signedCount(largest).slice(1);
  const said = `◂ puts · calls ▸ · widest ${widest} · tick: net · thin line: flow`;
  const key = text(axis, size.height - 0.5 * size.em, said, 'dim', {
    align: 'center',
    scale: 0.85,
    box: 'ground',
  });
  const rows = front_strike.flatMap((price, index) => {
    if (price === null) {
      return [];
    }
    const top = y(price) - height / 2;
    const [call, put] = [wide(gex_call[index]), wide(gex_put[index])];
    const net = wide((gex_call[index] ?? 0) - (gex_put[index] ?? 0));
    const flow = gex_flow[index] ?? null;
    return [
      rect([axis, top, call, height], 'up', 0.8),
      rect([axis - put, top, put, height], 'down', 0.8),
      rect([axis + net - 1, top, 2, height], 'ink'),
      ...(flow === null
        ? []
        : [rect([axis + Math.min(0, wide(flow)), top + height, Math.abs(wide(flow)), 1.5], 'dim')]),
    ];
  });
  return [...rows, key];
}

function marksOf({ profile, mid, level }: StrikesFrame): Mark[] {
  const found: (readonly [number | null | undefined, string, Ink, boolean])[] = [
    [profile?.call_wall_gex, 'call wall', 'up', true],
    [profile?.put_wall_gex, 'put wall', 'down', true],
    [profile?.zero_gamma, 'zero gamma', 'dim', true],
    [level?.price, level?.name ?? '', 'ink', false],
    [mid, 'price', 'ink', false],
  ];
  return found.flatMap(([price, said, ink, dash]) =>
    price === null || price === undefined ? [] : [{ price, said, ink, dash }],
  );
}

/** Where each mark's label stands, pushed apart from the others. */
function labelPlaces(marks: readonly Mark[], y: Scale, size: Size): number[] {
  const places = marks.map((mark) => y(mark.price));
  return spread(places, 1.3 * size.em);
}

function lines(marks: readonly Mark[], y: Scale, size: Size): Call[] {
  const places = labelPlaces(marks, y, size);
  return marks.map((mark, index) => {
    const points = [
      [4 * size.em, y(mark.price)],
      [size.width * 0.7, y(mark.price)],
      [size.width * 0.74, places[index] ?? 0],
      [size.width * 0.8, places[index] ?? 0],
    ] as const;
    return line(points, mark.ink, 1, mark.dash ? { dash: [2, 3] } : {});
  });
}

function labels(marks: readonly Mark[], y: Scale, size: Size): Call[] {
  const places = labelPlaces(marks, y, size);
  return marks.map((mark, index) => {
    const price = Number.isInteger(mark.price) ? String(mark.price) : mark.price.toFixed(2);
    const said = `${mark.said} ${price}`;
    const place = [size.width - 0.6 * size.em, places[index] ?? 0] as const;
    return text(...place, said, mark.ink, { scale: 0.9, box: 'ground', align: 'right' });
  });
}
