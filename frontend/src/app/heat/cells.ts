import { Call, Ink, Size, rect, text } from '../canvas/call';
import { Scale, clamp, spread } from '../canvas/scale';
import { Span } from '../shared/axis';
import { Column } from '../stream/series';
import type { HeatFrame, HeatMode } from './heat';

/** A lean, or an excess over the median, that is drawn at full strength. */
const FULL: Readonly<Record<HeatMode, number>> = { lean: 0.25, wall: 0.5 };
const FAINTEST = 0.04;
const RANGE = 0.86;
/** From here on a wall is named by how often the median it is. */
const NAMED_WALL = 1.5;

interface Cell {
  readonly ink: Ink;
  readonly alpha: number;
}

/** Draw the eleven steps of each column at their prices; what is not defined stays ground. */
export function cellsOf(
  frame: HeatFrame,
  span: Span,
  y: Scale,
  [top, bottom]: readonly [number, number],
): Call[] {
  return frame.columns.flatMap((column, index) => {
    const { level } = column;
    if (!level) {
      return [];
    }
    const x = span.x(index);
    return level.ladder.offset.flatMap((offset, step) => {
      const cell = cellOf(column, step, frame.mode);
      const [low, high] = edgesOf(offset, level.price, frame);
      const from = clamp(y(high), top, bottom);
      const height = clamp(y(low), top, bottom) - from;
      const box = [x, from, span.columnWidth + 0.3, height] as const;
      return cell && height > 0 ? [rect(box, cell.ink, cell.alpha)] : [];
    });
  });
}

/** Return the prices between which a step lies; the level itself is one tick. */
export function edgesOf(
  offset: number,
  level: number,
  { step, tickSize }: Pick<HeatFrame, 'step' | 'tickSize'>,
): readonly [low: number, high: number] {
  const half = tickSize / 2;
  if (offset === 0) {
    return [level - half, level + half];
  }
  const far = level + offset * step;
  const near = far - Math.sign(offset) * step;
  return offset > 0 ? [near + half, far + half] : [far - half, near - half];
}

function cellOf(column: Column, step: number, mode: HeatMode): Cell | null {
  const value = mode === 'lean' ? leanOf(column, step) : excessOf(column, step);
  if (value === null) {
    return null;
  }
  const strength = Math.min(1, Math.abs(value) / FULL[mode]);
  const ink = mode === 'lean' ? (value > 0 ? 'up' : 'down') : value > 0 ? 'ink' : 'ground';
  return { ink, alpha: FAINTEST + RANGE * strength };
}

function leanOf(column: Column, step: number): number | null {
  return column.level?.ladder.lean_60s[step] ?? null;
}

/** Return (share − median) / (share + median), null where nothing can rest. */
function excessOf(column: Column, step: number): number | null {
  const times = timesMedian(column, step);
  return times === null ? null : (times - 1) / (times + 1);
}

/** Return how often its own median a step's resting share is. */
export function timesMedian(column: Column, step: number): number | null {
  const ladder = column.level?.ladder;
  const median = ladder?.depth_share_median[step] ?? null;
  const bid = ladder?.bid_depth_share[step] ?? null;
  const ask = ladder?.ask_depth_share[step] ?? null;
  if (!median || (bid === null && ask === null)) {
    return null;
  }
  return ((bid ?? 0) + (ask ?? 0)) / median;
}

/** Name what is a wall now, each name on its own line: the level's step is but a tick high. */
export function wallNames(frame: HeatFrame, span: Span, y: Scale, size: Size): Call[] {
  const column = frame.mode === 'wall' ? frame.columns.at(-1) : null;
  const walls = (column?.level?.ladder.offset ?? []).flatMap((offset, step) => {
    const times = column && timesMedian(column, step);
    if (!column?.level || times === null || times === undefined || times < NAMED_WALL) {
      return [];
    }
    const [low, high] = edgesOf(offset, column.level.price, frame);
    return [{ at: y((low + high) / 2), said: `${times.toFixed(1)}×` }];
  });
  const places = spread(
    walls.map((wall) => wall.at),
    1.5 * size.em,
  );
  return walls.map(({ said }, index) =>
    text(span.right - 4, places[index] ?? 0, said, 'ink', {
      align: 'right',
      box: 'ground',
      bold: true,
    }),
  );
}
