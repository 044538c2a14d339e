import { expect, ok, test } from './fixture.ts';
import { program } from './program.ts';
import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A key of one's own: made in the browser, or in a file on one's own machine. The server sees neither.
test.describe.configure({ mode: 'serial' });
test.use({ locale: 'zh-CN' });

test('a key that is made in the browser signs in the browser', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: '普通职工', exact: true }).click();
  await page.goto('/account');
  await page.getByRole('link', { name: '签名密钥' }).click();
  await ok(page);
  await page.getByRole('button', { name: '在本浏览器生成密钥' }).click();
  await expect(page.getByText('密钥已生成')).toBeVisible();
  const key = await page.getByLabel('公钥').inputValue();
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.locator('#signed-text')).toContainText('mingjing-act/v1');
  await expect(page.locator('#signed-text')).toContainText(key);
  await ok(page);
  await page.getByRole('button', { name: '签名并提交' }).click();
  await expect(page.getByRole('heading', { name: '正在使用' })).toBeVisible();
  await expect(page.getByText(key).first()).toBeVisible();
  await ok(page);
  await page.locator('.flashes a').first().click();
  await expect(page).toHaveURL(/receipts/);
});

test('a key in a file signs what the page shows', async ({ page }) => {
  const file = join(await mkdtemp(join(tmpdir(), 'key-')), 'my.key');
  const key = execFileSync(program, ['key', 'me', '--purpose', 'person-sm2', '--file', file]).toString().trim();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: '普通职工', exact: true }).click();
  await page.goto('/account/signing-key');
  await page.getByLabel('公钥').fill(key);
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByText('密钥不在本浏览器中')).toBeVisible();
  await page.getByRole('textbox', { name: '签名' }).fill('AAAA');
  await page.getByRole('button', { name: '带签名提交' }).click();
  await expect(page.getByText('签名与这段文字和您的密钥不符').first()).toBeVisible();
  await page.getByRole('button', { name: '下一步' }).click();
  const text = await page.locator('#signed-text').textContent();
  const signature = execFileSync(program, ['sign-text', '--key', file], { input: text! }).toString();
  await page.getByRole('textbox', { name: '签名' }).fill(signature);
  await page.getByRole('button', { name: '带签名提交' }).click();
  await expect(page.getByText(key).first()).toBeVisible();
  await ok(page);
  await page.getByText('停用密钥').first().click();
  await page.getByRole('button', { name: '停用密钥' }).click();
  await expect(page.getByRole('heading', { name: '正在使用' })).toBeHidden();
});
