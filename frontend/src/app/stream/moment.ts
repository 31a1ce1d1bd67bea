import { Analogs, Bucket, Options, Strikes } from '../../contract/pressure';
import { SHOWN } from './series';

/** All that was sent of one bucket. */
export interface Moment {
  readonly seq: number;
  readonly bucket?: Bucket;
  readonly options?: Options;
  readonly strikes?: Strikes;
  /** Forecasts that came in this bucket, by level. */
  readonly analogs?: Readonly<Record<string, Analogs>>;
}

/** Moments by number. */
export type Past = ReadonlyMap<number, Moment>;

/** How much of the past is kept: an hour, a picture shows twenty minutes. */
export const KEPT = 720;

/** Return the past with parts of moments put in. */
export function remember(past: Past, parts: readonly Moment[]): Past {
  const next = new Map(past);
  for (const part of parts) {
    const known = next.get(part.seq);
    const analogs = { ...known?.analogs, ...part.analogs };
    next.set(part.seq, { ...known, ...part, analogs });
  }
  return next;
}

/** Return the past without what is far from the newest bucket and from the one that is held. */
export function forget(past: Past, newest: number, held: number | null): Past {
  if (past.size <= KEPT) {
    return past;
  }
  const isNear = (seq: number) =>
    Math.abs(seq - newest) < KEPT || (held !== null && Math.abs(seq - held) < SHOWN);
  const left = [...past.values()].flatMap((one) => (isNear(one.seq) ? [one] : forecastsOf(one)));
  return new Map(left.map((one) => [one.seq, one]));
}

/** Return what stays of a moment that is far: its forecasts, as a level shows its last for hours. */
function forecastsOf({ seq, analogs }: Moment): Moment[] {
  return Object.keys(analogs ?? {}).length > 0 ? [{ seq, analogs }] : [];
}

/** Buckets that the options of a session that goes on may be behind its book. */
export const LAG = 3;

/** Return what came last of a kind at or before a bucket, null where too long ago. */
export function latest<Kind extends 'options' | 'strikes'>(
  past: Past,
  kind: Kind,
  seq: number,
): NonNullable<Moment[Kind]> | null {
  for (let at = seq; at > seq - LAG; at--) {
    const found = past.get(at)?.[kind];
    if (found) {
      return found;
    }
  }
  return null;
}
