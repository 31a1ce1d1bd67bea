import { hedging } from '../hedging/hedging';
import { nameOf, netOf, phaseOf, placeOf, sideOf, vacuumOf } from '../headline/words';
import { heat } from '../heat/heat';
import { ladder } from '../ladder/ladder';
import { strip } from '../strip/strip';
import { SIZE, columnsAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { whyWithout } from './words';

const CASES = [1, 8, 60, 190, 375, 420].flatMap((seq) =>
  ['PM_LOW', 'OR15_HIGH'].flatMap((levelId) =>
    [true, false].map((hasOptions) => ({ seq, levelId, hasOptions })),
  ),
);

const SESSIONS = {
  with: invent({ buckets: 420 }),
  without: invent({ buckets: 420, hasOptions: false }),
};

describe('whyWithout', () => {
  const { options } = columnsAfter(SESSIONS.without, 420, 'PM_LOW').at(-1)?.moment ?? {};

  it('says that there are none only where the bucket says so', () => {
    expect(whyWithout(options, 'gex_total')).toBe('no options');
    expect(whyWithout(null, 'gex_total')).toBe('not received yet');
    expect(whyWithout({ why: {} }, 'gex_total')).toBe('not received yet');
  });
});

describe('nothing is drawn empty without a reason', () => {
  it.each(CASES)('%o', ({ seq, levelId, hasOptions }) => {
    const columns = columnsAfter(SESSIONS[hasOptions ? 'with' : 'without'], seq, levelId);
    const { level, moment, bucket } = columns.at(-1) ?? {};
    const frame = { columns, tickSize: 0.25, step: 1, timezone: 'America/New_York' };
    const cells = level
      ? [nameOf, netOf, vacuumOf]
          .map((cell) => cell(level).small)
          .concat(
            placeOf(level, bucket?.market.mid ?? null).small,
            sideOf(level, 'above').small,
            sideOf(level, 'below').small,
            phaseOf(level),
          )
      : [];
    const said = [
      ...cells,
      ...textsOf(heat({ ...frame, mode: 'lean' }, SIZE)),
      ...textsOf(strip({ columns, name: 'net', change: 'c30s' }, SIZE)),
      ...textsOf(strip({ columns, name: 'vacuum', change: 'd1' }, SIZE)),
      ...textsOf(hedging({ columns, set: '0dte' }, SIZE)),
      ...textsOf(
        ladder(
          {
            level: level ?? null,
            options: moment?.options?.levels.find((one) => one.level_id === levelId) ?? null,
            optionsWhy: 'no options',
            mid: bucket?.market.mid ?? null,
            step: 1,
            tickSize: 0.25,
            set: 'all',
          },
          SIZE,
        ),
      ),
    ];
    expect(said.filter((one) => one.includes('no reason'))).toEqual([]);
    expect(said.filter((one) => /null|NaN|undefined/.test(one))).toEqual([]);
  });
});
