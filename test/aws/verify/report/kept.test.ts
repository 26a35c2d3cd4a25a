import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileOf, parseReport, readKept } from './kept';
import { LAST_SEEN, lastSeen, renderResults, renderRows } from './pages';
import type { Report } from './report';

const ROOT = path.resolve(__dirname, '../../../..');
const REPORT: Report = {
  version: 1,
  date: '2026-12-01',
  commit: '0123456789abcdef0123456789abcdef01234567',
  region: 'eu-central-1',
  versions: { node: 'v24.0.0' },
  played: 'all',
  minutes: 31.5,
  passed: 1,
  total: 2,
  summary: '1 passed, 1 failed',
  rows: [
    { name: 'a day', status: 'passed', seconds: 3, details: [], notes: ['9 objects in 2 s'] },
    {
      name: 'a redrive',
      status: 'differs',
      details: ['AWS: <img src=x> | [x](http://x) of 111122223333'],
    },
    { name: 'packs', status: 'skipped', details: ['the minutes are over'] },
  ],
};

test('a report of a stranger is counted and redacted again, and has no markup', () => {
  const report = parseReport(JSON.stringify({ ...REPORT, passed: 3, total: 3, more: 'x' }));
  expect([report.passed, report.total, 'more' in report]).toEqual([1, 3, false]);
  const pages = [renderResults([report]), renderRows([report])];
  for (const page of pages) {
    expect(page).not.toMatch(/<img|\[x\]|111122223333/);
    expect(page).toContain('| a day |');
  }
  expect(fileOf(report)).toBe('2026-12-01-eu-central-1-01234567.json');
});

test.each([
  ['no report', '{}'],
  ['another commit', JSON.stringify({ ...REPORT, commit: '../../x' })],
  ['another region', JSON.stringify({ ...REPORT, region: '../x' })],
  [
    'a status that is none',
    JSON.stringify({ ...REPORT, rows: [{ ...REPORT.rows[0], status: 'fine' }] }),
  ],
])('%s is refused', (_, json) => {
  expect(() => parseReport(json)).toThrow();
});

test('a row has the last answer that was seen; what was skipped is no answer', () => {
  const earlier: Report = {
    ...REPORT,
    date: '2026-11-30',
    rows: [
      { name: 'a redrive', status: 'passed', details: [] },
      { name: 'kms', status: 'passed', details: [] },
    ],
  };
  const rows = renderRows([REPORT, earlier]);
  expect(rows).toMatch(/a redrive \| 2026-12-01, eu-central-1, `01234567` \| \*\*Differs\*\*/);
  expect(rows).toMatch(/kms \| 2026-11-30, eu-central-1, `01234567` \| As the sandbox said/);
  expect(rows).not.toContain('packs');
});

test('the README and docs/results/aws.md say what the kept reports say', () => {
  const reports = readKept();
  const [readme, results] = ['README.md', 'docs/results/aws.md'].map((file) =>
    fs.readFileSync(path.join(ROOT, file), 'utf8'),
  );
  expect(LAST_SEEN.exec(readme!)?.[0]).toBe(lastSeen(reports));
  expect(results).toBe(renderResults(reports));
  expect(lastSeen([])).toBe('**Last seen on AWS: never yet.**');
  expect(lastSeen([REPORT])).toBe(
    '**Last seen on AWS: 2026-12-01, eu-central-1, commit 01234567, 1 of 2 checks as expected.**',
  );
});
