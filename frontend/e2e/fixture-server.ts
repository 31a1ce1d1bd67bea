import { readFile } from 'node:fs/promises';
import { IncomingMessage, Server, ServerResponse, createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import type { Heartbeat, Message } from '../src/contract/pressure';
import { Invented, snapshotOf } from '../src/testing/session';

const CLIENT = fileURLToPath(new URL('../../backend/spymaster/stream/client/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
};

/** Serves the built client and an invented session: for states that a real replay rarely shows. */
export class FixtureServer {
  private readonly clients = new Set<ServerResponse>();
  private server: Server | null = null;
  private beat: ReturnType<typeof setInterval> | undefined;
  /** What heartbeats say of the book; null: there are none. */
  book: Heartbeat['book'] | null = 'ok';
  /** Last-Event-ID of each connection. */
  readonly resumed: (string | undefined)[] = [];

  constructor(
    private readonly invented: Invented,
    /** The bucket that a client finds. */
    public seq: number,
  ) {}

  async listen(port = 0): Promise<number> {
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.beat = setInterval(() => this.heartbeat(), 500);
    return (server.address() as AddressInfo).port;
  }

  /** End at once, connections and all. */
  async close(): Promise<void> {
    clearInterval(this.beat);
    const server = this.server;
    this.clients.clear();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** Play up to a bucket. */
  play(seq: number): void {
    this.invented.moments
      .slice(this.seq, seq)
      .flat()
      .forEach((message) => this.send(message));
    this.seq = seq;
  }

  send(message: Message): void {
    this.clients.forEach((client) => this.write(client, message));
  }

  private write(client: ServerResponse, message: Message): void {
    const { session, build } = this.invented.hello;
    // a bucket, or the last one of a snapshot, is where a client goes on from
    const seq = 'buckets' in message ? message.buckets.at(-1)?.seq : bucketSeq(message);
    const id = seq ? `id: ${session}/${build}/${seq}\n` : '';
    client.write(`${id}event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`);
  }

  private heartbeat(): void {
    if (this.book !== null) {
      this.send({
        type: 'heartbeat',
        session: this.invented.hello.session,
        emitted_at: new Date().toISOString(),
        data_through: snapshotOf(this.invented, this.seq).buckets.at(-1)?.bucket_end ?? null,
        behind_s: 0,
        book: this.book,
      });
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const number = (name: string) => Number(url.searchParams.get(name)) || null;
    if (url.pathname === '/api/sessions') {
      response.end(JSON.stringify([{ session: this.invented.hello.session, mode: 'replay' }]));
    } else if (url.pathname === '/api/buckets') {
      const moments = this.invented.moments.slice((number('from') ?? 1) - 1, number('to') ?? 0);
      response.end(
        moments
          .flat()
          .map((one) => `${JSON.stringify(one)}\n`)
          .join(''),
      );
    } else if (url.pathname === '/api/stream') {
      this.stream(request, response, number('from') ?? this.seq);
    } else {
      await file(url.pathname === '/' ? 'index.html' : url.pathname.slice(1), response);
    }
  }

  private stream(request: IncomingMessage, response: ServerResponse, from: number): void {
    const last = request.headers['last-event-id'] as string | undefined;
    this.resumed.push(last);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 300\n\n');
    this.write(response, this.invented.hello);
    if (last) {
      const missed = this.invented.moments.slice(Number(last.split('/')[2]), this.seq);
      missed.flat().forEach((message) => this.write(response, message));
    } else {
      this.write(response, snapshotOf(this.invented, from));
    }
    this.clients.add(response);
    request.on('close', () => this.clients.delete(response));
  }
}

function bucketSeq(message: Message): number | null {
  return message.type === 'bucket' ? message.seq : null;
}

async function file(name: string, response: ServerResponse): Promise<void> {
  try {
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain';
    const body = await readFile(CLIENT + name);
    response.writeHead(200, {
      'content-type': type,
      'content-security-policy': "default-src 'self'",
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}
