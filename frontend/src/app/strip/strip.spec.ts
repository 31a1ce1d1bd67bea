import { Call } from '../canvas/call';
import { Column } from '../stream/series';
import { SIZE, callsOf, columnsAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { Change, strip } from './strip';

const columns = columnsAfter(invent({ buckets: 400 }), 400, 'PM_LOW');

/** The newest column with these numbers in place of its own. */
function only(net: Partial<Record<'minute' | 'five', (number | null)[]>>): Column[] {
  const column = columns.at(-1);
  if (!column?.level) {
    throw new Error('no level');
  }
  const level = structuredClone(column.level);
  Object.assign(level.minute, net.minute && { net_60s: net.minute });
  Object.assign(level.level, net.five && { net: net.five });
  return [{ ...column, level }];
}

function bars(calls: readonly Call[]) {
  return callsOf(calls, 'rect').map(({ ink, y, height }) => ({ ink, y, height }));
}

function draw(shown: Column[], change: Change = 'c30s') {
  return strip({ columns: shown, name: 'net', change }, SIZE);
}

describe('strip', () => {
  it('draws up in one colour above the axis and down in the other below it', () => {
    const [up] = bars(draw(only({ minute: [0.2, null], five: [null, null, null, null] })));
    const [down] = bars(draw(only({ minute: [-0.2, null], five: [null, null, null, null] })));
    expect(up?.ink).toBe('up');
    expect(down?.ink).toBe('down');
    expect((up?.y ?? 0) + (up?.height ?? 0)).toBeCloseTo(down?.y ?? -1);
    expect(up?.height).toBeCloseTo(down?.height ?? -1);
  });

  it('calls what is nearly nothing neither', () => {
    const [bar] = bars(draw(only({ minute: [0.04, null], five: [null, null, null, null] })));
    expect(bar?.ink).toBe('dim');
  });

  it('ends at its scale', () => {
    const tall = (net: number) =>
      bars(draw(only({ minute: [net, null], five: [null, null, null, null] })))[0]?.height;
    expect(tall(0.9)).toBe(tall(0.4));
    expect(tall(0.4)).toBeCloseTo(2 * (tall(0.2) ?? 0));
  });

  it.each([
    ['c30s', -0.3],
    ['d1', 0.1],
    ['d2', -0.2],
    ['d3', 0.3],
  ] as const)('shows %s below', (change, value) => {
    const shown = only({ minute: [null, -0.3], five: [null, 0.1, -0.2, 0.3] });
    const below = bars(draw(shown, change));
    expect(below.map((bar) => bar.ink)).toEqual([value > 0 ? 'up' : 'down']);
  });

  it('gives vacuum neither colour', () => {
    const calls = strip({ columns, name: 'vacuum', change: 'c30s' }, SIZE);
    const inks = new Set(
      [...callsOf(calls, 'rect'), ...callsOf(calls, 'text')].map((one) => one.ink),
    );
    expect(inks.has('up') || inks.has('down')).toBe(false);
  });

  it('says why a span is empty, in it where there is room and below where there is none', () => {
    const said = textsOf(draw(columns));
    expect(said).toContain('asks above out of reach');
    const missing = columns.map((column, index) =>
      index === 200 ? { ...column, moment: null, bucket: null, level: null } : column,
    );
    expect(textsOf(draw(missing)).some((one) => /^▨.*not received/.test(one))).toBe(true);
  });
});
