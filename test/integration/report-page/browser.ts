/**
 * Checks the pages of real runs in headless Chromium and with html-validate: `npx tsx
 * test/integration/report-page/browser.ts`. Its last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'puppeteer-core';
import {
  HOSTILE,
  hostileCalendar,
  hostileRun,
  ordinaryCalendar,
  type Page,
  plainRun,
} from './runs';
import { axeOfFile } from '../../helpers/axe';
import { type View, visit } from '../../helpers/chromium';
import { check, CONTRAST, main, save } from '../../helpers/page-checks';

const VALIDATOR = 'html-validate@10.9.0';
const VIEWS: Record<string, View> = {
  'on a small phone': { width: 320, height: 640, mobile: true },
  'on a phone': { width: 360, height: 740, mobile: true },
  'on a desktop': { width: 1280, height: 800 },
  'on a desktop, dark': { width: 1280, height: 800, dark: true },
};

/** Lists what a page did but should not do, and what it contains but should not contain. */
async function findViolations(browser: Browser, file: string, view: View): Promise<string[]> {
  const { messages, requests, dialogs, evaluate } = await visit(browser, file, view);
  // innerWidth does not help here: on a phone it grows with content that is too wide.
  const found = await evaluate<string[]>(`[
    typeof pwned === 'undefined' ? '' : 'a script ran',
    ...[...document.querySelectorAll('script, img, iframe, object, embed, link, base, form, style ~ style')].map((each) => 'element ' + each.localName),
    ...[...document.querySelectorAll('*')].flatMap((each) => each.getAttributeNames().filter((name) => name.startsWith('on')).map((name) => 'attribute ' + name)),
    ...[...document.links].filter(({ protocol }) => protocol !== 'https:').map((link) => link.getAttribute('href'))
      .filter((href) => !/^(#r[0-9a-f]{8}-[-\\d]+|\\.\\.\\/\\.\\.\\/index\\.html#r[0-9a-f]{8}-[-\\d]+|\\.\\/\\d{4}-\\d\\d-\\d\\d\\/[^\\/]+\\/report\\.html)$/.test(href)).map((href) => 'link ' + href),
    ...[...document.querySelectorAll('section')].flatMap((section) => [...section.querySelectorAll('dt, dd, small, p, code, span, td, th')]
      .filter((each) => each.getBoundingClientRect().right > section.getBoundingClientRect().right)
      .map((each) => 'beyond its section: ' + each.textContent)),
    document.documentElement.scrollWidth > ${view.width} ? 'wider than the window: ' + document.documentElement.scrollWidth : '',
  ].filter(Boolean)`);
  return [
    ...messages.map((each) => `message ${each}`),
    ...requests.map((each) => `request ${each}`),
    ...dialogs.map((each) => `dialog ${each}`),
    ...found,
  ];
}

/** Opens all folded parts: the long keys must fit too. */
const unfolded = (html: string) => html.replaceAll('<details', '<details open');

async function looks(browser: Browser, name: string, { html }: Pick<Page, 'html'>): Promise<void> {
  const file = save(name, unfolded(html));
  for (const [how, view] of Object.entries(VIEWS)) {
    await check(
      `${name} page ${how}: no message, no request, no script, nothing wider than its section ` +
        'or the window',
      () => findViolations(browser, file, view),
    );
    await check(`${name} page ${how}: axe-core finds nothing`, () =>
      axeOfFile(browser, file, view),
    );
  }
  await check(`${name} page: valid HTML`, () => validate(save(name, html)));
}

/** Returns the problems that html-validate finds in a page. */
function validate(file: string): string[] {
  const cwd = path.dirname(file);
  fs.writeFileSync(
    path.join(cwd, '.htmlvalidate.json'),
    JSON.stringify({
      root: true,
      extends: ['html-validate:recommended', 'html-validate:document'],
    }),
  );
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['--yes', VALIDATOR, '--formatter', 'text', path.basename(file)],
    { cwd, encoding: 'utf8' },
  );
  return status === 0 ? [] : (`${stdout}${stderr}` || `status ${status}`).split('\n');
}

