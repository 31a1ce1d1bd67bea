import { Level } from '../../contract/pressure';
import { Call, Point, Size, hatch, line, rect, text } from '../canvas/call';
import { Scale, clamp, scale, spread } from '../canvas/scale';
import { missingReason } from '../shared/absent';
import { Span, spanOf, timesOf, touched } from '../shared/axis';
import { because, reasonIn, spoken } from '../shared/words';
import { Column, newest, runsOf } from '../stream/series';
import { cellsOf } from './cells';
import { legend } from './legend';

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
/** Points between prices on the axis. */
const STEPS = [1, 2, 5];

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
    ...prices(frame, y, span, size),
    ...timesOf(frame.columns, span, bottom + 0.9 * size.em, frame.timezone),
    ...otherLevels(frame, span, y),
    ...levelLine(frame, span, y),
    ...touchMarks(frame, span, y, size),
    ...priceLine(frame, span, y),
    ...otherNames(frame, span, y, size),
    ...tags(frame, span, y, size),
    ...legend(frame.mode, size),
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

function prices(frame: HeatFrame, y: Scale, span: Span, size: Size): Call[] {
  const taken = tagPlaces(frame, y, size);
  const step = STEPS.find((one) => (y.to - y.from) / one <= 12) ?? 5;
  const first = Math.ceil(y.from / step);
  const count = Math.floor(y.to / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step)
    .filter((price) => y(price) > size.em * 0.6)
    .filter((price) => taken.every((place) => Math.abs(place - y(price)) > 1.3 * size.em))
    .map((price) => text(span.right + 0.4 * size.em, y(price), String(price), 'dim'));
}

function othersOf(frame: HeatFrame, y: Scale): Level[] {
  const selected = newest(frame.columns, (column) => column.level)?.level_id;
  const levels = newest(frame.columns, (column) => column.bucket)?.levels ?? [];
  return levels.filter(
    (level) => level.level_id !== selected && level.price > y.from && level.price < y.to,
  );
}

function otherLevels(frame: HeatFrame, span: Span, y: Scale): Call[] {
  return othersOf(frame, y).map((level) => {
    const points: Point[] = [
      [span.left, y(level.price)],
      [span.right, y(level.price)],
    ];
    return line(points, 'dim', 1, { dash: [3, 3] });
  });
}

/** Names of the other levels, inside the picture, so that prices keep their axis. */
function otherNames(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  const others = othersOf(frame, y);
  const places = spread(
    others.map((level) => y(level.price)),
    1.2 * size.em,
  );
  return others.map((level, index) =>
    text(span.left + 4, places[index] ?? 0, spoken(level.level_id), 'dim', {
      scale: 0.85,
      box: 'ground',
    }),
  );
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

/** Where the tags of level and price stand; the price makes room for the level. */
function tagPlaces(frame: HeatFrame, y: Scale, size: Size): readonly number[] {
  const level = newest(frame.columns, (column) => column.level);
  const mid = frame.columns.at(-1)?.bucket?.market.mid ?? null;
  if (!level) {
    return [];
  }
  const gap = 1.5 * size.em;
  const at = y(level.price);
  const wanted = mid === null ? at : clamp(y(mid), size.em, y(y.from) - size.em);
  const apart = Math.abs(wanted - at) >= gap ? wanted : at + (wanted < at ? -gap : gap);
  return [at, apart];
}

function tags(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  const level = newest(frame.columns, (column) => column.level);
  const market = frame.columns.at(-1)?.bucket?.market;
  const [at, apart] = tagPlaces(frame, y, size);
  if (!level || at === undefined || apart === undefined) {
    return [];
  }
  const x = span.right + 0.6 * size.em;
  const price = market?.mid?.toFixed(2) ?? (market ? because(reasonIn(market.why, 'mid')) : '–');
  return [
    text(x, at, level.price.toFixed(2), 'ground', { box: 'ink', bold: true }),
    text(x, apart, price, 'ink', { box: 'ground', edge: 'ink', bold: true }),
  ];
}
