/** What can be drawn. A picture is a list of calls, so that it can be tested without a canvas. */

/** What a colour means; the theme says which it is. */
export type Ink =
  | 'ground'
  | 'ink'
  | 'dim'
  | 'faint'
  | 'rule'
  /** favours up, everywhere */
  | 'up'
  /** favours down, everywhere */
  | 'down';

export interface Rect {
  readonly kind: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly ink: Ink;
  readonly alpha?: number;
}

/** Where nothing is defined. */
export interface Hatch extends Omit<Rect, 'kind'> {
  readonly kind: 'hatch';
}

export interface Line {
  readonly kind: 'line';
  readonly points: readonly Point[];
  readonly ink: Ink;
  readonly width: number;
  readonly dash?: readonly number[];
  readonly alpha?: number;
}

/** A closed shape, filled. */
export interface Shape {
  readonly kind: 'shape';
  readonly points: readonly Point[];
  readonly ink: Ink;
  readonly alpha?: number;
}

export interface Text {
  readonly kind: 'text';
  readonly x: number;
  /** Middle of the line. */
  readonly y: number;
  readonly text: string;
  readonly ink: Ink;
  /** Of the picture's own letter size. */
  readonly scale?: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly bold?: boolean;
  /** A filled box behind it. */
  readonly box?: Ink;
  /** The box's edge. */
  readonly edge?: Ink;
}

export type Call = Rect | Hatch | Line | Shape | Text;
export type Point = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
  /** Height of the letters, px. */
  readonly em: number;
}

export function rect(
  [x, y, width, height]: readonly [number, number, number, number],
  ink: Ink,
  alpha?: number,
): Rect {
  return { kind: 'rect', x, y, width, height, ink, ...(alpha === undefined ? {} : { alpha }) };
}

export function hatch(box: readonly [number, number, number, number]): Hatch {
  return { ...rect(box, 'dim', 0.35), kind: 'hatch' };
}

export function line(
  points: readonly Point[],
  ink: Ink,
  width: number,
  rest: Partial<Line> = {},
): Line {
  return { kind: 'line', points, ink, width, ...rest };
}

export function text(x: number, y: number, said: string, ink: Ink, rest: Partial<Text> = {}): Text {
  return { kind: 'text', x, y, text: said, ink, ...rest };
}
