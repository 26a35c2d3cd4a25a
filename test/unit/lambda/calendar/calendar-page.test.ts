import fc from 'fast-check';
import { addDays } from '../../../../src/dates/calendar';
import { readRuns, renderCalendar, toAnchor } from '../../../../src/lambda/calendar/calendar-page';
import { addRun, type CalendarRun } from '../../../../src/lambda/calendar/calendar-runs';
import { calendarRun } from '../../../helpers/calendar-fixtures';

const PLACE = { bucket: 'reports', reportPrefix: 'runs/' };
const page = (...runs: CalendarRun[]) =>
  renderCalendar(
    runs.reduce<CalendarRun[]>((all, run) => addRun(all, run), []),
    PLACE,
  );
const body = (text: string) => text.slice(text.indexOf('<body>'), text.indexOf('<!-- runs'));
const plain = (text: string) =>
  body(text)
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

test('a cell says its day and its state in words, and leads to its runs in the page', () => {
  const text = page(
    calendarRun({ day: '2026-11-24' }),
    calendarRun({ outcome: 'FAILED' }),
    calendarRun({ hour: 2, from: '2026-01-01' }),
  );
  const id = toAnchor('Demo/Archiver', '2026-11-25');
  expect(text).toContain(
    `<a class="day failed" href="#${id}">25<span class="hidden"> November: failed, 2 ` +
      'runs</span></a>',
  );
  expect(text.split(`id="${id}"`)).toHaveLength(2);
  for (const [, target] of text.matchAll(/href="#([^"]*)"/g)) {
    expect(text).toContain(` id="${target}"`);
  }
});

test('a day without a run says so, and leads nowhere', () => {
  expect(page(calendarRun({ day: '2026-11-23' }), calendarRun({ day: '2026-11-25' }))).toContain(
    '<span class="day none">24<span class="hidden"> November: no run</span></span>',
  );
});

const links = (text: string) =>
  [...text.matchAll(/href="([^"]*)"/g)]
    .map(([, url]) => url.replaceAll('&#38;', '&'))
    .filter((url) => !url.startsWith('#'));

test(
  'a run has its report in the console and in a copy of the folder, or else its ' + 'execution',
  () => {
    const console = 'https://eu-west-1.console.aws.amazon.com';
    expect(links(page(calendarRun()))).toEqual([
      `${console}/s3/object/reports?region=eu-west-1&prefix=runs%2F2026-11-25%2Frun-2026-11-25-1%2Freport.html`,
      './2026-11-25/run-2026-11-25-1/report.html',
    ]);
    expect(links(page(calendarRun({ outcome: 'FAILED', folder: null, counts: null })))).toEqual([
      `${console}/states/home?region=eu-west-1#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:Demo-Archiver:run-2026-11-25-1`,
    ]);
  },
);

test.each<[Parameters<typeof calendarRun>[0], string]>([
  [{}, 'Archive of 2026-11-24: 20 archived.'],
  [
    { outcome: 'PROBLEMS', counts: { done: 1200, notDone: 3 } },
    'Archive of 2026-11-24: 1,200 archived, 3 not archived.',
  ],
  [
    { dryRun: true, counts: { done: 20, notDone: 3 } },
    'Archive of 2026-11-24: 20 would be archived, 3 would not.',
  ],
  [
    { action: 'verify', outcome: 'FAILED', counts: { done: 20, notDone: 1 } },
    'Verification of 2026-11-24: 20 present, 1 changed, missing or unproven.',
  ],
  [{ action: 'verify', dryRun: true }, 'Verification of 2026-11-24: 20 would be compared.'],
  [{ action: 'restore', to: '2026-11-25' }, 'Restore of 2026-11-24 to 2026-11-25: 20 restored.'],
  [
    { dates: { from: null, to: '2026-11-24' } },
    'Archive of every day up to 2026-11-24: 20 archived.',
  ],
  [
    { outcome: 'TIMED_OUT', counts: null, folder: null, dates: null },
    'Archive: it ended before its report. Its message says why.',
  ],
])('says of %j: %s', (run, said) => {
  expect(plain(page(calendarRun(run)))).toContain(said);
});

