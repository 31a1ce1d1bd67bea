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

/** Ask why the server sends nothing: it is full, or has not what it is asked for; else null. */
export async function fetchRefusal(
  asked: Readonly<Record<string, string | null>>,
): Promise<string | null> {
  const { clients, max_clients } = (await (await fetch('healthz')).json()) as Load;
  if (clients >= max_clients) {
    return `server full, it takes ${max_clients} clients`;
  }
  const answer = await fetch(addressOf('api/hello', asked));
  return answer.ok ? null : ((await answer.json()) as { error: string }).error;
}

/** How many listen to a server, and how many may. */
interface Load {
  readonly clients: number;
  readonly max_clients: number;
}

function isRow(row: unknown): row is SessionRow {
  return typeof row === 'object' && row !== null && 'session' in row && 'mode' in row;
}
