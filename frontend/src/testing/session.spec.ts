import Ajv from 'ajv';

import schema from '../contract/pressure.schema.json';
import { invent, snapshotOf } from './session';

const ajv = new Ajv({ strict: false, formats: { date: true, 'date-time': true } });
const isValid = ajv.compile(schema);

describe('an invented session', () => {
  it.each([
    { hasOptions: true, hasHistory: true },
    { hasOptions: false, hasHistory: false },
  ])('keeps the contract, with %o', (wishes) => {
    const session = invent({ ...wishes, buckets: 300 });
    const messages = [session.hello, snapshotOf(session, 300), ...session.moments.flat()];
    for (const message of messages) {
      expect(isValid(message), JSON.stringify(isValid.errors)).toBe(true);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    expect(invent({ buckets: 5 })).toEqual(invent({ buckets: 5 }));
    expect(invent({ buckets: 5, seed: 8 })).not.toEqual(invent({ buckets: 5 }));
  });

  it('is refused where a ratio is out of its range', () => {
    const bucket = structuredClone(invent({ buckets: 30 }).moments[29]?.[0]);
    expect(isValid(bucket)).toBe(true);
    if (bucket?.type === 'bucket' && bucket.levels[0]) {
      bucket.levels[0].minute.net_60s = [1.5, 0];
    }
    expect(isValid(bucket)).toBe(false);
  });
});
