import { expect, ok, test } from './fixture.ts';

test.use({ locale: 'zh-CN' });

test('an inspector sees how the whole authority stands, and a mark leads to its rows', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: '纪检', exact: true }).click();
  await page.goto('/supervision');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('监督总览');
  // Drawn by the script, and none of it against the security policy, which the fixture would tell.
  const drawn = page.locator('.chart svg');
  expect(await drawn.count()).toBeGreaterThan(3);
  await ok(page);

  const progress = page.locator('section[aria-labelledby="progress"]');
  await progress.getByText('数据表').click();
  const first = progress.getByRole('row').nth(1).getByRole('link').first();
  const unit = await first.innerText();
  await expect(progress.getByRole('rowheader').first()).toHaveText(unit);

  // A bar leads where the cell of the table leads.
  const bar = progress.locator('.chart svg path[fill]:not([fill="none"]):not([fill="transparent"])');
  const before = page.url();
  for (const place of await bar.all()) {
    await place.click({ force: true, timeout: 1000 }).catch(() => undefined);
    if (page.url() !== before) break;
  }
  await expect(page).toHaveURL(/\/cycles\/[0-9a-f-]+\/participants\?unit=/);
});
