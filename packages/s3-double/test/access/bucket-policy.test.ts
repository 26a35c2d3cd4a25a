import { BucketPolicy } from '../../src/policy-language/bucket-policy';

const RESOURCE = 'arn:aws:s3:::bucket/logs/2026/1.gz';

function denies(
  statement: object,
  keys: Record<string, string> = {},
  action = 's3:PutObject',
  resource = RESOURCE,
): boolean {
  const policy = BucketPolicy.parse(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', ...statement },
    }),
  );
  return policy.denies({ action, resource, keys: new Map(Object.entries(keys)) });
}

test.each([
  ['s3:PutObject', true],
  ['s3:putobject', true],
  ['s3:Put*', true],
  ['s3:???Object', true],
  ['*', true],
  [['s3:GetObject', 's3:PutObject'], true],
  ['s3:GetObject', false],
  ['s3:PutObjectTagging', false],
])('the action %j denies s3:PutObject: %s', (Action, expected) => {
  expect(denies({ Action })).toBe(expected);
});

test.each([
  ['arn:aws:s3:::bucket/*', true],
  ['arn:aws:s3:::bucket/logs/*.gz', true],
  ['arn:aws:s3:::bucket/logs/2026/1.gz', true],
  [['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/logs/*'], true],
  ['arn:aws:s3:::bucket', false],
  ['arn:aws:s3:::bucket/LOGS/*', false],
  ['arn:aws:s3:::bucket/logs/2026/1xgz', false],
])('the resource %j takes in an object of it: %s', (Resource, expected) => {
  expect(denies({ Resource })).toBe(expected);
});

test('NotAction and NotResource deny all the rest', () => {
  expect(denies({ Action: undefined, NotAction: 's3:GetObject' })).toBe(true);
  expect(denies({ Action: undefined, NotAction: 's3:Put*' })).toBe(false);
  expect(denies({ Resource: undefined, NotResource: 'arn:aws:s3:::bucket/archive/*' })).toBe(true);
  expect(denies({ Resource: undefined, NotResource: 'arn:aws:s3:::bucket/logs/*' })).toBe(false);
});

const SSE = 's3:x-amz-server-side-encryption';

test.each<
  [operator: string, key: string, value: unknown, present: string | undefined, expected: boolean]
>([
  ['Bool', 'aws:SecureTransport', 'false', 'false', true],
  ['Bool', 'aws:SecureTransport', false, 'false', true],
  ['Bool', 'aws:SecureTransport', 'false', 'true', false],
  ['Bool', 'aws:SecureTransport', 'false', undefined, false],
  ['BoolIfExists', 'aws:SecureTransport', 'false', undefined, true],
  ['Null', 's3:if-none-match', 'true', undefined, true],
  ['Null', 's3:if-none-match', 'true', '*', false],
  ['Null', 's3:if-none-match', 'false', '*', true],
  ['StringEquals', SSE, 'AES256', 'AES256', true],
  ['StringEquals', SSE, ['AES256', 'aws:kms'], 'aws:kms', true],
  ['StringEquals', SSE, 'AES256', undefined, false],
  ['StringNotEquals', SSE, 'aws:kms', 'AES256', true],
  ['StringNotEquals', SSE, 'aws:kms', undefined, true],
  ['StringNotEquals', SSE, ['AES256', 'aws:kms'], 'aws:kms', false],
  ['StringLike', 's3:prefix', 'archive/*', 'archive/2026/', true],
  ['StringNotLike', 's3:prefix', 'archive/*', 'archive/2026/', false],
  ['NumericGreaterThan', 's3:max-keys', '10', '11', true],
])('%s of %s and %j with %j: %s', (operator, key, value, present, expected) => {
  const keys = present === undefined ? {} : { [key.toLowerCase()]: present };
  expect(denies({ Condition: { [operator]: { [key]: value } } }, keys)).toBe(expected);
});

test('all conditions of a statement must hold', () => {
  const Condition = {
    Null: { 's3:if-none-match': 'true' },
    Bool: { 's3:ObjectCreationOperation': 'true' },
  };
  expect(denies({ Condition }, { 's3:objectcreationoperation': 'true' })).toBe(true);
  expect(denies({ Condition }, { 's3:objectcreationoperation': 'false' })).toBe(false);
});

test('a statement that allows denies nothing', () => {
  expect(
    denies({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/reader' } }),
  ).toBe(false);
});

test.each([
  ['no JSON', 'MalformedPolicy', 'Policies must be valid JSON'],
  ['{}', 'MalformedPolicy', 'Statement'],
  ['{"Statement":[{"Effect":"Refuse"}]}', 'MalformedPolicy', 'Invalid effect'],
  [
    '{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}',
    'MalformedPolicy',
    'Principal',
  ],
  [
    '{"Statement":[{"Effect":"Deny","Principal":"*","Action":[1],"Resource":"*"}]}',
    'MalformedPolicy',
    'must be strings',
  ],
  [
    '{"Statement":[{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"s3:*","Resource":"*"}]}',
    'NotImplemented',
    'principals',
  ],
  [
    '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"true"}}}]}',
    'NotImplemented',
    'the condition key aws:viaawsservice',
  ],
  [
    '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"s3:prefix":"x"}}}]}',
    'NotImplemented',
    'the condition operator IpAddress',
  ],
])('%s is refused with %s', (text, code, message) => {
  expect(() => BucketPolicy.parse(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
