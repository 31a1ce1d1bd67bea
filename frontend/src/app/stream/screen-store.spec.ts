import { TestBed } from '@angular/core/testing';

import { Hello, Message } from '../../contract/pressure';
import { FakeSource } from '../../testing/source';
import { invent, snapshotOf } from '../../testing/session';
import { KEPT } from './moment';
import { ScreenStore } from './screen-store';
import { SHOWN } from './series';

const invented = invent({ buckets: 1500 });
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
  let store: ScreenStore;

  const hear = (...messages: readonly Message[]) =>
    messages.forEach((message) => FakeSource.opened.at(-1)?.emit(message));
  /** What a stream sends from one bucket, exclusive, to another. */
  const bucketsOf = (from: number, to: number) => invented.moments.slice(from, to).flat();
  const drawn = () => store.columns().filter((column) => column.bucket !== null).length;

  const shown = () => [store.seq(), drawn()];
  /** Wait until a picture that ends with a bucket has so many buckets. */
  const draws = (seq: number, count: number) =>
    vi.waitFor(() => expect(shown()).toEqual([seq, count]), { timeout: 10_000 });

  beforeEach(() => {
    asked.length = 0;
    FakeSource.opened.length = 0;
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('fetch', async (address: string) => {
      if (!address.startsWith('api/buckets')) {
        return new Response('[]');
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

  it('keeps its past when a live session is looked back at', async () => {
    hear(LIVE, ...bucketsOf(1500 - KEPT, 1500));
    store.hold(1);
    await draws(1, 1);
    store.hold(600);
    await draws(600, SHOWN);
    store.resume();
    expect(shown()).toEqual([1500, SHOWN]);
  });

  it('keeps what is looked at while a live session goes on', async () => {
    hear(LIVE, ...bucketsOf(1400 - KEPT, 1400));
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
});
