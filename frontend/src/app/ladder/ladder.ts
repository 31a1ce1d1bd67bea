import { Level, OptionLevel, Reason } from '../../contract/pressure';
import { Call, Ink, Size, hatch, line, rect, text } from '../canvas/call';
import { ExpirySet } from '../hedging/hedging';
import { GLYPHS, because, percent, reasonIn, signedCount, wayOf } from '../shared/words';

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
  const top = 3 * size.em;
  const width = size.width;
  return {
    axis: width * 0.3,
    reach: width * 0.16,
    glyph: width * 0.51,
    hedge: width * 0.71,
    hedgeReach: width * 0.15,
    share: width - 0.4 * size.em,
    top,
    row: (size.height - top) / 11,
  };
}

/** Middle of a row; the array begins at -5, which stands at the bottom. */
function rowY(columns: Columns, step: number): number {
  return columns.top + (10 - step + 0.5) * columns.row;
}

function heads(frame: LadderFrame, { axis, hedge, share, glyph }: Columns, size: Size): Call[] {
  const [first, second] = [0.7 * size.em, 2 * size.em];
  const left = { scale: 0.85 } as const;
  const right = { ...left, align: 'right' } as const;
  const center = { ...left, align: 'center' } as const;
  const largest = largestOf(frame);
  const width = largest === null ? '' : ` · ±${signedCount(largest).slice(1)}`;
  return [
    text(axis, first, 'resting share', 'dim', center),
    text(axis - 4, second, '◂ bids', 'dim', right),
    text(axis + 4, second, 'asks ▸', 'dim', left),
    text(glyph, second, 'lean', 'dim', center),
    text(hedge, first, `dealers, ${frame.set}, futures/$${width}`, 'dim', center),
    text(hedge, second, '◂ sell · price up · buy ▸', 'dim', center),
    text(share, first, 'in the', 'dim', right),
    text(share, second, 'way', 'dim', right),
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
    text(columns.glyph, y, glyphOf(lean), glyphInk(lean), { align: 'center' }),
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

/** The largest of what dealers must trade at a step; none where nothing is known. */
function largestOf({ options, set }: LadderFrame): number | null {
  const steps = options?.ladder;
  const values = [...(steps?.[`hedge_naive_${set}`] ?? []), ...(steps?.[`hedge_flow_${set}`] ?? [])];
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(1, ...known.map(Math.abs));
}

function hedgeRows(frame: LadderFrame, columns: Columns, size: Size): Call[] {
  const { level, options, set } = frame;
  const largest = largestOf(frame);
  if (!options || largest === null) {
    return noHedge(frame, columns);
  }
  const { hedge, hedgeReach } = columns;
  const place = (value: number) => hedge + (value / largest) * hedgeReach;
  const ends = [columns.top, columns.top + 11 * columns.row] as const;
  const rows = options.ladder[`hedge_naive_${set}`].flatMap((value, step) => {
    const [y, height] = [rowY(columns, step), columns.row * 0.6];
    const top = y - height / 2;
    const edges = [place(0), place(value ?? 0)] as const;
    const box = [Math.min(...edges), top, Math.abs(edges[1] - edges[0]), height] as const;
    const flow = options.ladder[`hedge_flow_${set}`][step] ?? null;
    return [
      rect(box, (value ?? 0) > 0 ? 'up' : 'down', 0.7),
      ...(flow === null ? [] : [rect([place(flow) - 1, top - 1, 2, height + 2], 'ink')]),
      ...shareOf(options, level?.ladder.offset[step] ?? 0, step, columns, size),
    ];
  });
  return [line(ends.map((y) => [hedge, y] as const), 'rule', 1), ...rows];
}

function noHedge({ options, optionsWhy, set }: LadderFrame, columns: Columns): Call[] {
  const said = because(reasonIn(options?.why, `hedge_naive_${set}`) ?? optionsWhy);
  const { hedge, hedgeReach, top } = columns;
  const height = 11 * columns.row;
  return [
    hatch([hedge - hedgeReach, top, 2 * hedgeReach, height]),
    text(hedge, top + height / 2, said, 'dim', { align: 'center', box: 'ground' }),
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

function glyphInk(lean: number | null): Ink {
  return lean === null || wayOf(lean) === 'balanced' ? 'dim' : inkOf(lean);
}

function inkOf(lean: number): Ink {
  return lean > 0 ? 'up' : 'down';
}
