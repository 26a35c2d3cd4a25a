/**
 * `npx tsx test/packaging/docs/pages/browser.ts [--screenshots DIR]` checks README and API.md in
 * headless Chromium, as GitHub and Construct Hub render them. Nothing may be wider than the window,
 * all pictures must load, and all text must be readable. It checks light and dark mode, and widths
 * from 320 to 1,280 pixels. The last line is `N passed, N failed`.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'puppeteer-core';
import { readPage } from './links';
import { page, withoutBadges } from './render';
import { type View, visit } from '../../../helpers/chromium';
import { check, CONTRAST, main, save } from '../../../helpers/page-checks';

const FILES = ['README.md', 'API.md'];
const VIEWS: View[] = [320, 390, 768, 1280].flatMap((width) =>
  [false, true].map((dark) => ({ width, height: 900, dark, mobile: width < 500 })),
);
const nameOf = (file: string, { width, dark }: View) =>
  `${path.basename(file, '.md').toLowerCase()}-${width}-${dark ? 'dark' : 'light'}`;

/**
 * Finds problems in the layout of a page. It does not compare with innerWidth, which grows with
 * content that is too wide for a phone.
 */
const mislaid = (width: number) => `[
  document.documentElement.scrollWidth > ${width} ? 'wider than the window: ' + document.documentElement.scrollWidth : '',
  ...[...document.querySelectorAll('article > *')].filter((each) => each.getBoundingClientRect().right > ${width}).map((each) => 'sticks out: ' + each.outerHTML.slice(0, 80)),
  ...[...document.images].filter((each) => !each.complete || each.naturalWidth === 0).map((each) => 'not loaded: ' + each.src),
  ...[...document.images].filter((each) => each.alt.length < (each.src.startsWith('data:') ? 5 : 20)).map((each) => 'has no words instead of it: ' + each.src),
  ...[...document.querySelectorAll('a[href^="#"]')].filter((each) => !document.getElementById(decodeURIComponent(each.hash.slice(1)))).map((each) => 'leads nowhere: ' + each.hash),
].filter(Boolean)`;

/** Finds samples of text on the page with too little contrast. */
const PALE = `(() => {${CONTRAST}
  const ground = lightness(getComputedStyle(document.querySelector('article')).backgroundColor);
  return ['h1', 'p', 'a', 'code', 'pre', 'td', 'th'].flatMap((selector) => {
    const ratio = contrast(lightness(getComputedStyle(document.querySelector(selector)).color), ground);
    return ratio < 4.5 ? ['hard to read: ' + selector + ', ' + ratio.toFixed(1)] : [];
  }).concat((matchMedia('(prefers-color-scheme: dark)').matches ? ground < 0.1 : ground > 0.8) ? [] : ['the ground has the other scheme']);
})()`;

async function look(
  browser: Browser,
  file: string,
  view: View,
  screenshots?: string,
): Promise<string[]> {
  const markdown = withoutBadges(readPage(file));
  const { evaluate, messages, requests, screenshot } = await visit(
    browser,
    save(path.basename(file), page(file, markdown)),
    view,
  );
  if (screenshots) {
    fs.writeFileSync(path.join(screenshots, `${nameOf(file, view)}.png`), await screenshot());
  }
  const elsewhere = requests.filter((request) => !/^(?:file|data):/.test(request));
  return [
    ...messages,
    ...elsewhere,
    ...(await evaluate<string[]>(mislaid(view.width))),
    ...(await evaluate<string[]>(PALE)),
  ];
}

/** Checks that the checks find a known problem. */
async function control(browser: Browser, markdown: string, expected: string): Promise<string[]> {
  const { evaluate } = await visit(browser, save('control', page('control', markdown)), VIEWS[0]!);
  const found = await evaluate<string[]>(mislaid(VIEWS[0]!.width));
  return found.some((each) => each.startsWith(expected))
    ? []
    : [`not seen: ${expected}; seen: ${found.join(', ') || 'nothing'}`];
}

const {
  values: { screenshots },
} = parseArgs({ options: { screenshots: { type: 'string' } } });
if (screenshots) {
  fs.mkdirSync(screenshots, { recursive: true });
}

void main(async (browser) => {
  for (const file of FILES) {
    for (const view of VIEWS) {
      await check(`${file}: ${view.width} px, ${view.dark ? 'dark' : 'light'}`, () =>
        look(browser, file, view, screenshots),
      );
    }
  }
  await check('a page that is too wide is caught', () =>
    control(browser, '<div style="width: 400px">wide</div>', 'wider than the window'),
  );
  await check('a picture that is not there is caught', () =>
    control(browser, '![](none.svg)', 'not loaded'),
  );
  await check('an anchor that is not there is caught', () =>
    control(browser, '[a](#none)', 'leads nowhere'),
  );
});
