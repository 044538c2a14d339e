import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type ConsoleMessage, type Page, type Response } from '@playwright/test';

export { expect };

/**
 * A test during which every page has to behave: nothing thrown, no error in the console, nothing that the content
 * security policy had to stop, no answer 500 or above, no missing part, and not a word to any other server.
 */
export const test = base.extend<{ behaved: void }>({
  behaved: [
    async ({ context, baseURL }, use) => {
      const faults: string[] = [];
      const note = (fault: string | undefined) => fault && faults.push(fault);

      context.on('weberror', (event) => note(`thrown: ${event.error().stack ?? event.error()}`));
      context.on('console', (message) => note(faultOfMessage(message)));
      context.on('response', (response) => note(faultOfResponse(response)));
      context.on('request', (request) => note(faultOfAddress(request.url(), baseURL!)));

      // A script that catches the exception hides a refused eval from the console, but not from this event.
      await context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
          console.error(`Content Security Policy: ${violatedDirective} stopped ${blockedURI}`),
        ),
      );

      await use();

      expect(faults, 'what the pages did wrong').toEqual([]);
    },
    { auto: true },
  ],
});

/** Fails unless the page is fit to be used: no serious finding of axe, and nothing wider than the screen. */
export async function ok(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const places = grave.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} at ${target}: ${help}`));
  expect.soft(places, `what axe finds on ${page.url()}`).toEqual([]);

  // Not window.innerWidth: a phone zooms out to fit what is too wide, and that grows with it.
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(width, `pixels that ${page.url()} takes in width`).toBeLessThanOrEqual(page.viewportSize()!.width);
}

function faultOfMessage(message: ConsoleMessage): string | undefined {
  const text = message.text();
  // Chromium repeats every refused answer here; `faultOfResponse` tells a refusal from a fault.
  if (text.startsWith('Failed to load resource: the server responded')) return;
  if (message.type() === 'error' || /content.security.policy/i.test(text)) {
    return `console ${message.type()}: ${text} (${message.location().url})`;
  }
}

function faultOfResponse(response: Response): string | undefined {
  const status = response.status();
  // A page may refuse; that is for the test to expect. A style, script, font or picture has to be there.
  const mayRefuse = ['document', 'fetch', 'xhr'].includes(response.request().resourceType());
  if (status >= 500 || (status >= 400 && !mayRefuse)) return `answer ${status}: ${response.url()}`;
}

function faultOfAddress(address: string, home: string): string | undefined {
  const { origin, protocol } = new URL(address);
  if (protocol.startsWith('http') && origin !== new URL(home).origin) return `foreign request: ${address}`;
}
