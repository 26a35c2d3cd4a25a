import { describeNotes } from '../../../../src/lambda/notes/note-text';
import { styleFor } from '../../src/cli/style';
import { type AnySummary, summaryText } from '../../src/cli/summary-text';

const SUMMARY: AnySummary = {
  status: 'SUCCEEDED',
  error: null,
  cause: null,
  action: 'archive',
  dryRun: false,
  counts: { listed: 5_004, archived: 4_641, skipped: 361, conflicting: 2, failed: 0 },
  bytes: 1_992_294,
  seconds: 25.13,
  requests: {
    ListObjectsV2: 14,
    CopyObject: 4_653,
    PutObject: 13,
    GetObject: 9,
    HeadObject: 8,
    DeleteObjects: 6,
  },
  transitions: 31,
  children: 1,
  invocations: 8,
  alerts: [],
  events: [],
  report: { bucket: 'reports', key: 'runs/2026-11-24/r/report.json' },
  estimate: { usd: 0.0248, items: [] },
};
const ARN =
  'arn:aws:states:us-east-1:123456789012:stateMachine:ArchiverStateMachine34DDF975-3e56f253b4eb';
const COMMAND =
  `aws stepfunctions start-execution --region us-east-1 --state-machine-arn ${ARN} --input ` +
  `'{"from":"2026-11-23","to":"2026-11-24"}'`;

test('a run', () => {
  expect(summaryText(SUMMARY)).toBe(
    [
      'SUCCEEDED after 25.1 s',
      'objects   5,004 listed = 4,641 archived + 361 skipped + 2 conflicting + 0 failed',
      'archived  1.9 MiB',
      'report    s3://reports/runs/2026-11-24/r/report.html',
      'requests  CopyObject 4,653, ListObjectsV2 14, PutObject 13, GetObject 9,',
      '          HeadObject 8, DeleteObjects 6',
      'on AWS    31 state transitions, 1 child workflow, 8 invocations, about $0.0248',
    ].join('\n'),
  );
});

test('a dry run says what it would do, and prints its message', () => {
  const text = summaryText(
    { ...SUMMARY, dryRun: true },
    { message: 'The real run would cost about $0.02.' },
  );
  expect(text).toContain('SUCCEEDED after 25.1 s, a dry run: nothing was changed');
  expect(text).toContain(
    'objects   5,004 listed = 4,641 would be archived + 361 skipped + 2 conflicting\n          ' +
      '+ 0 failed',
  );
  expect(text).toContain('bytes     1.9 MiB would be archived');
  expect(text).toContain('\nmessage\n          The real run would cost about $0.02.');
  expect(text).not.toMatch(/^archived/m);
});

test.each([
  [
    'verify',
    { listed: 3, present: 1, changed: 1, missing: 1, skipped: 0 },
    '3 listed = 1 present + 1 changed + 1 missing + 0 skipped',
  ],
  [
    'restore',
    { listed: 3, restored: 3, skipped: 0, conflicting: 0, failed: 0 },
    '3 listed = 3 restored + 0 skipped + 0 conflicting + 0 failed',
  ],
] as const)('the counts of %s', (action, counts, text) => {
  expect(summaryText({ ...SUMMARY, action, counts })).toContain(`objects   ${text}`);
});

test('the message of a failed run is its cause and its alert, and printed once', () => {
  const message = `Everything failed.\n\nNext:\n${COMMAND}`;
  const text = summaryText({
    ...SUMMARY,
    status: 'FAILED',
    error: 'ToleranceExceeded',
    cause: message,
    alerts: [{ subject: 'Archive FAILED', message: `Hello.\n\n${message}` }],
  });
  expect(text.split('Everything failed.').length - 1).toBe(1);
  const other = summaryText({
    ...SUMMARY,
    status: 'FAILED',
    error: 'E',
    cause: 'the cause',
    alerts: [{ subject: null, message: 'another text' }],
  });
  expect(other).toContain('the cause');
  const thrown = JSON.stringify({
    errorType: 'InvalidRunInput',
    errorMessage: 'unknown field "dat"',
    trace: ['at reject (/nowhere/run-input.ts:1:1)'],
  });
  const failed = { ...SUMMARY, status: 'FAILED', error: 'InvalidRunInput', cause: thrown } as const;
  expect(
    summaryText({
      ...failed,
      alerts: [{ subject: null, message: 'Cause: unknown field "dat"' }],
    }).match(/unknown field|nowhere/g),
  ).toHaveLength(1);
  expect(summaryText({ ...failed, alerts: [] })).toMatch(/unknown field "dat"(?!.*nowhere)/s);
  expect(other).toContain('another text');
});

