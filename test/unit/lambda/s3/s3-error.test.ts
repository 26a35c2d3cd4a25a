import { toS3Error } from '../../../../src/lambda/s3/s3-error';

test('however long the words of a refusal, they keep their end and the request\'s id', () => {
  const resource = `arn:aws:s3:::bucket/${'folder/'.repeat(140)}a.csv`;
  const message = `User: arn:aws:sts::123456789012:assumed-role/Role/session is not authorized to perform: s3:PutObject on resource: "${resource}" with an explicit deny in a resource-based policy`;
  const { code, message: told } = toS3Error(Object.assign(new Error(message), { name: 'AccessDenied', $metadata: { httpStatusCode: 403, requestId: 'TX3S7HQ9WYJ5ZV1B' } }));
  expect(code).toBe('ACCESS_DENIED');
  expect(told).toMatch(/^AccessDenied: User: arn:aws:sts::123456789012:assumed-role\/Role\/session is not authorized to perform: s3:PutObject /);
  expect(told).toMatch(/ with an explicit deny in a resource-based policy \(request TX3S7HQ9WYJ5ZV1B\)$/);
  expect(told.length).toBeLessThan(450);
});

test('an error about an answer of status 2xx does not say whether the request succeeded', () => {
  const error = Object.assign(new Error('unexpected end of input'), { $metadata: { httpStatusCode: 200 } });
  expect(toS3Error(error)).toMatchObject({ kind: 'transient', code: 'SERVER_ERROR' });
});

describe('a refusal is KMS\'s', () => {
  const refusal = (message: string, name = 'AccessDenied', httpStatusCode = 403) => toS3Error(Object.assign(new Error(message), { name, $metadata: { httpStatusCode } }));
  const ROLE = 'User: arn:aws:sts::111122223333:assumed-role/app-kms-ArchiveBatchRole/fn is not authorized to perform:';

  test.each([
    `${ROLE} kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:111122223333:key/1 because no identity-based policy allows the kms:GenerateDataKey action`,
    'User is not authorized to perform: kms:Decrypt on this resource with an explicit deny in a resource-based policy',
    'The ciphertext refers to a customer mastery key that does not exist, does not exist in this region, or you are not allowed to access.',
    'Access to the AWS KMS key of the object was denied',
  ])('where it says: %s', (message) => {
    expect(refusal(message)).toMatchObject({ kind: 'final', code: 'KMS_DENIED' });
  });

  test('where its name does, whatever its status', () => {
    expect(refusal('arn:aws:kms:eu-west-1:111122223333:key/1 is disabled.', 'KMS.DisabledException', 400)).toMatchObject({ kind: 'final', code: 'KMS_DENIED' });
  });

  test.each([
    `${ROLE} s3:ListBucket on resource: "arn:aws:s3:::acme-logs" because no identity-based policy allows the s3:ListBucket action`,
    'User: arn:aws:sts::111122223333:assumed-role/ArchiveBatch/fn is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme-kms/kms/a.KMS.csv"',
  ])('not for a name in it: %s', (message) => {
    expect(refusal(message)).toMatchObject({ kind: 'denied', code: 'ACCESS_DENIED' });
  });
});
