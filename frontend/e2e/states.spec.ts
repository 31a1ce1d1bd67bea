import { BrowserContext } from 'playwright-core';

import { invent } from '../src/testing/session';
import { findings } from './axe';
import {
  EXECUTABLE,
  coloursOf,
  openBrowser,
  openScreen,
  picture,
  probe,
  waitForSeq,
} from './browser';
import { FixtureServer } from './fixture-server';

describe.skipIf(!EXECUTABLE)('the screen in rarer states', () => {
  let context: BrowserContext;

  beforeAll(async () => {
    context = await openBrowser();
  });

  afterAll(() => context.close());

  it('says that there are neither options nor a past', async () => {
    const server = new FixtureServer(invent({ hasOptions: false, hasHistory: false }), 390);
    const page = await openScreen(context, await server.listen(), '?level=PM_LOW');
    expect(await page.getByTestId('footing').innerText()).toBe('no history yet: 0 past sessions');
    expect(await findings(page)).toEqual([]);
    await picture(page, 'no-options-no-history');
    await server.close();
  });

  it('says what warms up in the first minute', async () => {
    const server = new FixtureServer(invent(), 8);
    const page = await openScreen(context, await server.listen(), '?level=PM_LOW');
    expect(await page.getByTestId('place').innerText()).toContain('σ and speed: warming up');
    await picture(page, 'first-minute');
    await server.close();
  });

  it('shows the same of a session that goes on after it was looked back at', async () => {
    const invented = invent({ buckets: 900 });
    const live = { ...invented, hello: { ...invented.hello, mode: 'live' as const } };
    const server = new FixtureServer(live, 375);
    const page = await openScreen(context, await server.listen(), '?level=PM_LOW');
    server.play(900);
    await waitForSeq(page, 900);
    const heat = () => Promise.all([0.2, 0.5, 0.8].map((x) => probe(page, 'heat', x)));
    const before = await heat();
    await page.keyboard.press('Home');
    await waitForSeq(page, 1);
    await page.getByText('looking back').waitFor();
    await page.getByText('09:30:05 NY').waitFor();
    await page.keyboard.press('Space');
    await waitForSeq(page, 900);
    await page.getByText(/s old/).waitFor();
    await picture(page, 'looked-back');
    expect(await heat()).toEqual(before);
    await server.close();
  });

  it('shows as old what a feed that fell silent has left', async () => {
    const invented = invent({ buckets: 380 });
    const live = { ...invented, hello: { ...invented.hello, mode: 'live' as const } };
    const server = new FixtureServer(live, 375);
    const page = await openScreen(context, await server.listen(), '?level=PM_LOW');
    const dimmed = () =>
      page
        .locator('main, [data-testid=price]')
        .evaluateAll((all) => all.map((one) => getComputedStyle(one).opacity));
    await page.getByText(/s old/).waitFor();
    expect(await dimmed()).toEqual(['1', '1']);
    server.book = 'stale';
    await page.getByText('book stale').waitFor();
    expect((await dimmed()).map(Number).every((opacity) => opacity < 1)).toBe(true);
    await picture(page, 'feed-silent');
    await server.close();
  });

  it('keeps up and down apart for eyes without green', async () => {
    const server = new FixtureServer(invent(), 375);
    const page = await openScreen(context, await server.listen(), '?level=PM_LOW');
    const session = await context.newCDPSession(page);
    const type = 'deuteranopia';
    await session.send('Emulation.setEmulatedVisionDeficiency', { type });
    await picture(page, type);
    const shot = await page.getByTestId('strikes').screenshot();
    const [calls, puts] = await coloursOf(context, shot, [
      [0.43, 0.6],
      [0.2, 0.41],
    ]);
    // blue stays blue, orange turns to yellow: far apart in the blue they have
    expect((calls?.[2] ?? 0) - (puts?.[2] ?? 0)).toBeGreaterThan(100);
    await server.close();
  });
});
