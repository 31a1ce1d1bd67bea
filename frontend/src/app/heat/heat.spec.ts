import { Call } from '../canvas/call';
import { SIZE, callsOf, columnsAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { spanOf } from '../shared/axis';
import { HeatFrame, heat, priceScale } from './heat';
import { legend } from './legend';
import { otherLevels } from './marks';

const invented = invent({ buckets: 420 });

function frameOf(levelId: string, seq: number): HeatFrame {
  const columns = columnsAfter(invented, seq, levelId);
  return { columns, mode: 'lean', tickSize: 0.25, step: 1, timezone: 'America/New_York' };
}

const sameCall = (one: Call, other: Call) => JSON.stringify(one) === JSON.stringify(other);

/** Where a call begins; texts by their middle. */
function topOf(call: Call): number[] {
  return 'points' in call ? call.points.map(([, y]) => y) : [call.y];
}

describe('priceScale', () => {
  it.each([6700, 6755, 6761, 6768, 6800])('shows the level and at most 22 points at %i', (mid) => {
    const frame = frameOf('PM_LOW', 420);
    const columns = frame.columns.map((column) => ({
      ...column,
      bucket: column.bucket && { ...column.bucket, market: { ...column.bucket.market, mid } },
    }));
    const { from, to } = priceScale({ ...frame, columns }, 6761.25, [0, 400]);
    expect(to - from).toBeLessThanOrEqual(22 + 1e-9);
    expect(from).toBeLessThanOrEqual(6761.25 - 5.6);
    expect(to).toBeGreaterThanOrEqual(6761.25 + 5.6);
  });

  it.each([0.04, 0.5, 2])('shows all of a ladder whose steps are %f points wide', (step) => {
    const frame = { ...frameOf('PM_LOW', 420), step };
    const columns = frame.columns.map((column) => ({
      ...column,
      bucket: column.bucket && {
        ...column.bucket,
        market: { ...column.bucket.market, mid: 6761.25 },
      },
    }));
    const { from, to } = priceScale({ ...frame, columns }, 6761.25, [0, 400]);
    expect(6761.25 - from).toBeCloseTo(5.6 * step);
    expect(to - 6761.25).toBeCloseTo(5.6 * step);
    const prices = textsOf(heat({ ...frame, columns }, SIZE)).filter((one) => /^[\d.]+$/.test(one));
    // beside the tag of the level
    expect(new Set(prices).size).toBeGreaterThan(4);
    expect(prices.every((one) => Math.abs(Number(one) - 6761.25) < 5.7 * step)).toBe(true);
  });
});

describe('heat', () => {
  it('breaks the line of price where a bucket was not received', () => {
    const whole = frameOf('PM_LOW', 420);
    const columns = whole.columns.map((column, index) =>
      index < 100 || index >= 120
        ? column
        : { seq: column.seq, moment: null, bucket: null, level: null },
    );
    const price = (frame: HeatFrame) =>
      callsOf(heat(frame, SIZE), 'line').filter((call) => call.width === 1.8);
    expect(price(whole).map((call) => call.points.length)).toEqual([240]);
    expect(price({ ...whole, columns }).map((call) => call.points.length)).toEqual([100, 120]);
    expect(textsOf(heat({ ...whole, columns }, SIZE))).toContain('▨ not received');
  });

  it.each(['lean', 'wall'] as const)('draws nothing beneath the words of %s', (mode) => {
    const narrow = { width: 390, height: 360, em: 12 };
    const frame = { ...frameOf('PM_LOW', 420), mode };
    for (const size of [SIZE, narrow]) {
      const { bottom, calls } = legend(mode, size);
      const drawn = heat(frame, size).filter((call) => !calls.some((one) => sameCall(one, call)));
      expect(Math.min(...drawn.flatMap(topOf))).toBeGreaterThanOrEqual(bottom);
    }
  });

  it('draws another level where it stood, from when it was known', () => {
    const whole = frameOf('PM_LOW', 300);
    const moved = whole.columns.map((column, index) => ({
      ...column,
      bucket: column.bucket && {
        ...column.bucket,
        levels: column.bucket.levels.map((one) =>
          one.level_id === 'SMA_90' ? { ...one, price: index < 200 ? 6762 : 6763 } : one,
        ),
      },
    }));
    const [span, y] = [spanOf(moved, SIZE), priceScale(whole, 6761.25, [0, 400])];
    const lines = callsOf(otherLevels({ ...whole, columns: moved }, span, y), 'line');
    const [average] = lines.filter((one) => one.points[0]?.[1] === y(6762));
    expect(average?.points.at(-1)?.[1]).toBe(y(6763));
    // the range of fifteen minutes was not known before they were over
    const [range] = lines.filter((one) => one.points[0]?.[1] === y(6764));
    const known = moved.findIndex((one) =>
      one.bucket?.levels.some((level) => level.level_id === 'OR15_LOW'),
    );
    expect(known).toBeGreaterThan(0);
    expect(range?.points[0]?.[0]).toBe(span.x(known));
  });

  it('draws no price where it is beyond the picture, and says on which side', () => {
    const whole = frameOf('PM_LOW', 420);
    const columns = whole.columns.map((column, index) =>
      index < 200 || !column.bucket
        ? column
        : {
            ...column,
            bucket: { ...column.bucket, market: { ...column.bucket.market, mid: 6790 } },
          },
    );
    const calls = heat({ ...whole, columns }, SIZE);
    const prices = callsOf(calls, 'line').filter((call) => call.width === 1.8);
    // the first beyond is where the line leaves
    expect(prices.map((call) => call.points.length)).toEqual([201]);
    expect(textsOf(calls)).toContain('▲ 6790.00');
    expect(textsOf(heat(whole, SIZE)).join()).not.toMatch(/[▲▼] \d/);
  });

  it('marks each touch with the way price came', () => {
    const frame = frameOf('PM_LOW', 420);
    const touches = frame.columns.flatMap((column) =>
      (column.bucket?.touches ?? []).filter((touch) => touch.level_id === 'PM_LOW'),
    );
    const expected = touches.map((touch) => (touch.approach === 'from_below' ? '▲' : '▼'));
    expect(touches.length).toBeGreaterThan(1);
    expect(textsOf(heat(frame, SIZE)).filter((said) => said === '▲' || said === '▼')).toEqual(
      expected,
    );
  });

  it('writes why there is no level on top of the line of price', () => {
    const calls = heat(frameOf('OR15_HIGH', 300), SIZE);
    const places = (wanted: (call: Call) => boolean) =>
      calls.flatMap((call, index) => (wanted(call) ? [index] : []));
    const [why] = places((call) => call.kind === 'text' && call.text === 'level not in use');
    const price = places((call) => call.kind === 'line' && call.width === 1.8);
    expect(price.length).toBeGreaterThan(0);
    expect(why).toBeGreaterThan(Math.max(...price));
  });

  it('says since when there is a level, and names the others', () => {
    const said = textsOf(heat(frameOf('OR15_HIGH', 300), SIZE));
    expect(said).toContain('level not in use');
    expect(textsOf(heat(frameOf('PM_LOW', 420), SIZE))).toEqual(
      expect.arrayContaining(['PM HIGH', 'OR15 LOW', 'SMA 90', '6761.25']),
    );
  });
});
