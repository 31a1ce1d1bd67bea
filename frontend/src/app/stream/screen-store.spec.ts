import { TestBed } from '@angular/core/testing';

import { Hello, Message } from '../../contract/pressure';
import { FakeSource } from '../../testing/source';
import { invent, snapshotOf } from '../../testing/session';
import { ScreenStore } from './screen-store';
import { SHOWN } from './series';
import { SessionRow } from './sessions';

const invented = invent({ buckets: 1500 });
/** Less than a test may take, so that it says what it waited for. */
const WAIT = { timeout: 4000 };
const LIVE: Hello = { ...invented.hello, mode: 'live' };

/** What the server gives is what it is asked for, from the session that was invented. */
function answer(address: string): Response {
  const asked = new URL(address, 'http://127.0.0.1').searchParams;
  const [from, to] = [Number(asked.get('from')), Number(asked.get('to'))];
  const lines = invented.moments.slice(from - 1, to).flat();
  return new Response(lines.map((one) => JSON.stringify(one)).join('\n'));
}

describe('ScreenStore', () => {
  const asked: string[] = [];
  let clients: number;
  let rows: readonly SessionRow[];
  let store: ScreenStore;

  const hear = (...messages: readonly Message[]) =>
    messages.forEach((message) => FakeSource.opened.at(-1)?.emit(message));
  /** What a stream sends from one bucket, exclusive, to another. */
  const bucketsOf = (from: number, to: number) => invented.moments.slice(from, to).flat();
  const hourTo = (seq: number) =>
    [2 * SHOWN, SHOWN, 0].map((before) => snapshotOf(invented, seq - before));
  const drawn = () => store.columns().filter((column) => column.bucket !== null).length;

  const shown = () => [store.seq(), drawn()];
  /** Wait until a picture that ends with a bucket has so many buckets. */
  const draws = (seq: number, count: number) =>
    vi.waitFor(() => expect(shown()).toEqual([seq, count]), WAIT);

  beforeEach(() => {
    asked.length = 0;
    FakeSource.opened.length = 0;
    vi.stubGlobal('EventSource', FakeSource);
    clients = 64;
    rows = [];
    vi.stubGlobal('fetch', async (address: string) => {
      if (address === 'healthz') {
        return new Response(JSON.stringify({ clients, max_clients: 64 }));
      }
      if (address.startsWith('api/hello')) {
        return new Response('{"error": "waiting for a session"}', { status: 503 });
      }
      if (!address.startsWith('api/buckets')) {
        return new Response(JSON.stringify(rows));
      }
      asked.push(address);
      return answer(address);
    });
    store = TestBed.inject(ScreenStore);
    store.start();
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    vi.unstubAllGlobals();
  });

  /** Let the server answer with an error. */
  const refuse = () => {
    FakeSource.opened.at(-1)?.close();
    FakeSource.opened.at(-1)?.onerror();
  };
  const says = (refusal: string | null) =>
    vi.waitFor(() => expect(store.refusal()).toBe(refusal), WAIT);

  it('says that the server is full, tries again, and says nothing once it is let in', async () => {
    refuse();
    await says('server full, it takes 64 clients');
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(2), WAIT);
    FakeSource.opened.at(-1)?.onopen();
    expect([store.refusal(), store.isConnected()]).toEqual([null, true]);
  });

  it('says what a server waits for that has room, until there is none', async () => {
    clients = 63;
    refuse();
    await says('waiting for a session');
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(2), WAIT);
    FakeSource.opened.at(-1)?.onerror();
    expect(store.refusal()).toBeNull();
  });

  it('keeps its past when a live session is looked back at', async () => {
    hear(LIVE, ...hourTo(1500));
    store.hold(1);
    await draws(1, 1);
    store.hold(600);
    await draws(600, SHOWN);
    store.resume();
    expect(shown()).toEqual([1500, SHOWN]);
  });

  it('keeps what is looked at while a live session goes on', async () => {
    hear(LIVE, ...hourTo(1400));
    store.hold(300);
    await draws(300, SHOWN);
    hear(...bucketsOf(1400, 1500));
    expect(shown()).toEqual([300, SHOWN]);
    store.resume();
    expect(shown()).toEqual([1500, SHOWN]);
  });

  it('loads what it was not sent when it returns to the newest bucket', async () => {
    hear(LIVE, snapshotOf(invented, 1400));
    store.hold(600);
    await draws(600, SHOWN);
    hear(...bucketsOf(1450, 1500));
    store.resume();
    await draws(1500, SHOWN);
    expect(asked.at(-1)).toBe('api/buckets?session=2024-03-05&from=1401&to=1450');
  });

  it('loads what is looked at once the server is back that could not give it', async () => {
    hear(LIVE, snapshotOf(invented, 1400));
    const served = fetch;
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    store.hold(600);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(shown()).toEqual([600, 0]);
    vi.stubGlobal('fetch', served);
    FakeSource.opened.at(-1)?.onopen();
    await draws(600, SHOWN);
  });

  it('counts what it was not sent as long as it lacks it', async () => {
    hear(LIVE, snapshotOf(invented, 1400));
    hear({ type: 'gap', session: LIVE.session, from: 1401, to: 1449, why: 'too slow' });
    hear(...bucketsOf(1449, 1450));
    expect(store.missed()).toBe(49);
    store.pause();
    await vi.waitFor(() => expect(store.missed()).toBe(0), WAIT);
  });

  it('loads a bucket of which only a forecast was sent', async () => {
    const told = bucketsOf(0, 900).find((one) => one.type === 'analogs');
    if (told?.type !== 'analogs') {
      throw new Error('nothing was forecast');
    }
    hear(LIVE, { ...snapshotOf(invented, 1400), analogs: [told] });
    store.hold(told.seq);
    await draws(told.seq, Math.min(told.seq, SHOWN));
  });

  it('loads the strikes of a bucket that came by a snapshot', async () => {
    hear(LIVE, snapshotOf(invented, 1400));
    store.hold(1300);
    await vi.waitFor(() => expect(store.strikes()?.seq).toBe(1300), WAIT);
    expect(asked[0]).toBe('api/buckets?session=2024-03-05&from=1300&to=1300');
  });

  it('shows what is held anew of a session that was built anew', async () => {
    hear(LIVE, ...bucketsOf(0, 700));
    store.hold(300);
    const replay = { ...invented.hello, build: 'ffffffff' };
    const [old_build, new_build] = [LIVE.build, replay.build];
    const reset: Message = { type: 'reset', session: LIVE.session, old_build, new_build };
    hear(replay, reset, { ...snapshotOf(invented, 1500), build: new_build });
    await draws(300, SHOWN);
  });

  it('takes nothing of another build that was asked for before', async () => {
    let deliver: (response: Response) => void = () => {};
    const answers = [new Promise<Response>((resolve) => (deliver = resolve))];
    vi.stubGlobal('fetch', () => answers.pop() ?? new Promise(() => {}));
    hear(LIVE, snapshotOf(invented, 1400));
    store.hold(600);
    hear({ ...LIVE, build: 'ffffffff' }, snapshotOf(invented, 1400));
    deliver(answer('api/buckets?from=541&to=600'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(shown()).toEqual([600, 0]);
  });

  it('looks at the newest bucket when another session begins', () => {
    hear(LIVE, ...bucketsOf(0, 100));
    store.hold(50);
    hear({ ...LIVE, session: '2024-03-06', build: 'ffffffff' }, ...bucketsOf(0, 3));
    expect([store.isHeld(), ...shown()]).toEqual([false, 3, 3]);
  });

  it('holds nothing before the first bucket', () => {
    store.hold(1);
    hear({ ...LIVE, first_seq: null, last_seq: null });
    store.hold(-11);
    hear(...bucketsOf(0, 3));
    expect([store.isHeld(), ...shown()]).toEqual([false, 3, 3]);
  });

  it('stays with the newest bucket where a live session is paused', () => {
    hear(LIVE, ...bucketsOf(0, 10));
    store.pause();
    hear(...bucketsOf(10, 12));
    expect([store.isHeld(), ...shown()]).toEqual([true, 10, 10]);
    store.resume();
    expect([store.isHeld(), ...shown()]).toEqual([false, 12, 12]);
  });

  it('asks anew which sessions there are when another one is shown, or one is over', async () => {
    hear(LIVE, ...bucketsOf(0, 3));
    rows = [{ session: '2024-03-06', mode: 'live' }];
    hear({ ...LIVE, session: '2024-03-06', build: 'ffffffff' });
    await vi.waitFor(() => expect(store.sessions()).toEqual(rows), WAIT);
    rows = [{ session: '2024-03-06', mode: 'replay' }];
    hear({ ...LIVE, session: '2024-03-06', build: '0a0a0a0a', mode: 'replay' });
    await vi.waitFor(() => expect(store.sessions()).toEqual(rows), WAIT);
  });

  it('opens no other stream where the pace of a live session is set', () => {
    hear(LIVE, ...bucketsOf(0, 100));
    store.hold(50);
    store.setSpeed('5');
    expect(FakeSource.opened).toHaveLength(1);
  });
});
