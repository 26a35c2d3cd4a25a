/**
 * Draws docs/report-*.png from a run in the sandbox, or from a given page, and docs/calendar-*.png:
 * `npx tsx test/integration/report-page/screenshots.ts [PAGE]`.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ordinaryCalendar, ordinaryRun } from './runs';
import { startChromium, type View, visit } from '../../helpers/chromium';

const DOCS = path.resolve(__dirname, '../../../docs');
const VIEWS: Record<string, View> = {
  'report-light': { width: 1000, height: 1640 },
  'report-dark': { width: 1000, height: 1640, dark: true },
  'report-phone-light': { width: 390, height: 1700, mobile: true },
  'report-phone-dark': { width: 390, height: 1700, mobile: true, dark: true },
};

const CALENDAR_VIEWS: Record<string, View> = {
  'calendar-light': { width: 1000, height: 900 },
  'calendar-dark': { width: 1000, height: 900, dark: true },
  'calendar-phone-light': { width: 390, height: 900, mobile: true },
  'calendar-phone-dark': { width: 390, height: 900, mobile: true, dark: true },
};

async function main(): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
  const browser = await startChromium();
  try {
    const report = process.argv[2]
      ? fs.readFileSync(process.argv[2], 'utf8')
      : (await ordinaryRun()).html;
    for (const [html, views] of [
      [report, VIEWS],
      [ordinaryCalendar(), CALENDAR_VIEWS],
    ] as const) {
      const file = path.join(directory, 'page.html');
      fs.writeFileSync(file, html);
      for (const [name, view] of Object.entries(views)) {
        const png = await (await visit(browser, file, view)).screenshot(false);
        fs.writeFileSync(path.join(DOCS, `${name}.png`), png);
        console.log(`docs/${name}.png: ${Math.ceil(png.length / 1000)} kB`);
      }
    }
  } finally {
    await browser.close();
    fs.rmSync(directory, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
