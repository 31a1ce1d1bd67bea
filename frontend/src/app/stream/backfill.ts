import { Message } from '../../contract/pressure';
import { addressOf } from './connection';
import { parseMessage } from './message';
import { Moment } from './moment';
import { isPart, part } from './state';

/** How many buckets are asked for at once. */
const BLOCK = 60;

/** Fetches buckets of the past that were not streamed, each only once at a time. */
export class Backfill {
  private readonly loading = new Set<number>();

  constructor(private readonly loaded: (moments: readonly Moment[]) => void) {}

  async load(
    session: string,
    [first, last]: readonly [number, number],
    lacks: (seq: number) => boolean,
  ): Promise<void> {
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const missing = wanted.filter((seq) => lacks(seq) && !this.loading.has(seq));
    missing.forEach((seq) => this.loading.add(seq));
    try {
      // the newest first: they stand beside what is looked at
      for (let end = missing.length; end > 0; end -= BLOCK) {
        this.loaded(await fetchMoments(session, missing.slice(Math.max(0, end - BLOCK), end)));
      }
    } finally {
      missing.forEach((seq) => this.loading.delete(seq));
    }
  }
}

async function fetchMoments(session: string, seqs: readonly number[]): Promise<Moment[]> {
  const answer = await fetch(addressOf('api/buckets', { session, from: seqs[0], to: seqs.at(-1) }));
  if (!answer.ok) {
    throw new Error(`/api/buckets: ${answer.status} ${answer.statusText}`);
  }
  const lines = (await answer.text()).split('\n').filter((one) => one.length > 0);
  return lines
    .map((one) => parseMessage((JSON.parse(one) as Message).type, one))
    .filter(isPart)
    .map(part);
}
