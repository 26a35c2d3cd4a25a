/**
 * Helpers for the checks of pages in Chromium: they save the pages, count the checks, and compute
 * the lightness of colors.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser } from 'puppeteer-core';
import { startChromium } from './chromium';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pages-'));
let passed = 0;
let failed = 0;

/** Saves a page as a file. */
export function save(name: string, html: string): string {
  const file = path.join(directory, `${name}.html`);
  fs.writeFileSync(file, html);
  return file;
}

/** Fails if the check finds a problem or throws. */
export async function check(
  name: string,
  findProblems: () => Promise<readonly string[]> | readonly string[],
): Promise<void> {
  let problems: readonly string[];
  try {
    problems = await findProblems();
  } catch (error) {
    problems = (error as Error).message.split('\n');
  }
  if (problems.length === 0) {
    passed += 1;
  } else {
    failed += 1;
  }
  console.log(
    problems.length === 0
      ? `ok      ${name}`
      : `FAILED  ${name}\n        ${problems.join('\n        ')}`,
  );
}

/** Runs the checks. The last line of the output is `N passed, N failed`. */
export async function main(checks: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await startChromium();
  try {
    await checks(browser);
  } finally {
    await browser.close();
    fs.rmSync(directory, { recursive: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/**
 * A script for pages. It has `lightness('rgb(0, 0, 0)')`, and `contrast(a, b)` of two lightness
 * values (WCAG 2, success criterion 1.4.3).
 */
export const CONTRAST = `
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const lightness = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
`;
