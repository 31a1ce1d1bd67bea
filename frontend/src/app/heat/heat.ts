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

/** Return where prices stand: around the level, wider where price was, never above 22 points. */
export function priceScale(
  frame: HeatFrame,
  level: number,
  [top, bottom]: readonly [number, number],
): Scale {
  const mids = frame.columns.flatMap((column) => column.bucket?.market.mid ?? []);
  const low = clamp(
    Math.min(level - REACH, ...mids.map((mid) => mid - 0.5)),
    level - TALLEST + REACH,
    level,
  );
  const high = clamp(
    Math.max(level + REACH, ...mids.map((mid) => mid + 0.5)),
    level,
    low + TALLEST,
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
  const step = STEPS.find((one) => (y.to - y.from) / one <= 12) ?? 5;
  const first = Math.ceil(y.from / step);
  const count = Math.floor(y.to / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step)
    .filter((price) => taken.every((place) => Math.abs(place - y(price)) > 1.3 * size.em))
    .map((price) => text(span.right + 0.4 * size.em, y(price), String(price), 'dim'));
}
