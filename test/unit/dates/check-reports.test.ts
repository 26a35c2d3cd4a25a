import fc from 'fast-check';
import { addDays } from '../../../src/dates/calendar';
import { checkReports } from '../../../src/dates/check-reports';
import { parseLayoutFormat, renderDate } from '../../../src/dates/date-format';

const LAYOUTS = [
  'yyyy/MM/dd/',
  'yyyy/MM/',
  "'runs/'yyyy-MM-dd/",
  "'runs/'yyyy/MM/dd/",
  "'dt='yyyyMMdd/",
  'yyyy-MM-dd/',
  'yyyy/MMM/dd/',
  'MMMM/dd/',
].map(parseLayoutFormat);
const PREFIXES = [
  '',
  'archive/',
  'runs/',
  'runs/archive/',
  'archive/runs/',
  'archive/2026/',
  'archive/2026/11/24/',
  'runs/2026-11-24/',
  'archive/runs/2026/',
  '2026/11/',
  '2026-11-24/',
  'archive/2026/Nov/',
  'November/24/',
];

/** Returns true if the function throws. */
function throws(work: () => void): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

test(
  'where a report prefix is accepted, no archived key and no key of a report are equal, whatever ' +
    'follows in either',
  () => {
    const prefix = fc.constantFrom(...PREFIXES);
    const day = fc.integer({ min: 0, max: 3_000 }).map((days) => addDays('2020-01-01', days));
    const rest = fc.constantFrom(
      'run-1/report.json',
      '11/24/run-1/report.json',
      '2026-11-24/run-1/report.json',
      'report.json',
    );
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...LAYOUTS),
        prefix,
        prefix,
        day,
        rest,
        (layout, destinationPrefix, reportPrefix, date, name) => {
          const places = {
            sourceBucket: 'source',
            sourcePrefix: '',
            destinationBucket: 'data',
            destinationPrefix,
            layout,
            reportBucket: 'data',
            reportPrefix,
          };
          const archived = `${destinationPrefix}${renderDate(layout, date)}${name}`;
          const isReport =
            archived.startsWith(reportPrefix) &&
            /^\d{4}-\d\d-\d\d\//.test(archived.slice(reportPrefix.length));
          const isRefused = throws(() => checkReports(places));
          if (isReport) {
            expect(isRefused).toBe(true);
          }
          if (!isRefused) {
            accepted += 1;
            expect(archived.startsWith(reportPrefix)).toBe(false);
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(0);
  },
);

test('the report prefix that an error suggests is accepted', () => {
  const prefix = fc.constantFrom(...PREFIXES);
  fc.assert(
    fc.property(
      fc.constantFrom(...LAYOUTS),
      prefix,
      prefix,
      prefix,
      (layout, sourcePrefix, destinationPrefix, reportPrefix) => {
        const places = {
          sourceBucket: 'data',
          sourcePrefix,
          destinationBucket: 'data',
          destinationPrefix,
          layout,
          reportBucket: 'data',
          reportPrefix,
        };
        try {
          checkReports(places);
        } catch (error) {
          const [, suggested] = /such as "(.*)"$/.exec((error as Error).message) ?? [];
          if (suggested !== undefined) {
            expect(() => checkReports({ ...places, reportPrefix: suggested })).not.toThrow();
          }
        }
      },
    ),
  );
});

test.each([
  ['yyyy/MMM/dd/', '2026/Nov/'],
  ['MMMM/dd/', 'November/'],
  ['MMMM/dd/', 'May/01/'],
])('the folders of layout %s may be in the report prefix %s', (layout, reportPrefix) => {
  const places = {
    sourceBucket: 'source',
    sourcePrefix: '',
    destinationBucket: 'data',
    destinationPrefix: '',
    layout: parseLayoutFormat(layout),
    reportBucket: 'data',
    reportPrefix,
  };
  expect(() => checkReports(places)).toThrow('must not overlap the archive');
  expect(() => checkReports({ ...places, reportPrefix: 'runs/' })).not.toThrow();
});
