/**
 * `npm run site:check [-- --screenshots DIR] [--built] [--only pages|search|uses]` builds the site
 * and checks it: all links and anchors, each page in headless Chromium with axe-core, light and
 * dark, and whether the search finds answers to questions of users. With `--built`, it takes the
 * site that is there. The last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'puppeteer-core';
import { brokenLinks, pagesOf } from './crawl';
import { QUESTIONS } from './questions';
import { serve } from './serve';
import { SITE_BASE } from '../../../../site/pages';
import { axe } from '../../../helpers/axe';
import { check, main } from '../../../helpers/page-checks';

const ROOT = path.resolve(__dirname, '../../../..');
const OUT = path.join(ROOT, 'site/.build/out');
/** A second version of the documents, for the menu of versions. */
const OLD = '0.0';
/** A person reads no further. */
const FIRST_RESULTS = 3;
const PHONE = { width: 360, height: 740, isMobile: true, hasTouch: true };
const DESKTOP = { width: 1280, height: 900 };
/** Pages whose tables and messages a reader should not have to scroll sideways. */
const READ_WHOLE = ['api', 'configuration', 'messages', 'start'];
/** Returns the tables and the texts that a page cuts off. */
const CUT = `[...document.querySelectorAll('.vp-doc table, .vp-doc .language-text pre')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => 'cut off: ' + each.textContent.trim().slice(0, 60))`;

const {
  values: { screenshots, built, only },
} = parseArgs({
  options: {
    screenshots: { type: 'string' },
    built: { type: 'boolean' },
    only: { type: 'string' },
  },
});
const PARTS = { pages: lookAtAll, search: searches, uses };
if (screenshots) {
  fs.mkdirSync(screenshots, { recursive: true });
}

