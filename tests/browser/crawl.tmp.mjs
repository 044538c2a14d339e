import { chromium } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import fs from 'node:fs';
const base = process.argv[2], out = process.argv[3], lang = process.argv[4] ?? 'zh';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu'] });
const roles = ['YT0035','YT0011','YT0016','YT0001','YT0010','YT0319','YT0481','approver','sysadmin','secadmin','auditadmin'];
const log = [];
const norm = (u) => u.replace(base,'').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g,'*').replace(/\?.*$/, (q) => '?' + [...new URLSearchParams(q).entries()].map(([k,v]) => /list|view|tab|kind|stage/.test(k) ? k+'='+v : k).join('&'));
const seenAll = new Map();
for (const role of roles) {
  const ctx = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: lang === 'en' ? 'en' : 'zh-CN' });
  const page = await ctx.newPage();
  page.on('console', m => m.type()==='error' && log.push(`${role} console ${m.text()}`));
  page.on('pageerror', e => log.push(`${role} thrown ${e}`));
  await page.goto(base + '/sign-in');
  await page.locator(`form:has(input[value="${role}"]) button`).click();
  if (lang === 'en') { await page.locator('form[action="/preferences"] button[lang="en"]').first().click().catch(()=>{}); }
  const queue = [page.url()], seen = new Set();
  let n = 0;
  while (queue.length && n < 30) {
    const url = queue.shift(); const key = norm(url);
    if (seen.has(key)) continue; seen.add(key);
    const t0 = Date.now();
    let res; try { res = await page.goto(url, { timeout: 30000 }); } catch (e) { log.push(`${role} ${key} ERR ${String(e).slice(0,100)}`); continue; }
    const ms = Date.now() - t0; n++;
    const ct = res?.headers()['content-type'] ?? '';
    if (!ct.includes('html')) { log.push(`${role} ${key} ${res?.status()} ${ct} ${ms}ms`); continue; }
    const links = await page.$$eval('a[href]', as => as.map(a => a.href).filter(h => h.startsWith(location.origin) && !h.includes('#')));
    for (const l of links) if (!seen.has(norm(l)) && !/\.(csv|xlsx|json|pdf|zip)|download|sign-out/.test(l)) queue.push(l);
    if (false) await 0; const fold = await page.$$('details:not([open])'); for (const f of fold) await f.evaluate(d => d.open = true);
    const again = seenAll.get(key) ?? 0; seenAll.set(key, again + 1);
    const name = `${role}${key.replace(/[^a-zA-Z0-9*=]+/g,'_')}`;
    const html = await page.content();
    let extra = '';
    if (again < 2) {
      await page.screenshot({ path: `${out}/${name}.${lang}.desk.png`, fullPage: true });
      await page.setViewportSize({ width: 390, height: 844 });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const w = await page.evaluate(() => document.documentElement.scrollWidth);
      await page.screenshot({ path: `${out}/${name}.${lang}.phone.png`, fullPage: true });
      await page.setViewportSize({ width: 1280, height: 900 });
      extra = ` w${w} axe[${violations.map(v => v.impact + ':' + v.id + '@' + v.nodes.map(x=>x.target).slice(0,2).join('|')).join('; ')}]`;
    }
    const text = await page.evaluate(() => document.querySelector('main')?.innerText ?? '');
    if (lang === 'en') { const zh = text.match(/[\u4e00-\u9fff][^\n]{0,20}/g) ?? []; extra += ` zh:${zh.length}`; }
    log.push(`${role} ${key} ${res?.status()} ${ms}ms${extra}`);
    fs.writeFileSync(`${out}/log.${lang}.txt`, log.join('\n'));
  }
  await ctx.close();
}
fs.writeFileSync(`${out}/log.${lang}.txt`, log.join('\n') + '\nDONE');
await browser.close();
