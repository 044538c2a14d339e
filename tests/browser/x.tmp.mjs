import { chromium } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
const base = 'http://127.0.0.1:8391';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
async function axe(p, name) {
  const { violations } = await new AxeBuilder({ page: p }).analyze();
  const bad = violations.map(v => `${v.impact} ${v.id} ${v.nodes.map(n => n.target).join(' | ').slice(0,200)}`);
  const w = await p.evaluate(() => document.documentElement.scrollWidth);
  console.log(name, 'width', w, p.viewportSize().width, bad);
}
for (const size of ['desk', 'phone']) {
  const opt = size === 'phone' ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } : { viewport: { width: 1280, height: 900 } };
  const ctx = await b.newContext({ ...opt, locale: process.argv[2] || 'zh-CN' });
  const p = await ctx.newPage();
  p.on('console', m => { if (m.type() === 'error') console.log('console', m.text()); });
  await ctx.request.post(base + '/sign-in/demo', { form: { login: 'YT0319' } });
  const shot = async (name) => { await p.screenshot({ path: `/tmp/shots-imports/${name}-${size}.png`, fullPage: true }); await axe(p, name); };
  await p.goto(base + '/imports');
  await shot('imports');
  const dir = '../../examples/yunting/';
  await p.setInputFiles('#files', [dir + '人员花名册.xlsx', dir + '考勤打卡_2026Q3.csv', dir + '企业股东信息.csv', dir + '培训记录.xlsx']);
  await p.click('form[enctype] button');
  await shot('busy');
  await p.waitForSelector('#bad-rows', { timeout: 60000 });
  await shot('preview');
  const up = p.url();
  await p.goto(base + '/batches'); await shot('batches');
  const first = await p.$$eval('a[href^="/batches/"]', as => as.map(a => [a.textContent, a.getAttribute('href')]));
  const att = first.find(([t]) => /考勤|Attendance/.test(t))[1];
  await p.goto(base + att); await shot('batch');
  await p.click('tbody a'); await shot('row');
  const reg = first.find(([t]) => /户籍|Household/.test(t))[1];
  await p.goto(base + reg); await shot('register');
  const ppl = first.find(([t]) => /花名册|Roster/.test(t))[1];
  await p.goto(base + ppl); await shot('people');
  await p.goto(base + ppl + '/left-out'); await shot('leftout');
  await p.goto(up);
  await p.goto(base + '/imports');
  const { writeFileSync } = await import('node:fs');
  writeFileSync('/tmp/考勤打卡_10月.csv', '工号,姓名,日期,上班打卡,下班打卡,状态\n' + ['YT0035','YT0044','YT0064'].map((n,i)=>`${n},某人,2026-10-${size==='desk'?'14':'15'},08:4${i},17:30,迟到`).join('\n') + '\nYT0066,某人,2026-10-12,,,睡觉\n');
  await p.setInputFiles('#files', ['/tmp/考勤打卡_10月.csv']);
  await p.click('form[enctype] button');
  await p.waitForSelector('#bad-rows', { timeout: 60000 });
  await shot('preview2');
  await p.check('input[name=skip_bad]');
  await p.click('form[action$="/commit"] button');
  await p.waitForSelector('table', { timeout: 90000 });
  await shot('result');
  const c2 = await b.newContext({ ...opt, locale: process.argv[2] || 'zh-CN' });
  await c2.request.post(base + '/sign-in/demo', { form: { login: 'YT0035' } });
  const p2 = await c2.newPage();
  await p2.goto(base + '/');
  const own = await p2.$$eval('a[href^="/appraisals/"]', as => as.map(a => a.getAttribute('href')));
  for (const code of ['CK-J01','CK-Q01','CK-J03','CK-N01']) {
    const r = await p2.goto(base + own[0] + '/values/' + code); console.log(code, r.status());
    if (r.status() === 200) { await p2.screenshot({ path: `/tmp/shots-imports/value-${code}-${size}.png`, fullPage: true }); await axe(p2, 'value'); }
  }
}
await b.close();
