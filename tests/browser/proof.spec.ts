import { expect, ok, test } from './fixture.ts';
import type { Page } from '@playwright/test';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// A proof is checked by the browser alone, with a trust policy that came another way: here, from the city's folder.
test.describe.configure({ mode: 'serial' });
test.use({ locale: 'zh-CN' });

let proof: string;
let policy: string;

/** What the page is given, in the form of a file. */
const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

/** Gives the page a proof, and a key if there is one, and has it check. */
async function checks(page: Page, text: string, key?: string): Promise<void> {
  await page.goto('/verify');
  await page.getByLabel('存证文件').setInputFiles(file('a.tlog-proof', text));
  if (key !== undefined) await page.getByLabel('信任策略或账本公钥').setInputFiles(file('trust.txt', key));
  await page.getByRole('button', { name: '在本浏览器中核对' }).click();
}

/** The verdict, and the steps that say this. */
async function says(page: Page, verdict: string, ...steps: string[]): Promise<void> {
  const result = page.locator('[data-proof-result]');
  await expect(result.locator('.notice-title')).toHaveText(new RegExp(`${verdict}$`));
  for (const step of steps) await expect(result.getByText(step)).toBeVisible();
}

/** The proof with another letter in one of its lines; base64 stays base64. */
function changed(line: number, at = 3): string {
  const lines = proof.split('\n');
  const text = lines.at(line)!;
  lines.splice(line, 1, text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1));
  return lines.join('\n');
}

/** The proof with something done to what it encloses. */
function enclosing(change: (enclosed: { entry: string; words?: { text: string } }) => void): string {
  const [, extra] = proof.match(/^extra (.+)$/m)!;
  const enclosed = JSON.parse(Buffer.from(extra!, 'base64').toString());
  change(enclosed);
  return proof.replace(extra!, Buffer.from(JSON.stringify(enclosed)).toString('base64'));
}

test('the receipt is checked in place, and its file on a page of its own', async ({ page }, { project }) => {
  policy = await readFile(join(import.meta.dirname, 'results', `city-${project.name}`, 'keys/trust.txt'), 'utf8');
  await page.goto('/sign-in');
  await page.getByRole('button', { name: '普通职工', exact: true }).click();
  await page.getByRole('link', { name: /2026年度公务员考核/ }).first().click();
  await page.goto(`${page.url()}/trail`);
  // What she wrote herself: its proof encloses her words.
  const written = page.locator('.event', { hasText: '提报目标' }).first();
  await written.locator('.event-more a').click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('已签名，并经见证')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });

  await page.getByRole('button', { name: '在本浏览器中核对' }).click();
  await says(page, '计算相符，但尚未全部核对', '得到检查点的根哈希', '没有提供公钥', '正是这条记录所承诺的文字');
  await ok(page);
  proof = await (await page.request.get(`${page.url()}/proof`)).text();

  await page.context().clearCookies();
  await checks(page, proof, policy);
  await says(page, '核对无误', '得到检查点的根哈希', '由您提供的密钥签名', '已达到信任策略的要求', '正是这条记录所承诺');
  await expect(page.locator('[data-fill="act"]')).toHaveText('提报目标');
  await expect(page.locator('[data-fill="witnesses"]')).toContainText('audit.yunting.example');
  await expect(page.locator('[data-fill="line"]')).toHaveCount(0);
  await ok(page);
});

test('the log’s key alone is enough for its signature', async ({ page }) => {
  const [, key] = policy.match(/^log (\S+)$/m)!;
  await checks(page, proof, `${key}\n`);
  await says(page, '核对无误', '由您提供的密钥签名', '没有要求见证');
});

test('whatever is changed in a proof, the step that fails is named', async ({ page }) => {
  const broken = '核对不符';
  const lines = proof.split('\n');
  const path = '推算不出检查点的根哈希';

  await checks(page, enclosing((enclosed) => (enclosed.entry = enclosed.entry.replace('"form":1', '"form":2'))), policy);
  await says(page, broken, path, '由您提供的密钥签名');
  await checks(page, enclosing((enclosed) => (enclosed.words!.text += ' ')), policy);
  await says(page, broken, '不是生成这条记录时的文字', '得到检查点的根哈希');
  await checks(page, changed(lines.findIndex((line) => line.startsWith('index ')) + 1), policy);
  await says(page, broken, path);
  await checks(page, proof.replace(/index \d+/, 'index 0'), policy);
  await says(page, broken, path);
  // The root is signed, too.
  await checks(page, changed(lines.indexOf('') + 3), policy);
  await says(page, broken, path, '账本签名：无效');
  // A proof ends with a line feed: the last witness is before it.
  await checks(page, changed(-2, lines.at(-2)!.length - 30), policy);
  await says(page, broken, '其中一个见证方的联署无效', '由您提供的密钥签名');
  await checks(page, proof.slice(0, proof.lastIndexOf('— ')), policy);
  await says(page, '计算相符，但尚未全部核对', '见证方还不够');
  await checks(page, proof.replace('index', 'place'), policy);
  await says(page, broken, '不是附有记录原文的存证文件');
  await ok(page);
});

/** The public key of somebody who calls themselves so, as C2SP writes it. */
function stranger(name: string): string {
  const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  const material = Buffer.concat([Buffer.of(1), spki.subarray(-32)]);
  const id = createHash('sha256').update(`${name}\n`).update(material).digest('hex').slice(0, 8);
  return `${name}+${id}+${material.toString('base64')}`;
}

test('a key of somebody else and a key that cannot be read are told apart', async ({ page }) => {
  const [, origin] = policy.match(/^log ([^\s+]+)/m)!;
  await checks(page, proof, stranger(origin!));
  await says(page, '核对不符', '得到检查点的根哈希', '您提供的该账本的密钥都没有签署');
  await checks(page, proof, stranger('elsewhere.example/log'));
  await says(page, '核对不符', '没有这个账本的公钥');
  // The id no longer belongs to the name.
  await checks(page, proof, policy.replace(/^(log [^\s+]+)/m, '$1x'));
  await says(page, '计算相符，但尚未全部核对', '读不懂的行号见下');
  await expect(page.locator('[data-fill="line"]')).toHaveText('1');
});

test('a file under SM3 is left to the command, and without a file there is nothing to check', async ({ page }) => {
  await checks(page, proof.replace(/^(yunting\S+)$/m, '$1/sm3'), policy);
  await says(page, '这是国密（SM3）存证文件');
  await page.goto('/verify');
  await page.getByRole('button', { name: '在本浏览器中核对' }).click();
  await says(page, '还没有可核对的文件');
  await ok(page);
});

test('a proof and a policy may be dropped together', async ({ page }) => {
  await page.goto('/verify');
  const dropped = await page.evaluateHandle(
    ([one, other]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([one!], 'trust.txt'));
      transfer.items.add(new File([other!], 'a.tlog-proof'));
      return transfer;
    },
    [policy, proof],
  );
  await page.locator('[data-proof-check]').dispatchEvent('drop', { dataTransfer: dropped });
  await says(page, '核对无误');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the page says what to do instead', async ({ page }) => {
    await page.goto('/verify');
    await expect(page.getByText('此项核对需要 JavaScript')).toBeVisible();
    await expect(page.getByRole('button', { name: '在本浏览器中核对' })).toBeHidden();
  });
});
