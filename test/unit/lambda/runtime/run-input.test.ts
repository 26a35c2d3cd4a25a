import { ErrorName } from '../../../../src/contract/errors';
import { parseRunInput } from '../../../../src/lambda/runtime/run-input';

function refusal(input: unknown): string {
  try {
    parseRunInput(input);
  } catch (error) {
    expect((error as Error).name).toBe(ErrorName.INVALID_RUN_INPUT);
    return (error as Error).message.replace("the run's input is wrong: ", '');
  }
  throw new Error('the input was accepted');
}

test.each([
  {},
  { date: '2026-11-24' },
  { date: '2024-02-29' },
  { from: '2026-11-20', to: '2026-11-24' },
  { from: '2026-11-24', to: '2026-11-24' },
  { dryRun: true },
  { maxConcurrency: 1 },
  { maxConcurrency: 10_000 },
  { scheduledTime: '2026-11-24T16:00:00Z' },
  { scheduledTime: '2026-11-24T16:00:00.123Z' },
  { scheduledTime: '2026-11-25T01:00:00+09:00' },
  { date: '2026-11-24', dryRun: false, maxConcurrency: 3, scheduledTime: '2026-11-24T16:00:00Z' },
  { action: 'archive', date: '2026-11-24' },
  { action: 'verify' },
  { action: 'verify', run: 'nightly-1', deep: true, dryRun: true, maxConcurrency: 2 },
  { action: 'verify', from: '2026-11-20', to: '2026-11-24', deep: false },
  {
    action: 'verify',
    selection: { kind: 'lastDays', days: 7 },
    scheduledTime: '2026-11-24T16:00:00Z',
  },
  { action: 'restore', run: 'nightly-1', keys: ['incoming/eu/**'], dryRun: true },
  { action: 'restore', date: '2026-11-24' },
  { manifest: 's3://a-bucket/lists/a+b%20c #?.csv' },
  { manifest: { uri: 's3://a-bucket/key' }, date: '2026-11-24' },
  { action: 'archive', manifest: { uri: 's3://a-bucket/key', keyEncoding: 'url' }, dryRun: true },
  { manifest: { uri: 's3://a-bucket/key', keyEncoding: 'none' } },
])('parseRunInput returns %j without changes', (input) => {
  expect(parseRunInput(input)).toEqual(input);
});

const FIELDS =
  'action, date, from, to, run, deep, keys, target, lines, selection, manifest, dryRun, maxConcurrency, ' +
  'scheduledTime';
const INSTANT = 'an instant with Z or an offset, such as "2026-11-24T16:00:00Z"';
const MANIFEST = '"s3://BUCKET/KEY", or {"uri": "s3://BUCKET/KEY", "keyEncoding": "url"} or "none"';
const DATE = 'a calendar date such as "2026-11-24"';

