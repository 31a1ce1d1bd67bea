import { Call, Size, Text } from '../app/canvas/call';
import { Column, columnsOf } from '../app/stream/series';
import { NOTHING, StreamState, reduce } from '../app/stream/state';
import { Invented, snapshotOf } from './session';

export const SIZE: Size = { width: 1000, height: 500, em: 12 };

/** Return the state of a client that saw all of a session up to a bucket. */
export function stateAfter(invented: Invented, seq: number): StreamState {
  const messages = [invented.hello, ...invented.moments.slice(0, seq).flat()];
  return messages.reduce(reduce, NOTHING);
}

/** The same by the snapshot of a client that joins late, which is quicker. */
export function columnsAfter(invented: Invented, seq: number, levelId: string): Column[] {
  const state = [invented.hello, snapshotOf(invented, seq)].reduce(reduce, NOTHING);
  return columnsOf(state.past, levelId, seq);
}

export function textsOf(calls: readonly Call[]): string[] {
  return calls.filter((call): call is Text => call.kind === 'text').map((call) => call.text);
}

export function callsOf<K extends Call['kind']>(
  calls: readonly Call[],
  kind: K,
): Extract<Call, { kind: K }>[] {
  return calls.filter((call): call is Extract<Call, { kind: K }> => call.kind === kind);
}
