import { Level, OptionLevel, Reason } from '../../contract/pressure';
import { Call, Ink, Size, hatch, line, rect, text } from '../canvas/call';
import { clamp } from '../canvas/scale';
import { ExpirySet } from '../hedging/hedging';
import { because, percent, signedCount, wayOf, GLYPHS } from '../shared/words';

export interface LadderFrame {
  readonly level: Level | null;
  readonly options: OptionLevel | null;
  /** Why there are no options at all. */
  readonly optionsWhy: Reason | null;
  readonly mid: number | null;
  /** Width of a step, points. */
  readonly step: number;
  readonly tickSize: number;
  readonly set: ExpirySet;
}

/** A lean at full strength, as in the heat. */
const FULL = 0.25;

interface Columns {
  readonly axis: number;
  readonly reach: number;
  readonly glyph: number;
  readonly hedge: number;
  readonly hedgeReach: number;
  readonly share: number;
  readonly top: number;
  readonly row: number;
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
    ...steps.flatMap((step) => bookRow(level, step, columns, size)),
    ...priceMark(frame, columns),
    ...hedgeRows(frame, columns, size),
  ];
}

function columnsOf(size: Size): Columns {
  const top = 1.8 * size.em;
  const width = size.width;
  return {
    axis: width * 0.31,
    reach: width * 0.16,
    glyph: width * 0.52,
    hedge: width * 0.74,
    hedgeReach: width * 0.14,
    share: width - 0.4 * size.em,
    top,
    row: (size.height - top) / 11,
  };
}

/** Middle of a row; the array begins at -5, which stands at the bottom. */
function rowY(columns: Columns, step: number): number {
  return columns.top + (10 - step + 0.5) * columns.row;
}

function heads({ set }: LadderFrame, { axis, hedge, share }: Columns, size: Size): Call[] {
  const y = 0.8 * size.em;
  const small = { scale: 0.85 } as const;
  return [
    text(axis - 4, y, '◂ bids', 'dim', { ...small, align: 'right' }),
    text(axis + 4, y, 'asks ▸', 'dim', small),
    text(hedge, y, `◂ sell · dealers, ${set} · buy ▸`, 'dim', { ...small, align: 'center' }),
    text(share, y, 'of rest', 'dim', { ...small, align: 'right' }),
  ];
}

function bookRow(level: Level, step: number, columns: Columns, size: Size): Call[] {
  const { ladder: steps } = level;
  const offset = steps.offset[step] ?? 0;
  const y = rowY(columns, step);
  const lean = steps.lean_60s[step] ?? null;
  const name = offset === 0 ? level.price.toFixed(2) : `${offset > 0 ? '+' : '−'}$${Math.abs(offset)}`;
  return [
    text(0.6 * size.em, y, name, offset === 0 ? 'ink' : 'dim', { bold: offset === 0 }),
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
    text(columns.glyph, y, glyphOf(lean), lean === null ? 'dim' : inkOf(lean), { align: 'center' }),
  ];
}

function sideBar(share: number | null, sign: 1 | -1, step: number, level: Level, columns: Columns): Call[] {
  const { ladder: steps } = level;
  const largest = Math.max(...steps.bid_depth_share.map(Number), ...steps.ask_depth_share.map(Number), 0.01);
  const height = columns.row * 0.78;
  const top = rowY(columns, step) - height / 2;
  if (share === null) {
    const width = columns.reach * 0.2;
    return [hatch([sign > 0 ? columns.axis : columns.axis - width, top, width, height])];
  }
  const width = (share / largest) * columns.reach;
  const lean = steps.lean_60s[step] ?? null;
  const alpha = lean === null ? 0.4 : 0.3 + 0.7 * Math.min(1, Math.abs(lean) / FULL);
  return [rect([sign > 0 ? columns.axis : columns.axis - width, top, width, height], lean === null ? 'dim' : inkOf(lean), alpha)];
}

/** Where price is among the steps: rows are as high as a step, the level's own as one tick. */
export function priceRow(dist: number, step: number, tickSize: number): number {
  const half = tickSize / 2;
  if (Math.abs(dist) <= half) {
    return dist / tickSize;
  }
  const beyond = (Math.abs(dist) - half) / step;
  return Math.sign(dist) * (0.5 + clamp(beyond, 0, 5));
}

function priceMark({ level, mid, step, tickSize }: LadderFrame, columns: Columns): Call[] {
  if (!level || mid === null) {
    return [];
  }
  const y = rowY(columns, 5 + priceRow(mid - level.price, step, tickSize));
  const [left, right] = [columns.axis - columns.reach, columns.axis + columns.reach];
  const points = [
    [left, y],
    [right, y],
  ] as const;
  return [line(points, 'ground', 4), line(points, 'ink', 1.8), text(right + 2, y, '◂', 'ink')];
}

function hedgeRows({ level, options, optionsWhy, set }: LadderFrame, columns: Columns, size: Size): Call[] {
  const naive = options?.ladder[`hedge_naive_${set}`];
  const flow = options?.ladder[`hedge_flow_${set}`];
  const { hedge, hedgeReach } = columns;
  if (!options || !naive?.some((value) => value !== null)) {
    const why = options?.why[`hedge_naive_${set}`];
    const said = because(Array.isArray(why) ? why[0] : (why ?? optionsWhy));
    const height = 11 * columns.row;
    return [
      hatch([hedge - hedgeReach, columns.top, 2 * hedgeReach, height]),
      text(hedge, columns.top + height / 2, said, 'dim', { align: 'center', box: 'ground' }),
    ];
  }
  const largest = Math.max(1, ...[...naive, ...(flow ?? [])].map((value) => Math.abs(value ?? 0)));
  const place = (value: number) => hedge + (value / largest) * hedgeReach;
  const rows = naive.flatMap((value, step) => {
    const y = rowY(columns, step);
    const height = columns.row * 0.6;
    const edges = [place(0), place(value ?? 0)] as const;
    const flowing = flow?.[step] ?? null;
    return [
      rect([Math.min(...edges), y - height / 2, Math.abs(edges[1] - edges[0]), height], (value ?? 0) > 0 ? 'up' : 'down', 0.7),
      ...(flowing === null ? [] : [rect([place(flowing) - 1, y - height / 2 - 1, 2, height + 2], 'ink')]),
      ...shareOf(options, level?.ladder.offset[step] ?? 0, step, columns, size),
    ];
  });
  const said = `bar: open interest, tick: flow · ±${signedCount(largest).slice(1)} futures/$`;
  return [
    line(
      [
        [hedge, columns.top],
        [hedge, columns.top + 11 * columns.row],
      ],
      'rule',
      1,
    ),
    ...rows,
    text(hedge, size.height - 0.5 * size.em, said, 'dim', { align: 'center', scale: 0.8, box: 'ground' }),
  ];
}

/** How much of what stands in the way of a move is dealers' hedging. */
function shareOf(options: OptionLevel, offset: number, step: number, columns: Columns, size: Size): Call[] {
  const share = offset > 0 ? options.ladder.hedge_share_up[step] : offset < 0 ? options.ladder.hedge_share_down[step] : null;
  const said = share === null || share === undefined ? '–' : percent(share);
  return [text(columns.share, rowY(columns, step), offset === 0 ? '' : said, 'dim', { align: 'right', scale: 0.9 * Math.min(1, columns.row / size.em) })];
}

function glyphOf(lean: number | null): string {
  return lean === null ? '–' : GLYPHS[wayOf(lean)];
}

function inkOf(lean: number): Ink {
  return lean > 0 ? 'up' : 'down';
}
