/**
 * When a page has drawn which bucket: `node painted.ts PORT SECONDS` prints `ready`, then the time of
 * each in seconds since 1970. A frame is drawn when the one after it begins.
 */
import { openBrowser, openScreen } from './browser.ts';

const [port, seconds] = process.argv.slice(2).map(Number);
const context = await openBrowser();
const page = await openScreen(context, port);
await page.evaluate(() => {
  const drawn: Record<string, number> = {};
  const clock = document.querySelector('[data-testid=seq]');
  if (!clock) {
    throw new Error('no bucket');
  }
  const seen = () => {
    const seq = clock.getAttribute('data-seq') ?? '';
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        drawn[seq] ??= (performance.timeOrigin + performance.now()) / 1000;
      }),
    );
  };
  new MutationObserver(seen).observe(clock, { attributeFilter: ['data-seq'] });
  (globalThis as unknown as Record<string, unknown>)['drawn'] = drawn;
});
console.log('ready');
await page.waitForTimeout((seconds + 2) * 1000);
console.log(
  JSON.stringify(
    await page.evaluate(() => (globalThis as unknown as Record<string, unknown>)['drawn']),
  ),
);
await context.close();
