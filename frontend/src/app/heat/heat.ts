import { Call, Point, Size, hatch, line, rect, text } from '../canvas/call';
import { Scale, clamp, scale, ticks } from '../canvas/scale';
import { missingReason } from '../shared/absent';
import { Span, spanOf, timesOf, touched } from '../shared/axis';
import { because, spoken } from '../shared/words';
import { Column, newest, runsOf } from '../stream/series';
import { cellsOf } from './cells';

/** lean: who the last minute favours; wall: resting share against the session's own median. */
export type HeatMode = 'lean' | 'wall';

export interface HeatFrame {
  readonly columns: readonly Column[];
  readonly mode: HeatMode;
  /** Points. */
  readonly tickSize: number;
  readonly step: number;
  readonly timezone: string;
}

/** Points around the level that are always there, and how many there are at most. */
const REACH = 5.6;
const TALLEST = 22;

/** Draw the book around the level over twenty minutes, with price on it. */
export function heat(frame: HeatFrame, size: Size): Call[] {
  const span = spanOf(frame.columns, size);
  const bottom = size.height - 1.8 * size.em;
  const level = newest(frame.columns, (column) => column.level);
  if (!level) {
    return nothing(frame, span, bottom, size);
  }
  const y = priceScale(frame, level.price, bottom);
  return [
    ...cellsOf(frame, span, y, [0, bottom]),
    ...unseen(frame, span, bottom, size),
    ...prices(y, span, size),
    ...timesOf(frame.columns, span, bottom + 0.9 * size.em, frame.timezone),
    ...otherLevels(frame, span, y, size),
    ...levelLine(frame, span, y),
    ...touchMarks(frame, span, y, size),
    ...priceLine(frame, span, y),
    ...tags(frame, span, y, size),
    ...legend(frame, size),
  ];
}

/** Return where prices stand: around the level, wider where price was, never above 22 points. */
export function priceScale(frame: HeatFrame, level: number, bottom: number): Scale {
  const mids = frame.columns.flatMap((column) => column.bucket?.market.mid ?? []);
  const half = TALLEST / 2;
  const low = clamp(Math.min(level - REACH, ...mids.map((mid) => mid - 0.5)), level - TALLEST + REACH, level);
  const high = clamp(Math.max(level + REACH, ...mids.map((mid) => mid + 0.5)), level, low + TALLEST);
  return scale([Math.max(low, high - 2 * half), high], [bottom, 0]);
}

function nothing(frame: HeatFrame, span: Span, bottom: number, size: Size): Call[] {
  const reason = missingReason(frame.columns.at(-1) as Column) ?? 'no level';
  const middle = [(span.left + span.right) / 2, bottom / 2] as const;
  return [
    hatch([span.left, 0, span.right - span.left, bottom]),
    text(...middle, reason, 'dim', { align: 'center', box: 'ground' }),
    ...timesOf(frame.columns, span, bottom + 0.9 * size.em, frame.timezone),
  ];
}

function unseen(frame: HeatFrame, span: Span, bottom: number, size: Size): Call[] {
  return runsOf(frame.columns.map(missingReason)).flatMap((run) => {
    const x = span.x(run.first);
    const width = span.x(run.end) - x;
    const said = text(x + width / 2, bottom / 2, run.value, 'dim', { align: 'center', box: 'ground' });
    return [
      hatch([x, 0, width, bottom]),
      ...(width > run.value.length * size.em * 0.6 ? [said] : []),
    ];
  });
}

function prices(y: Scale, span: Span, size: Size): Call[] {
  const step = Math.max(2, ...ticks(y.from, y.to, 12).slice(0, 2).map((_, i, all) => (all[1] ?? 2) - (all[0] ?? 0)));
  const first = Math.ceil(y.from / step);
  const count = Math.floor(y.to / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step)
    .filter((price) => y(price) > size.em * 0.6)
    .map((price) => text(span.right + 0.4 * size.em, y(price), String(price), 'dim'));
}

