import { Level, OptionLevel } from '../../contract/pressure';
import { Call, Size, line, rect, text } from '../canvas/call';
import type { ExpirySet } from '../hedging/hedging';
import { signedCount } from '../shared/words';
import { bookRow } from './book-side';
import { Columns, columnsOf, rowY } from './columns';
import { hedgeRows, largestOf } from './hedge-side';

export interface LadderFrame {
  readonly level: Level | null;
  readonly options: OptionLevel | null;
  /** Why there are no options at all. */
  readonly optionsWhy: string;
  readonly mid: number | null;
  /** Width of a step, points. */
  readonly step: number;
  readonly tickSize: number;
  readonly set: ExpirySet;
}

/** Draw the eleven steps of the level as they are now, top to bottom. */
export function ladder(frame: LadderFrame, size: Size): Call[] {
  const { level } = frame;
  if (!level) {
    const middle = [size.width / 2, size.height / 2] as const;
    return [text(...middle, 'no level in use', 'dim', { align: 'center' })];
  }
  const columns = columnsOf(size);
  const steps = level.ladder.offset.map((_, step) => step);
  return [
    ...heads(frame, columns, size),
    rect([0, rowY(columns, 5) - columns.row / 2, size.width, columns.row], 'rule', 0.5),
    ...steps.flatMap((step) => bookRow(frame, level, step, columns, size)),
    ...priceMark(frame, columns),
    ...hedgeRows(frame, columns, size),
  ];
}

function heads(frame: LadderFrame, { axis, hedge, share, glyph }: Columns, size: Size): Call[] {
  const [first, second] = [0.7 * size.em, 2 * size.em];
  const left = { scale: 0.85 } as const;
  const right = { ...left, align: 'right' } as const;
  const center = { ...left, align: 'center' } as const;
  const largest = largestOf(frame);
  const width = largest === null ? '' : ` · ±${signedCount(largest).slice(1)}`;
  const unit = `${frame.set}, futures/$${width}`;
  const room = (2 * (share - hedge - 3 * size.em)) / (0.42 * size.em);
  const title = room < `dealers, ${unit}`.length ? unit : `dealers, ${unit}`;
  return [
    text(axis, first, 'resting share', 'dim', center),
    text(axis - 4, second, '◂ bids', 'dim', right),
    text(axis + 4, second, 'asks ▸', 'dim', left),
    text(glyph, second, 'lean', 'dim', center),
    text(hedge, first, title, 'dim', center),
    text(hedge, second, '◂ sell · price up · buy ▸', 'dim', center),
    text(share, first, 'in the', 'dim', right),
    text(share, second, 'way', 'dim', right),
  ];
}

/** In which row price is, counted from the level's: one row is a step, the level's own a tick. */
export function priceRow(dist: number, step: number, tickSize: number): number {
  const half = tickSize / 2;
  if (Math.abs(dist) <= half) {
    return dist / tickSize;
  }
  const beyond = (Math.abs(dist) - half) / step;
  return Math.sign(dist) * (0.5 + beyond);
}

function priceMark({ level, mid, step, tickSize }: LadderFrame, columns: Columns): Call[] {
  if (!level || mid === null) {
    return [];
  }
  const row = priceRow(mid - level.price, step, tickSize);
  const [left, right] = [columns.axis - columns.reach, columns.axis + columns.reach];
  if (Math.abs(row) > 5.5) {
    const said = row > 0 ? '▲ price is above' : '▼ price is below';
    const edge = rowY(columns, row > 0 ? 10 : 0);
    return [text(columns.axis, edge, said, 'ink', { align: 'center', box: 'ground' })];
  }
  const y = rowY(columns, 5 + row);
  const points = [
    [left, y],
    [right, y],
  ] as const;
  return [line(points, 'ground', 4), line(points, 'ink', 1.8), text(right + 2, y, '◂', 'ink')];
}
