import { Heartbeat, Hello, Quality } from '../../contract/pressure';
import { signedCount } from '../shared/words';

export interface Health {
  readonly isConnected: boolean;
  readonly isStale: boolean;
  readonly silentMs: number | null;
  readonly ageMs: number | null;
  readonly isPaused: boolean;
  readonly isHeld: boolean;
  readonly hasEnded: boolean;
  readonly hello: Hello | null;
  readonly heartbeat: Heartbeat | null;
  readonly quality: Quality | null;
  /** Why the server sends nothing, if it says so. */
  readonly refusal: string | null;
  /** Buckets of the picture that this client was not sent. */
  readonly missed: number;
}

export type Tone = 'good' | 'quiet' | 'bad';

export interface Said {
  readonly text: string;
  readonly tone: Tone;
}

/** Return how the stream is, in words; the worst comes first, after which moment is looked at. */
export function healthOf(health: Health): Said {
  const said = worstOf(health);
  const isBack = health.isHeld && health.hello?.mode === 'live';
  return isBack && said.tone === 'bad' ? { ...said, text: `looking back · ${said.text}` } : said;
}

function worstOf(health: Health): Said {
  const silent = ((health.silentMs ?? 0) / 1000).toFixed(0);
  if (health.silentMs === null) {
    return {
      text: health.refusal ? `${health.refusal}, trying again` : 'connecting',
      tone: 'quiet',
    };
  }
  if (!health.isConnected) {
    const why = health.refusal ?? 'disconnected';
    return { text: `${why}, trying again · last word ${silent} s ago`, tone: 'bad' };
  }
  if (health.isStale) {
    return { text: `stale · no word for ${silent} s`, tone: 'bad' };
  }
  if (health.heartbeat?.data_through === null) {
    return { text: 'loading', tone: 'quiet' }; // the server is still making what comes first
  }
  if (health.heartbeat && health.heartbeat.book !== 'ok') {
    return { text: bookOf(health.heartbeat), tone: 'bad' };
  }
  if (health.hasEnded && !health.isHeld) {
    return { text: 'end of the window', tone: 'quiet' };
  }
  return playing(health);
}

/** What ails the book; of what goes on also for how long nothing came. */
function bookOf({ book, behind_s }: Heartbeat): string {
  const isOld = book === 'stale' && behind_s > 0;
  return `book ${book}${isOld ? ` · ${behind_s.toFixed(0)} s old` : ''}`;
}

function playing(health: Health): Said {
  if (health.isHeld || health.isPaused) {
    return { text: health.hello?.mode === 'live' ? 'looking back' : 'paused', tone: 'quiet' };
  }
  return { text: `${ageS(health).toFixed(1)} s old`, tone: 'good' };
}

/** Live, data is as old as the gateway's clock says; a bucket may come long after its end. */
function ageS({ hello, heartbeat, ageMs }: Health): number {
  return hello?.mode === 'live' && heartbeat ? heartbeat.behind_s : (ageMs ?? 0) / 1000;
}

/** Return what is known of the book and the feed in the bucket that is shown. */
export function qualityOf({ quality, missed }: Health): Said {
  if (!quality) {
    return { text: 'no book yet', tone: 'quiet' };
  }
  const gaps = quality.n_gaps ?? 0;
  const said = [`book ${quality.book ?? 'unknown'}`, `${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`];
  const skipped = missed > 0 ? [`${signedCount(missed).slice(1)} buckets not received`] : [];
  const isGood = quality.book === 'ok' && gaps === 0 && missed === 0;
  return { text: [...said, ...skipped].join(' · '), tone: isGood ? 'good' : 'bad' };
}
