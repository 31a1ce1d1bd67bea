import { Level } from '../../contract/pressure';
import { Call, Ink, Size, hatch, line, rect, text } from '../canvas/call';
import { GLYPHS, because, dollars, reasonIn, wayOf } from '../shared/words';
import { Columns, rowY } from './columns';
import type { LadderFrame } from './ladder';

/** A lean at full strength, as in the heat. */
const FULL = 0.25;

/** Draw a step of the book: its name, what rests on each side, whom the last minute favours. */
export function bookRow(
  { step: width }: Pick<LadderFrame, 'step'>,
  level: Level,
  step: number,
  columns: Columns,
  size: Size,
): Call[] {
  const { ladder: steps } = level;
  const offset = steps.offset[step] ?? 0;
  const y = rowY(columns, step);
  const lean = steps.lean_60s[step] ?? null;
  const away = `${offset > 0 ? '+' : '−'}${dollars(Math.abs(offset) * width)}`;
  const name = offset === 0 ? level.price.toFixed(2) : away;
  return [
    text(0.6 * size.em, y, name, offset === 0 ? 'ink' : 'dim', {
      bold: offset === 0,
      scale: Math.min(1, columns.row / (1.15 * size.em)),
    }),
    ...sideBar(steps.bid_depth_share[step] ?? null, -1, step, level, columns),
    ...sideBar(steps.ask_depth_share[step] ?? null, 1, step, level, columns),
    line(
      [
        [columns.axis, y - columns.row / 2],
        [columns.axis, y + columns.row / 2],
      ],
      'rule',
      1,
    ),
    leanOf(level, step, columns),
  ];
}

function sideBar(
  share: number | null,
  sign: 1 | -1,
  step: number,
  level: Level,
  columns: Columns,
): Call[] {
  const { ladder: steps } = level;
  const largest = Math.max(
    ...steps.bid_depth_share.map(Number),
    ...steps.ask_depth_share.map(Number),
    0.01,
  );
  const height = columns.row * 0.78;
  const top = rowY(columns, step) - height / 2;
  if (share === null) {
    const width = columns.reach * 0.2;
    return [hatch([sign > 0 ? columns.axis : columns.axis - width, top, width, height])];
  }
  const width = (share / largest) * columns.reach;
  const lean = steps.lean_60s[step] ?? null;
  const alpha = lean === null ? 0.4 : 0.3 + 0.7 * Math.min(1, Math.abs(lean) / FULL);
  return [
    rect(
      [sign > 0 ? columns.axis : columns.axis - width, top, width, height],
      lean === null ? 'dim' : inkOf(lean),
      alpha,
    ),
  ];
}

/** Whom the last minute favours; or why nobody, beside what rests all the same. */
function leanOf({ ladder: steps, why }: Level, step: number, columns: Columns): Call {
  const lean = steps.lean_60s[step] ?? null;
  const y = rowY(columns, step);
  if (lean === null) {
    const said = because(reasonIn(why, 'lean_60s', step));
    // between the widest bars of either side
    const middle = (columns.axis + columns.reach + columns.hedge - columns.hedgeReach) / 2;
    return text(middle, y, said, 'dim', { align: 'center', scale: 0.72 });
  }
  const way = wayOf(lean);
  return text(columns.glyph, y, GLYPHS[way], way === 'balanced' ? 'dim' : inkOf(lean), {
    align: 'center',
  });
}

function inkOf(lean: number): Ink {
  return lean > 0 ? 'up' : 'down';
}
