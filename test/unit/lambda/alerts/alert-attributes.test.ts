import { toAttributes, toMessageAttributes } from '../../../../src/lambda/alerts/alert-attributes';

const DETAILS: Parameters<typeof toAttributes>[0] = {
  archiver: 'Demo/Archiver',
  runId: 'nightly',
  dates: { from: '2026-11-24', to: '2026-11-24' },
  outcome: 'PROBLEMS',
  layer: 'S3',
  code: 'DESTINATION_EXISTS',
  cause: 'a\ncause',
  counts: { listed: 2, archived: 1, skipped: 0, conflicting: 1, failed: 0 },
  reasons: [{ status: 'conflicting', code: 'DESTINATION_EXISTS', count: 1 }],
  problems: [{ key: 'a', code: 'DESTINATION_EXISTS' }],
  report: 's3://reports/report.json',
  ledger: 's3://reports/ledger/',
  executionArn: 'arn',
  nextCommand: 'aws',
};

test('all details are in one attribute, and what subscriptions filter by is in the others', () => {
  const { details, ...others } = toAttributes(DETAILS);
  expect(others).toEqual({
    archiver: 'Demo/Archiver',
    runId: 'nightly',
    outcome: 'PROBLEMS',
    layer: 'S3',
  });
  expect(JSON.parse(details)).toEqual({ ...DETAILS, schemaVersion: 1, cause: 'a cause' });
});

test('no attribute is empty', () => {
  const nothing = toAttributes({ ...DETAILS, runId: null, layer: null, cause: null });
  expect(nothing).toMatchObject({ runId: 'unknown', layer: 'none' });
  expect(JSON.parse(nothing.details)).toMatchObject({ runId: null, layer: null, cause: null });
});

test('any key survives, in ASCII and exactly', () => {
  const keys = ['a\u0000\u007f\ufffe\u2028', '\ud800 alone', 'naïve 日本 😀', '"quoted"\\'];
  const { details } = toAttributes({
    ...DETAILS,
    problems: keys.map((key) => ({ key, code: 'X' })),
  });
  expect(details).toMatch(/^[\x20-\x7e]*$/);
  expect((JSON.parse(details) as typeof DETAILS).problems.map(({ key }) => key)).toEqual(keys);
});

test.each([
  ['the longest of keys and causes', '\u0000'.repeat(1024), 1],
  ['many keys', 'incoming/2026-11-24.csv', 10],
])('%s stay far below the limit of SNS', (_, key, shown) => {
  const { details } = toAttributes({
    ...DETAILS,
    cause: '\u0000'.repeat(100_000),
    problems: Array<{ key: string; code: string }>(10_000).fill({ key, code: 'X' }),
  });
  expect(details.length).toBeLessThan(10 * 1024);
  expect((JSON.parse(details) as typeof DETAILS).problems).toHaveLength(shown);
});

test('have the form that the SDK expects', () => {
  expect(
    toMessageAttributes({
      archiver: 'A',
      runId: 'r',
      outcome: 'CLEAN',
      layer: 'none',
      details: '{}',
    }),
  ).toEqual({
    archiver: { DataType: 'String', StringValue: 'A' },
    runId: { DataType: 'String', StringValue: 'r' },
    outcome: { DataType: 'String', StringValue: 'CLEAN' },
    layer: { DataType: 'String', StringValue: 'none' },
    details: { DataType: 'String', StringValue: '{}' },
  });
});
