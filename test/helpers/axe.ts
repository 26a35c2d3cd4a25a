/** Checks the accessibility of a page with axe-core: https://github.com/dequelabs/axe-core */
import * as fs from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import type { View } from './chromium';

const AXE = () => fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Each finding says its rule, and this many of the elements. */
const ELEMENTS = 3;

/** Returns what axe finds, with all rules that it runs by default. */
export async function axe(page: Page): Promise<string[]> {
  if (!(await page.evaluate('typeof axe !== "undefined"'))) {
    await page.evaluate(AXE());
  }
  const { violations } = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] })',
  )) as AxeResults;
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.length} x, ${nodes
        .slice(0, ELEMENTS)
        .map(({ html, any }) => `${html.slice(0, 120)}${any[0] ? ` (${any[0].message})` : ''}`)
        .join('; ')}`,
  );
}

/** Returns what axe finds in a file. Axe is a script, so the page's policy does not hold here. */
export async function axeOfFile(
  browser: Browser,
  file: string,
  { width, height, dark = false }: View,
): Promise<string[]> {
  const page = await browser.newPage();
  await page.setBypassCSP(true);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
  ]);
  await page.goto(`file://${file}`);
  const found = await axe(page);
  await page.close();
  return found;
}
