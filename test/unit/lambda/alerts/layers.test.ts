import { getLayer, getLayerOfReason } from '../../../../src/lambda/alerts/layers';

test.each([
  ['SystemicFailure', 'SLOW_DOWN: SlowDown: Please reduce your request rate', 'S3'],
  ['Lambda.AWSLambdaException', 'User is not authorized to perform: lambda:InvokeFunction', 'IAM'],
  ['States.ResultWriterFailed', 'Failed to write test manifest into S3', 'S3'],
  ['Lambda.Unknown', 'The cause could not be determined', 'Lambda'],
  ['States.TaskFailed', '', 'Step Functions'],
  ['States.Permissions', 'User x may not', 'IAM'],
  [
    'SystemicFailure',
    'ACCESS_DENIED: every object failed so, from s3://acme-kms to s3://archive/kms/a: User: ' +
      'arn:aws:sts::1:assumed-role/app-kms-Role/fn may not s3:PutObject',
    'IAM',
  ],
  [
    'Lambda.AWSLambdaException',
    'User: arn:aws:sts::1:assumed-role/kms-Role/x is not authorized to perform: ' +
      'lambda:InvokeFunction',
    'IAM',
  ],
  [
    'Lambda.KMSAccessDeniedException',
    'Lambda was unable to decrypt the environment variables',
    'KMS',
  ],
  ['SNS.KmsAccessDeniedException', 'The ciphertext refers to a key', 'KMS'],
  [
    'States.Runtime',
    'User is not authorized to perform: kms:Decrypt on arn:aws:kms:eu-west-1:1:key/1',
    'KMS',
  ],
  [
    'SystemicFailure',
    'ACCESS_DENIED: every object failed so, from s3://source to ' +
      's3://archive/KMS_DENIED/kms:GenerateDataKey AWS KMS',
    'IAM',
  ],
  [
    'AccessDenied',
    'User: arn:aws:sts::1:assumed-role/Role/x is not authorized to perform: s3:GetObject on ' +
      'resource: "arn:aws:s3:::source/kms:Decrypt KMS key"',
    'IAM',
  ],
  ['ExpiredToken', 'The provided token has expired.', 'IAM'],
  ['SNS.NotFoundException', 'Topic does not exist (Service: Sns, Status Code: 404)', 'SNS'],
])('%s: %s lies in %s', (error, text, layer) => {
  expect(getLayer({ error, text })).toBe(layer);
});

test.each([
  ['DESTINATION_EXISTS', undefined, 'S3'],
  ['OF_ANOTHER_VERSION', undefined, 'S3'],
  ['ACCESS_DENIED', undefined, 'IAM'],
  ['EXPIRED_CREDENTIALS', undefined, 'IAM'],
  ['KMS_DENIED', undefined, 'KMS'],
  ['OUT_OF_TIME', undefined, 'Lambda'],
  ['BATCH_FAILED', undefined, 'Lambda'],
  [
    'BATCH_FAILED',
    'Runtime.ExitError: RequestId: 1 Error: Runtime exited with error: signal: killed',
    'Lambda',
  ],
  ['BATCH_FAILED', 'SystemicFailure: KMS_DENIED: every object', 'KMS'],
  ['BATCH_FAILED', 'States.DataLimitExceeded: too much', 'Step Functions'],
])('of reason %s (%s)', (code, message, layer) => {
  expect(getLayerOfReason(code, message)).toBe(layer);
});