test('lines fit a terminal, and a command that does not is still one command', () => {
  const alert = {
    subject: 's',
    message: `${'many words '.repeat(20)}\n  ${'and more '.repeat(20)}\n${COMMAND}`,
  };
  const lines = summaryText({ ...SUMMARY, alerts: [alert] }).split('\n');
  expect(lines.filter((line) => line.length > 80 && !line.includes(ARN))).toEqual([]);
  const from = lines.findIndex((line) => line.includes('aws stepfunctions'));
  const pasted = lines.slice(from).join('\n').replace(/\\\n/g, ' ').replace(/ +/g, ' ').trim();
  expect(pasted).toBe(COMMAND);
});

test('a command after a label is not broken', () => {
  const line = `Report: aws s3 cp 's3://reports/runs/${'x'.repeat(60)}/report.json' -`;
  expect(
    summaryText({ ...SUMMARY, alerts: [{ subject: 's', message: line }] }).split('\n'),
  ).toContain(`          ${line}`);
});

test('what a stranger named writes nothing on the terminal', () => {
  const text = summaryText({
    ...SUMMARY,
    alerts: [{ subject: 's', message: 'key \x1b[2J\u202e\u0085x' }],
  });
  expect(text).toContain('key \\u{1b}[2J\\u{202e}\\u{85}x');
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
])('with %j, and a terminal: %s, colors are %s', (env, isTTY, colored) => {
  const style = styleFor({ isTTY } as never, env as NodeJS.ProcessEnv);
  expect(summaryText(SUMMARY, undefined, style).includes('\x1b[')).toBe(colored);
});

test('stragglers are named once: by a message, or else by the summary', () => {
  const stragglers = { count: 1, oldest: '2026-10-01' };
  expect(summaryText(SUMMARY, { stragglers })).toContain(
    'earlier   1 straggler from earlier days still at the source, the oldest from\n          ' +
      '2026-10-01\n',
  );
  const alerts = [
    { subject: 's', message: 'Stragglers: 1 object from earlier days is still at the source.' },
  ];
  expect(summaryText({ ...SUMMARY, alerts }, { stragglers })).not.toContain('earlier   ');
  expect(
    summaryText({ ...SUMMARY, dryRun: true }, { stragglers, message: 'Stragglers: 1 object' }),
  ).not.toContain('earlier   ');
});

test('an event that was sent is named', () => {
  expect(
    summaryText({ ...SUMMARY, events: [{ 'detail-type': 'S3DatedArchiver Run Completed' }] }),
  ).toContain('event     S3DatedArchiver Run Completed');
});

test('what is told of objects besides the counts, unless a message has said it', () => {
  const notes = { gone: { count: 120, reasons: { REMOVED: 120 }, examples: ['in/a\u001b'] } };
  const text = summaryText(SUMMARY, { notes });
  expect(text).toContain(
    '\nnote      120 objects were gone when this run came to them: another run archived\n' +
      '          them, or they were removed or rewritten. ',
  );
  expect(text).not.toContain('\u001b');
  const [message] = describeNotes(notes, false);
  const alert = { subject: 'Archive incomplete', message: `Storage: 1 failed.\n${message}\n` };
  expect(summaryText({ ...SUMMARY, alerts: [alert] }, { notes })).not.toContain('\nnote ');
});
