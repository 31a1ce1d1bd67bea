/** Numbers that look random and are the same every time. */
export type Random = () => number;

/** Return a source of numbers between 0 and 1 (a linear congruence of 32 bits, mixed). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), 2246822519);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** Return a number around 0, of standard deviation about 1. */
export function bell(random: Random): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

/** Return a ratio as the stream writes it, to four decimals. */
export function ratio(value: number): number {
  return Math.round(Math.min(1, Math.max(-1, value)) * 1e4) / 1e4 || 0;
}
