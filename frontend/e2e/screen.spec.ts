import { BrowserContext, Page } from 'playwright-core';

import { invent } from '../src/testing/session';
import { findings } from './axe';
import { EXECUTABLE, openBrowser, openScreen, picture, probe, waitForSeq } from './browser';
import { FixtureServer } from './fixture-server';

const invented = invent({ buckets: 900 });
/** The three colours that mean something, in the dark. */
const [INK, UP, DOWN] = ['232,237,243', '74,163,255', '255,154,60'];

describe.skipIf(!EXECUTABLE)('the screen', () => {
  let server: FixtureServer;
  let context: BrowserContext;
  let page: Page;
  let port: number;
  const errors: string[] = [];

  /** Wait until a picture's description says something. */
  const describes = (id: string, said: string) =>
    page.locator(`[data-testid=${id}] canvas[aria-label*="${said}"]`).waitFor();
  const text = (id: string) => page.getByTestId(id).innerText();
  const chosen = (id: string) =>
    page.locator(`[role=radio][aria-checked=true][data-level=${id}]`).waitFor();

  beforeAll(async () => {
    context = await openBrowser();
    context.on('console', (message) => {
      if (message.type() === 'error') {
        errors.push(message.text());
      }
    });
    context.on('weberror', (error) => errors.push(String(error.error())));
  });

  beforeEach(async () => {
    server = new FixtureServer(invented, 375);
    port = await server.listen();
    errors.length = 0;
    page = await openScreen(context, port, '?level=PM_LOW');
  });

  afterEach(async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await server.close();
  });

  afterAll(() => context.close());

  it('shows the newest bucket and moves with the stream', async () => {
    expect(await text('clock')).toBe('10:01:15 NY');
    server.play(377);
    await waitForSeq(page, 377);
    expect(await text('clock')).toBe('10:01:25 NY');
    expect(errors).toEqual([]);
    await picture(page, 'touch');
  });

  it('draws price and level white, and what favours up or down in its colour', async () => {
    const columns = await Promise.all([0.2, 0.4, 0.6, 0.8].map((x) => probe(page, 'heat', x)));
    const heat = columns.flat();
    expect(heat.filter(([red, , blue]) => red > blue + 30).length).toBeGreaterThan(50);
    expect(heat.filter(([red, , blue]) => blue > red + 30).length).toBeGreaterThan(20);
    for (const column of columns) {
      expect(column.filter((one) => one.join() === INK).length).toBeGreaterThanOrEqual(2);
    }
    const net = await probe(page, 'net-strip', 0.8);
    expect(net.map((one) => one.join())).toContain(DOWN);
    expect(net.map((one) => one.join())).not.toContain(UP);
  });

  it('is driven by the keyboard alone', async () => {
    await page.keyboard.press('1');
    await chosen('OR15_HIGH');
    await page.keyboard.press('ArrowDown');
    await chosen('PM_HIGH');
    await page.keyboard.press('5');
    await page.keyboard.press('h');
    await describes('heat', 'wall');
    await picture(page, 'wall');
    await page.keyboard.press('h');
    await describes('heat', 'lean');
    for (const change of ['d1', 'd2', 'd3', 'c30s']) {
      await page.keyboard.press('d');
      await describes('net-strip', change);
    }
    await page.keyboard.press('o');
    await page.getByText('in 5 min').waitFor();
    await page.keyboard.press('c');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe(
      'card',
    );
    await page.keyboard.press('?');
    await page.getByTestId('help').waitFor();
    await picture(page, 'help');
    await page.keyboard.press('Escape');
    await page.getByTestId('help').waitFor({ state: 'hidden' });
  });

  it('steps through a replay by the arrows, also to what was not streamed', async () => {
    await page.keyboard.press('ArrowLeft');
    await waitForSeq(page, 374);
    await page.getByText('paused').waitFor();
    await page.keyboard.press('Shift+ArrowLeft');
    await waitForSeq(page, 362);
    await page.keyboard.press('Home');
    await waitForSeq(page, 1);
    await page.getByText('09:30:05 NY').waitFor();
    await page.keyboard.press('End');
    await waitForSeq(page, 900);
    await page.getByText('10:45:00 NY').waitFor();
    await page.keyboard.press('Space');
    await page.getByText(/s old/).waitFor();
  });

  it('says within two seconds that nobody speaks', async () => {
    server.book = null;
    await page.getByText(/stale · no word for/).waitFor({ timeout: 2500 });
    for (const id of ['clock', 'price']) {
      const opacity = await page.getByTestId(id).evaluate((one) => getComputedStyle(one).opacity);
      expect(Number(opacity)).toBeLessThan(1);
    }
    await picture(page, 'stale');
    server.book = 'ok';
    await page.getByText(/s old/).waitFor();
  });

  it('comes back by itself to where it was, when the server does', async () => {
    await server.close();
    await page.getByText(/disconnected, trying again/).waitFor({ timeout: 2000 });
    await picture(page, 'disconnected');
    const next = new FixtureServer(invented, 390);
    await next.listen(port);
    server = next;
    await waitForSeq(page, 390);
    expect(next.resumed[0]).toBe('2024-03-05/0a1b2c3d/375');
    expect(await text('quality')).toBe('book ok · 0 gaps');
  });

  it('says which buckets it was not sent', async () => {
    const why = 'this client was too slow';
    server.send({ type: 'gap', session: '2024-03-05', from: 376, to: 395, why });
    server.seq = 395;
    server.play(400);
    await waitForSeq(page, 400);
    await page.getByText('20 buckets not received').waitFor();
    await picture(page, 'gap');
  });

  it('forgets the session when it was built anew', async () => {
    server.send({
      type: 'reset',
      session: '2024-03-05',
      old_build: '0a1b2c3d',
      new_build: 'ffffffff',
    });
    await page.getByTestId('waiting').getByText('no bucket yet').waitFor();
  });

  it('says that the window is over', async () => {
    server.send({ type: 'end', session: '2024-03-05', last_seq: 375 });
    await page.getByText('end of the window').waitFor();
    await picture(page, 'end');
  });

  it('says that a side is out of reach', async () => {
    await page.keyboard.press('1');
    await page.getByTestId('headline').getByText('bids below out of reach').first().waitFor();
    await picture(page, 'out-of-reach');
  });

  it.each([
    [1024, 768],
    [1280, 720],
    [1440, 900],
    [1920, 1080],
    [2560, 1440],
    [390, 844],
  ])('fits %i by %i without a finding of axe', async (width, height) => {
    await page.setViewportSize({ width, height });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    const clipped = await page
      .locator('.headline p.big')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
    expect(clipped).toBe(0);
    const cut = await page
      .locator('.picker .why')
      .evaluateAll((all) => all.map((one) => one.scrollHeight - one.clientHeight));
    expect(cut.length).toBeGreaterThan(0);
    expect(Math.max(...cut)).toBe(0);
    expect(await findings(page)).toEqual([]);
    await picture(page, `${width}x${height}`, width < 900);
  });

  it('has no finding of axe in the light and in its help', async () => {
    await page.keyboard.press('t');
    expect(await findings(page)).toEqual([]);
    await picture(page, 'light');
    await page.keyboard.press('?');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
  });
});
