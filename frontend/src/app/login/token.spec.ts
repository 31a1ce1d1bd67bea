import { logIn } from './token';

describe('a token', () => {
  const asked: RequestInit[] = [];
  const answering = (status: number, body: string | null) =>
    vi.stubGlobal('fetch', async (address: string, request: RequestInit) => {
      asked.push(request);
      return address === 'api/login' ? new Response(body, { status }) : Promise.reject();
    });

  afterEach(() => vi.unstubAllGlobals());

  it('is sent in the body and nowhere else', async () => {
    answering(204, null);
    expect(await logIn('a b&c')).toBe('');
    expect(String(asked.at(-1)?.body)).toBe('token=a+b%26c');
    expect(asked.at(-1)?.method).toBe('POST');
  });

  it('that is wrong is answered with why', async () => {
    answering(401, '{"error":"the token is missing or wrong"}');
    expect(await logIn('x')).toBe('the token is missing or wrong');
  });

  it('without a server is said so', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('gone')));
    expect(await logIn('x')).toBe('the server does not answer');
  });
});
