import { Touch } from '../../contract/pressure';
import { Call, Point, Size, line, text } from '../canvas/call';
import { Column } from '../stream/series';
import { clockOf } from './words';

/** Where the columns of a picture of twenty minutes are, shared by all that stand one below the other. */
export interface Span {
  readonly left: number;
  readonly right: number;
  /** Left edge of a column. */
  x(index: number): number;
  readonly columnWidth: number;
}

/** Room for prices and names on the right, in letters. */
const MARGIN_EM = 6.5;
const MINUTES = 5;

export function spanOf(columns: readonly Column[], size: Size): Span {
  const left = 0.6 * size.em;
  const right = size.width - MARGIN_EM * size.em;
  const columnWidth = (right - left) / Math.max(columns.length, 1);
  return { left, right, columnWidth, x: (index) => left + index * columnWidth };
}

/** Draw the times of day below a picture. */
export function timesOf(
  columns: readonly Column[],
  span: Span,
  y: number,
  timezone: string,
): Call[] {
  return columns.flatMap((column, index) => {
    const end = column.bucket?.bucket_end;
    if (!end || new Date(end).getTime() % (MINUTES * 60_000) !== 0) {
      return [];
    }
    const said = clockOf(end, timezone, false);
    const x = span.x(index + 1);
    // at the edge of the picture half of it would be cut off
    const align = x < 3 * span.left ? 'left' : 'center';
    return [text(align === 'left' ? span.left : x, y, said, 'dim', { align })];
  });
}

/** Draw when price came to the level, through the whole height. */
export function touchLines(
  columns: readonly Column[],
  span: Span,
  [top, bottom]: readonly [number, number],
): Call[] {
  return columns.flatMap((column, index) => {
    if (!touchOf(column)) {
      return [];
    }
    const x = span.x(index + 1);
    const points: Point[] = [
      [x, top],
      [x, bottom],
    ];
    return [line(points, 'ink', 1, { dash: [2, 3], alpha: 0.7 })];
  });
}

/** Return the touch of a column's level in that bucket, by itself or with others beside it. */
export function touchOf(column: Column): Touch | null {
  const id = column.level?.level_id;
  return column.bucket?.touches.find((touch) => id && touch.level_ids.includes(id)) ?? null;
}
