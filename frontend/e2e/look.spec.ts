import { FixtureServer } from './fixture-server';
import { invent } from '../src/testing/session';
import { openBrowser, openScreen, waitForSeq } from './browser';
import { Page } from 'playwright-core';

async function shot(page: Page, name: string) {
  await page.waitForTimeout(300);
  await page.screenshot({ path: `pictures/${name}.png` });
}

it('looks', { timeout: 120000 }, async () => {
  const invented = invent({ buckets: 2160 });
  const server = new FixtureServer(invented, 375);
  const port = await server.listen();
  const context = await openBrowser();
  const errors: string[] = [];
  context.on('console', (m) => {
    if (m.type() === 'error') errors.push(m.text());
  });
  context.on('weberror', (e) => errors.push(String(e.error())));
  const page = await openScreen(context, port, '?level=PM_LOW');
  await shot(page, 'touch');
  await page.keyboard.press('h');
  await page.keyboard.press('d');
  await page.keyboard.press('e');
  await shot(page, 'wall');
  await page.keyboard.press('h');
  await page.keyboard.press('?');
  await shot(page, 'help');
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await shot(page, 'light');
  await page.keyboard.press('t');
  for (const [w, h] of [
    [1280, 720],
    [1920, 1080],
    [2560, 1440],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width: w, height: h });
    await page.waitForTimeout(300);
    await page.screenshot({ path: `pictures/size-${w}.png`, fullPage: w < 900 });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  server.play(380);
  server.send({ type: 'gap', session: '2024-03-05', from: 381, to: 400, why: 'client too slow' });
  server.seq = 400;
  server.play(410);
  await waitForSeq(page, 410);
  await shot(page, 'gap');
  await page.keyboard.press('1');
  await shot(page, 'out-of-reach');
  server.send({ type: 'end', session: '2024-03-05', last_seq: 410 });
  await shot(page, 'end');
  server.book = null;
  await page.waitForTimeout(2200);
  await shot(page, 'stale');
  await server.close();
  await page.waitForTimeout(600);
  await shot(page, 'gone');
  console.log(errors);
  await context.close();
});
it('looks without', { timeout: 120000 }, async () => {
  const server = new FixtureServer(
    invent({ buckets: 400, hasOptions: false, hasHistory: false }),
    375,
  );
  const port = await server.listen();
  const context = await openBrowser();
  const page = await openScreen(context, port, '?level=PM_LOW');
  await shot(page, 'without');
  const page2 = await openScreen(context, port, '?level=PM_LOW&from=8');
  await shot(page2, 'early');
  await context.close();
  await server.close();
});
