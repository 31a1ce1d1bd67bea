import { Size } from '../canvas/call';

/** Where the ladder's columns and rows are. */
export interface Columns {
  readonly axis: number;
  readonly reach: number;
  readonly glyph: number;
  readonly hedge: number;
  readonly hedgeReach: number;
  readonly share: number;
  readonly top: number;
  readonly row: number;
}

export function columnsOf(size: Size): Columns {
  const top = 3 * size.em;
  const width = size.width;
  return {
    axis: width * 0.3,
    // beside the level's price
    reach: Math.min(width * 0.16, width * 0.3 - 5.7 * size.em),
    glyph: width * 0.51,
    hedge: width * 0.71,
    hedgeReach: width * 0.15,
    share: width - 0.4 * size.em,
    top,
    row: (size.height - top) / 11,
  };
}

/** Middle of a row; the array begins at -5, which stands at the bottom. */
export function rowY(columns: Columns, step: number): number {
  return columns.top + (10 - step + 0.5) * columns.row;
}
