import { keepHeaders, redact, redactAll } from './redact';

const SECRETS = { ACCOUNT: '111122223333', PROFILE: 'work', HOME: '/home/ann' };

test.each([
  [
    'User: arn:aws:sts::111122223333:assumed-role/Admin/ann is not authorized',
    'User: ARN is not authorized',
  ],
  ['arn:aws-us-gov:states:us-gov-west-1:111122223333:stateMachine:x, and more', 'ARN, and more'],
  ['bucket archiver-verify-1a2b3c4d-source should be gone', 'bucket STACK should be gone'],
  ['table archiver_verify_1a2b3c4d', 'table STACK'],
  ['of account 999988887777 now', 'of account ACCOUNT now'],
  ['https://sqs.eu-central-1.amazonaws.com/111122223333/queue is gone', 'QUEUE is gone'],
  ['the key ASIAIOSFODNN7EXAMPLE expired', 'the key KEY expired'],
  [
    '/home/ann/clone/.verify of work, not workgroup',
    'HOME/clone/.verify of PROFILE, not workgroup',
  ],
])('%s', (text, expected) => {
  expect(redact(text, SECRETS)).toBe(expected);
});

test('figures, dates and commits stay', () => {
  const text =
    '1234 objects in 2.5 s at 2026-11-25T01:00:00Z, 0123456789abcdef0123456789abcdef01234567, ' +
    '1795568400000 ms';
  expect(redact(text, SECRETS)).toBe(text);
});

test('texts at any depth are redacted, and headers that name something are left out', () => {
  expect(
    redactAll({ a: ['111122223333'], 'archiver-verify-1a2b3c4d-x': { b: 1, c: null } }, SECRETS),
  ).toEqual({ a: ['ACCOUNT'], STACK: { b: 1, c: null } });
  expect(
    keepHeaders({ 'X-Amz-Id-2': 'x', 'Retry-After': '1', location: 'https://bucket.s3' }),
  ).toEqual({ 'Retry-After': '1' });
});
