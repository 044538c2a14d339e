import { expect, ok, test } from './fixture.ts';

const languages = { 'zh-CN': /^zh/, 'en-GB': /^en/ };
const paths = ['/', '/gallery'];

for (const [locale, lang] of Object.entries(languages)) {
  test.describe(locale, () => {
    test.use({ locale });

    for (const path of paths) {
      test(`${path} is fit to be used by anyone who walks in`, async ({ page }) => {
        const response = await page.goto(path);
        expect(response?.status()).toBe(200);
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await ok(page);
      });
    }
  });
}
