import type { Caller } from '../../src/iam/principals';
import { toRules, RuleSet } from '../../src/iam/rules';

const ROLE: Caller = {
  kind: 'role',
  account: '1',
  roleArn: 'arn:aws:iam::1:role/r',
  arn: 'arn:aws:sts::1:assumed-role/r/s',
};
const EVENTS: Caller = { kind: 'service', arn: 'events.amazonaws.com' };

function judge(
  statements: object[],
  {
    action = 's3:GetObject',
    resource = 'arn:aws:s3:::b/k',
    keys = {},
    caller,
  }: {
    action?: string;
    resource?: string;
    keys?: Record<string, string>;
    caller?: Caller;
  } = {},
): 'denied' | 'allowed' | 'delegated' | 'silent' {
  const rules = new RuleSet(toRules({ Statement: statements }));
  const { denied, allowing, delegating } = rules.judge(
    action,
    resource,
    () => new Map(Object.entries(keys)),
    caller,
  );
  return denied
    ? 'denied'
    : allowing.length > 0
      ? 'allowed'
      : delegating.length > 0
        ? 'delegated'
        : 'silent';
}

const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' };

test('a deny wins over every allow', () => {
  expect(
    judge([allow, { Effect: 'Deny', Action: ['s3:Get*'], Resource: ['arn:aws:s3:::b/*'] }]),
  ).toBe('denied');
  expect(judge([allow, { Effect: 'Deny', Action: 's3:Put*', Resource: '*' }])).toBe('allowed');
});

test('what is not mentioned is not allowed', () => {
  expect(judge([{ ...allow, Action: 's3:PutObject' }])).toBe('silent');
  expect(judge([{ ...allow, Resource: 'arn:aws:s3:::b' }])).toBe('silent');
});

test('NotAction and NotResource are all but what they name', () => {
  expect(judge([{ Effect: 'Allow', NotAction: ['s3:Delete*', 's3:Put*'], Resource: '*' }])).toBe(
    'allowed',
  );
  expect(judge([{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }])).toBe('silent');
  expect(judge([{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b/*' }])).toBe('silent');
});

test.each([
  [{ StringLike: { 's3:prefix': 'in/*' } }, { 's3:prefix': 'in/2026' }, 'allowed'],
  [{ StringLike: { 's3:prefix': 'in/*' } }, { 's3:prefix': 'out/' }, 'silent'],
  // A condition on a value that the request does not have is not met. That is why HEAD on a missing
  // key returns 403.
  [{ StringLike: { 's3:prefix': 'in/*' } }, {}, 'silent'],
  [{ StringLikeIfExists: { 's3:prefix': '*' } }, {}, 'allowed'],
  [{ StringLike: { 's3:prefix': 'a${*}/*' } }, { 's3:prefix': 'a*/x' }, 'allowed'],
  [{ StringLike: { 's3:prefix': 'a${*}/*' } }, { 's3:prefix': 'ab/x' }, 'silent'],
  [{ StringEquals: { 'aws:SourceAccount': ['1', '2'] } }, { 'aws:sourceaccount': '2' }, 'allowed'],
  [
    { StringNotEquals: { 'aws:SourceAccount': ['1', '2'] } },
    { 'aws:sourceaccount': '2' },
    'silent',
  ],
  [{ StringNotEquals: { 'aws:SourceAccount': '1' } }, {}, 'allowed'],
  [
    { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:1:rule/*' } },
    { 'aws:sourcearn': 'arn:aws:events:eu-west-1:1:rule/r' },
    'allowed',
  ],
  [{ Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:securetransport': 'true' }, 'silent'],
  [{ Null: { 's3:prefix': 'true' } }, {}, 'allowed'],
  [
    { StringEquals: { 'aws:SourceAccount': '1' }, StringLike: { 's3:prefix': 'in/*' } },
    { 'aws:sourceaccount': '1' },
    'silent',
  ],
])('%j with %j: %s', (Condition, keys, expected) => {
  expect(judge([{ ...allow, Condition }], { keys })).toBe(expected);
});

test('a statement that cannot be evaluated is left out, and named', () => {
  const unknown: string[] = [];
  const statement = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
  };
  expect(toRules({ Statement: statement }, (what) => unknown.push(what))).toEqual([]);
  expect(unknown).toEqual(['Deny with StringNotEquals of aws:sourcevpce']);
});

test.each([
  ['*', ROLE, 'allowed'],
  [{ AWS: '*' }, ROLE, 'allowed'],
  [{ AWS: ['arn:aws:iam::1:role/r'] }, ROLE, 'allowed'],
  [{ AWS: 'arn:aws:iam::1:role/other' }, ROLE, 'silent'],
  [{ AWS: 'arn:aws:iam::1:root' }, ROLE, 'delegated'],
  [{ AWS: '1' }, ROLE, 'delegated'],
  [{ Service: 'events.amazonaws.com' }, ROLE, 'silent'],
  [{ Service: ['s3.amazonaws.com', 'events.amazonaws.com'] }, EVENTS, 'allowed'],
  [{ AWS: 'arn:aws:iam::1:root' }, EVENTS, 'silent'],
] as const)('principal %j: %s', (Principal, caller, expected) => {
  expect(judge([{ ...allow, Principal }], { caller })).toBe(expected);
});

test('a deny for everybody in the account is for its roles', () => {
  expect(judge([{ ...allow, Effect: 'Deny', Principal: { AWS: '1' } }], { caller: ROLE })).toBe(
    'denied',
  );
  expect(
    judge([{ ...allow, Effect: 'Deny', NotPrincipal: { AWS: 'arn:aws:iam::1:role/r' } }], {
      caller: ROLE,
    }),
  ).toBe('silent');
});
