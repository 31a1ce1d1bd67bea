import { Hello, Message } from '../../contract/pressure';
import { addressOf } from './connection';
import { parseMessage } from './message';
import { Moment } from './moment';
import { isPart, part } from './state';

/** How many buckets are asked for at once. */
const BLOCK = 60;

/** Fetches buckets of the past that were not streamed, each only once at a time. */
export class Backfill {
  private readonly loading = new Set<string>();

  constructor(private readonly loaded: (build: string, moments: readonly Moment[]) => void) {}

  async load(
    { session, build }: Hello,
    [first, last]: readonly [number, number],
    lacks: (seq: number) => boolean,
  ): Promise<void> {
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const key = (seq: number) => `${build}/${seq}`;
    const missing = wanted.filter((seq) => lacks(seq) && !this.loading.has(key(seq)));
    missing.forEach((seq) => this.loading.add(key(seq)));
    try {
      for (const block of blocksOf(missing)) {
        this.loaded(build, await fetchMoments(session, block));
      }
    } finally {
      missing.forEach((seq) => this.loading.delete(key(seq)));
    }
  }
}

type Block = readonly [from: number, to: number];

/** Return blocks of neighbours, the newest first: they stand beside what is looked at. */
function blocksOf(seqs: readonly number[]): Block[] {
  const blocks: [number, number][] = [];
  for (const seq of [...seqs].reverse()) {
    const block = blocks.at(-1);
    if (block && block[0] === seq + 1 && block[1] - seq < BLOCK) {
      block[0] = seq;
    } else {
      blocks.push([seq, seq]);
    }
  }
  return blocks;
}

async function fetchMoments(session: string, [from, to]: Block): Promise<Moment[]> {
  const answer = await fetch(addressOf('api/buckets', { session, from, to }));
  if (!answer.ok) {
    throw new Error(`/api/buckets: ${answer.status} ${answer.statusText}`);
  }
  const lines = (await answer.text()).split('\n').filter((one) => one.length > 0);
  return lines
    .map((one) => parseMessage((JSON.parse(one) as Message).type, one))
    .filter(isPart)
    .map(part);
}
