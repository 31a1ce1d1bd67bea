import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, type Page, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is installed, if one is. */
export const EXECUTABLE = PLACES.find((place) => existsSync(place));

if (!EXECUTABLE) {
  console.warn(`no Chromium at ${PLACES.join(' or ')}: the tests of the page are skipped`);
}

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
  // without a name its profile is a folder that goes with it
  return chromium.launchPersistentContext('', {
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

export type Rgb = readonly [red: number, green: number, blue: number];

/** Return the colours of a picture on a column of pixels, from the top. */
export async function probe(page: Page, testId: string, x: number): Promise<Rgb[]> {
  return page.evaluate(
    ([id, at]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-testid=${id}] canvas`);
      const context = canvas?.getContext('2d');
      if (!canvas || !context) {
        throw new Error(`${id}: no picture`);
      }
      const { width, height } = canvas;
      const { data } = context.getImageData(Math.round(width * at), 0, 1, height);
      return Array.from({ length: height }, (_, y) => [...data.slice(4 * y, 4 * y + 3)] as never);
    },
    [testId, x] as const,
  );
}

/** Take a picture where somebody wants to look: SCREEN_PICTURES names the folder. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env['SCREEN_PICTURES'];
  if (folder) {
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
  }
}

/** Return the strongest colour between two shares of a picture's width, for each such span. */
export async function coloursOf(
  context: BrowserContext,
  png: Buffer,
  spans: readonly (readonly [number, number])[],
): Promise<Rgb[]> {
  // a page of its own: the screen's policy loads no picture from data
  const page = await context.newPage();
  const address = `data:image/png;base64,${png.toString('base64')}`;
  const found = await page.evaluate(strongest, [address, spans] as const);
  await page.close();
  return found;
}

async function strongest([source, spans]: readonly [
  string,
  readonly (readonly [number, number])[],
]): Promise<Rgb[]> {
  const image = new Image();
  image.src = source;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) {
    throw new Error('no canvas');
  }
  context.drawImage(image, 0, 0);
  const chroma = (rgb: Rgb) => Math.max(...rgb) - Math.min(...rgb);
  return spans.map(([from, to]) => {
    const x = Math.round(width * from);
    const { data } = context.getImageData(x, 0, Math.round(width * (to - from)), height);
    const pixels = Array.from(
      { length: data.length / 4 },
      (_, index): Rgb => [...data.slice(4 * index, 4 * index + 3)] as never,
    );
    return pixels.reduce((best, one) => (chroma(one) > chroma(best) ? one : best), [0, 0, 0]);
  });
}
