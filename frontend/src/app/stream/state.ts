import { Analogs, Gap, Heartbeat, Hello, Message } from '../../contract/pressure';
import { Moment, Past, remember } from './moment';

/** What the stream has said so far. */
export interface StreamState {
  readonly hello: Hello | null;
  readonly past: Past;
  /** The newest bucket. */
  readonly seq: number | null;
  readonly heartbeat: Heartbeat | null;
  readonly gaps: readonly Gap[];
  readonly hasEnded: boolean;
  /** How often the session was built anew under us. */
  readonly resets: number;
}

export const NOTHING: StreamState = {
  hello: null,
  past: new Map(),
  seq: null,
  heartbeat: null,
  gaps: [],
  hasEnded: false,
  resets: 0,
};

/** Return the state after a message. */
export function reduce(state: StreamState, message: Message): StreamState {
  switch (message.type) {
    case 'hello':
      return isSameBuild(state.hello, message)
        ? { ...state, hello: message, hasEnded: false }
        : { ...NOTHING, hello: message, resets: state.resets };
    case 'snapshot': {
      const strikes = message.strikes ? [part(message.strikes)] : [];
      const parts = [...message.buckets, ...message.options, ...message.analogs].map(part);
      const seq = message.buckets.at(-1)?.seq ?? null;
      return { ...state, past: remember(state.past, [...parts, ...strikes]), seq };
    }
    case 'bucket':
    case 'revise': {
      const past = remember(withdrawn(state.past, message), [part(message)]);
      return { ...state, past, seq: Math.max(state.seq ?? 0, message.seq) };
    }
    case 'options':
    case 'strikes':
    case 'analogs':
      return { ...state, past: remember(state.past, [part(message)]) };
    case 'gap':
      return { ...state, gaps: [...state.gaps, message] };
    case 'reset':
      return {
        ...NOTHING,
        hello: rebuilt(state.hello, message.new_build),
        resets: state.resets + 1,
      };
    case 'heartbeat':
      return { ...state, heartbeat: message };
    case 'end':
      return { ...state, hasEnded: true };
  }
}

/** Return the past without the forecasts of a bucket that is revised: those that hold follow. */
function withdrawn(past: Past, { type, seq }: Message & { seq: number }): Past {
  const { analogs, ...rest } = past.get(seq) ?? { seq };
  return type === 'revise' && analogs ? new Map(past).set(seq, rest) : past;
}

function isSameBuild(known: Hello | null, hello: Hello): boolean {
  return known?.session === hello.session && known.build === hello.build;
}

function rebuilt(hello: Hello | null, build: string): Hello | null {
  return hello && { ...hello, build };
}

type Part = Extract<Message, { type: 'bucket' | 'revise' | 'options' | 'strikes' | 'analogs' }>;

export function isPart(message: Message): message is Part {
  return ['bucket', 'revise', 'options', 'strikes', 'analogs'].includes(message.type);
}

/** Return the part of a moment that a message is. */
export function part(message: Part): Moment {
  switch (message.type) {
    case 'bucket':
      return { seq: message.seq, bucket: message };
    case 'revise': {
      const { reason: _, ...bucket } = message;
      return { seq: message.seq, bucket: { ...bucket, type: 'bucket' } };
    }
    case 'options':
      return { seq: message.seq, options: message };
    case 'strikes':
      return { seq: message.seq, strikes: message };
    case 'analogs':
      return {
        seq: message.seq,
        analogs: Object.fromEntries(message.level_ids.map((id) => [id, message])),
      };
  }
}

/** Return the last forecast of a level at or before a bucket. */
export function analogsAt(past: Past, levelId: string, seq: number): Analogs | null {
  let found: Analogs | null = null;
  for (const moment of past.values()) {
    const analogs = moment.analogs?.[levelId];
    if (analogs && analogs.seq <= seq && analogs.seq >= (found?.seq ?? 0)) {
      found = analogs;
    }
  }
  return found;
}
