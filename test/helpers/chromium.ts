/**
 * Loads pages in headless Chromium, and reports what a page does while it loads and what it looks
 * like.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Browser, launch } from 'puppeteer-core';

export interface View {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  /** Behaves like a phone, with touch instead of a mouse. */
  readonly mobile?: boolean;
}

/** A loaded page, and what it did while it loaded. */
export interface Visit {
  /** Console messages and uncaught errors. */
  readonly messages: string[];
  /** The requested addresses, except for the page's own address. */
  readonly requests: string[];
  /** The texts of `alert` and similar dialogs. */
  readonly dialogs: string[];
  evaluate<T>(expression: string): Promise<T>;
  /** Returns a PNG of the whole page or of the visible part. */
  screenshot(fullPage?: boolean): Promise<Buffer>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  // A page that asks for another host fails at once, and does not wait for a name server.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

export function startChromium(): Promise<Browser> {
  return launch({ executablePath: process.env.CHROMIUM ?? findOnPath(), args: FLAGS, pipe: true });
}

/** Loads a file in its own tab. */
export async function visit(browser: Browser, file: string, view: View): Promise<Visit> {
  const url = `file://${path.resolve(file)}`;
  const messages: string[] = [];
  const requests: string[] = [];
  const dialogs: string[] = [];
  const page = await browser.newPage();
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== url) {
      requests.push(request.url());
    }
  });
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.accept();
  });
  const { width, height, dark = false, mobile = false } = view;
  await page.setViewport({ width, height, isMobile: mobile });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
  ]);
  await page.goto(url);
  return {
    messages,
    requests,
    dialogs,
    evaluate: async <T>(expression: string) => (await page.evaluate(expression)) as T,
    screenshot: async (fullPage = true) => Buffer.from(await page.screenshot({ fullPage })),
  };
}

function findOnPath(): string {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    (file) => fs.existsSync(file),
  );
  if (!found) {
    throw new Error(
      'there is no Chromium on the PATH: install it (on Debian with `apt-get install ' +
        'chromium`), or set CHROMIUM to the path of its executable',
    );
  }
  return found;
}
