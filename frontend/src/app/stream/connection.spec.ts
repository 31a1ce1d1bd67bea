import { Message } from '../../contract/pressure';
import { invent } from '../../testing/session';
import { FakeSource } from '../../testing/source';
import { Connection } from './connection';

const REQUEST = { session: '2024-03-05', from: null, speed: '5' };

describe('Connection', () => {
  const heard: Message[] = [];
  let broken = 0;
  let refused = 0;
  const listener = {
    heard: (message: Message) => heard.push(message),
    broke: () => (broken += 1),
    refused: () => (refused += 1),
    opened: () => {},
  };

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    FakeSource.opened.length = 0;
    heard.length = 0;
    broken = 0;
    refused = 0;
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('asks for what it was told to', () => {
    new Connection(listener).open(REQUEST);
    expect(FakeSource.opened[0]?.url).toBe('api/stream?session=2024-03-05&speed=5');
  });

  it('leaves it to the browser to come back, and takes over where that gave up', () => {
    new Connection(listener).open(REQUEST);
    const [source] = FakeSource.opened;
    invent({ buckets: 3 })
      .moments.flat()
      .forEach((message) => source?.emit(message));
    expect(heard).toHaveLength(9);
    source?.onerror();
    vi.advanceTimersByTime(5000);
    expect([broken, refused, FakeSource.opened.length]).toEqual([1, 0, 1]);
    source?.close();
    source?.onerror();
    vi.advanceTimersByTime(1000);
    expect([broken, refused]).toEqual([1, 1]);
    expect(FakeSource.opened[1]?.url).toBe('api/stream?session=2024-03-05&from=3&speed=5');
  });

  it('goes on from the newest bucket, not from one that was told of again', () => {
    new Connection(listener).open(REQUEST);
    const [source] = FakeSource.opened;
    const [early, , late] = invent({ buckets: 3 }).moments.map(([bucket]) => bucket);
    if (early?.type !== 'bucket' || !late) {
      throw new Error('no bucket');
    }
    source?.emit(late);
    source?.emit({ ...early, type: 'revise', reason: 'a late record' });
    source?.close();
    source?.onerror();
    vi.advanceTimersByTime(1000);
    expect(FakeSource.opened[1]?.url).toBe('api/stream?session=2024-03-05&from=3&speed=5');
  });

  it('refuses what is not the message that its event says', () => {
    new Connection(listener).open(REQUEST);
    const source = FakeSource.opened[0] as unknown as {
      listeners: Map<string, (event: { data: string }) => void>;
    };
    const take = source.listeners.get('bucket');
    expect(() => take?.({ data: '{"type":"end"}' })).toThrow('bucket: expected a message of that');
    expect(() => take?.({ data: '7' })).toThrow('bucket: expected a message, found 7');
  });
});
