import { Level } from '../../contract/pressure';
import {
  BALANCED,
  GLYPHS,
  Way,
  because,
  distanceOf,
  reasonIn,
  signed,
  spoken,
  wayOf,
} from '../shared/words';

/** Faster than this, in sigma of a minute, price is coming or going. */
const MOVING = 0.35;
/** A change over 30 s below this is none. */
const STEADY = 0.05;

/** A number as the headline says it: how big, which way, and in words; or why it is not there. */
export interface Cell {
  readonly big: string;
  readonly way: Way;
  readonly small: string;
}

/** Where price is from the level, in dollars, in sigma, and whether it comes nearer. */
export function placeOf(level: Level, mid: number | null): Cell {
  const { dist_sigma: sigma, speed_sigma: speed } = level;
  const dist = distanceOf(level, mid);
  if (dist === null) {
    return absent(level, 'dist_ticks');
  }
  const side = dist === 0 ? 'at the level' : dist < 0 ? 'below' : 'above';
  return {
    big: `$${Math.abs(dist).toFixed(2)}`,
    way: 'balanced',
    small: [side, ...motionOf(level, sigma, speed)].join(' · '),
  };
}

/** The distance in sigma and the speed, or why they are not there, once where it is one reason. */
function motionOf(level: Level, sigma: number | null, speed: number | null): string[] {
  const [noSigma, noSpeed] = [reason(level, 'dist_sigma'), reason(level, 'speed_sigma')];
  if (sigma === null && speed === null && noSigma === noSpeed) {
    return [`σ and speed: ${noSigma}`];
  }
  return [sigma === null ? `σ: ${noSigma}` : `${signed(sigma, 1)} σ`, speedOf(level, speed)];
}

function speedOf(level: Level, speed: number | null): string {
  if (speed === null) {
    return `speed: ${reason(level, 'speed_sigma')}`;
  }
  return Math.abs(speed) < MOVING ? 'holding' : speed > 0 ? 'closing in' : 'moving away';
}

/** Which road opens, over the last minute. */
export function netOf(level: Level): Cell {
  const [net, change] = level.minute.net_60s;
  if (net === null) {
    return absent(level, 'net_60s');
  }
  const way = wayOf(net);
  const opens = way === 'balanced' ? 'balanced' : `${way} opens`;
  return { big: `${GLYPHS[way]} ${signed(net)}`, way, small: `${opens}, ${trend(net, change)}` };
}

/** Whether both sides leave or stack. */
export function vacuumOf(level: Level): Cell {
  const [vacuum, change] = level.minute.vacuum_60s;
  if (vacuum === null) {
    return absent(level, 'vacuum_60s');
  }
  const isFlat = Math.abs(vacuum) < BALANCED;
  const glyph = isFlat ? '=' : vacuum > 0 ? '◂▸' : '▸◂';
  const said = isFlat ? 'balanced' : vacuum > 0 ? 'both leave' : 'both stack';
  return {
    big: `${glyph} ${signed(vacuum)}`,
    way: 'balanced',
    small: `${said}, ${trend(vacuum, change)}`,
  };
}

/** What one side says: asks above the level, or bids below. */
export function sideOf(level: Level, side: 'above' | 'below'): Cell {
  const name = side === 'above' ? 'p_above_60s' : 'p_below_60s';
  const value = level.minute[name][0];
  if (value === null) {
    return absent(level, name);
  }
  const way = wayOf(value);
  const words = {
    above: { up: 'asks leave', down: 'asks build', balanced: 'balanced' },
    below: { up: 'bids build', down: 'bids leave', balanced: 'balanced' },
  };
  return { big: `${GLYPHS[way]} ${signed(value)}`, way, small: words[side][way] };
}

/** Where the level stands and how price came. */
export function nameOf(level: Level): Cell {
  const side = level.approach ? spoken(level.approach) : `side: ${reason(level, 'approach')}`;
  return {
    big: spoken(level.level_id),
    way: 'balanced',
    small: `${level.price.toFixed(2)} · ${side}`,
  };
}

/** Whether price comes, is there or left, and for which time. */
export function phaseOf(level: Level): string {
  const count = level.touch_no ? ` ${level.touch_no}` : '';
  return level.phase ? `${level.phase}${count}` : reason(level, 'phase');
}

function trend(value: number, change: number | null): string {
  if (change === null) {
    return 'no trend yet';
  }
  if (Math.abs(change) < STEADY) {
    return 'steady';
  }
  return Math.sign(change) === Math.sign(value) ? 'growing' : 'fading';
}

function absent(level: Level, field: string): Cell {
  return { big: '–', way: 'balanced', small: reason(level, field) };
}

function reason(level: Level, field: string): string {
  return because(reasonIn(level.why, field));
}
