import { SIZE, callsOf, columnsAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { LAG } from '../stream/moment';
import { hedging } from './hedging';

describe('hedging', () => {
  it('stacks what both made dealers buy, and what both made them sell', () => {
    const [column] = columnsAfter(invent({ buckets: 300 }), 300, 'PM_LOW').slice(-1);
    const flow = { hedge_call: 30, hedge_put: 10, hedge_call_sum: 100, hedge_put_sum: -40 };
    const options = column?.moment?.options;
    if (!column?.moment || !options) {
      throw new Error('no options');
    }
    const hedge = { ...options.hedge, all: flow };
    const moment = { ...column.moment, options: { ...options, hedge } };
    const calls = hedging({ columns: [{ ...column, moment }], set: 'all' }, SIZE);
    const [call, put] = callsOf(calls, 'rect');
    expect([call?.ink, put?.ink]).toEqual(['up', 'up']);
    expect(call?.height).toBeCloseTo(3 * (put?.height ?? 0));
    expect((put?.y ?? 0) + (put?.height ?? 0)).toBeCloseTo(call?.y ?? -1);
    expect(textsOf(calls).join()).toContain('calls +100 · puts −40');
  });

  it('gives no sums of long ago for those of now', () => {
    const columns = columnsAfter(invent({ buckets: 300 }), 300, 'PM_LOW');
    const without = (count: number) =>
      columns.map((column, index) =>
        index < columns.length - count ? column : { ...column, moment: { seq: column.seq } },
      );
    const said = (count: number) =>
      textsOf(hedging({ columns: without(count), set: 'all' }, SIZE)).join();
    expect(said(LAG - 1)).toContain('since the overnight open');
    expect(said(LAG)).not.toContain('since the overnight open');
  });

  it('says why there is nothing', () => {
    const columns = columnsAfter(invent({ buckets: 300, hasOptions: false }), 300, 'PM_LOW');
    expect(textsOf(hedging({ columns, set: '0dte' }, SIZE))).toContain('no options');
  });
});
