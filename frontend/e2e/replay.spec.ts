import { once } from 'node:events';
import { get } from 'node:http';
import { BrowserContext } from 'playwright-core';

import { findings } from './axe';
import { EXECUTABLE, openBrowser, openScreen, picture, probe, waitForSeq } from './browser';
import { RealServer, Warehouse } from './real-server';

const LAST = 120;
/** As many as the server takes. */
const CLIENTS = 64;
/** Price and level are white in the dark. */
const INK = '232,237,243';
const TOKEN = 'only for this test';

describe.skipIf(!EXECUTABLE)('the screen over spymaster serve', () => {
  const warehouse = new Warehouse();
  const server = new RealServer(warehouse);
  let context: BrowserContext;
  const errors: string[] = [];

  beforeAll(async () => {
    warehouse.build('PM_HIGH,PM_LOW');
    context = await openBrowser();
    context.on('weberror', (error) => errors.push(String(error.error())));
  }, 300_000);

  beforeEach(async () => {
    errors.length = 0;
    await server.start();
  });

  afterEach(async () => {
    await server.stop();
    expect(errors).toEqual([]);
  });

  afterAll(async () => {
    await context.close();
    warehouse.remove();
  });

  it('plays a session to its last bucket', async () => {
    const page = await openScreen(context, server.port, '?from=60&speed=max&level=PM_HIGH');
    await waitForSeq(page, LAST);
    await page.getByText('end of the window').waitFor();
    expect(await page.getByTestId('clock').innerText()).toBe('09:40:00 NY');
    for (const x of [0.6, 0.75, 0.9]) {
      const colours = await probe(page, 'heat', x);
      const leaning = colours.filter(([red, , blue]) => Math.abs(red - blue) > 20);
      expect(leaning.length).toBeGreaterThan(50);
      const column = colours.map((one) => one.join());
      expect(column.filter((one) => one === INK).length).toBeGreaterThanOrEqual(2);
    }
    const net = (await Promise.all([0.6, 0.7, 0.8, 0.9].map((x) => probe(page, 'net-strip', x))))
      .flat()
      .map((one) => one.join());
    expect(new Set(net).size).toBeGreaterThan(3);
    expect(await page.locator('[role=radio][data-level]').count()).toBe(2);
    await picture(page, 'replay-end');
  });

  it('has nothing that axe finds, and moves by keys', async () => {
    const page = await openScreen(context, server.port, '?from=100&speed=0');
    expect(await findings(page)).toEqual([]);
    await page.getByText('paused').waitFor();
    await page.keyboard.press('ArrowLeft');
    await waitForSeq(page, 99);
    await page.keyboard.press('End');
    await waitForSeq(page, LAST);
  });

  it('goes on where it was when the server is killed and comes back', async () => {
    const page = await openScreen(context, server.port, '?from=20&speed=10');
    await waitForSeq(page, 24);
    await server.stop('SIGKILL');
    await page.getByText(/disconnected, trying again/).waitFor({ timeout: 2000 });
    await server.start();
    await waitForSeq(page, 30);
    expect(await page.getByTestId('speed').inputValue()).toBe('10');
    // a bucket that was lost would be counted there
    await page.getByText(/^book ok · 0 gaps$/).waitFor();
    await picture(page, 'replay-back');
  });

  it('shows a session that was built anew from where it is', async () => {
    const page = await openScreen(context, server.port, '?from=60&speed=0');
    expect(await page.locator('[role=radio][data-level=OPEN]').count()).toBe(0);
    warehouse.build('PM_HIGH,PM_LOW,OPEN');
    await page.locator('[role=radio][data-level=OPEN]').waitFor();
    await waitForSeq(page, 60);
    warehouse.build('PM_HIGH,PM_LOW');
  }, 120_000);

  it('says that the server is full until a client leaves', async () => {
    const address = `http://127.0.0.1:${server.port}/api/stream?speed=0`;
    const others = Array.from({ length: CLIENTS }, () => get(address));
    await Promise.all(others.map((one) => once(one, 'response')));
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(`http://127.0.0.1:${server.port}/?from=60&speed=0`);
    const said = `server full, it takes ${CLIENTS} clients`;
    await page.getByTestId('waiting').getByText(said).waitFor();
    expect(await page.getByTestId('health').innerText()).toBe(`${said}, trying again`);
    expect(await findings(page)).toEqual([]);
    await picture(page, 'full');
    others.forEach((one) => one.destroy());
    await waitForSeq(page, 60);
    await page.getByText('paused').waitFor();
  });

  it('says what is wrong with what it was asked for, within the window', async () => {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.goto(`http://127.0.0.1:${server.port}/?session=1999-01-01`);
    await page
      .getByTestId('waiting')
      .getByText('session 1999-01-01: not in the warehouse')
      .waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(1024);
    expect(await findings(page)).toEqual([]);
    await picture(page, 'no-such-session');
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('asks for the token where one is set', async () => {
    await server.stop();
    await server.start({ SPYMASTER_STREAM_TOKEN: TOKEN });
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(`http://127.0.0.1:${server.port}/?from=60&speed=0`);
    await page.getByTestId('token').fill('another');
    expect(await findings(page)).toEqual([]);
    await picture(page, 'login');
    await page.keyboard.press('Enter');
    await page.getByText('the token is missing or wrong').waitFor();
    await page.getByTestId('token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await waitForSeq(page, 60);
    expect(page.url()).not.toContain('token');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookie?.value).not.toContain(TOKEN);
  });
});
