/** A straight map from values to pixels. */
export interface Scale {
  (value: number): number;
  readonly from: number;
  readonly to: number;
}

export function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const place = (value: number) => start + ((value - from) / (to - from)) * (end - start);
  return Object.assign(place, { from, to });
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Push places apart so that labels do not touch; order stays. */
export function spread(places: readonly number[], gap: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => at(places, a) - at(places, b));
  const moved = [...places];
  let floor = -Infinity;
  for (const index of order) {
    moved[index] = Math.max(at(places, index), floor);
    floor = at(moved, index) + gap;
  }
  return moved;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
