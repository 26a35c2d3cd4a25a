import { failureOf } from '../../src/core/s3-failure';

test('however long the words of a refusal, they keep their end and the request\'s id', () => {
  const resource = `arn:aws:s3:::bucket/${'folder/'.repeat(140)}a.csv`;
  const message = `User: arn:aws:sts::123456789012:assumed-role/Role/session is not authorized to perform: s3:PutObject on resource: "${resource}" with an explicit deny in a resource-based policy`;
  const { code, message: told } = failureOf(Object.assign(new Error(message), { name: 'AccessDenied', $metadata: { httpStatusCode: 403, requestId: 'TX3S7HQ9WYJ5ZV1B' } }));
  expect(code).toBe('ACCESS_DENIED');
  expect(told).toMatch(/^AccessDenied: User: arn:aws:sts::123456789012:assumed-role\/Role\/session is not authorized to perform: s3:PutObject /);
  expect(told).toMatch(/ with an explicit deny in a resource-based policy \(request TX3S7HQ9WYJ5ZV1B\)$/);
  expect(told.length).toBeLessThan(450);
});
