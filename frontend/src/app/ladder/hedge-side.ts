import { OptionLevel } from '../../contract/pressure';
import { Call, Size, hatch, line, rect, text } from '../canvas/call';
import { because, percent, reasonIn } from '../shared/words';
import { Columns, rowY } from './columns';
import type { LadderFrame } from './ladder';

/** The largest of what dealers must trade at a step; none where nothing is known. */
export function largestOf({ options, set }: LadderFrame): number | null {
  const steps = options?.ladder;
  const values = [
    ...(steps?.[`hedge_naive_${set}`] ?? []),
    ...(steps?.[`hedge_flow_${set}`] ?? []),
  ];
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(1, ...known.map(Math.abs));
}

/** Draw what dealers must trade as price rises through each step. */
export function hedgeRows(frame: LadderFrame, columns: Columns, size: Size): Call[] {
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
  return [
    line(
      ends.map((y) => [hedge, y] as const),
      'rule',
      1,
    ),
    ...rows,
  ];
}

function noHedge({ options, optionsWhy, set }: LadderFrame, columns: Columns): Call[] {
  const reason = reasonIn(options?.why, `hedge_naive_${set}`);
  const said = reason ? because(reason) : optionsWhy;
  const { hedge, hedgeReach, top } = columns;
  const height = 11 * columns.row;
  return [
    hatch([hedge - hedgeReach, top, 2 * hedgeReach, height]),
    text(hedge, top + height / 2, said, 'dim', { align: 'center', box: 'ground' }),
  ];
}

/** How much of what stands in the way of a move is dealers' hedging: they absorb it, or help. */
function shareOf(
  { ladder: steps, why }: OptionLevel,
  offset: number,
  step: number,
  columns: Columns,
  size: Size,
): Call[] {
  if (offset === 0) {
    return [];
  }
  const name = offset > 0 ? 'hedge_share_up' : 'hedge_share_down';
  const share = steps[name][step] ?? null;
  const reason = reasonIn(why, name, step);
  const absent = reason === 'no_hedge' ? 'helps' : because(reason);
  const said = share === null ? absent : percent(share);
  const scale = (share === null ? 0.8 : 0.9) * Math.min(1, columns.row / size.em);
  return [text(columns.share, rowY(columns, step), said, 'dim', { align: 'right', scale })];
}