async function dark(browser: Browser, { html }: Page): Promise<void> {
  await check('dark and light differ, and both can be read', async () => {
    const file = save('contrast', html);
    const problems: string[] = [];
    for (const view of [VIEWS['on a desktop'], VIEWS['on a desktop, dark']]) {
      const { evaluate } = await visit(browser, file, view);
      problems.push(
        ...(await evaluate<string[]>(`(() => {${CONTRAST}
        const ground = lightness(getComputedStyle(document.body).backgroundColor);
        return ['h1', '.soft', 'a', 'code', 'dd', '.verdict'].flatMap((selector) => {
          const style = getComputedStyle(document.querySelector(selector));
          const ratio = contrast(lightness(style.color), selector === '.verdict' ? lightness(style.backgroundColor) : ground);
          return ratio < 4.5 ? ['hard to read: ' + selector + ', ' + ratio.toFixed(1)] : [];
        }).concat(${view.dark ? 'ground < 0.1' : 'ground > 0.8'} ? [] : ['the background has the lightness ' + ground]);
      })()`)),
      );
    }
    return problems;
  });
}

/**
 * Checks that the checks work. They find what a page without escaping does, and that the policy
 * stops it.
 */
async function controls(browser: Browser, { html }: Page): Promise<void> {
  const broken = html.replace(
    '</main>',
    `${HOSTILE.slice(0, 2).join('-->')}<script>pwned = 1</script><img ` +
      'src="https://example.com/x.png" onerror="pwned = 1"></main>',
  );
  await check('a page without escaping and policy is caught', async () => {
    const found = await findViolations(
      browser,
      save('broken', broken.replace(/<meta http-equiv[^>]*>/, '')),
      VIEWS['on a desktop'],
    );
    const expected = [
      'a script ran',
      'element script',
      'element img',
      'attribute onerror',
      'request https://example.com/x.png',
    ];
    return expected
      .filter((each) => !found.includes(each))
      .map((each) => `not seen: ${each}; seen: ${found.join(', ')}`);
  });
  await check('text that is wider than its section is caught', async () => {
    const found = await findViolations(
      browser,
      save('wide', html.replace('</style>', 'small { width: 100vw; }</style>')),
      VIEWS['on a phone'],
    );
    return found.some((each) => each.startsWith('beyond its section')) ? [] : ['not seen'];
  });
  await check('keys that are broken, cut or copied in part are caught', async () => {
    const styles = {
      lines: '.key code { white-space: normal !important; }',
      'its end': '.key span { max-width: none !important; }',
      selected: '.key span { display: block !important; }',
    };
    const missed: string[] = [];
    for (const [problem, style] of Object.entries(styles)) {
      const { evaluate } = await visit(
        browser,
        save('cut', html.replace('</style>', `${style}</style>`)),
        VIEWS['on a phone'],
      );
      const found = await evaluate<string[]>(CUT_KEYS);
      if (!found.some((each) => each.includes(problem))) {
        missed.push(`not seen: ${problem}; seen: ${found.join(', ')}`);
      }
    }
    return missed;
  });
  await check('pale text is caught', async () => {
    const found = await axeOfFile(
      browser,
      save('pale', html.replace('</style>', 'p { color: #ccc !important; }</style>')),
      VIEWS['on a desktop'],
    );
    return found.some((each) => each.startsWith('color-contrast')) ? [] : ['not seen'];
  });
  await check('a page that is not valid is caught', () => {
    const said = validate(save('invalid', html.replace('</main>', '<p>1<div></p></main>')));
    return said.some((line) => line.includes('close-order')) ? [] : ['not seen', ...said];
  });
  await check('the policy alone stops scripts and requests', async () => {
    const found = await findViolations(browser, save('policy', broken), VIEWS['on a desktop']);
    return !found.includes('a script ran') &&
      found.some((each) => /^message .*Content Security Policy/.test(each))
      ? []
      : ['not stopped', ...found];
  });
}

