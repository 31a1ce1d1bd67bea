import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserContext, Page, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is installed, if one is. */
export const EXECUTABLE = PLACES.find((place) => existsSync(place));

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Open a browser that knows nothing and asks nobody. */
export async function openBrowser(width = 1440, height = 900): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), 'spymaster-browser-'));
  return chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE ?? '',
    args: FLAGS,
    ignoreDefaultArgs: ['--enable-automation'],
    viewport: { width, height },
    deviceScaleFactor: 1,
  });
}

/** Open the screen and wait until it shows a bucket. */
export async function openScreen(context: BrowserContext, port: number, query = ''): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`http://127.0.0.1:${port}/${query}`);
  await page.locator('[data-testid=seq][data-seq]').waitFor();
  return page;
}

/** Wait until a bucket is shown. */
export async function waitForSeq(page: Page, seq: number): Promise<void> {
  await page.locator(`[data-testid=seq][data-seq="${seq}"]`).waitFor();
}

/** Return the colours of a picture on a column of pixels, as #rrggbb. */
export async function probe(page: Page, testId: string, x: number): Promise<string[]> {
  return page.evaluate(
    ([id, at]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-testid=${id}] canvas`);
      const context = canvas?.getContext('2d');
      if (!canvas || !context) {
        throw new Error(`${id}: no picture`);
      }
      const pixels = context.getImageData(
        Math.round(canvas.width * Number(at)),
        0,
        1,
        canvas.height,
      );
      return Array.from({ length: canvas.height }, (_, y) => {
        const rgb = [...pixels.data.slice(4 * y, 4 * y + 3)];
        return `#${rgb.map((one) => one.toString(16).padStart(2, '0')).join('')}`;
      });
    },
    [testId, x] as const,
  );
}
