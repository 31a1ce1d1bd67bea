import { Call, Size, hatch, text } from '../canvas/call';
import { Column, runsOf } from '../stream/series';
import { Span } from './axis';
import { because, reasonIn } from './words';

/** Why a column shows nothing at all, null where it shows the level. */
export function missingReason(column: Column): string | null {
  if (column.level) {
    return null;
  }
  if (column.seq < 1) {
    return 'before the window';
  }
  return column.bucket ? 'level not in use' : 'not received';
}

/** Return why a value of a column is not there, null where it is. */
export function reasonOf(column: Column, field: string, value: number | null): string | null {
  if (!column.level) {
    return missingReason(column);
  }
  if (value !== null) {
    return null;
  }
  return because(reasonIn(column.level.why, field));
}

export interface Absences {
  readonly hatches: readonly Call[];
  /** The reasons, for on top of lines that cross what is hatched. */
  readonly words: readonly Call[];
}

/** Hatch what is not defined, each span with its reason; short ones are explained together. */
export function absences(
  reasons: readonly (string | null)[],
  span: Span,
  [top, bottom]: readonly [number, number],
  size: Size,
): Absences {
  const runs = runsOf(reasons);
  const labelled = new Set<string>();
  const hatches: Call[] = [];
  const words: Call[] = [];
  for (const run of runs) {
    const x = span.x(run.first);
    const width = span.x(run.end) - x;
    hatches.push(hatch([x, top, width, bottom - top]));
    if (width > run.value.length * size.em * 0.62 + size.em) {
      const middle = [x + width / 2, (top + bottom) / 2] as const;
      words.push(text(...middle, run.value, 'dim', { align: 'center', box: 'ground' }));
      labelled.add(run.value);
    }
  }
  const rest = [...new Set(runs.map((run) => run.value))].filter((one) => !labelled.has(one));
  if (rest.length > 0) {
    const said = `▨ ${rest.join(' · ')}`;
    words.push(
      text(span.left + 2, bottom - size.em * 0.8, said, 'dim', { box: 'ground', scale: 0.9 }),
    );
  }
  return { hatches, words };
}
