import { Message } from '../../contract/pressure';
import { KINDS, parseMessage } from './message';

/** Where a stream starts, and how fast it goes. */
export interface Request {
  readonly session: string | null;
  readonly from: number | null;
  readonly speed: string | null;
}

export interface Listener {
  readonly heard: (message: Message) => void;
  /** The connection broke, or there is no server; another try is under way. */
  readonly broke: () => void;
  /** The server answered with an error: it is full, or asks for a token; another try follows. */
  readonly refused: (request: Request) => void;
  readonly opened: () => void;
}

const RETRY_MS = 1000;

/**
 * One stream of events, which comes back by itself where it broke off.
 *
 * The browser sends the last event's id when it reconnects, and the server goes on from there.
 * It gives up where the server answers with an error (503: too many clients); then we try anew.
 */
export class Connection {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private last: number | null = null;

  constructor(private readonly listener: Listener) {}

  open(request: Request): void {
    this.close();
    this.last = null;
    this.connect(request);
  }

  close(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  private connect(request: Request): void {
    const source = new EventSource(addressOf('api/stream', { ...request }));
    this.source = source;
    source.onopen = () => this.listener.opened();
    source.onerror = () => this.fail(source, request);
    for (const kind of KINDS) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        const message = parseMessage(kind, event.data);
        // options come later than their bucket, and what is revised may be long past
        if (message.type === 'bucket') {
          this.last = message.seq;
        }
        this.listener.heard(message);
      });
    }
  }

  private fail(source: EventSource, request: Request): void {
    if (source.readyState !== EventSource.CLOSED) {
      this.listener.broke();
      return;
    }
    const from = this.last ?? request.from;
    this.retry = setTimeout(() => this.connect({ ...request, from }), RETRY_MS);
    this.listener.refused(request);
  }
}

/** Return the address of an endpoint, with the parameters that are given. */
export function addressOf(path: string, parameters: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) {
      query.set(name, String(value));
    }
  }
  return `${path}?${query}`;
}
