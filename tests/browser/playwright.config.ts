import { defineConfig } from '@playwright/test';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { program } from './program.ts';

/** Left behind after a run and emptied before the next, so that what a failing test did can be looked at. */
const results = join(import.meta.dirname, 'results');

/** How people hold the product. Each size gets a city of its own, so that the same story can be walked on both; where nobody waits to
 * see it, making a second city takes longer than it tells, and the desk is shown the city of the phone. */
const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1280, height: 900 } },
};

const shared = !!process.env.CI;
const cities: { size: string; city: string; device: object; listen: string; url: string; folder: string }[] = [];
// One after another: two that ask for the port of one city at once would be given two.
for (const [size, device] of Object.entries(sizes)) {
  const city = shared ? 'phone' : size;
  const listen = `127.0.0.1:${await portOf(city)}`;
  cities.push({ size, city, device, listen, url: `http://${listen}`, folder: join(results, `city-${city}`) });
}
/** What a key or a proof comes to is the same on any screen, and a story is lived once in a city. */
const once = ['proof.spec.ts', 'signing.spec.ts', ...(shared ? ['story.spec.ts'] : [])];

export default defineConfig({
  testDir: '.',
  outputDir: results,
  reporter: 'list',
  forbidOnly: !!process.env.CI,
  retries: 0,
  // The tests of one size share its city.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Nothing beyond this machine can be reached, whatever a page asks for.
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    },
  },
  projects: cities.map(({ size, device, url }) => ({
    name: size,
    use: { ...device, baseURL: url },
    testIgnore: size === 'desk' ? once : [],
  })),
  webServer: cities.filter(({ size, city }) => size === city).map(({ size, listen, url, folder }) => ({
    name: size,
    command: `"${program}" demo --dir "${folder}" --listen ${listen}`,
    // The example city's files are named from the root of the project.
    cwd: '../..',
    url: `${url}/health`,
    // Making a city means living through a year of it: over two minutes of processor time each, and both at once.
    timeout: 900_000,
    env: { RUST_LOG: 'warn' },
    gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 5_000 },
  })),
});

/** A free port, the same each time a worker process reads this file. */
async function portOf(size: string): Promise<string> {
  return (process.env[`MINGJING_PORT_${size.toUpperCase()}`] ??= await freePort());
}

function freePort(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(String(port)));
    });
  });
}