/**
 * Checks that the page shows each key on one line, with escape sequences for characters that are
 * not printable.
 */
async function legible(browser: Browser, { html }: Page): Promise<void> {
  const { evaluate } = await visit(browser, save('legible', unfolded(html)), VIEWS['on a desktop']);
  const shown = await evaluate<string[]>(
    "[...document.querySelectorAll('code')].map((each) => each.textContent)",
  );
  for (const key of HOSTILE) {
    const readable = key.replace(
      /[\r\n\t\u200b\u202e\ufe0f\ufeff]/g,
      (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const isShown = shown.some(
      (text) => text === `incoming/bad/${readable}` || text === `incoming/${readable}`,
    );
    await check(`shown as it is: ${readable.slice(0, 60)}`, () =>
      isShown ? [] : ['no element has that text'],
    );
  }
}

/**
 * Returns the keys that take more than one line, do not show their end, or whose selection is not
 * the whole key.
 */
const CUT_KEYS = `[...document.querySelectorAll('details.key')].flatMap((details) => {
  if (details.getClientRects().length === 0) { return []; }
  const code = details.querySelector('code');
  const [, tail] = code.children;
  const right = code.getBoundingClientRect().right;
  getSelection().selectAllChildren(code);
  const lines = Math.round(code.getBoundingClientRect().height / parseFloat(getComputedStyle(code).lineHeight));
  return [
    lines === 1 ? '' : lines + ' lines: ' + code.textContent,
    // Wide characters may exceed the width of 24 digits.
    /^[ -~]*$/.test(tail.textContent) && tail.getBoundingClientRect().right > right + 1 ? 'its end is not visible: ' + code.textContent : '',
    getSelection().toString() === code.textContent ? '' : 'selected: ' + getSelection().toString() + ', not: ' + code.textContent,
  ].filter(Boolean);
})`;

async function keys(browser: Browser, { html }: Page): Promise<void> {
  const file = save('keys', html);
  for (const [how, view] of Object.entries(VIEWS)) {
    await check(
      `each long key ${how} is on one line with its end visible, and a copy has all of it`,
      async () => {
        const { evaluate } = await visit(browser, file, view);
        await evaluate(
          "document.querySelectorAll('.more').forEach((each) => { each.open = true; })",
        );
        const count = await evaluate<number>("document.querySelectorAll('details.key').length");
        return count > 0 ? evaluate<string[]>(CUT_KEYS) : ['the page has no long key'];
      },
    );
  }
  await check('a click unfolds a long key', async () => {
    const { evaluate } = await visit(browser, file, VIEWS['on a phone']);
    await evaluate("document.querySelector('details.key > summary').click()");
    const [problem] = await evaluate<string[]>(CUT_KEYS);
    return /^[2-9]\d* lines/.test(problem ?? '') ? [] : ['the first key is still on one line'];
  });
}

/**
 * Returns the dates and times that are on two lines. Keys may break anywhere once they are
 * unfolded.
 */
const BROKEN_DATES = `(() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest('.key, style')) { continue; }
    for (const { index, 0: date } of text.data.matchAll(/\\d{4}-\\d\\d-\\d\\d|\\d\\d:\\d\\d:\\d\\d UTC/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + date.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) { broken.push(date + ' in ' + text.data); }
    }
  }
  return broken;
})()`;

async function dates(browser: Browser, { html }: Page): Promise<void> {
  const file = save('dates', unfolded(html));
  for (const [how, view] of Object.entries(VIEWS)) {
    await check(`no date or time ${how} breaks inside`, async () =>
      (await visit(browser, file, view)).evaluate<string[]>(BROKEN_DATES),
    );
  }
  await check('a date that breaks is caught', async () => {
    const { evaluate } = await visit(
      browser,
      save('broken-dates', html.replaceAll('<span class="date">', '<span>')),
      VIEWS['on a small phone'],
    );
    return (await evaluate<string[]>(BROKEN_DATES)).length > 0 ? [] : ['not seen'];
  });
}

/** Returns what is wrong with the days of a calendar. */
const DAYS = `(() => {${CONTRAST}
  const marks = new Map();
  const problems = [...document.querySelectorAll('.month .day')].flatMap((day) => {
    const style = getComputedStyle(day);
    const state = day.className.replace('day', '').trim();
    if (state === '') { return []; }
    const mark = getComputedStyle(day, '::after').content.split('/')[0].trim();
    marks.set(state, mark);
    const background = style.backgroundColor;
    const ratio = contrast(lightness(style.color), lightness(background));
    const { width, height } = day.getBoundingClientRect();
    const words = day.textContent;
    const target = day.hash && document.getElementById(day.hash.slice(1));
    if (day.hash) { day.focus(); }
    return [
      ratio < 4.5 ? 'hard to read: ' + state + ', ' + ratio.toFixed(1) : '',
      Math.min(width, height) < 24 ? 'too small to touch: ' + width + ' x ' + height : '',
      /^\\d+ \\w+: \\w+/.test(words) ? '' : 'not in words: ' + words,
      state === 'none' || target ? '' : 'leads nowhere: ' + words,
      !day.hash || (document.activeElement === day && getComputedStyle(day).outlineStyle === 'solid') ? '' : 'no focus: ' + words,
    ].filter(Boolean);
  });
  const used = [...marks.values()];
  return problems.concat(
    used.some((mark) => mark === 'none' || mark === '""') || new Set(used).size < used.length ? ['marks: ' + used.join(' ')] : [],
    document.querySelectorAll('h1').length === 1 && document.querySelector('main') && document.documentElement.lang ? [] : ['no landmarks'],
    [...document.querySelectorAll('.month')].every((month) => month.caption && month.querySelectorAll('th[scope=col]').length === 7) ? [] : ['tables without headers'],
  );
})()`;

async function calendar(browser: Browser, html: string): Promise<void> {
  const file = save('days', html);
  for (const [how, view] of [
    ...Object.entries(VIEWS),
    ['on a phone, dark', { ...VIEWS['on a phone'], dark: true }] as const,
  ]) {
    await check(
      `each day ${how} has a mark and words, can be read, touched and focused, and leads to its ` +
        'runs',
      async () => {
        const { evaluate } = await visit(browser, file, view);
        return (await evaluate<number>("document.querySelectorAll('a.day').length")) > 60
          ? evaluate<string[]>(DAYS)
          : ['the page has few days'];
      },
    );
    await check(`no date or time of the calendar ${how} breaks inside`, async () =>
      (await visit(browser, file, view)).evaluate<string[]>(BROKEN_DATES),
    );
  }
  await check('days that only have a color, or lead nowhere, are caught', async () => {
    const broken = html
      .replace('</style>', '.day::after { content: none !important; }</style>')
      .replaceAll('<li id=', '<li title=');
    const found = await (
      await visit(browser, save('colors', broken), VIEWS['on a desktop'])
    ).evaluate<string[]>(DAYS);
    return ['marks', 'leads nowhere']
      .filter((problem) => !found.some((each) => each.startsWith(problem)))
      .map((each) => `not seen: ${each}`);
  });
}

void main(async (browser) => {
  const ordinary = ordinaryCalendar();
  await looks(browser, 'calendar', { html: ordinary });
  await looks(browser, 'hostile-calendar', { html: hostileCalendar() });
  await calendar(browser, ordinary);
  const hostile = await hostileRun();
  await looks(browser, 'hostile', hostile);
  const plain = await plainRun();
  await looks(browser, 'plain', plain);
  await looks(browser, 'calendar-of-a-run', { html: plain.calendar });
  await legible(browser, hostile);
  await keys(browser, hostile);
  await dates(browser, hostile);
  await dark(browser, hostile);
  await controls(browser, hostile);
});
