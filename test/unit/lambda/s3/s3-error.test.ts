import fc from 'fast-check';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';

test("however long the words of a refusal, they keep their end and the request's id", () => {
  const resource = `arn:aws:s3:::bucket/${'folder/'.repeat(140)}a.csv`;
  const message =
    'User: arn:aws:sts::123456789012:assumed-role/Role/session is not authorized to perform: ' +
    `s3:PutObject on resource: "${resource}" with an explicit deny in a resource-based policy`;
  const { code, message: told } = toS3Error(
    Object.assign(new Error(message), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403, requestId: 'TX3S7HQ9WYJ5ZV1B' },
    }),
  );
  expect(code).toBe('ACCESS_DENIED');
  expect(told).toMatch(
    /^AccessDenied: User: arn:aws:sts::123456789012:assumed-role\/Role\/session is not authorized to perform: s3:PutObject /,
  );
  expect(told).toMatch(
    / with an explicit deny in a resource-based policy \(request TX3S7HQ9WYJ5ZV1B\)$/,
  );
  expect(told.length).toBeLessThan(450);
});

test('an error about an answer of status 2xx does not say whether the request succeeded', () => {
  const error = Object.assign(new Error('unexpected end of input'), {
    $metadata: { httpStatusCode: 200 },
  });
  expect(toS3Error(error)).toMatchObject({ kind: 'transient', code: 'SERVER_ERROR' });
});

test('no capacity for expedited restores is not throttling: another attempt soon is no use', () => {
  const error = Object.assign(new Error('please try again later'), {
    name: 'GlacierExpeditedRetrievalNotAvailable',
    $metadata: { httpStatusCode: 503 },
  });
  expect(toS3Error(error)).toMatchObject({ kind: 'final', code: 'NO_EXPEDITED_CAPACITY' });
});

describe("a refusal is KMS's", () => {
  const refusal = (message: string, name = 'AccessDenied', httpStatusCode = 403) =>
    toS3Error(Object.assign(new Error(message), { name, $metadata: { httpStatusCode } }));
  const ROLE =
    'User: arn:aws:sts::111122223333:assumed-role/app-kms-ArchiveBatchRole/fn is not authorized ' +
    'to perform:';

  test.each([
    `${ROLE} kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:111122223333:key/1 because ` +
      'no identity-based policy allows the kms:GenerateDataKey action',
    'User is not authorized to perform: kms:Decrypt on this resource with an explicit deny in a ' +
      'resource-based policy',
    'The ciphertext refers to a customer mastery key that does not exist, does not exist in ' +
      'this region, or you are not allowed to access.',
  ])('where it says: %s', (message) => {
    expect(refusal(message)).toMatchObject({ kind: 'final', code: 'KMS_DENIED' });
  });

  test('where its name does, whatever its status', () => {
    expect(
      refusal(
        'arn:aws:kms:eu-west-1:111122223333:key/1 is disabled.',
        'KMS.DisabledException',
        400,
      ),
    ).toMatchObject({ kind: 'final', code: 'KMS_DENIED' });
  });

  test.each([
    `${ROLE} s3:ListBucket on resource: "arn:aws:s3:::acme-logs" because no identity-based ` +
      'policy allows the s3:ListBucket action',
    'User: arn:aws:sts::111122223333:assumed-role/ArchiveBatch/fn is not authorized to perform: ' +
      's3:PutObject on resource: "arn:aws:s3:::acme-kms/kms/a.KMS.csv"',
  ])('not for a name in it: %s', (message) => {
    expect(refusal(message)).toMatchObject({ kind: 'denied', code: 'ACCESS_DENIED' });
  });

  test.each([
    ['KMS.ThrottlingException', 400, 'Rate exceeded', 'SLOW_DOWN'],
    ['KMS.LimitExceededException', 400, 'too many', 'SLOW_DOWN'],
    [
      'ThrottlingException',
      400,
      'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      'SLOW_DOWN',
    ],
    [
      'AccessDenied',
      403,
      'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      'SLOW_DOWN',
    ],
    ['KMS.KMSInternalException', 500, 'internal', 'SERVER_ERROR'],
    ['KMS.DependencyTimeoutException', 500, 'timeout', 'SERVER_ERROR'],
    ['KMS.KeyUnavailableException', 500, 'not now', 'SERVER_ERROR'],
  ])('a busy KMS passes: %s with the status %d', (name, status, message, code) => {
    expect(refusal(message, name, status)).toMatchObject({ kind: 'transient', code });
  });

  test.each([
    [
      'User is not authorized to perform: kms:Decrypt on resource: ' +
        'arn:aws:kms:eu-west-1:111122223333:key/mrk-1a because no',
      'arn:aws:kms:eu-west-1:111122223333:key/mrk-1a',
    ],
    [
      'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/2 is disabled.',
      'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/2',
    ],
    ['The ciphertext refers to a customer master key that does not exist', undefined],
  ])('a denial by KMS names its key: %s', (message, kmsKeyArn) => {
    expect(
      refusal(message).kmsKeyArn ?? refusal(message, 'KMS.DisabledException', 400).kmsKeyArn,
    ).toBe(kmsKeyArn);
  });
});

