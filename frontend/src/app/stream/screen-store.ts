import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';

import { Hello, Message } from '../../contract/pressure';
import { Backfill } from './backfill';
import { Connection, Request } from './connection';
import { forget, latest, remember } from './moment';
import { SHOWN, columnsOf } from './series';
import { SessionRow, fetchRefusal, fetchSessions } from './sessions';
import { NOTHING, StreamState, analogsAt, reduce } from './state';

/** Silence after which data is called stale: two heartbeats. */
export const STALE_MS = 1900;
const LOOK_MS = 250;

export const SPEEDS = ['1', '5', '20', '60', 'max'] as const;

/** What the stream said, what of it is looked at, and how the connection is. */
@Injectable({ providedIn: 'root' })
export class ScreenStore {
  private readonly asked = new URLSearchParams(location.search);
  private readonly state = signal(NOTHING);
  private readonly held = signal<number | null>(null);
  private readonly isOpen = signal(false);
  private readonly heardAt = signal<number | null>(null);
  private readonly movedAt = signal<number | null>(null);
  private readonly now = signal(performance.now());
  private readonly chosenLevel = signal(this.asked.get('level'));
  private readonly connection = new Connection({
    heard: (message) => this.take(message),
    broke: () => {
      this.isOpen.set(false);
      this.refusal.set(null);
    },
    refused: (request) => {
      this.isOpen.set(false);
      void this.listSessions();
      void this.askWhy(request);
    },
    opened: () => {
      this.isOpen.set(true);
      this.refusal.set(null);
      void this.load(this.held());
    },
  });
  private readonly backfill = new Backfill((build, moments) => {
    // a session that was built anew meanwhile is another
    if (build === this.hello()?.build) {
      this.turn((state) => ({ ...state, past: remember(state.past, moments) }));
    }
  });

  readonly sessions = signal<readonly SessionRow[]>([]);
  readonly speed = signal(speedIn(this.asked));
  /** An address may ask for speed 0, as a card of a past setup does. */
  readonly isPaused = signal(this.asked.get('speed') === '0');
  readonly hello = computed(() => this.state().hello);
  readonly heartbeat = computed(() => this.state().heartbeat);
  readonly hasEnded = computed(() => this.state().hasEnded);
  readonly resets = computed(() => this.state().resets);
  /** The bucket that is looked at, the newest unless one is held. */
  readonly seq = computed(() => this.held() ?? this.state().seq);
  readonly isHeld = computed(() => this.held() !== null);
  readonly moment = computed(() => this.state().past.get(this.seq() ?? 0) ?? null);
  readonly options = computed(() => latest(this.state().past, 'options', this.seq() ?? 0));
  readonly strikes = computed(() => latest(this.state().past, 'strikes', this.seq() ?? 0));
  readonly bucket = computed(() => this.moment()?.bucket ?? null);
  readonly levels = computed(() => this.bucket()?.levels ?? []);
  readonly levelId = computed(() => {
    const levels = this.levels();
    const chosen = levels.find((level) => level.level_id === this.chosenLevel());
    const distance = (ticks: number | null) => Math.abs(ticks ?? Infinity);
    const nearest = [...levels].sort((a, b) => distance(a.dist_ticks) - distance(b.dist_ticks))[0];
    return (chosen ?? nearest)?.level_id ?? this.chosenLevel();
  });
  readonly level = computed(
    () => this.levels().find((level) => level.level_id === this.levelId()) ?? null,
  );
  readonly columns = computed(() => columnsOf(this.state().past, this.levelId(), this.seq() ?? 0));
  /** How many buckets of the picture this client was not sent, nor fetched since. */
  readonly missed = computed(() => {
    const { gaps } = this.state();
    const isIn = (seq: number) => gaps.some((gap) => gap.from <= seq && seq <= gap.to);
    return this.columns().filter((one) => one.bucket === null && isIn(one.seq)).length;
  });
  readonly analogs = computed(() =>
    analogsAt(this.state().past, this.levelId() ?? '', this.seq() ?? 0),
  );
  /** Milliseconds since anything was heard, null before the first word. */
  readonly silentMs = computed(() => since(this.heardAt(), this.now()));
  /** Milliseconds since the newest bucket came. */
  readonly ageMs = computed(() => since(this.movedAt(), this.now()));
  readonly isStale = computed(() => (this.silentMs() ?? 0) > STALE_MS);
  readonly isConnected = this.isOpen.asReadonly();
  /** Why the server sends nothing, in its words; null where it was not asked or does. */
  readonly refusal = signal<string | null>(null);
  /** Whether the server asks for a token. */
  readonly isLocked = signal(false);