test.each<[Parameters<typeof calendarRun>[0], string]>([
  [{}, 'Archived'],
  [{ dryRun: true }, 'Would archive'],
  [{ action: 'verify' }, 'Verified'],
  [{ action: 'restore', dryRun: true }, 'Would restore'],
  [{ outcome: 'PROBLEMS' }, 'Incomplete'],
  [{ outcome: 'ABORTED', folder: null, counts: null, dryRun: true }, 'Stopped'],
])('names the result of %j: %s', (run, verdict) => {
  expect(page(calendarRun(run))).toMatch(
    new RegExp(`<span class="verdict \\w+">${verdict}</span>`),
  );
});

test('times are in UTC and in the time zone of the archiver', () => {
  expect(
    plain(page(calendarRun({ timeZone: 'Asia/Tokyo', hour: 16, day: '2026-11-25' }))),
  ).toContain('2026-11-25 16:00:00 UTC (2026-11-26 01:00:00 Asia/Tokyo)');
});

test('archivers that share the page have a calendar each', () => {
  const text = page(calendarRun(), calendarRun({ archiver: 'Demo/Other', day: '2026-11-20' }));
  expect([...text.matchAll(/<h2>(.*)<\/h2>/g)].map(([, title]) => title)).toEqual([
    'Demo/Archiver',
    'Demo/Other',
  ]);
  expect(plain(text)).toContain('2 archivers');
  // A stopped archiver shows that it has stopped.
  expect(text.match(/day none/g)!.length).toBeGreaterThanOrEqual(5);
});

test('the page is its own memory, whatever names have', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 30 });
  const evil = fc.constantFrom(
    '--><script>alert(1)</script>',
    '-->',
    '<!--',
    '--!>',
    '" onfocus="x',
    '\u202e',
    '] -->\n<!-- runs 1 []',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(texts, evil), fc.oneof(texts, evil)), {
        minLength: 1,
        maxLength: 4,
      }),
      (names) => {
        const runs = names
          .map(([archiver, name], index) => ({
            ...calendarRun({ hour: index, archiver }),
            executionArn: `arn:aws:states:eu-west-1:1:execution:a:${name}`,
            folder: `2026-11-25/${name}`,
          }))
          .reduce<CalendarRun[]>((all, run) => addRun(all, run), []);
        const text = renderCalendar(runs, PLACE);
        expect(readRuns(text, 's3://reports/runs/index.html')).toEqual(runs);
        expect(text.match(/<!--/g)).toHaveLength(1);
        expect(text.match(/-->/g)).toHaveLength(1);
        expect(text).not.toMatch(/<script|\u202e/);
        expect(body(text)).not.toContain('" onfocus');
        for (const [, url] of text.matchAll(/href="([^"]*)"/g)) {
          expect(url).toMatch(/^(https:|#r|\.\/)/);
        }
      },
    ),
  );
});

test.each([
  ['another page', '<html></html>', 'is not a calendar of runs, and was not replaced'],
  [
    'a page of a later version',
    page(calendarRun()).replace('<!-- runs 1 ', '<!-- runs 2 '),
    'is from a later version',
  ],
])('%s is left alone', (_, text, message) => {
  expect(() => readRuns(text, 's3://reports/index.html')).toThrow(
    `s3://reports/index.html ${message}`,
  );
});

test('a page of 400 days is about half a megabyte, and runs no script', () => {
  const text = page(
    ...Array.from({ length: 400 }, (_, index) =>
      calendarRun({ day: addDays('2026-11-25', -index) }),
    ),
  );
  expect(text.length).toBeLessThan(550_000);
  expect(text).toContain('default-src &#39;none&#39;');
  expect(text).not.toMatch(/<(script|img|link|iframe)|\bsrc=|@import|url\(/);
  expect(text.match(/<table class="month">/g)).toHaveLength(14);
});