async function open(
  browser: Browser,
  address: string,
): Promise<{ page: Page; problems: string[] }> {
  const { origin } = new URL(address);
  const problems: string[] = [];
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) {
      problems.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) {
      problems.push(`asks another host: ${request.url()}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 400) {
      problems.push(`status ${response.status()}: ${response.url()}`);
    }
  });
  await page.setViewport(DESKTOP);
  await setDark(page, false);
  await page.goto(address, { waitUntil: 'load' });
  // Polls, because tabs in the background have no frames.
  await page.waitForFunction('document.querySelector("#app")?.__vue_app__', { polling: 50 });
  await page.addStyleTag({
    content: '*, ::before, ::after { transition: none !important; animation: none !important; }',
  });
  return { page, problems };
}

async function setDark(page: Page, dark: boolean): Promise<void> {
  const prefer = (value: boolean) =>
    page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: value ? 'dark' : 'light' }]);
  await prefer(dark);
  if (page.url() === 'about:blank') {
    return;
  }
  const isSet = `document.documentElement.classList.contains('dark') === ${dark}`;
  // A page that does not listen yet misses a change, so it is made again.
  for (let tries = 0; !(await page.evaluate(isSet)); tries++) {
    if (tries === 120) {
      throw new Error(`the page does not become ${dark ? 'dark' : 'light'}`);
    }
    // Tabs in the background have no frames, and so hear of no change.
    await page.bringToFront();
    for (const value of [!dark, dark]) {
      await prefer(value);
      await new Promise((resolve) => setTimeout(resolve, 125));
    }
  }
}

async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshots) {
    await page.screenshot({
      path: path.join(screenshots, `${name.replaceAll('/', '-')}.png`) as `${string}.png`,
    });
  }
}

async function look(browser: Browser, origin: string, address: string): Promise<void> {
  const { page, problems } = await open(browser, origin + address);
  const name = address.slice(SITE_BASE.length) || 'index';
  for (const dark of [false, true]) {
    await check(`${address}: axe-core, ${dark ? 'dark' : 'light'}`, async () => {
      await setDark(page, dark);
      await screenshot(page, `${name}-${dark ? 'dark' : 'light'}`);
      return axe(page);
    });
  }
  const cut = READ_WHOLE.includes(name) ? ((await page.evaluate(CUT)) as string[]) : [];
  await check(`${address}: fits a phone, loads nothing from elsewhere, no error`, async () => {
    await page.setViewport(PHONE);
    const width = (await page.evaluate('document.documentElement.scrollWidth')) as number;
    await screenshot(page, `${name}-phone`);
    if (READ_WHOLE.includes(name)) {
      cut.push(...((await page.evaluate(CUT)) as string[]));
    }
    return [
      ...problems,
      ...cut,
      ...(width > PHONE.width ? [`wider than the window: ${width}`] : []),
    ];
  });
  await page.close();
}

/** Looks at each page of this version, two at a time. */
async function lookAtAll(browser: Browser, origin: string): Promise<void> {
  const pages = pagesOf(OUT).filter((page) => !page.startsWith(`${SITE_BASE}${OLD}/`));
  await Promise.all(
    [0, 1].map(async () => {
      for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
        await look(browser, origin, page);
      }
    }),
  );
}

/** Types a question into the search, and returns the addresses of the results. */
async function search(page: Page, question: string): Promise<string[]> {
  const type = (text: string) =>
    page.evaluate(`(() => {
    const input = document.querySelector('#localsearch-input');
    input.value = ${JSON.stringify(text)};
    input.dispatchEvent(new Event('input', { bubbles: true }));
  })()`);
  // The search waits until the reader stops typing. Without the old results, the next ones are
  // those of the question.
  await type('');
  await page.waitForFunction('!document.querySelector(".VPLocalSearchBox a.result")', {
    polling: 20,
  });
  await type(question);
  await page.waitForSelector('.VPLocalSearchBox a.result, .VPLocalSearchBox .no-results');
  return (await page.evaluate(
    '[...document.querySelectorAll(".VPLocalSearchBox a.result")].map((each) => ' +
      'each.getAttribute("href"))',
  )) as string[];
}

async function searches(browser: Browser, origin: string): Promise<void> {
  const { page } = await open(browser, origin + SITE_BASE);
  await page.click('#local-search button');
  await page.waitForSelector('#localsearch-input');
  for (const { question, answers } of QUESTIONS) {
    await check(`the search answers: ${question}`, async () => {
      const results = await search(page, question);
      const first = results.slice(0, FIRST_RESULTS).map((href) => href.slice(SITE_BASE.length));
      return answers.some((answer) => first.includes(answer))
        ? []
        : [
            `expected ${answers.join(' or ')}`,
            `found ${results.map((href) => href.slice(SITE_BASE.length)).join(', ')}`,
          ];
    });
  }
  for (const dark of [false, true]) {
    await check(`the search: axe-core, ${dark ? 'dark' : 'light'}`, async () => {
      await setDark(page, dark);
      await screenshot(page, `search-${dark ? 'dark' : 'light'}`);
      return axe(page);
    });
  }
  await page.close();
}

/** Checks what a reader does with the parts that the generator adds. */
async function uses(browser: Browser, origin: string): Promise<void> {
  await check('a copy button copies the code', async () => {
    const { page } = await open(browser, `${origin}${SITE_BASE}recipes`);
    await browser
      .defaultBrowserContext()
      .overridePermissions(origin, [
        'clipboard-read',
        'clipboard-write',
        'clipboard-sanitized-write',
      ]);
    await page.bringToFront();
    await page.click('div[class*="language-"] button.copy');
    const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
    await page.close();
    return copied.includes('new S3DatedArchiver(') ? [] : [`copied: ${copied}`];
  });
  await check('a choice of Python holds for all tabs, and on the next page', async () => {
    const { page } = await open(browser, `${origin}${SITE_BASE}`);
    const hidden = () =>
      page.evaluate(
        '[...document.querySelectorAll(".vp-code-group")].filter((group) => ' +
          '!group.querySelector(".language-python")?.classList.contains("active")).length',
      ) as Promise<number>;
    const before = await hidden();
    const [label] = await page.$$('.vp-code-group label[data-title="Python"]');
    await label!.click();
    const after = await hidden();
    await page.goto(`${origin}${SITE_BASE}recipes`, { waitUntil: 'networkidle0' });
    const next = await hidden();
    await page.close();
    return before > 0 && after === 0 && next === 0
      ? []
      : [
          `tabs that do not show Python: ${before} before, ${after} after, ${next} on the next ` +
            'page',
        ];
  });
  await check('the menu of versions leads to the other version and back', async () => {
    const { page } = await open(browser, `${origin}${SITE_BASE}runbook`);
    const links = (await page.evaluate(
      '[...document.querySelectorAll(".VPNavBarMenu a, .VPFlyout a")].map(({ href }) => href)',
    )) as string[];
    await page.goto(`${origin}${SITE_BASE}${OLD}/runbook`);
    const back = (await page.evaluate(
      '[...document.querySelectorAll(".VPNavBarMenu a, .VPFlyout a")].map(({ href }) => href)',
    )) as string[];
    await page.close();
    const expected = [`${origin}${SITE_BASE}`, `${origin}${SITE_BASE}${OLD}/`];
    return expected
      .filter((each) => !links.includes(each) || !back.includes(each))
      .map((each) => `not in the menu: ${each}; there: ${links.join(', ')}, ${back.join(', ')}`);
  });
}

/** Checks that the checks find a known problem. */
async function controls(browser: Browser, origin: string): Promise<void> {
  await check('a question without an answer is caught', async () => {
    const { page } = await open(browser, origin + SITE_BASE);
    await page.click('#local-search button');
    await page.waitForSelector('#localsearch-input');
    const found = await search(page, 'xylophone');
    await page.close();
    return found.length === 0 ? [] : ['found:', ...found];
  });
  await check('a broken link, a broken anchor and a plain http address are caught', () => {
    const found = brokenLinks(
      OUT,
      SITE_BASE,
      '<a href="/none"></a><a class="x" href="./runbook#none"></a><img src="none.png"><a ' +
        'href="http://example.com/"></a>',
    );
    return found.length === 4 ? [] : ['found only:', ...found];
  });
  await check('pale text and a missing name are caught', async () => {
    const { page } = await open(browser, origin + SITE_BASE);
    await page.evaluate(
      'document.querySelector(".vp-doc p").style.color = "#ccc"; ' +
        'document.querySelector(".vp-doc img").removeAttribute("alt")',
    );
    const found = await axe(page);
    await page.close();
    return ['color-contrast', 'image-alt']
      .filter((rule) => !found.some((each) => each.startsWith(`${rule}:`)))
      .map((rule) => `not seen: ${rule}`);
  });
  await check('a table and a message that are cut off are caught', async () => {
    const found: string[] = [];
    for (const name of ['configuration', 'messages']) {
      const { page } = await open(browser, origin + SITE_BASE + name);
      await page.addStyleTag({
        content: '.vp-doc :is(td, pre code) { white-space: pre !important; }',
      });
      found.push(...((await page.evaluate(CUT)) as string[]));
      await page.close();
    }
    return found.length > 2 ? [] : ['found only:', ...found];
  });
  await check('a request to another host is caught', async () => {
    const { page, problems } = await open(browser, origin + SITE_BASE);
    await page.evaluate('new Image().src = "https://example.com/x.png"');
    await page.close();
    return problems.some((each) => each.startsWith('asks another host: https://example.com/x.png'))
      ? []
      : ['not seen'];
  });
}

function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'site', '--', '--old', `${OLD}=HEAD`], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) {
    throw new Error('the site cannot be built');
  }
}

void main(async (browser) => {
  if (!built) {
    build();
  }
  const pages = pagesOf(OUT);
  await check(`all links and anchors of ${pages.length} pages lead somewhere`, () =>
    pages.flatMap((page) => brokenLinks(OUT, page)),
  );
  const { origin, close } = await serve(OUT);
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      if (name === (only ?? name)) {
        await part(browser, origin);
      }
    }
    await controls(browser, origin);
  } finally {
    close();
  }
});