  constructor() {
    const looking = setInterval(() => this.now.set(performance.now()), LOOK_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(looking);
      this.connection.close();
    });
  }

  start(): void {
    const from = Number(this.asked.get('from')) || null;
    this.reopen(from);
    void this.listSessions();
  }

  choose(levelId: string): void {
    this.chosenLevel.set(levelId);
  }

  /** Look at a bucket, as far as the session has it; a replay waits meanwhile. */
  hold(seq: number): void {
    const hello = this.hello();
    const newest = this.state().seq;
    if (hello === null || newest === null) {
      return;
    }
    const last = hello.mode === 'replay' ? (hello.last_seq ?? newest) : newest;
    const target = Math.min(Math.max(seq, hello.first_seq ?? 1), last);
    this.held.set(target);
    this.stopReplay();
    void this.load(target);
  }

  /** Stay where the session is; what goes on cannot wait, so its newest bucket is held. */
  pause(): void {
    if (this.hello()?.mode === 'live') {
      this.hold(Infinity);
    } else {
      this.stopReplay();
    }
  }

  private stopReplay(): void {
    if (!this.isPaused() && this.hello()?.mode === 'replay') {
      this.isPaused.set(true);
      this.reopen(this.seq());
    }
  }

  /** Go on from the bucket that is looked at; live, return to the newest. */
  resume(): void {
    const from = this.hello()?.mode === 'replay' ? this.seq() : null;
    const wasPaused = this.isPaused();
    this.isPaused.set(false);
    this.held.set(null);
    if (wasPaused) {
      this.state.update((state) => ({ ...state, seq: from }));
      this.reopen(from);
    } else {
      void this.load(this.state().seq);
    }
  }

  /** Play a replay at a speed; nobody sets the pace of what goes on. */
  setSpeed(speed: string): void {
    if (this.hello()?.mode === 'live') {
      return;
    }
    this.speed.set(speed);
    if (!this.isPaused()) {
      this.reopen(this.seq());
    }
  }

  private reopen(from: number | null): void {
    const session = this.hello()?.session ?? this.asked.get('session');
    const speed = this.isPaused() ? '0' : this.speed();
    const request: Request = { session, from, speed: this.isSpeedKnown() ? speed : null };
    this.connection.open(request);
  }

  /** The first connection takes the speed of the server, unless the address names one. */
  private isSpeedKnown(): boolean {
    return this.hello() !== null || this.asked.has('speed');
  }

  private take(message: Message): void {
    this.heardAt.set(performance.now());
    this.isOpen.set(true);
    if (message.type === 'hello' && this.hello() === null && message.speed !== 0) {
      this.speed.set(message.speed === null ? 'max' : String(message.speed));
    }
    if (message.type === 'bucket' || message.type === 'snapshot') {
      this.movedAt.set(performance.now());
    }
    if (message.type === 'hello') {
      this.greet(message);
    }
    this.turn((state) => reduce(state, message));
    if (message.type === 'snapshot') {
      // it ends with the newest bucket, and the past of another build is gone
      void this.load(this.held());
    }
  }

  /** See whether another session is shown from now on; the server may have others by now. */
  private greet({ session }: Hello): void {
    if (session !== this.hello()?.session) {
      this.held.set(null);
    }
    void this.listSessions();
  }

  /** Take another state, as much of its past as a trader may look at. */
  private turn(next: (state: StreamState) => StreamState): void {
    this.state.update((before) => {
      const state = next(before);
      const { past, seq } = state;
      return seq === null ? state : { ...state, past: forget(past, seq, this.held()) };
    });
  }

  /** Go on after the server took the token. */
  unlock(): void {
    this.isLocked.set(false);
    this.start();
  }

  private async listSessions(): Promise<void> {
    const found = await fetchSessions().catch(() => null);
    if (found === 'locked') {
      this.isLocked.set(true);
      this.connection.close();
    } else if (found) {
      this.sessions.set(found);
    }
  }

  private async askWhy({ session, speed }: Request): Promise<void> {
    const refusal = await fetchRefusal({ session, speed }).catch(() => null);
    if (!this.isOpen()) {
      this.refusal.set(refusal);
    }
  }

  /** Fetch what a picture that ends with a bucket lacks; when the server is back if it is not there. */
  private async load(last: number | null): Promise<void> {
    const hello = this.hello();
    if (hello && last !== null) {
      const first = Math.max(last - SHOWN + 1, hello.first_seq ?? 1);
      const lacks = (seq: number) => this.lacks(seq, last);
      await this.backfill.load(hello, [first, last], lacks).catch(() => {});
    }
  }

  /** A moment may be a forecast alone; of a snapshot only the last bucket has strikes. */
  private lacks(seq: number, last: number): boolean {
    const moment = this.state().past.get(seq);
    return !moment?.bucket || (seq === last && !moment.strikes);
  }
}

function since(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, now - at);
}

function speedIn(asked: URLSearchParams): string {
  const speed = asked.get('speed');
  return speed === null || speed === '0' ? '1' : speed;
}