describe('a key is what its owner likes', () => {
  const ROLE = 'arn:aws:sts::111122223333:assumed-role/ArchiveBatch/fn';
  const error = (name: string, httpStatusCode: number, message: string) => {
    return toS3Error(Object.assign(new Error(message), { name, $metadata: { httpStatusCode } }));
  };
  const meaning = ({ kind, code, deniedAction, kmsKeyArn }: ReturnType<typeof toS3Error>) => ({
    kind,
    code,
    deniedAction,
    kmsKeyArn,
  });
  const PHRASES = [
    'kms:GenerateDataKey',
    'kms:Decrypt',
    'rate at which you may call KMS',
    'KMS.ThrottlingException',
    'AWS KMS',
    'KMS key',
    'The ciphertext refers to a customer master key',
    `User: ${ROLE} is not authorized to perform: kms:GenerateDataKey on resource: ` +
      'arn:aws:kms:us-east-1:111122223333:key/own',
    'is not authorized to perform: s3:PutObject',
    'arn:aws:kms:us-east-1:111122223333:key/own is disabled.',
    'object lock',
    'Bucket is missing Object Lock Configuration',
    'server side encryption',
    'The object was stored using a form of Server Side Encryption',
    'copy an object to itself',
    'SlowDown',
    'NoSuchBucket',
    'NoSuchKey',
    'PreconditionFailed',
    '"',
    '\n',
    ' ',
    '/',
  ];
  /** What S3 says, where it quotes a key. */
  const QUOTING: [string, number, (key: string) => string][] = [
    [
      'AccessDenied',
      403,
      (key) =>
        `User: ${ROLE} is not authorized to perform: s3:GetObject on resource: ` +
        `"arn:aws:s3:::source/${key}" with an explicit deny in a resource-based policy`,
    ],
    [
      'AccessDenied',
      403,
      (key) =>
        `User: ${ROLE} is not authorized to perform: kms:Decrypt on resource: ` +
        `arn:aws:kms:us-east-1:999999999999:key/foreign because of source/${key}`,
    ],
    ['AccessDenied', 403, (key) => `Access to source/${key} was denied`],
    ['InvalidRequest', 400, (key) => `The source source/${key} cannot be copied`],
    [
      'InvalidArgument',
      400,
      (key) => `Copy Source must mention the source bucket and key: source/${key}`,
    ],
    ['KMS.DisabledException', 400, (key) => `The key of source/${key} is disabled.`],
    ['InternalError', 500, (key) => `source/${key}`],
  ];
  const keys = fc
    .array(fc.oneof(fc.constantFrom(...PHRASES), fc.string()), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''));

  test.each(QUOTING)('so it does not change what %s (%d) means', (name, status, toMessage) => {
    const ordinary = meaning(error(name, status, toMessage('in/a.csv')));
    // fast-check prints the seed of a failure.
    fc.assert(
      fc.property(keys, (key) => {
        expect(meaning(error(name, status, toMessage(key)))).toEqual(ordinary);
      }),
      { numRuns: 300 },
    );
  });

  test('IAM names the action before the resource', () => {
    const [[name, status, toMessage]] = QUOTING;
    expect(error(name, status, toMessage(PHRASES[7]))).toMatchObject({
      kind: 'denied',
      code: 'ACCESS_DENIED',
      deniedAction: 's3:GetObject',
    });
  });
});
