import { Bucket, Level } from '../../contract/pressure';
import { Moment, Past } from './moment';

/** How many buckets a picture shows: twenty minutes. */
export const SHOWN = 240;

/** One bucket as a level sees it. */
export interface Column {
  readonly seq: number;
  /** Not there where it was never received. */
  readonly moment: Moment | null;
  readonly bucket: Bucket | null;
  /** Not there where the level was not in use. */
  readonly level: Level | null;
}

/** Return the columns of a picture that ends with a bucket, the oldest first. */
export function columnsOf(past: Past, levelId: string | null, last: number): Column[] {
  return Array.from({ length: SHOWN }, (_, index) => {
    const seq = last - SHOWN + 1 + index;
    const moment = past.get(seq) ?? null;
    const bucket = moment?.bucket ?? null;
    const level = bucket?.levels.find((one) => one.level_id === levelId) ?? null;
    return { seq, moment, bucket, level };
  });
}

/** Return the newest value that columns have. */
export function newest<T>(
  columns: readonly Column[],
  take: (column: Column) => T | null | undefined,
): T | null {
  for (let index = columns.length - 1; index >= 0; index -= 1) {
    const column = columns[index];
    const value = column && take(column);
    if (value !== null && value !== undefined) {
      return value;
    }
  }
  return null;
}

/** Neighbouring columns of one kind. */
export interface Run<T> {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  readonly value: T;
}

/** Return the runs of equal values, without those that are null. */
export function runsOf<T extends string>(values: readonly (T | null)[]): Run<T>[] {
  const runs: Run<T>[] = [];
  let first = 0;
  values.forEach((value, index) => {
    if (value === values[index + 1]) {
      return;
    }
    if (value !== null) {
      runs.push({ first, end: index + 1, value });
    }
    first = index + 1;
  });
  return runs;
}
