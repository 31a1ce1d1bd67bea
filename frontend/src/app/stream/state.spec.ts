import { Message } from '../../contract/pressure';
import { stateAfter } from '../../testing/screen';
import { invent, snapshotOf } from '../../testing/session';
import { KEPT, LAG, forget, latest } from './moment';
import { SHOWN, columnsOf, runsOf } from './series';
import { NOTHING, analogsAt, reduce } from './state';

const invented = invent({ buckets: 900 });

describe('reduce', () => {
  it('comes to the same by a snapshot as bucket by bucket', () => {
    const late = [invented.hello, snapshotOf(invented, 420)].reduce(reduce, NOTHING);
    const early = stateAfter(invented, 420);
    expect(late.seq).toBe(420);
    // of strikes a snapshot has only the last
    const bare = (state: typeof late) =>
      columnsOf(state.past, 'PM_LOW', 420).map(({ bucket, moment }) => [bucket, moment?.options]);
    expect(bare(late)).toEqual(bare(early));
  });

  it('puts a revised bucket in place of the first', () => {
    const state = stateAfter(invented, 30);
    const bucket = state.past.get(20)?.bucket;
    if (!bucket) {
      throw new Error('no bucket');
    }
    const market = { ...bucket.market, mid: 1 };
    const revise: Message = { ...bucket, type: 'revise', market, reason: 'a late record' };
    const after = reduce(state, revise);
    expect(after.past.get(20)?.bucket).toEqual({ ...bucket, market });
    expect(after.past.get(20)?.options).toBe(state.past.get(20)?.options);
    expect(after.seq).toBe(30);
  });

  it('takes back the forecasts of a revised bucket, and keeps those that follow', () => {
    const state = stateAfter(invented, 420);
    const told = analogsAt(state.past, 'PM_LOW', 420);
    const bucket = told && state.past.get(told.seq)?.bucket;
    if (!bucket) {
      throw new Error('nothing was forecast');
    }
    const revise: Message = { ...bucket, type: 'revise', reason: 'a late record' };
    const after = reduce(state, revise);
    expect(analogsAt(after.past, 'PM_LOW', 420)?.seq ?? 0).toBeLessThan(told.seq);
    expect(analogsAt(reduce(after, told).past, 'PM_LOW', 420)).toEqual(told);
  });

  it('keeps the last options until those of the bucket come, and no longer than some buckets', () => {
    const { past } = stateAfter(invented, 30);
    const behind = new Map(past);
    for (let seq = 30 - LAG + 2; seq <= 30; seq++) {
      const { options: _, ...rest } = past.get(seq) ?? { seq };
      behind.set(seq, rest);
    }
    expect(latest(past, 'options', 30)).toBe(past.get(30)?.options);
    expect(latest(behind, 'options', 30)).toBe(past.get(30 - LAG + 1)?.options);
    expect(latest(behind, 'options', 30)?.seq).toBe(30 - LAG + 1);
    expect(latest(behind, 'options', 31)).toBeNull();
  });

  it('forgets everything of another build', () => {
    const reset: Message = {
      type: 'reset',
      session: '2024-03-05',
      old_build: '0a1b2c3d',
      new_build: '99999999',
    };
    const after = reduce(stateAfter(invented, 30), reset);
    expect([after.past.size, after.seq, after.hello?.build]).toEqual([0, null, '99999999']);
    const resumed = reduce(stateAfter(invented, 30), { ...invented.hello, build: '99999999' });
    expect(resumed.past.size).toBe(0);
  });

  it('keeps everything when the same build says hello again', () => {
    expect(reduce(stateAfter(invented, 30), invented.hello).past.size).toBe(30);
  });

  it('remembers which buckets it was not sent', () => {
    const gap: Message = { type: 'gap', session: '2024-03-05', from: 3, to: 9, why: 'too slow' };
    expect(reduce(NOTHING, gap).gaps).toEqual([gap]);
  });
});

describe('forget', () => {
  const { past } = stateAfter(invented, 900);
  const drawn = (kept: typeof past) => [...kept.values()].filter((moment) => moment.bucket);
  const spanOf = (kept: typeof past) => [drawn(kept)[0]?.seq, drawn(kept).at(-1)?.seq];

  it('keeps an hour up to the newest bucket, not the day', () => {
    const kept = forget(past, 900, null);
    expect([drawn(kept).length, ...spanOf(kept)]).toEqual([KEPT, 181, 900]);
  });

  it('keeps the picture of a bucket that is held, and no more', () => {
    const kept = forget(past, 900, 60);
    expect([kept.has(1), kept.has(60), kept.has(180)]).toEqual([true, true, true]);
    const far = forget(past, 2000, 300);
    expect([drawn(far).length, ...spanOf(far)]).toEqual([2 * SHOWN - 1, 61, 539]);
  });

  it('keeps forecasts, which a level shows until the next', () => {
    const told = analogsAt(past, 'PM_LOW', 900);
    const kept = forget(past, 2000, null);
    expect(told).not.toBeNull();
    expect(analogsAt(kept, 'PM_LOW', 2000)).toBe(told);
    expect(drawn(kept)).toEqual([]);
  });

  it('leaves a short past alone, however far', () => {
    const early = stateAfter(invented, 100).past;
    expect(forget(early, 900, null)).toBe(early);
  });
});

describe('analogsAt', () => {
  it('gives the last forecast of a level, none that came later', () => {
    const { past } = stateAfter(invented, 420);
    const told = [...past.values()].flatMap((moment) => moment.analogs?.['PM_LOW'] ?? []);
    expect(told.length).toBeGreaterThan(1);
    const [first, second] = told;
    expect(analogsAt(past, 'PM_LOW', (second?.seq ?? 0) - 1)).toBe(first);
    expect(analogsAt(past, 'PM_LOW', second?.seq ?? 0)).toBe(second);
    expect(analogsAt(past, 'PM_LOW', (first?.seq ?? 0) - 1)).toBeNull();
  });
});

describe('runsOf', () => {
  it('joins neighbours and leaves out what has no value', () => {
    expect(runsOf(['a', 'a', null, 'b', 'a'])).toEqual([
      { first: 0, end: 2, value: 'a' },
      { first: 3, end: 4, value: 'b' },
      { first: 4, end: 5, value: 'a' },
    ]);
  });
});
