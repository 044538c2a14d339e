import { expect, ok, test } from './fixture.ts';
import type { Locator, Page } from '@playwright/test';

// The main line of the story, by the people of the example city, each on their own pages. What needs days to pass
// (publicity, closing) is walked through by the server's own tests, whose clock can be moved.
test.describe.configure({ mode: 'serial' });
test.use({ locale: 'zh-CN' });

/** Signs in with one click as one of the people the demo lists. */
async function as(page: Page, person: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: person, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await ok(page);
}

/** Opens the first to-do of a task that is about somebody. */
async function opens(page: Page, task: string, whose = ''): Promise<void> {
  await page.goto('/');
  const todo = page.locator('main').locator('.todo', { hasText: task }).filter({ hasText: whose }).first();
  await todo.getByRole('link').first().click();
  await ok(page);
}

/** The form on this page that asks for an act, unfolded. */
async function form(page: Page, act: string): Promise<Locator> {
  const found = page.locator(`form[action="/acts/${act}"]`).first();
  const folds = page.locator('details', { has: page.locator(`form[action="/acts/${act}"]`) });
  for (let place = 0; place < (await folds.count()); place += 1) {
    const fold = folds.nth(place);
    if ((await fold.getAttribute('open')) === null) await fold.locator('summary').first().click();
  }
  return found;
}

/** Fills in the form of an act and sends it; it goes on record. */
async function does(page: Page, act: string, answers: Record<string, string> = {}): Promise<void> {
  const found = await form(page, act);
  for (const [name, value] of Object.entries(answers)) {
    const field = found.locator(`[name="${name}"]`).first();
    if ((await field.evaluate((control) => control.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await found.getByRole('button').last().click();
  await expect(page.getByText('已记入账本').first()).toBeVisible();
  await ok(page);
}

/** Signs an outcome; nothing is chosen until the signer chooses. */
async function agrees(page: Page, act: string, opinion: string): Promise<void> {
  await (await form(page, act)).locator('[name="approved?"][value="yes"]').check();
  await does(page, act, { opinion });
}

/** From the notice of what was just done to its receipt; the proof is there as soon as the log is signed. */
async function takesTheProof(page: Page): Promise<void> {
  await page.getByRole('status').getByRole('link', { name: '回执' }).click();
  await ok(page);
  const proof = page.getByRole('link', { name: '下载存证文件', exact: true });
  await expect(async () => {
    await page.reload();
    await expect(proof).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await ok(page);
  const [file] = await Promise.all([page.waitForEvent('download'), proof.click()]);
  expect(file.suggestedFilename()).toMatch(/^mingjing-\d+\.tlog-proof$/);
}

test('a refused form comes back with what was typed, and then goes through', async ({ page }) => {
  await as(page, '普通职工');
  await opens(page, '修改被退回的目标');
  const goals = await form(page, 'propose_goals');
  await goals.locator('[name$=".measure"]').first().fill('满意度不低于 97%，以省级评价系统的数据为准');
  const reason = goals.locator('[name="reason"]');
  await reason.evaluate((control) => control.removeAttribute('required'));
  await reason.fill('');
  await goals.getByRole('button').last().click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  const again = await form(page, 'propose_goals');
  await expect(again.locator('[name$=".measure"]').first()).toHaveValue(/97%/);
  await does(page, 'propose_goals', { reason: '按退回意见写明统计口径。' });
});

test('the leader endorses the change and the head of the unit confirms it', async ({ page }) => {
  await as(page, '评价人（科长）');
  await opens(page, '审核目标', '余婉颖');
  await does(page, 'endorse_goals');
  await as(page, '单位负责人');
  await opens(page, '确认目标', '余婉颖');
  await does(page, 'confirm_goals');
});

test('progress is reported with a file that colleagues with a duty can open', async ({ page }) => {
  await as(page, '普通职工');
  await page.getByRole('link', { name: /2026年度公务员考核/ }).first().click();
  const report = await form(page, 'report_progress');
  await report.locator('input[type="file"]').setInputFiles({
    name: '窗口满意度.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('第三季度满意度 97.2%'),
  });
  await report.locator('select').first().selectOption({ index: 1 });
  await does(page, 'report_progress', { 'percent#': '80', text: '三季度满意度达到 97.2%，数据见附件。' });
  await expect(page.getByRole('link', { name: /窗口满意度/ }).first()).toBeVisible();
  await takesTheProof(page);
});

test('a score is void until its witness has confirmed the example', async ({ page }) => {
  await as(page, '评价人（科长）');
  await opens(page, '评分', '孙婷');
  const score = await form(page, 'give_score');
  await score.locator('select').first().selectOption({ index: 1 });
  const witness = score.locator('select').last();
  const lead = witness.locator('option', { hasText: '黄海娟' });
  await witness.selectOption((await lead.getAttribute('value'))!);
  await does(page, 'give_score', {
    'score.points%': '91',
    'score.basis.what': '节后首日窗口排队，主动延时办结 32 件，无一件退回。',
    'score.basis.when': '2026-10-09',
    'score.basis.where': '政务服务大厅',
  });
  await as(page, '见证人（项目负责人）');
  await opens(page, '确认评分依据', '孙婷');
  await does(page, 'confirm_score');
});

test('an appeal is handed to somebody who neither scored nor confirmed, and decided with reasons', async ({ page }) => {
  await as(page, '单位人事');
  await opens(page, '指定申诉决定人');
  const assign = await form(page, 'assign_appeal');
  const decider = assign.locator('select').first();
  await decider.selectOption((await decider.locator('option', { hasText: '张景鹏' }).getAttribute('value'))!);
  await does(page, 'assign_appeal');
  await as(page, '评价人（科长）');
  await opens(page, '决定申诉');
  await does(page, 'decide_appeal', { reasons: '派工单属实，原评分依据的事项与本人无关，予以调整。', 'verdict.adjusted%': '95' });
});

test('HR answers an objection, reviews a slate, and an outcome is signed by a third person', async ({ page }) => {
  await as(page, '考核办');
  await opens(page, '答复异议');
  const answer = await form(page, 'answer_objection');
  await answer.locator('[name="upheld?"][value="no"]').check();
  await does(page, 'answer_objection', { reply: '经核对考勤，两次均为外出办件，有派工单，公示结果不变。' });
  await opens(page, '复核等次名单', '市教育局');
  await does(page, 'review_slate');
  await opens(page, '审核结果应用');
  await agrees(page, 'review_outcome', '符合条件，同意上报。');
  await as(page, '审批人');
  await opens(page, '审批结果应用');
  await agrees(page, 'decide_outcome', '同意。');
});

test('everyone else finds their own work, and nobody another’s', async ({ page }) => {
  await as(page, '普通职工');
  await page.getByRole('link', { name: /2026年度公务员考核/ }).first().click();
  const own = page.url();
  for (const person of ['纪检', '系统管理员', '安全管理员', '审计管理员']) {
    await as(page, person);
  }
  const answer = await page.goto(own);
  expect(answer?.status()).toBe(404);
  await as(page, '审计管理员');
  await page.goto('/ledger');
  await ok(page);
});
