/**
 * `npx tsx test/pages/browser.ts [--screenshots DIR]`: README and API.md as GitHub and Construct Hub render them, in headless Chromium.
 * Nothing is wider than the window, the pictures are there, what is written can be read, in light and in dark, from 320 to 1,280
 * pixels. Ends with `N passed, N failed`.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { readPage } from './links';
import { page } from './render';
import { type Chromium, startChromium, type View } from '../report/chromium';

const FILES = ['README.md', 'API.md'];
const VIEWS: View[] = [320, 390, 768, 1280].flatMap((width) => [false, true].map((dark) => ({ width, height: 900, dark, mobile: width < 500 })));
const nameOf = (file: string, { width, dark }: View) => `${path.basename(file, '.md').toLowerCase()}-${width}-${dark ? 'dark' : 'light'}`;

/** What is wrong with a page as it is laid out. Not compared with innerWidth, which grows with what is too wide for a phone. */
const mislaid = (width: number) => `[
  document.documentElement.scrollWidth > ${width} ? 'wider than the window: ' + document.documentElement.scrollWidth : '',
  ...[...document.querySelectorAll('article > *')].filter((each) => each.getBoundingClientRect().right > ${width}).map((each) => 'sticks out: ' + each.outerHTML.slice(0, 80)),
  ...[...document.images].filter((each) => !each.complete || each.naturalWidth === 0).map((each) => 'not loaded: ' + each.src),
  ...[...document.images].filter((each) => each.alt.length < 20).map((each) => 'has no words instead of it: ' + each.src),
  ...[...document.querySelectorAll('a[href^="#"]')].filter((each) => !document.getElementById(decodeURIComponent(each.hash.slice(1)))).map((each) => 'leads nowhere: ' + each.hash),
].filter(Boolean)`;

/** Contrast of text of several kinds with the page; WCAG 2, success criterion 1.4.3. */
const PALE = `(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = light(getComputedStyle(document.querySelector('article')).backgroundColor);
  return ['h1', 'p', 'a', 'code', 'pre', 'td', 'th'].flatMap((selector) => {
    const text = light(getComputedStyle(document.querySelector(selector)).color);
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    return ratio < 4.5 ? ['hard to read: ' + selector + ', ' + ratio.toFixed(1)] : [];
  }).concat((matchMedia('(prefers-color-scheme: dark)').matches ? ground < 0.1 : ground > 0.8) ? [] : ['the ground has the other scheme']);
})()`;

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pages-'));
let passed = 0;
let failed = 0;

async function check(name: string, problems: () => Promise<string[]>): Promise<void> {
  const found = await problems().catch((error: Error) => [error.message]);
  if (found.length === 0) passed += 1;
  else failed += 1;
  console.log(found.length === 0 ? `ok      ${name}` : `FAILED  ${name}\n        ${found.join('\n        ')}`);
}

function save(name: string, html: string): string {
  const file = path.join(directory, `${name}.html`);
  fs.writeFileSync(file, html);
  return file;
}

async function look(chromium: Chromium, file: string, view: View, screenshots?: string): Promise<string[]> {
  const { evaluate, messages, requests, screenshot } = await chromium.visit(save(path.basename(file), page(file, readPage(file))), view);
  if (screenshots) fs.writeFileSync(path.join(screenshots, `${nameOf(file, view)}.png`), await screenshot());
  const elsewhere = requests.filter((request) => !request.startsWith('file:'));
  return [...messages, ...elsewhere, ...await evaluate<string[]>(mislaid(view.width)), ...await evaluate<string[]>(PALE)];
}

/** The checks themselves. */
async function control(chromium: Chromium, markdown: string, expected: string): Promise<string[]> {
  const { evaluate } = await chromium.visit(save('control', page('control', markdown)), VIEWS[0]!);
  const found = await evaluate<string[]>(mislaid(VIEWS[0]!.width));
  return found.some((each) => each.startsWith(expected)) ? [] : [`not seen: ${expected}; seen: ${found.join(', ') || 'nothing'}`];
}

async function main(): Promise<void> {
  const { values: { screenshots } } = parseArgs({ options: { screenshots: { type: 'string' } } });
  if (screenshots) fs.mkdirSync(screenshots, { recursive: true });
  const chromium = startChromium();
  try {
    for (const file of FILES) {
      for (const view of VIEWS) await check(`${file}: ${view.width} px, ${view.dark ? 'dark' : 'light'}`, () => look(chromium, file, view, screenshots));
    }
    await check('a page that is too wide is caught', () => control(chromium, '<div style="width: 400px">wide</div>', 'wider than the window'));
    await check('a picture that is not there is caught', () => control(chromium, '![](none.svg)', 'not loaded'));
    await check('an anchor that is not there is caught', () => control(chromium, '[a](#none)', 'leads nowhere'));
  } finally {
    await chromium.close();
    fs.rmSync(directory, { recursive: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
