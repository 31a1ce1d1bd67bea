import { SIZE, callsOf, stateAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { columnsOf } from './columns';
import { LadderFrame, ladder, priceRow } from './ladder';

describe('priceRow', () => {
  it.each([
    [0, 0],
    [0.125, 0.5],
    [-0.125, -0.5],
    [0.625, 1],
    [1.125, 1.5],
    [-5.125, -5.5],
  ])('puts price at %f points from the level into row %f', (dist, row) => {
    expect(priceRow(dist, 1, 0.25)).toBeCloseTo(row);
  });
});

function frameOf(hasOptions: boolean): LadderFrame {
  const moment = stateAfter(invent({ buckets: 380, hasOptions }), 380).past.get(380);
  const level = moment?.bucket?.levels.find((one) => one.level_id === 'PM_LOW') ?? null;
  return {
    level,
    options: moment?.options?.levels.find((one) => one.level_id === 'PM_LOW') ?? null,
    optionsWhy: 'no options',
    mid: moment?.bucket?.market.mid ?? null,
    step: 1,
    tickSize: 0.25,
    set: '0dte',
  };
}

describe('ladder', () => {
  it('keeps the names of its steps apart on a low screen', () => {
    const low = { ...SIZE, height: 150 };
    const names = callsOf(ladder(frameOf(true), low), 'text').filter(
      (one) => one.x < low.em && /^[+−]\$\d$|^\d+\.\d\d$/.test(one.text),
    );
    expect(names).toHaveLength(11);
    const row = columnsOf(low).row;
    names.forEach((one) => expect((one.scale ?? 1) * low.em).toBeLessThan(row));
  });

  it('names its steps by how wide they are', () => {
    const frame = frameOf(true);
    const named = (step: number) => textsOf(ladder({ ...frame, step }, SIZE));
    expect(named(1)).toEqual(expect.arrayContaining(['+$5', '−$1']));
    expect(named(2)).toEqual(expect.arrayContaining(['+$10', '−$2']));
    expect(named(0.5)).toEqual(expect.arrayContaining(['+$2.50', '−$0.50']));
  });

  it('writes why nobody is favoured beside the bars, not on them', () => {
    const frame = frameOf(true);
    const steps = frame.level?.ladder;
    const none = steps && { ...steps, lean_60s: steps.lean_60s.map(() => null) };
    const level = frame.level && none ? { ...frame.level, ladder: none as never } : null;
    const size = { width: 420, height: 300, em: 12 };
    const columns = columnsOf(size);
    const said = callsOf(ladder({ ...frame, level }, size), 'text').filter(
      (one) => one.scale === 0.72,
    );
    expect(said).toHaveLength(11);
    // ten letters, as those of warming up
    const half = (10 * 0.57 * 0.72 * size.em) / 2;
    said.forEach((one) => {
      expect(one.x - half).toBeGreaterThan(columns.axis + columns.reach);
      expect(one.x + half).toBeLessThan(columns.hedge - columns.hedgeReach);
    });
  });

  it('hatches each side of a step where it cannot rest', () => {
    const frame = frameOf(true);
    const absent = [
      ...(frame.level?.ladder.bid_depth_share ?? []),
      ...(frame.level?.ladder.ask_depth_share ?? []),
    ].filter((share) => share === null);
    expect(absent.length).toBeGreaterThan(5);
    expect(callsOf(ladder(frame, SIZE), 'hatch')).toHaveLength(absent.length);
  });

  it('draws selling against a rise to the left and buying to the right', () => {
    const calls = callsOf(ladder(frameOf(true), SIZE), 'rect').filter((one) => one.alpha === 0.7);
    const axis = Math.min(...calls.filter((one) => one.ink === 'up').map((one) => one.x));
    const sells = calls.filter((one) => one.ink === 'down');
    expect(sells.length).toBeGreaterThan(0);
    sells.forEach((one) => expect(one.x + one.width).toBeCloseTo(axis));
  });

  it('says that there are no options', () => {
    expect(textsOf(ladder(frameOf(false), SIZE))).toContain('no options');
  });

  it('says where price is when it has left the steps', () => {
    const frame = { ...frameOf(true), mid: 6775 };
    expect(textsOf(ladder(frame, SIZE))).toContain('▲ price is above');
  });
});
