import { Level, Reason, Why } from '../../contract/pressure';

/** Below this a ratio says nothing: it is drawn grey and called balanced. */
export const BALANCED = 0.05;

const MINUS = '−';

/** A number with its sign, such as +0.12 or −0.12. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value > 0 ? '+' : MINUS}${text}`;
}

/** A whole number with its sign and thousands apart, such as +1,240. */
export function signedCount(value: number): string {
  const text = Math.abs(Math.round(value)).toLocaleString('en-US');
  return Math.round(value) === 0 ? text : `${value > 0 ? '+' : MINUS}${text}`;
}

/** How far price is from a level, points; an average stands between ticks, dist_ticks counts from one. */
export function distanceOf(level: Level, mid: number | null): number | null {
  return mid === null ? null : mid - level.price;
}

/** Points of the contract as a person says them, such as $1 or $0.50. */
export function dollars(points: number): string {
  return `$${Number.isInteger(points) ? points : points.toFixed(2)}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** PM_LOW as a person says it. */
export function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}

/** Why something is not there, in words. */
export function because(reason: Reason | null | undefined): string {
  return reason ? spoken(reason) : 'no reason given';
}

/** Why a part of a bucket is not there: it says so itself, or it did not come yet. */
export function whyWithout(part: { readonly why: Why } | null | undefined, column: string): string {
  const reason = reasonIn(part?.why, column);
  return reason ? because(reason) : 'not received yet';
}

/** Return why a column is null; of a ladder at a step, else the reason of its first null step. */
export function reasonIn(why: Why | undefined, column: string, step?: number): Reason | null {
  const reason = why?.[column];
  if (!Array.isArray(reason)) {
    return reason ?? null;
  }
  const [first = null] = reason.filter((one) => one !== null);
  return step === undefined ? first : (reason[step] ?? null);
}

/** The clock of a place at a time, such as 10:05:00. */
export function clockOf(iso: string, timezone: string, seconds = true): string {
  return format(timezone, seconds).format(new Date(iso));
}

/** Whose clock it is, such as NY or Chicago. */
export function cityOf(timezone: string): string {
  const city = spoken(timezone.split('/').at(-1) ?? timezone);
  return city === 'New York' ? 'NY' : city;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timezone: string, seconds: boolean): Intl.DateTimeFormat {
  const key = `${timezone} ${seconds}`;
  const known =
    formats.get(key) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds ? { second: '2-digit' } : {}),
    });
  formats.set(key, known);
  return known;
}

export type Way = 'up' | 'down' | 'balanced';

/** Which way a ratio points. */
export function wayOf(value: number): Way {
  return Math.abs(value) < BALANCED ? 'balanced' : value > 0 ? 'up' : 'down';
}

export const GLYPHS: Readonly<Record<Way, string>> = { up: '▲', down: '▼', balanced: '=' };
