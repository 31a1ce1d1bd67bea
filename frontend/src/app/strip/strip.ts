import { Call, Ink, Size, line, rect, text } from '../canvas/call';
import { Scale, clamp, scale } from '../canvas/scale';
import { absences, reasonOf } from '../shared/absent';
import { Span, spanOf, touchLines } from '../shared/axis';
import { BALANCED, signed } from '../shared/words';
import { Column } from '../stream/series';

/** How the change of a strip is taken: of the minute over 30 s, or of the bucket, bucket by bucket. */
export const CHANGES = ['c30s', 'd1', 'd2', 'd3'] as const;
export type Change = (typeof CHANGES)[number];

export interface StripFrame {
  readonly columns: readonly Column[];
  readonly name: 'net' | 'vacuum';
  readonly change: Change;
}

/** Ends of the scales; a bucket alone is noise of about 0.15, its differences of more. */
const VALUE = 0.4;
const CHANGE: Readonly<Record<Change, number>> = { c30s: 0.4, d1: 0.8, d2: 1.6, d3: 3.2 };
const SAID: Readonly<Record<Change, string>> = {
  c30s: 'change in 30 s',
  d1: 'd1 of 5 s',
  d2: 'd2 of 5 s',
  d3: 'd3 of 5 s',
};
const WORDS = {
  net: { title: 'NET, last 60 s', up: '▲ up opens', down: '▼ down opens' },
  vacuum: { title: 'VACUUM, last 60 s', up: '◂▸ both leave', down: '▸◂ both stack' },
} as const;
/** Height of the change below the value, in letters. */
const CHANGE_EM = 2.6;

/** Draw a number of the level over twenty minutes: a minute filled, the bucket thin, its change below. */
export function strip(frame: StripFrame, size: Size): Call[] {
  const span = spanOf(frame.columns, size);
  const bottom = size.height - CHANGE_EM * size.em;
  const y = scale([VALUE, -VALUE], [1.2 * size.em, bottom - 0.4 * size.em]);
  const field = `${frame.name}_60s` as const;
  const reasons = frame.columns.map((one) => reasonOf(one, field, minuteOf(one, frame)[0]));
  const { hatches, words } = absences(reasons, span, [0, bottom], size);
  return [
    ...hatches,
    line(acrossAt(span, y(0)), 'rule', 1),
    ...bars(frame, span, y),
    ...changes(frame, span, bottom, size),
    ...touchLines(frame.columns, span, [0, size.height]),
    ...words,
    ...labels(frame, span, y, size),
  ];
}

function bars({ columns, name }: StripFrame, span: Span, y: Scale): Call[] {
  return columns.flatMap((column, index) => {
    const five = column.level?.level[name][0] ?? null;
    const minute = minuteOf(column, { name })[0];
    return [
      ...(five === null ? [] : [bar(span, index, y, five, 'faint', 0.5)]),
      ...(minute === null ? [] : [bar(span, index, y, minute, inkOf(name, minute), 1)]),
    ];
  });
}

function changes(frame: StripFrame, span: Span, top: number, size: Size): Call[] {
  const limit = CHANGE[frame.change];
  const y = scale([limit, -limit], [top + 2, size.height - 2]);
  const values = frame.columns.map((column) => changeOf(column, frame));
  const said = `${SAID[frame.change]} ±${limit}`;
  return [
    line(acrossAt(span, top), 'rule', 1, { alpha: 0.6 }),
    line(acrossAt(span, y(0)), 'rule', 1),
    ...values.flatMap((value, index) =>
      value === null ? [] : [bar(span, index, y, value, inkOf(frame.name, value), 0.8)],
    ),
    text(span.left + 2, top + 0.75 * size.em, said, 'dim', { scale: 0.85, box: 'ground' }),
  ];
}

function bar(span: Span, index: number, y: Scale, value: number, ink: Ink, alpha: number): Call {
  const end = y(clamp(value, Math.min(y.from, y.to), Math.max(y.from, y.to)));
  const top = Math.min(end, y(0));
  const height = Math.max(Math.abs(end - y(0)), 0.5);
  return rect([span.x(index), top, span.columnWidth + 0.2, height], ink, alpha);
}

/** Blue and orange say which way the road opens; whether both sides leave has no direction. */
function inkOf(name: StripFrame['name'], value: number): Ink {
  if (name === 'vacuum') {
    return value > 0 ? 'ink' : 'dim';
  }
  return Math.abs(value) < BALANCED ? 'dim' : value > 0 ? 'up' : 'down';
}

function labels(frame: StripFrame, span: Span, y: Scale, size: Size): Call[] {
  const words = WORDS[frame.name];
  const [up, down] = frame.name === 'net' ? (['up', 'down'] as const) : (['ink', 'dim'] as const);
  const right = { align: 'right', box: 'ground', scale: 0.9 } as const;
  return [
    text(span.left + 2, 0.8 * size.em, words.title, 'ink', { box: 'ground', scale: 0.9 }),
    text(span.right - 2, 0.8 * size.em, words.up, up, right),
    text(span.right - 2, y(-VALUE) - 0.3 * size.em, words.down, down, right),
    ...[VALUE, 0, -VALUE].map((value) =>
      text(span.right + 4, y(value), value === 0 ? '0' : signed(value, 1), 'dim', { scale: 0.9 }),
    ),
  ];
}

function minuteOf(column: Column, { name }: Pick<StripFrame, 'name'>) {
  return column.level?.minute[`${name}_60s`] ?? ([null, null] as const);
}

function changeOf(column: Column, { name, change }: StripFrame): number | null {
  if (change === 'c30s') {
    return minuteOf(column, { name })[1];
  }
  return column.level?.level[name][CHANGES.indexOf(change) as 1 | 2 | 3] ?? null;
}

function acrossAt(span: Span, y: number) {
  return [
    [span.left, y],
    [span.right, y],
  ] as const;
}
