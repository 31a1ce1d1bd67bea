import { Heartbeat, Hello } from '../../contract/pressure';
import { invent } from '../../testing/session';
import { Health, healthOf, qualityOf } from './status';

const WELL: Health = {
  isConnected: true,
  isStale: false,
  silentMs: 300,
  ageMs: 1234,
  isPaused: false,
  isHeld: false,
  hasEnded: false,
  hello: null,
  heartbeat: null,
  quality: { book: 'ok', n_gaps: 0, why: {} },
  refusal: null,
  missed: 0,
};
const LIVE: Hello = { ...invent({ buckets: 1 }).hello, mode: 'live' };
const SICK: Heartbeat = {
  type: 'heartbeat',
  session: '2024-03-05',
  emitted_at: '2024-03-05T15:00:00Z',
  data_through: '2024-03-05T14:59:55Z',
  behind_s: 0,
  book: 'recovering',
};

describe('healthOf', () => {
  it.each([
    ['1.2 s old', 'good', {}],
    ['connecting', 'quiet', { silentMs: null, isConnected: false }],
    ['full, trying again', 'quiet', { silentMs: null, isConnected: false, refusal: 'full' }],
    [
      'full, trying again · last word 4 s ago',
      'bad',
      { isConnected: false, silentMs: 4000, refusal: 'full' },
    ],
    ['7.5 s old', 'good', { hello: LIVE, heartbeat: { ...SICK, behind_s: 7.5, book: 'ok' } }],
    ['looking back', 'quiet', { hello: LIVE, isHeld: true }],
    [
      'disconnected, trying again · last word 4 s ago',
      'bad',
      { isConnected: false, silentMs: 4000 },
    ],
    ['stale · no word for 3 s', 'bad', { isStale: true, silentMs: 3000 }],
    ['loading', 'quiet', { heartbeat: { ...SICK, data_through: null } }],
    ['book recovering', 'bad', { heartbeat: SICK }],
    ['book stale', 'bad', { heartbeat: { ...SICK, book: 'stale' } }],
    [
      'book stale · 64 s old',
      'bad',
      { hello: LIVE, heartbeat: { ...SICK, book: 'stale', behind_s: 64.2 } },
    ],
    ['end of the window', 'quiet', { hasEnded: true }],
    ['looking back', 'quiet', { hello: LIVE, hasEnded: true, isHeld: true }],
    [
      'looking back · stale · no word for 3 s',
      'bad',
      { hello: LIVE, isHeld: true, isStale: true, silentMs: 3000 },
    ],
    ['paused', 'quiet', { isPaused: true }],
    ['paused', 'quiet', { isHeld: true }],
  ] as const)('says %s, %s, of %o', (text, tone, changes) => {
    expect(healthOf({ ...WELL, ...changes })).toEqual({ text, tone });
  });

  it('says the worst first', () => {
    const worst = { isConnected: false, silentMs: 9000, isStale: true, hasEnded: true };
    expect(healthOf({ ...WELL, ...worst }).text).toContain('disconnected');
  });
});

describe('qualityOf', () => {
  it('counts gaps of the feed and what this client was not sent', () => {
    expect(qualityOf(WELL)).toEqual({ text: 'book ok · 0 gaps', tone: 'good' });
    expect(qualityOf({ ...WELL, quality: { book: 'ok', n_gaps: 1, why: {} } }).text).toBe(
      'book ok · 1 gap',
    );
    expect(qualityOf({ ...WELL, missed: 20 })).toEqual({
      text: 'book ok · 0 gaps · 20 buckets not received',
      tone: 'bad',
    });
  });
});
