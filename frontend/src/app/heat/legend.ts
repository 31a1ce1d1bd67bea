import { Call, Ink, Size, rect, text } from '../canvas/call';
import type { HeatMode } from './heat';

type Entry = readonly [ink: Ink, said: string];

const EMPTY: Entry = ['rule', 'empty: nothing rests or moves'];
const ENTRIES: Readonly<Record<HeatMode, readonly Entry[]>> = {
  lean: [
    ['up', '▲ opens up: asks pulled, bids added'],
    ['down', '▼ opens down: bids pulled, asks added'],
    EMPTY,
  ],
  wall: [['ink', 'rests more than its median of the session; 2.0× is twice'], EMPTY],
};

export interface Legend {
  readonly calls: readonly Call[];
  /** Where the picture may begin. */
  readonly bottom: number;
}

/** Draw what the colours of the heat mean, in words. */
export function legend(mode: HeatMode, size: Size): Legend {
  let y = 1.1 * size.em;
  let x = 0.9 * size.em;
  const calls = ENTRIES[mode].flatMap(([ink, said]) => {
    const width = said.length * size.em * 0.54;
    if (x + width > size.width) {
      y += 1.6 * size.em;
      x = 0.9 * size.em;
    }
    const at = x;
    x += width + 2.6 * size.em;
    return [
      rect([at, y - 0.4 * size.em, 0.8 * size.em, 0.8 * size.em], ink),
      text(at + 1.2 * size.em, y, said, 'ink', { scale: 0.9 }),
    ];
  });
  return { calls, bottom: y + 0.9 * size.em };
}
