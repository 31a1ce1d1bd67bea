import { Level } from '../../contract/pressure';
import { Call, Point, Size, line, text } from '../canvas/call';
import { Scale, clamp, spread } from '../canvas/scale';
import { Span, touchOf } from '../shared/axis';
import { because, reasonIn, spoken } from '../shared/words';
import { newest } from '../stream/series';
import type { HeatFrame } from './heat';

function othersOf(frame: HeatFrame, y: Scale): Level[] {
  const selected = newest(frame.columns, (column) => column.level)?.level_id;
  const levels = newest(frame.columns, (column) => column.bucket)?.levels ?? [];
  return levels.filter(
    (level) => level.level_id !== selected && level.price > y.from && level.price < y.to,
  );
}

/** Draw the other levels where they stood in each bucket, from when they were known. */
export function otherLevels(frame: HeatFrame, span: Span, y: Scale): Call[] {
  return othersOf(frame, y).flatMap(({ level_id: id }) =>
    courseOf(frame, id, span, y).map((points) => line(points, 'dim', 1, { dash: [3, 3] })),
  );
}

/** Return the pieces of a level's line, none where it was not in use or is beyond the picture. */
function courseOf(frame: HeatFrame, id: string, span: Span, y: Scale): Point[][] {
  const pieces: Point[][] = [[]];
  frame.columns.forEach(({ bucket }, index) => {
    const price = bucket?.levels.find((level) => level.level_id === id)?.price ?? NaN;
    if (price > y.from && price < y.to) {
      pieces.at(-1)?.push([span.x(index), y(price)], [span.x(index + 1), y(price)]);
    } else {
      pieces.push([]);
    }
  });
  return pieces.filter((points) => points.length > 0);
}

/** Names of the other levels, inside the picture, so that prices keep their axis. */
export function otherNames(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
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

export function levelLine(frame: HeatFrame, span: Span, y: Scale): Call[] {
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

export function touchMarks(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  return frame.columns.flatMap((column, index) => {
    const touch = touchOf(column);
    if (!touch || !column.level) {
      return [];
    }
    const isBelow = touch.approach === 'from_below';
    const place = y(column.level.price) + (isBelow ? 0.9 : -0.9) * size.em;
    return [
      text(span.x(index + 1), place, isBelow ? '▲' : '▼', 'ink', {
        align: 'center',
        box: 'ground',
      }),
    ];
  });
}

/** Draw price; beyond the picture there is no line, for an edge is no price. */
export function priceLine(frame: HeatFrame, span: Span, y: Scale): Call[] {
  const mids = frame.columns.map((column) => column.bucket?.market.mid ?? null);
  const isIn = (mid: number | null | undefined) => beyond(mid ?? null, y) === '';
  const runs: Point[][] = [[]];
  mids.forEach((mid, index) => {
    if (mid === null || ![index - 1, index, index + 1].some((at) => isIn(mids[at]))) {
      runs.push([]);
    } else {
      runs.at(-1)?.push([span.x(index + 1), clamp(y(mid), y(y.to) + 1, y(y.from) - 1)]);
    }
  });
  return runs
    .filter((points) => points.length > 1)
    .flatMap((points) => [line(points, 'ground', 5), line(points, 'ink', 1.8)]);
}

/** Return on which side of the picture a price is, nothing where it is in it. */
function beyond(mid: number | null, y: Scale): '' | '▲ ' | '▼ ' {
  if (mid === null || (mid >= y.from && mid <= y.to)) {
    return '';
  }
  return mid > y.to ? '▲ ' : '▼ ';
}

/** Where the tags of level and price stand; the price makes room for the level. */
export function tagPlaces(frame: HeatFrame, y: Scale, size: Size): readonly number[] {
  const level = newest(frame.columns, (column) => column.level);
  const mid = frame.columns.at(-1)?.bucket?.market.mid ?? null;
  if (!level) {
    return [];
  }
  const gap = 1.5 * size.em;
  const at = y(level.price);
  const wanted = mid === null ? at : clamp(y(mid), y(y.to) + size.em, y(y.from) - size.em);
  const apart = Math.abs(wanted - at) >= gap ? wanted : at + (wanted < at ? -gap : gap);
  return [at, apart];
}

export function tags(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  const level = newest(frame.columns, (column) => column.level);
  const market = frame.columns.at(-1)?.bucket?.market;
  const [at, apart] = tagPlaces(frame, y, size);
  if (!level || at === undefined || apart === undefined) {
    return [];
  }
  const x = span.right + 0.6 * size.em;
  const mid = market?.mid ?? null;
  const why = market ? because(reasonIn(market.why, 'mid')) : '–';
  const price = mid === null ? why : `${beyond(mid, y)}${mid.toFixed(2)}`;
  return [
    text(x, at, level.price.toFixed(2), 'ground', { box: 'ink', bold: true }),
    text(x, apart, price, 'ink', { box: 'ground', edge: 'ink', bold: true }),
  ];
}
