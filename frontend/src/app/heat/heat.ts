import { Call, Size, hatch, text } from '../canvas/call';
import { Scale, clamp, scale } from '../canvas/scale';
import { absences, missingReason } from '../shared/absent';
import { Span, spanOf, timesOf } from '../shared/axis';
import { Column, newest } from '../stream/series';
import { cellsOf, wallNames } from './cells';
import { legend } from './legend';
import {
  levelLine,
  otherLevels,
  otherNames,
  priceLine,
  tagPlaces,
  tags,
  touchMarks,
} from './marks';

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

/** Steps around the level that are always there, how many there are at most, and beyond price. */
const REACH = 5.6;
const TALLEST = 22;
const ROOM = 0.5;
/** Prices on the axis at most, and by how many they are apart, times a power of ten. */
const MOST_PRICES = 12;
const ROUND = [1, 2, 5, 10];

/** Draw the book around the level over twenty minutes, with price on it. */
export function heat(frame: HeatFrame, size: Size): Call[] {
  const span = spanOf(frame.columns, size);
  const bottom = size.height - 1.8 * size.em;
  const level = newest(frame.columns, (column) => column.level);
  if (!level) {
    return nothing(frame, span, bottom, size);
  }
  const key = legend(frame.mode, size);
  const ends = [key.bottom, bottom] as const;
  const y = priceScale(frame, level.price, ends);
  const { hatches, words } = absences(frame.columns.map(missingReason), span, ends, size);
  return [
    ...cellsOf(frame, span, y, ends),
    ...hatches,
    ...prices(frame, y, span, size),
    ...timesOf(frame.columns, span, bottom + 0.9 * size.em, frame.timezone),
    ...otherLevels(frame, span, y),
    ...levelLine(frame, span, y),
    ...touchMarks(frame, span, y, size),
    ...priceLine(frame, span, y),
    ...wallNames(frame, span, y, size),
    ...words,
    ...otherNames(frame, span, y, size),
    ...tags(frame, span, y, size),
    ...key.calls,
  ];
}

/** Return where prices stand: around the level, wider where price was, never above 22 steps. */
export function priceScale(
  frame: HeatFrame,
  level: number,
  [top, bottom]: readonly [number, number],
): Scale {
  const mids = frame.columns.flatMap((column) => column.bucket?.market.mid ?? []);
  const [reach, tallest, room] = [REACH, TALLEST, ROOM].map((one) => one * frame.step) as [
    number,
    number,
    number,
  ];
  const low = clamp(
    Math.min(level - reach, ...mids.map((mid) => mid - room)),
    level - tallest + reach,
    level,
  );
  const high = clamp(
    Math.max(level + reach, ...mids.map((mid) => mid + room)),
    level,
    low + tallest,
  );
  return scale([low, high], [bottom, top]);
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

function prices(frame: HeatFrame, y: Scale, span: Span, size: Size): Call[] {
  const taken = tagPlaces(frame, y, size);
  const power = Math.floor(Math.log10((y.to - y.from) / MOST_PRICES));
  const wide = ROUND.map((one) => one * 10 ** power);
  const step = wide.find((one) => (y.to - y.from) / one <= MOST_PRICES) ?? 10 ** (power + 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(y.from / step);
  const count = Math.floor(y.to / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step)
    .filter((price) => taken.every((place) => Math.abs(place - y(price)) > 1.3 * size.em))
    .map((price) => text(span.right + 0.4 * size.em, y(price), price.toFixed(digits), 'dim'));
}
