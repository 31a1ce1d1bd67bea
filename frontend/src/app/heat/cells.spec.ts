import { scale } from '../canvas/scale';
import { spanOf } from '../shared/axis';
import { Column } from '../stream/series';
import { SIZE, callsOf, columnsAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { cellsOf, edgesOf, timesMedian, wallNames } from './cells';
import type { HeatFrame, HeatMode } from './heat';

const GRID = { step: 1, tickSize: 0.25 };

describe('edgesOf', () => {
  it.each([
    [0, 99.875, 100.125],
    [1, 100.125, 101.125],
    [2, 101.125, 102.125],
    [-1, 98.875, 99.875],
    [-5, 94.875, 95.875],
  ])('puts step %i of 100 between %f and %f', (offset, low, high) => {
    expect(edgesOf(offset, 100, GRID)).toEqual([low, high]);
  });
});

const [last] = columnsAfter(invent({ buckets: 400 }), 400, 'PM_LOW').slice(-1);

/** One column whose level has these values at the top step, and nothing elsewhere. */
function columnWith(fields: Record<string, number | null>): Column {
  if (!last?.level) {
    throw new Error('no level');
  }
  const level = structuredClone(last.level);
  for (const [name, value] of Object.entries(fields)) {
    const steps = Array.from({ length: 11 }, (_, step) => (step === 10 ? value : null));
    (level.ladder as unknown as Record<string, unknown>)[name] = steps;
  }
  return { ...last, level };
}

function draw(column: Column, mode: HeatMode) {
  const frame: HeatFrame = { columns: [column], mode, timezone: 'UTC', ...GRID };
  const [span, y] = [spanOf([column], SIZE), scale([6750, 6770], [400, 0])];
  return [...cellsOf(frame, span, y, [0, 400]), ...wallNames(frame, span, y, SIZE)];
}

describe('cells of lean', () => {
  it.each([
    [0.25, 'up', 0.9],
    [0.6, 'up', 0.9],
    [-0.125, 'down', 0.47],
    [0, 'down', 0.04],
  ])('draw %f in %s at strength %f', (lean, ink, alpha) => {
    const [cell] = draw(columnWith({ lean_60s: lean }), 'lean');
    expect(cell).toMatchObject({ ink, alpha: expect.closeTo(alpha, 9) });
  });

  it('leave what is not defined as ground', () => {
    expect(draw(columnWith({ lean_60s: null }), 'lean')).toEqual([]);
  });

  it('stand at the price of their step', () => {
    const [cell] = callsOf(draw(columnWith({ lean_60s: 0.2 }), 'lean'), 'rect');
    // the level is 6761.25: step 5 goes from 6765.375 to 6766.375, 20 px a point
    expect([cell?.y, cell?.height]).toEqual([expect.closeTo(72.5), expect.closeTo(20)]);
  });
});

describe('cells of walls', () => {
  const wall = (share: number) =>
    columnWith({ bid_depth_share: null, ask_depth_share: share, depth_share_median: 0.1 });

  it('measure both sides against the median', () => {
    expect(timesMedian(wall(0.25), 10)).toBeCloseTo(2.5);
    expect(timesMedian(columnWith({ depth_share_median: null }), 10)).toBeNull();
  });

  it('say how often the median a wall is, from one and a half on', () => {
    expect(textsOf(draw(wall(0.25), 'wall'))).toEqual(['2.5×']);
    expect(textsOf(draw(wall(0.14), 'wall'))).toEqual([]);
  });

  it('keep their names apart, also beside the step of the level, a tick high', () => {
    const every = Array.from({ length: 11 }, () => 0.3);
    const level = structuredClone(wall(0.3).level);
    const ladder = level && { ...level.ladder, ask_depth_share: every };
    const column = { ...wall(0.3), level: level && ladder ? { ...level, ladder } : null };
    const median = { ...column.level?.ladder, depth_share_median: every.map(() => 0.1) };
    const all = { ...column, level: { ...column.level, ladder: median } } as Column;
    const places = callsOf(draw(all, 'wall'), 'text').map((one) => one.y);
    expect(places).toHaveLength(11);
    const apart = [...places].sort((a, b) => a - b);
    apart.slice(1).forEach((y, index) => expect(y - (apart[index] ?? 0)).toBeGreaterThan(16));
  });

  it('use neither of the two colours that favour a direction', () => {
    const inks = callsOf(draw(wall(0.25), 'wall'), 'rect').map((call) => call.ink);
    expect(inks).toEqual(['ink']);
  });
});
