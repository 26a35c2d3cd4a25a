import { listProblems, omitRepeatedMessages } from '../../../../src/lambda/alerts/problem-lines';

const denied = (key: string, statement = 'with an explicit deny in a resource-based policy') => ({
  key,
  destination: `archive/2026/11/24/${key}`,
  code: 'ACCESS_DENIED',
  message:
    'AccessDenied: User: arn:aws:sts::111122223333:assumed-role/Role/Session is not ' +
    'authorized to ' +
    `perform: s3:PutObject on resource: "arn:aws:s3:::archive-files/archive/2026/11/24/${key}" ` +
    `${statement} (request ${key.length})`,
});

const messagesOf = (problems: Parameters<typeof omitRepeatedMessages>[0]) =>
  omitRepeatedMessages(problems).map(({ message }) => message);

test('denials by one policy have one text, although S3 names each object', () => {
  const problems = [denied('a.csv'), denied('b.csv'), denied('"quoted" c.csv')];
  expect(messagesOf(problems)).toEqual([problems[0].message, undefined, undefined]);
});

test('denials of a batch have one text, too, although its destinations are not known', () => {
  const [first, ...more] = ['a.csv', 'b.csv'].map((name) => ({
    ...denied(name),
    destination: undefined,
  }));
  expect(messagesOf([first, ...more])).toEqual([first.message, undefined]);
});

test('another cause, another code and another bucket have texts of their own', () => {
  const problems = [
    denied('a.csv'),
    denied('b.csv', 'because no identity-based policy allows it'),
    { ...denied('c.csv'), code: 'KMS_DENIED' },
    {
      ...denied('d.csv'),
      message: denied('d.csv').message.replace('archive-files', 'other-files'),
    },
  ];
  expect(messagesOf(problems)).toEqual(problems.map(({ message }) => message));
});

test('without a message, there is only the object', () => {
  expect(listProblems([{ key: 'a.csv', code: 'SLOW_DOWN' }], 2)).toEqual([
    'Affected objects:',
    '  SLOW_DOWN a.csv',
    '  and 1 more in the ledger',
  ]);
});
