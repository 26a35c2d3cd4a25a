import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Retention, type RetentionOptions, type S3DatedArchiverProps } from '../../../../src';
import { actionsOn, build, environment, resolve, synth } from '../../../helpers/synth';

const SEVEN_YEARS = Retention.governance({ years: 7 });

function locked(retention: Retention) {
  return (stack: Stack): Partial<S3DatedArchiverProps> => ({
    retention,
    destinationBucket: new Bucket(stack, 'Archive', { objectLockEnabled: true }),
  });
}

test.each<[RetentionOptions, string]>([
  [
    {},
    'retention has neither years nor days and must have one of them: write, for example, { ' +
      'years: 7 }',
  ],
  [{ years: 1, days: 1 }, 'retention has both years and days and must have one of them'],
  [{ years: 0 }, 'retention of 0 years is not allowed: give a whole number of years from 1 to 100'],
  [{ years: 101 }, 'retention of 101 years is not allowed'],
  [
    { days: 1.5 },
    'retention of 1.5 days is not allowed: give a whole number of days from 1 to 36,500',
  ],
  [{ days: 36_501 }, 'retention of 36501 days is not allowed'],
])('refuses %j', (options, message) => {
  expect(() => Retention.governance(options)).toThrow(message);
  expect(() => Retention.compliance(options)).toThrow(message);
});

test('the functions get the mode and the period, also as a token', () => {
  expect(JSON.parse(environment(synth(locked(SEVEN_YEARS)).template).RETENTION)).toEqual({
    retentionMode: 'GOVERNANCE',
    years: 7,
  });
  const { template } = synth((stack) => {
    const days = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    return locked(Retention.compliance({ days }))(stack);
  });
  expect(
    JSON.parse(resolve(template, environment(template, 'ArchiveBatch', { Days: 30 })).RETENTION),
  ).toEqual({ retentionMode: 'COMPLIANCE', days: 30 });
});

test('the archive-batch function may retain objects, and only where retention asks for it', () => {
  expect(actionsOn(synth(locked(SEVEN_YEARS)).template, 'ArchiveBatch', /archive\/\*/)).toContain(
    's3:PutObjectRetention',
  );
  const { template } = synth((stack) => ({
    destinationBucket: new Bucket(stack, 'Archive', { objectLockEnabled: true }),
  }));
  expect(actionsOn(template, 'ArchiveBatch', /archive\/\*/)).not.toContain('s3:PutObjectRetention');
});

test('a bucket of the app without Object Lock is an error, which says how to turn it on', () => {
  expect(() => synth({ retention: SEVEN_YEARS })).toThrow(
    /bucket has no Object Lock and must have it for retention.*objectLockEnabled: true.*or omit retention/s,
  );
  expect(() =>
    synth((stack) => ({ retention: SEVEN_YEARS, destinationBucket: new Bucket(stack, 'Archive') })),
  ).toThrow('destinationBucket has no Object Lock');
});

test.each<[string, (stack: Stack) => Bucket | ReturnType<typeof Bucket.fromBucketName>]>([
  [
    'a bucket that gets Object Lock after the archiver',
    (stack) => {
      const bucket = new Bucket(stack, 'Archive');
      stack.node.addValidation({ validate: () => [] });
      (bucket.node.defaultChild as CfnBucket).objectLockEnabled = true;
      return bucket;
    },
  ],
  [
    'an imported bucket, of which nothing is known',
    (stack) => Bucket.fromBucketName(stack, 'Archive', 'my-archive'),
  ],
])('%s is not an error', (_, toBucket) => {
  expect(() =>
    synth((stack) => ({ retention: SEVEN_YEARS, destinationBucket: toBucket(stack) })),
  ).not.toThrow();
});

test('compliance is a warning, since no account can undo it', () => {
  const warned = (retention: Retention) =>
    Annotations.fromStack(build(locked(retention)).stack).findWarning(
      '*',
      Match.stringLikeRegexp('COMPLIANCE mode'),
    );
  expect(warned(Retention.compliance({ years: 7 }))).toHaveLength(1);
  expect(warned(SEVEN_YEARS)).toHaveLength(0);
});
