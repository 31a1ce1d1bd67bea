import { addressOf } from './connection';

/** A session that can be shown, as `/api/sessions` lists it. */
export interface SessionRow {
  readonly session: string;
  readonly mode: 'live' | 'replay';
}

/**
 * Return the sessions of an answer.
 *
 * @throws Error where the answer is something else.
 */
export function parseSessions(answer: unknown): SessionRow[] {
  if (!Array.isArray(answer) || !answer.every(isRow)) {
    throw new Error('/api/sessions: expected a list of sessions');
  }
  return answer;
}

/** Ask which sessions there are; `locked` where the server asks for a token first. */
export async function fetchSessions(): Promise<SessionRow[] | 'locked'> {
  const answer = await fetch('api/sessions');
  return answer.status === 401 ? 'locked' : parseSessions(await answer.json());
}

/** Ask what the server waits for before it has the session; null where it has it. */
export async function fetchWait(session: string | null): Promise<string | null> {
  const answer = await fetch(addressOf('api/hello', { session }));
  return answer.status === 503 ? ((await answer.json()) as { error: string }).error : null;
}

function isRow(row: unknown): row is SessionRow {
  return typeof row === 'object' && row !== null && 'session' in row && 'mode' in row;
}