function otherLevels(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  const selected = newest(frame.columns, (column) => column.level)?.level_id;
  const levels = newest(frame.columns, (column) => column.bucket)?.levels ?? [];
  return levels
    .filter((level) => level.level_id !== selected && level.price > y.from && level.price < y.to)
    .flatMap((level) => {
      const points: Point[] = [
        [span.left, y(level.price)],
        [span.right, y(level.price)],
      ];
      const name = spoken(level.level_id);
      return [
        line(points, 'dim', 1, { dash: [3, 3] }),
        text(span.right + 2, y(level.price), name, 'dim', { scale: 0.85, box: 'ground' }),
      ];
    });
}

function levelLine(frame: HeatFrame, span: Span, y: Scale): Call[] {
  const points = frame.columns.flatMap((column, index): Point[] =>
    column.level
      ? [
          [span.x(index), y(column.level.price)],
          [span.x(index + 1), y(column.level.price)],
        ]
      : [],
  );
  return [line(points, 'ink', 2)];
}

function touchMarks(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  return frame.columns.flatMap((column, index) => {
    const touch = column.bucket?.touches.find((one) => one.level_id === column.level?.level_id);
    if (!touch || !column.level || !touched(column)) {
      return [];
    }
    const isBelow = touch.approach === 'from_below';
    const place = y(column.level.price) + (isBelow ? 0.9 : -0.9) * size.em;
    return [text(span.x(index + 1), place, isBelow ? '▲' : '▼', 'ink', { align: 'center', box: 'ground' })];
  });
}

function priceLine(frame: HeatFrame, span: Span, y: Scale): Call[] {
  const runs: Point[][] = [[]];
  frame.columns.forEach((column, index) => {
    const mid = column.bucket?.market.mid ?? null;
    if (mid === null) {
      runs.push([]);
    } else {
      runs.at(-1)?.push([span.x(index + 1), clamp(y(mid), 1, y(y.from) - 1)]);
    }
  });
  return runs
    .filter((points) => points.length > 1)
    .flatMap((points) => [line(points, 'ground', 5), line(points, 'ink', 1.8)]);
}

function tags(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  const level = newest(frame.columns, (column) => column.level);
  const market = frame.columns.at(-1)?.bucket?.market;
  const mid = market?.mid ?? null;
  if (!level) {
    return [];
  }
  const gap = 1.5 * size.em;
  const at = y(level.price);
  const wanted = mid === null ? at : clamp(y(mid), size.em, y(y.from) - size.em);
  const apart = Math.abs(wanted - at) >= gap ? wanted : at + (wanted < at ? -gap : gap);
  const x = span.right + 0.6 * size.em;
  const price = mid === null ? because(market?.why['mid'] as never) : mid.toFixed(2);
  return [
    text(x, at, level.price.toFixed(2), 'ground', { box: 'ink', bold: true }),
    text(x, apart, price, 'ink', { box: 'ground', edge: 'ink', bold: true }),
  ];
}

const LEGENDS: Readonly<Record<HeatMode, readonly (readonly [Call['kind'] | 'up' | 'down' | 'ink', string])[]>> = {
  lean: [
    ['up', '▲ opens up: asks pulled, bids added'],
    ['down', '▼ opens down: bids pulled, asks added'],
  ],
  wall: [['ink', 'rests more than the session’s median here; number: times the median']],
};

function legend(frame: HeatFrame, size: Size): Call[] {
  let x = 0.8 * size.em;
  const y = 1.1 * size.em;
  const parts = [...LEGENDS[frame.mode], ['ground', 'empty: nothing rests or moves there'] as const];
  return parts.flatMap(([ink, said]) => {
    const at = x;
    x += said.length * size.em * 0.56 + 3 * size.em;
    return [
      rect([at - 2, y - 0.75 * size.em, said.length * size.em * 0.56 + 2 * size.em, 1.5 * size.em], 'ground', 0.8),
      rect([at, y - 0.4 * size.em, 0.8 * size.em, 0.8 * size.em], ink === 'ground' ? 'rule' : (ink as 'up')),
      text(at + 1.3 * size.em, y, said, 'ink', { scale: 0.9 }),
    ];
  });
}
