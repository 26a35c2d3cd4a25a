/**
 * `npx tsx test/report/browser.ts`: the pages of real runs in headless Chromium, and under html-validate.
 * Ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Chromium, startChromium, type View } from './chromium';
import { HOSTILE, hostileRun, type Page, plainRun } from './runs';

const VALIDATOR = 'html-validate@10.9.0';
const VIEWS: Record<string, View> = {
  'on a small phone': { width: 320, height: 640, mobile: true },
  'on a phone': { width: 360, height: 740, mobile: true },
  'on a desktop': { width: 1280, height: 800 },
  'on a desktop, dark': { width: 1280, height: 800, dark: true },
};

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
let passed = 0;
let failed = 0;

async function check(name: string, test: () => Promise<void> | void): Promise<void> {
  try {
    await test();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${(error as Error).message.split('\n').join('\n        ')}`);
  }
}

function same(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

function save(name: string, html: string): string {
  const file = path.join(directory, `${name}.html`);
  fs.writeFileSync(file, html);
  return file;
}

/** What a page did that it should not have, and what is in it that should not be. */
async function misdeeds(chromium: Chromium, file: string, view: View): Promise<string[]> {
  const { messages, requests, dialogs, evaluate } = await chromium.visit(file, view);
  // Not compared with innerWidth, which grows with what is too wide for a phone.
  const found = await evaluate<string[]>(`[
    typeof pwned === 'undefined' ? '' : 'a script ran',
    ...[...document.querySelectorAll('script, img, iframe, object, embed, link, base, form, style ~ style')].map((each) => 'element ' + each.localName),
    ...[...document.querySelectorAll('*')].flatMap((each) => each.getAttributeNames().filter((name) => name.startsWith('on')).map((name) => 'attribute ' + name)),
    ...[...document.links].filter(({ protocol }) => protocol !== 'https:').map(({ href }) => 'link ' + href),
    document.documentElement.scrollWidth > ${view.width} ? 'wider than the window: ' + document.documentElement.scrollWidth : '',
  ].filter(Boolean)`);
  return [...messages.map((each) => `message ${each}`), ...requests.map((each) => `request ${each}`), ...dialogs.map((each) => `dialog ${each}`), ...found];
}

/** Opens what is folded: then the long keys must fit, too. */
const unfolded = (html: string) => html.replaceAll('<details', '<details open');

async function looks(chromium: Chromium, name: string, { html }: Page): Promise<void> {
  const file = save(name, unfolded(html));
  for (const [how, view] of Object.entries(VIEWS)) {
    await check(`${name} page ${how}: no message, no request, no script, not wider than the window`, async () => same(await misdeeds(chromium, file, view), []));
  }
  await check(`${name} page: valid HTML`, () => same(validate(save(name, html)), ''));
}

/** What html-validate says against a page. */
function validate(file: string): string {
  fs.writeFileSync(path.join(directory, '.htmlvalidate.json'), JSON.stringify({ root: true, extends: ['html-validate:recommended', 'html-validate:document'] }));
  const { status, stdout, stderr } = spawnSync('npx', ['--yes', VALIDATOR, '--formatter', 'text', path.basename(file)], { cwd: directory, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}` || `status ${status}`;
}

async function dark(chromium: Chromium, { html }: Page): Promise<void> {
  await check('dark and light differ, and both can be read', async () => {
    const file = save('contrast', html);
    const ratios: number[] = [];
    for (const view of [VIEWS['on a desktop'], VIEWS['on a desktop, dark']]) {
      const { evaluate } = await chromium.visit(file, view);
      ratios.push(...await evaluate<number[]>(`(() => {
        const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        const light = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const ground = getComputedStyle(document.body).backgroundColor;
        return ['h1', '.soft', 'a', 'code', 'dd', '.verdict'].map((selector) => {
          const style = getComputedStyle(document.querySelector(selector));
          const behind = selector === '.verdict' ? style.backgroundColor : ground;
          const pair = [light(style.color), light(behind)].sort((a, b) => b - a);
          return (pair[0] + 0.05) / (pair[1] + 0.05);
        }).concat(light(ground));
      })()`));
    }
    const grounds = [ratios[6], ratios[13]];
    if (!(grounds[0] > 0.8 && grounds[1] < 0.1)) throw new Error(`the grounds are of lightness ${grounds.join(' and ')}`);
    // WCAG 2, success criterion 1.4.3.
    const poor = ratios.filter((ratio, index) => index % 7 !== 6 && ratio < 4.5);
    same(poor, []);
  });
}

/** The checks themselves: they see what a page without escaping does, and that the policy stops it. */
async function controls(chromium: Chromium, { html }: Page): Promise<void> {
  const broken = html.replace('</main>', `${HOSTILE.slice(0, 2).join('-->')}<script>pwned = 1</script><img src="https://example.com/x.png" onerror="pwned = 1"></main>`);
  await check('a page without escaping and policy is caught', async () => {
    const found = await misdeeds(chromium, save('broken', broken.replace(/<meta http-equiv[^>]*>/, '')), VIEWS['on a desktop']);
    for (const expected of ['a script ran', 'element script', 'element img', 'attribute onerror', 'request https://example.com/x.png']) {
      if (!found.includes(expected)) throw new Error(`not seen: ${expected}; seen: ${found.join(', ')}`);
    }
  });
  await check('a page that is not valid is caught', () => {
    const said = validate(save('invalid', html.replace('</main>', '<p>1<div></p></main>')));
    if (!said.includes('close-order')) throw new Error(said);
  });
  await check('the policy alone stops scripts and requests', async () => {
    const found = await misdeeds(chromium, save('policy', broken), VIEWS['on a desktop']);
    if (found.includes('a script ran') || !found.some((each) => /^message .*Content Security Policy/.test(each))) throw new Error(found.join(', '));
  });
}

/** What the reader sees of a key is the key, on one line, with marks for what does not print. */
async function legible(chromium: Chromium, { html }: Page): Promise<void> {
  const { evaluate } = await chromium.visit(save('legible', unfolded(html)), VIEWS['on a desktop']);
  const shown = await evaluate<string[]>("[...document.querySelectorAll('code')].map((each) => each.textContent)");
  for (const key of HOSTILE) {
    const readable = key.replace(/[\r\n\t\u200b\u202e\ufeff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
    await check(`shown as it is: ${readable.slice(0, 60)}`, () => {
      if (!shown.some((text) => text === `incoming/bad/${readable}` || text === `incoming/${readable}`)) throw new Error('no element has that text');
    });
  }
}

async function main(): Promise<void> {
  const hostile = await hostileRun();
  const chromium = startChromium();
  try {
    await looks(chromium, 'hostile', hostile);
    await looks(chromium, 'plain', await plainRun());
    await legible(chromium, hostile);
    await dark(chromium, hostile);
    await controls(chromium, hostile);
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
