import { createReport } from '../../../../../src/lambda/report-run/report/report';
import { REPORT_SCHEMA } from '../../../../../src/lambda/report-run/report/report-base';
import { factsOf, ledgerLine } from '../../../../helpers/report-fixtures';
import { SCHEMA, schemaErrors } from '../../../../helpers/report-schema';
import { skippedObjects } from '../../../../helpers/skipped-objects';

/** The report as readers get it, without undefined fields. */
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const lines = [
  { ...ledgerLine('a', 'archived'), at: 10, ms: 5 },
  ledgerLine('b', 'failed', 'SLOW_DOWN'),
  { ...ledgerLine('c', 'conflicting', 'DESTINATION_EXISTS'), message: 'taken', at: 20, ms: 1 },
];

test('the reports name this schema', () => {
  expect(SCHEMA.$id).toBe(REPORT_SCHEMA);
  expect(createReport(factsOf({}))).toMatchObject({ $schema: SCHEMA.$id, schemaVersion: 1 });
});

test.each([
  ['nothing', createReport(factsOf({}))],
  [
    'problems and stragglers',
    createReport(
      factsOf(
        { lines, run: { from: null } },
        {
          skipped: skippedObjects({
            reasons: { 'no-date': 2, 'outside-window': 1 },
            undated: ['in/readme'],
            stragglers: {
              count: 1,
              oldest: '2026-11-01',
              examples: [{ key: 'x-2026-11-01', date: '2026-11-01' }],
            },
          }),
        },
      ),
    ),
  ],
  [
    'an estimate and a listing that grows',
    createReport(
      factsOf(
        {
          lines: [
            {
              ...lines[0],
              storageClass: 'GLACIER_IR',
              modified: 1_700_000_000,
              requests: { CopyObject: 2, HeadObject: 1 },
            },
            ...lines.slice(1),
          ],
          run: { dryRun: true },
          skipped: 100_000,
        },
        { storageClass: 'STANDARD_IA', destinationsNotCompared: 7 },
      ),
    ),
  ],
  [
    'a partition of an unknown console',
    createReport(factsOf({ lines }, { executionArn: 'arn:aws-new:states:moon-1:1:execution:a:b' })),
  ],
])('describes the report of a run with %s', (_, report) => {
  expect(schemaErrors(written(report))).toEqual([]);
});

test.each([
  ['a missing field', { bytes: undefined }],
  ['an unknown field', { surprise: 1 }],
  ['another version', { schemaVersion: 2 }],
  ['an unknown outcome', { outcome: 'FINE' }],
  ['a link that is not a web page', { links: { page: 'javascript:alert(1)' } }],
])('fails for %s', (_, change) => {
  expect(schemaErrors(written({ ...createReport(factsOf({ lines })), ...change }))).toHaveLength(1);
});
