import { Call, Size, line, rect, text } from '../canvas/call';
import { Scale, scale } from '../canvas/scale';
import { absences, missingReason } from '../shared/absent';
import { Span, spanOf, touchLines } from '../shared/axis';
import { signedCount, whyWithout } from '../shared/words';
import { LAG } from '../stream/moment';
import { Column, newest } from '../stream/series';
import { Hedging } from '../../contract/pressure';

export type ExpirySet = '0dte' | 'all';

export interface HedgingFrame {
  readonly columns: readonly Column[];
  readonly set: ExpirySet;
}

/** Draw what dealers had to trade because options traded: calls and puts, stacked, per bucket. */
export function hedging(frame: HedgingFrame, size: Size): Call[] {
  const span = spanOf(frame.columns, size);
  const rows = frame.columns.map((column) => rowOf(column, frame.set));
  const largest = Math.max(1, ...rows.flatMap((row) => (row ? stackOf(row).map(Math.abs) : [])));
  const y = scale([largest, -largest], [1.4 * size.em, size.height - 0.4 * size.em]);
  const reasons = frame.columns.map((column, index) => reasonOf(column, rows[index] ?? null));
  const { hatches, words } = absences(reasons, span, [0, size.height], size);
  return [
    ...hatches,
    line(
      [
        [span.left, y(0)],
        [span.right, y(0)],
      ],
      'rule',
      1,
    ),
    ...rows.flatMap((row, index) => (row ? barsOf(row, index, span, y) : [])),
    ...touchLines(frame.columns, span, [0, size.height]),
    ...words,
    ...labels(frame, span, largest, size),
  ];
}

function rowOf(column: Column, set: ExpirySet): Hedging | null {
  const row = column.moment?.options?.hedge[set];
  return row && row.hedge_call !== null && row.hedge_put !== null ? row : null;
}

function reasonOf(column: Column, row: Hedging | null): string | null {
  if (row || !column.bucket) {
    return row ? null : missingReason(column);
  }
  return whyWithout(column.moment?.options, 'hedge_call');
}

/** Where buying and selling end: what is for calls and what is for puts stacks where both agree. */
function stackOf(row: Hedging): [number, number] {
  const parts = [row.hedge_call ?? 0, row.hedge_put ?? 0];
  const sum = (keep: (part: number) => boolean) =>
    parts.filter(keep).reduce((total, part) => total + part, 0);
  return [sum((part) => part > 0), sum((part) => part < 0)];
}

function barsOf(row: Hedging, index: number, span: Span, y: Scale): Call[] {
  const ends = { up: 0, down: 0 };
  const parts = [
    [row.hedge_call ?? 0, 1],
    [row.hedge_put ?? 0, 0.55],
  ] as const;
  return parts.flatMap(([value, alpha]) => {
    if (value === 0) {
      return [];
    }
    const ink = value > 0 ? 'up' : 'down';
    const from = ends[ink];
    ends[ink] += value;
    const edges = [y(from), y(ends[ink])] as const;
    const box = [span.x(index), Math.min(...edges), span.columnWidth + 0.2] as const;
    return [rect([...box, Math.abs(edges[1] - edges[0])], ink, alpha)];
  });
}

function labels({ columns, set }: HedgingFrame, span: Span, largest: number, size: Size): Call[] {
  const small = { box: 'ground', scale: 0.9 } as const;
  // a sum of long ago is not the sum now
  const row = newest(columns.slice(-LAG), (column) => rowOf(column, set));
  if (!row) {
    return [text(span.left + 2, 0.8 * size.em, `DEALERS HAD TO TRADE, ${set}`, 'ink', small)];
  }
  const sums = `calls ${countOf(row.hedge_call_sum)} · puts ${countOf(row.hedge_put_sum)}`;
  const right = { ...small, align: 'right' } as const;
  const isWide = size.width > 55 * size.em;
  const title = `DEALERS HAD TO TRADE${isWide ? ' after options' : ''}, ${set}, futures per 5 s`;
  const since = isWide ? `since the overnight open: ${sums} · ▲ bought ▼ sold` : '';
  return [
    text(span.left + 2, 0.8 * size.em, title, 'ink', small),
    text(span.right - 2, 0.8 * size.em, since, 'dim', right),
    text(span.right + 4, 1.4 * size.em, signedCount(largest), 'dim', { scale: 0.9 }),
  ];
}

function countOf(value: number | null): string {
  return value === null ? '–' : signedCount(value);
}
