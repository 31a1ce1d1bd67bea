/** Show a token to the server; return why it is refused, nothing where it is not. */
export async function logIn(token: string): Promise<string> {
  const body = new URLSearchParams({ token });
  try {
    const answer = await fetch('api/login', { method: 'POST', body });
    return answer.ok ? '' : refusalOf(await answer.json());
  } catch {
    return 'the server does not answer';
  }
}

function refusalOf(answer: unknown): string {
  const said = answer as { error?: unknown } | null;
  return typeof said?.error === 'string' ? said.error : 'refused';
}
