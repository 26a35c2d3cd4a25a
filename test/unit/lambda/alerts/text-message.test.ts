import { type Alert, toQuote, toTextMessage } from '../../../../src/lambda/alerts/alert';

const ALERT: Alert = {
  subject: 'Archive run incomplete',
  lead: ['Archiver: 1 of 2 objects was not archived.', 'No object was lost.'],
  details: [['Listed: 2', 'Failed: 1'], []],
  next: ['remove the cause:', { command: 'aws start' }],
  more: [
    ['To compare them, run:', { command: 'aws head' }],
    ['Ledger: s3://reports/', { label: 'Page:   ', command: 'aws cp' }],
  ],
  attributes: {
    archiver: 'Archiver',
    runId: 'nightly',
    outcome: 'PROBLEMS',
    layer: 'S3',
    details: '{}',
  },
};

test(
  'a message has its sections in order, without empty ones, and the next step begins with "Next: ' +
    '"',
  () => {
    expect(toTextMessage(ALERT)).toBe(`Archiver: 1 of 2 objects was not archived.
No object was lost.

Listed: 2
Failed: 1

Next: remove the cause:
aws start

To compare them, run:
aws head

Ledger: s3://reports/
Page:   aws cp`);
  },
);

test('a quote has no command to type, so that the message around it has the only one', () => {
  expect(toQuote(ALERT)).toBe(`Archiver: 1 of 2 objects was not archived.
No object was lost.

Listed: 2
Failed: 1

Ledger: s3://reports/
Page:   aws cp`);
});

test('a message that is too long ends with a whole line', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}`);
  const message = toTextMessage({ ...ALERT, details: [lines] });
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(16 * 1024);
  const [last, end] = message.split('\n').slice(-2);
  expect(lines).toContain(last);
  expect(end).toBe('(cut here)');
});
