import { Message } from '../contract/pressure';

/** Stands in for the browser's own, which reconnects by itself unless the server refuses. */
export class FakeSource {
  static readonly CLOSED = 2;
  static readonly opened: FakeSource[] = [];
  onopen: () => void = () => {};
  onerror: () => void = () => {};
  readyState = 0;
  private readonly listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    FakeSource.opened.push(this);
  }

  addEventListener(kind: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(kind, listener);
  }

  emit(message: Message): void {
    this.listeners.get(message.type)?.({ data: JSON.stringify(message) });
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}
