import { Message } from '../../contract/pressure';

export type Kind = Message['type'];

export const KINDS: readonly Kind[] = [
  'hello',
  'snapshot',
  'bucket',
  'options',
  'strikes',
  'analogs',
  'revise',
  'gap',
  'reset',
  'heartbeat',
  'end',
];

/**
 * Return what an event carries.
 *
 * @throws Error naming the event, where its data is no message of that kind.
 */
export function parseMessage(kind: Kind, data: string): Message {
  const message: unknown = JSON.parse(data);
  if (typeof message !== 'object' || message === null || !('type' in message)) {
    throw new Error(`${kind}: expected a message, found ${data.slice(0, 40)}`);
  }
  if (message.type !== kind) {
    throw new Error(`${kind}: expected a message of that type, found ${String(message.type)}`);
  }
  return message as Message;
}