test.each<[unknown, string]>([
  [null, 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is null'],
  [[], 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is []'],
  [
    '2026-11-24',
    'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is "2026-11-24"',
  ],
  [20261124, 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is 20261124'],
  [undefined, 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is nothing'],
  [
    { dryrun: true },
    `unknown field "dryrun": perhaps you mean "dryRun" (the allowed fields are ${FIELDS})`,
  ],
  [
    { dat: '2026-11-24' },
    `unknown field "dat": perhaps you mean "date" (the allowed fields are ${FIELDS})`,
  ],
  [{ bucket: 'a' }, `unknown field "bucket": the allowed fields are ${FIELDS}`],
  [JSON.parse('{"__proto__": 1}'), `unknown field "__proto__": the allowed fields are ${FIELDS}`],
  [{ toString: 1 }, `unknown field "toString": the allowed fields are ${FIELDS}`],
  [{ date: '24.11.2026' }, `date must be ${DATE}, but is "24.11.2026"`],
  [{ date: '2026-11-24T00:00:00Z' }, `date must be ${DATE}, but is "2026-11-24T00:00:00Z"`],
  [
    { date: '2026-02-30' },
    `date must be ${DATE}, but is "2026-02-30", which is not a day of the calendar`,
  ],
  [
    { date: '2025-02-29' },
    `date must be ${DATE}, but is "2025-02-29", which is not a day of the calendar`,
  ],
  [{ date: 20261124 }, `date must be ${DATE}, but is 20261124`],
  [{ date: null }, `date must be ${DATE}, but is null`],
  [
    { from: '2026-11-31', to: '2026-12-01' },
    `from must be ${DATE}, but is "2026-11-31", which is not a day of the calendar`,
  ],
  [
    { from: '2026-11-24' },
    '"from": "2026-11-24" is given without "to": add the last day as "to", or give one day as ' +
      '"date"',
  ],
  [
    { to: '2026-11-24' },
    '"to": "2026-11-24" is given without "from": add the first day as "from", or give one day ' +
      'as "date"',
  ],
  [
    { from: '2026-11-24', to: '2026-11-23' },
    '"from": "2026-11-24" is after "to": "2026-11-23": swap them',
  ],
  [
    { date: '2026-11-24', from: '2026-11-24' },
    '"date" selects one day, and "from" and "to" select several: give either "date", or "from" ' +
      'and "to"',
  ],
  [
    { date: '2026-11-24', to: '2026-11-24' },
    '"date" selects one day, and "from" and "to" select several: give either "date", or "from" ' +
      'and "to"',
  ],
  [{ dryRun: 'true' }, 'dryRun must be true or false, without quotes, but is "true"'],
  [{ dryRun: 1 }, 'dryRun must be true or false, without quotes, but is 1'],
  [{ maxConcurrency: 0 }, 'maxConcurrency must be a whole number from 1 to 10000, but is 0'],
  [
    { maxConcurrency: 10_001 },
    'maxConcurrency must be a whole number from 1 to 10000, but is 10001',
  ],
  [{ maxConcurrency: 1.5 }, 'maxConcurrency must be a whole number from 1 to 10000, but is 1.5'],
  [{ maxConcurrency: '5' }, 'maxConcurrency must be a whole number from 1 to 10000, but is "5"'],
  [
    { scheduledTime: '2026-11-24T16:00:00' },
    `scheduledTime must be ${INSTANT}, but is "2026-11-24T16:00:00"`,
  ],
  [{ scheduledTime: '2026-11-24' }, `scheduledTime must be ${INSTANT}, but is "2026-11-24"`],
  [
    { scheduledTime: '2026-02-30T16:00:00Z' },
    `scheduledTime must be ${INSTANT}, but is "2026-02-30T16:00:00Z"`,
  ],
  [
    { scheduledTime: '<aws.scheduler.scheduled-time>' },
    `scheduledTime must be ${INSTANT}, but is "<aws.scheduler.scheduled-time>"`,
  ],
  [{ scheduledTime: 1_790_000_000 }, `scheduledTime must be ${INSTANT}, but is 1790000000`],
  [{ action: 'undo' }, 'action must be "archive", "verify" or "restore", but is "undo"'],
  [
    { action: 'extract', date: '2026-11-24' },
    'action must be "archive", "verify" or "restore", but is "extract": to copy objects out of ' +
      'packs, give "action": "restore" and "target": "reports"',
  ],
  [
    { action: 'restore', run: 'a', target: 'report' },
    'target must be "source" or "reports", but is "report"',
  ],
  ...['source', undefined].map(
    (target) =>
      [
        { action: 'restore', date: '2026-11-24', target, lines: 'packs' },
        '"lines": "packs" goes with "target": "reports": any writer to the archive can ' +
          'forge an index, and a forged index would plant objects in production: add "target": ' +
          '"reports", or leave "lines" out, so that ledgers say what to restore',
      ] as [object, string],
  ),
  [
    { action: 'restore', run: 'a', target: 'reports', lines: 'packs' },
    '"lines": "packs" goes with days, because an index of packs names no run: give the days of ' +
      'the objects in place of "run", or leave "lines" out',
  ],
  [
    { target: 'reports' },
    '"target" goes with "action": "restore", but the action is "archive": leave "target" out, ' +
      'or change the action',
  ],
  [
    { action: 'verify', run: '' },
    'run must be the name of an execution, of 1 to 80 characters, but is ""',
  ],
  [
    { action: 'verify', run: 'x'.repeat(81) },
    `run must be the name of an execution, of 1 to 80 characters, but is "${'x'.repeat(81)}"`,
  ],
  [{ action: 'verify', deep: 'yes' }, 'deep must be true or false, without quotes, but is "yes"'],
  [
    { action: 'restore', run: 'a', keys: 'eu/*' },
    'keys must be a list of 1 to 100 globs, such as ["incoming/eu/**"], but is "eu/*"',
  ],
  [
    { action: 'restore', run: 'a', keys: [] },
    'keys must be a list of 1 to 100 globs, such as ["incoming/eu/**"], but is []',
  ],
  [
    { action: 'verify', selection: 'yesterday' },
    'selection must be days as a schedule of addVerification sends them, such as {"kind": ' +
      '"lastDays", "days": 7}, but is "yesterday"',
  ],
  [
    { action: 'verify', selection: { kind: 'lastDays', days: 0 } },
    'selection is wrong: DateSelection.lastDays(0) is not allowed: give a whole number of days ' +
      'from 1 to 36,525',
  ],
  [
    { deep: true },
    '"deep" goes with "action": "verify", but the action is "archive": leave "deep" out, or ' +
      'change the action',
  ],
  [
    { run: 'a' },
    '"run" goes with "action": "verify" or "action": "restore", but the action is ' +
      '"archive": leave "run" out, or change the action',
  ],
  [
    { action: 'restore', run: 'a', keys: ['eu/*', 'eu/[0-9'] },
    'keys are wrong: glob "eu/[0-9" has a "[" that is not closed: add "]", or write \\[ for the ' +
      'character itself',
  ],
  [
    { action: 'verify', keys: ['*'] },
    '"keys" goes with "action": "restore", but the action is "verify": leave "keys" out, or ' +
      'change the action',
  ],
  [
    { action: 'restore', run: 'a', deep: true },
    '"deep" goes with "action": "verify", but the action is "restore": leave "deep" out, or ' +
      'change the action',
  ],
  [
    { action: 'restore', run: 'a', scheduledTime: '2026-11-24T16:00:00Z' },
    '"scheduledTime" goes with "action": "archive" or "action": "verify", but the action is ' +
      '"restore": leave "scheduledTime" out, or change the action',
  ],
  [
    { action: 'verify', run: 'a', date: '2026-11-24' },
    '"run" names one run, and days select the runs of these days: give either "run", or days',
  ],
  [
    { action: 'verify', selection: { kind: 'daysAgo', days: 1 }, date: '2026-11-24' },
    '"selection" is what a schedule sends instead of days: give either "selection", or "date", ' +
      'or "from" and "to"',
  ],
  [{ manifest: 'lists/today.csv' }, `manifest must be ${MANIFEST}, but is "lists/today.csv"`],
  [{ manifest: 's3://a-bucket/' }, `manifest must be ${MANIFEST}, but is "s3://a-bucket/"`],
  [{ manifest: 's3://a-bucket' }, `manifest must be ${MANIFEST}, but is "s3://a-bucket"`],
  [
    { manifest: 's3://arn:aws:s3:::b/key' },
    `manifest must be ${MANIFEST}, but is "s3://arn:aws:s3:::b/key"`,
  ],
  [
    { manifest: { uri: 's3://a-bucket/key', keyEncoding: 'utf-8' } },
    `manifest must be ${MANIFEST}, but is {"uri":"s3://a-bucket/key","keyEncoding":"utf-8"}`,
  ],
  [
    { manifest: { uri: 's3://a-bucket/key', format: 'csv' } },
    `manifest must be ${MANIFEST}, but is {"uri":"s3://a-bucket/key","format":"csv"}`,
  ],
  [{ manifest: { key: 'x' } }, `manifest must be ${MANIFEST}, but is {"key":"x"}`],
  [
    { action: 'verify', manifest: 's3://a-bucket/key' },
    '"manifest" goes with "action": "archive", but the action is "verify": leave "manifest" ' +
      'out, or change the action',
  ],
  [
    { action: 'restore', run: 'a', manifest: 's3://a-bucket/key' },
    '"manifest" goes with "action": "archive", but the action is "restore": leave "manifest" ' +
      'out, or change the action',
  ],
  [
    { action: 'restore' },
    'a restore copies what the input names: add the name of an execution as "run", or the ' +
      'days of its ledger as "date", or as "from" and "to"',
  ],
])('parseRunInput rejects %j', (input, message) => {
  expect(refusal(input)).toBe(message);
});

test('rejects wrong fields with one message that names all of them', () => {
  const message = refusal({
    Date: '2026-11-24',
    day: 1,
    from: 'monday',
    to: '2026-02-30',
    dryRun: 'no',
    maxConcurrency: -1,
    scheduledTime: 'now',
  });
  for (const name of [
    '"Date"',
    '"day"',
    'from must',
    'to must',
    'dryRun must',
    'maxConcurrency must',
    'scheduledTime must',
  ]) {
    expect(message).toContain(name);
  }
});

test.each([
  {
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID:
      'arn:aws:states:us-east-1:111122223333:execution:parent:a',
  },
  { Comment: 'Insert your JSON here' },
])('ignores %j, which Step Functions or its console adds', (added) => {
  expect(parseRunInput({ date: '2026-11-24', ...added })).toEqual({ date: '2026-11-24' });
});

test.each(['comment', 'aws_step_functions_x', 'AWS_STEP', 'Comments'])(
  'rejects %s, which only resembles an ignored field',
  (field) => {
    expect(refusal({ [field]: 'x' })).toContain(`unknown field "${field}"`);
  },
);

test.each([
  [
    { date: '9999-12-31' },
    `date must be ${DATE}, but is "9999-12-31", which is not from 0001 to 9998`,
  ],
  [
    { date: '0000-01-01' },
    `date must be ${DATE}, but is "0000-01-01", which is not a day of the calendar`,
  ],
  [
    { from: '2026-11-24', to: '9999-12-31' },
    `to must be ${DATE}, but is "9999-12-31", which is not from 0001 to 9998`,
  ],
  [{ from: 'tomorrow', to: '2026-11-24' }, `from must be ${DATE}, but is "tomorrow"`],
  [
    { scheduledTime: '9999-12-31T12:00:00Z' },
    `scheduledTime must be ${INSTANT}, but is "9999-12-31T12:00:00Z", which is not from 1970 to ` +
      '9998',
  ],
  [
    { scheduledTime: '1970-01-01T00:00:00+14:00' },
    `scheduledTime must be ${INSTANT}, but is "1970-01-01T00:00:00+14:00", which is not from ` +
      '1970 to 9998',
  ],
])('rejects %j, whose year is too far away', (input, message) => {
  expect(refusal(input)).toBe(message);
});

test.each(['0001-01-01', '1969-12-31', '1970-01-01', '9998-12-31'])('accepts %s', (date) => {
  expect(parseRunInput({ date })).toEqual({ date });
});

test('rejects a value of any depth and size with a short message', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  const wide = Array.from({ length: 30_000 }, (_, index) => ({ [`field ${index}`]: [index] }));
  expect(refusal(deep)).toBe(
    'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is [[[[...]]]]',
  );
  expect(refusal({ date: deep })).toBe(`date must be ${DATE}, but is [[[[...]]]]`);
  expect(refusal({ dryRun: wide }).length).toBeLessThan(200);
});

test('names at most ten of many wrong fields', () => {
  const many = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`field-${index}`, 1]),
  );
  const message = refusal(many);
  expect(message).toContain('unknown field "field-9"');
  expect(message).not.toContain('field-10');
  expect(message).toMatch(/; and 990 more$/);
});

test('rejects a long value with a message that shows only its start', () => {
  expect(refusal({ date: 'x'.repeat(10_000) }).length).toBeLessThan(200);
});

test(
  'the outputs of a stack have yyyy-MM-dd where a day belongs: a command that is pasted without ' +
    'its days is refused',
  () => {
    expect(refusal({ from: 'yyyy-MM-dd', to: 'yyyy-MM-dd' })).toContain('yyyy-MM-dd');
  },
);
