import { chromium } from '@playwright/test';
const [base, login, size, lang, ...paths] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
const ctx = await b.newContext(size === 'phone' ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: lang } : { viewport: { width: 1280, height: 900 }, locale: lang });
const p = await ctx.newPage();
if (login !== '-') { await ctx.request.post(base + '/sign-in/demo', { form: { login } }); }
for (const path of paths) {
  const [u, name] = path.split('@');
  await p.goto(base + u);
  await p.screenshot({ path: `/tmp/shots/${name}-${size}.png`, fullPage: true });
}
await b.close();
