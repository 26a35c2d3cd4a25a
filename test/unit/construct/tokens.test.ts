/**
 * Any string or number may be a token. The template then has a reference, never the encoding of the
 * token, and no validation fails.
 */
import { App, CfnParameter, Duration, Lazy, Size, Stack, TimeZone } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  ArchiveLayout,
  DateSelection,
  DateSource,
  S3DatedArchiver,
  type S3DatedArchiverProps,
} from '../../../src';
import { definition, environment, only, resolve } from '../../helpers/synth';

/**
 * Returns a value for every string and number prop, which `text` and `number` create from a name.
 */
function allTokens(
  text: (name: string) => string,
  number: (name: string) => number,
): Omit<S3DatedArchiverProps, 'bucket'> {
  return {
    prefix: text('Prefix'),
    destinationPrefix: text('DestinationPrefix'),
    dateSource: DateSource.objectName(text('Format'), 'yyyyMMdd'),
    selection: DateSelection.olderThan(number('Days')),
    timeZone: TimeZone.of(text('Zone')),
    schedule: ScheduleExpression.expression(text('Schedule'), TimeZone.of(text('ScheduleZone'))),
    layout: ArchiveLayout.of(text('Layout')),
    filter: {
      include: [text('Include'), '**/*.csv'],
      exclude: [text('Exclude')],
      minSize: Size.bytes(number('MinSize')),
      maxSize: Size.bytes(number('MaxSize')),
      minAge: Duration.seconds(number('MinAge')),
    },
    maxConcurrency: number('Concurrency'),
    maxObjectsPerSecond: number('Rate'),
    batchSize: number('BatchSize'),
    toleratedFailurePercentage: number('Tolerance'),
    retryPolicy: {
      interval: Duration.seconds(number('Interval')),
      maxAttempts: number('Attempts'),
      backoffRate: number('Backoff'),
      maxDelay: Duration.seconds(number('MaxDelay')),
    },
    storageClass: new s3.StorageClass(text('Class')),
    reportPrefix: text('ReportPrefix'),
    reportRetention: Duration.days(number('Retention')),
    timeout: Duration.seconds(number('Timeout')),
    batchTimeout: Duration.seconds(number('BatchTimeout')),
    memorySize: number('Memory'),
  };
}

const NUMBERS: { [name: string]: number } = {
  Days: 90,
  Concurrency: 25,
  Rate: 700,
  BatchSize: 400,
  Tolerance: 5,
  Interval: 3,
  Attempts: 4,
  Backoff: 1.5,
  MaxDelay: 30,
  MinSize: 10,
  MaxSize: 1000,
  MinAge: 3600,
  Retention: 60,
  Timeout: 7200,
  BatchTimeout: 240,
  Memory: 2048,
};
const TEXTS: { [name: string]: string } = {
  Prefix: 'in/',
  Include: 'eu/**',
  Exclude: '**/*.tmp',
  DestinationPrefix: 'old/',
  Format: 'yyyy-MM-dd',
  Zone: 'Asia/Tokyo',
  Schedule: 'rate(1 day)',
  ScheduleZone: 'Europe/Paris',
  Layout: 'yyyy/',
  Class: 'GLACIER_IR',
  ReportPrefix: 'reports/',
};

function withParameters(): Template {
  const stack = new Stack(new App(), 'Test');
  const parameter = (id: string, type: string) =>
    (stack.node.tryFindChild(id) ?? new CfnParameter(stack, id, { type })) as CfnParameter;
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: s3.Bucket.fromBucketName(
      stack,
      'Bucket',
      parameter('BucketName', 'String').valueAsString,
    ),
    ...allTokens(
      (name) => parameter(name, 'String').valueAsString,
      (name) => parameter(name, 'Number').valueAsNumber,
    ),
  });
  return Template.fromStack(stack);
}

function withLazies(): Template {
  const stack = new Stack(new App(), 'Test');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: s3.Bucket.fromBucketName(stack, 'Bucket', Lazy.string({ produce: () => 'data' })),
    ...allTokens(
      (name) => Lazy.string({ produce: () => TEXTS[name] }),
      (name) => Lazy.number({ produce: () => NUMBERS[name] }),
    ),
  });
  return Template.fromStack(stack);
}

function withSsm(): Template {
  const stack = new Stack(new App(), 'Test');
  const text = (name: string) =>
    ssm.StringParameter.valueForStringParameter(stack, `/archiver/${name}`);
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: s3.Bucket.fromBucketName(stack, 'Bucket', text('Bucket')),
    ...allTokens(text, (name) => Lazy.number({ produce: () => NUMBERS[name] })),
  });
  return Template.fromStack(stack);
}

describe.each([
  ['CfnParameter', withParameters],
  ['Lazy', withLazies],
  ['SSM', withSsm],
])('%s', (_, make) => {
  const template = make();

  test('the template has no encoding of a token', () => {
    const json = JSON.stringify(template.toJSON());
    expect(json).not.toMatch(/\$\{Token\[|#\{Token\[/);
    expect(json).not.toMatch(/-1\.8881\d+e\+289/); // how CDK encodes a number
    expect(json).not.toMatch(/\bNaN\b/);
  });
});

/* eslint-disable @typescript-eslint/no-explicit-any */

describe.each<[string, () => Template, any]>([
  ['CfnParameter', withParameters, { ...NUMBERS, ...TEXTS, BucketName: 'data' }],
  ['Lazy', withLazies, {}],
])('%s: values are in the template', (_, make, given) => {
  const template = make();

  test('in the environment of the functions', () => {
    expect(environment(template, 'ArchiveBatch', given)).toMatchObject({
      SOURCE_BUCKET: 'data',
      SOURCE_PREFIX: 'in/',
      DESTINATION_PREFIX: 'old/',
      DATE_SOURCE: '{"kind":"objectName","formats":["yyyy-MM-dd","yyyyMMdd"]}',
      SELECTION: '{"kind":"olderThan","days":90}',
      LAYOUT: '{"format":"yyyy/","flatten":false}',
      FILTER:
        '{"include":["eu/**","**/*.csv"],"exclude":["**/*.tmp"],"minSize":10,"maxSize":1000,"minAge":3600}',
      TIME_ZONE: 'Asia/Tokyo',
      STORAGE_CLASS: 'GLACIER_IR',
      REPORT_PREFIX: 'reports/',
    });
    const { MAX_CONCURRENCY, MAX_OBJECTS_PER_SECOND, TOLERATED_FAILURE_PERCENTAGE } = environment(
      template,
      'ArchiveBatch',
      given,
    );
    expect(
      [MAX_CONCURRENCY, MAX_OBJECTS_PER_SECOND, TOLERATED_FAILURE_PERCENTAGE].map(String),
    ).toEqual(['25', '700', '5']);
  });

  test('as numbers in the definition', () => {
    const { States, TimeoutSeconds } = definition(template, given);
    expect(TimeoutSeconds).toBe(7200);
    expect(States.ArchiveObjects).toMatchObject({
      ItemBatcher: { MaxItemsPerBatch: 400 },
      ToleratedFailurePercentage: 5,
    });
    expect(States.PlanRun.Retry[1]).toMatchObject({
      IntervalSeconds: 3,
      MaxAttempts: 4,
      BackoffRate: 1.5,
      MaxDelaySeconds: 30,
    });
    expect(States.ArchiveObjects.ItemProcessor.States.ArchiveBatch.Retry[1]).toMatchObject({
      MaxAttempts: 4,
    });
  });

  test('in function properties, schedule and report bucket', () => {
    const { properties } = only(template, 'AWS::Lambda::Function', /ArchiverArchiveBatch/);
    expect(resolve(template, properties, given)).toMatchObject({ Timeout: 240, MemorySize: 2048 });
    expect(
      resolve(template, only(template, 'AWS::Scheduler::Schedule').properties, given),
    ).toMatchObject({
      ScheduleExpression: 'rate(1 day)',
      ScheduleExpressionTimezone: 'Europe/Paris',
    });
    expect(
      resolve(template, only(template, 'AWS::S3::Bucket', /Reports/).properties, given)
        .LifecycleConfiguration.Rules[0],
    ).toMatchObject({ Prefix: 'reports/', ExpirationInDays: 60 });
  });
});

test('the number of rounds fits into the history for any number of retries that a token may have', () => {
  expect(environment(withLazies()).MAX_ROUNDS).toBe('81');
});

test('a tolerance with a fraction is rounded up as soon as it is known', () => {
  const of = (toleratedFailurePercentage: number) => {
    const stack = new Stack(new App(), 'Test');
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: new s3.Bucket(stack, 'Bucket'),
      toleratedFailurePercentage,
    });
    const template = Template.fromStack(stack);
    return [
      definition(template).States.ArchiveObjects.ToleratedFailurePercentage,
      environment(template, 'ReportRun').TOLERATED_FAILURE_PERCENTAGE,
    ];
  };
  expect(of(Lazy.number({ produce: () => 2.5 }))).toEqual([3, '2.5']);
  expect(of(2.5)).toEqual([3, '2.5']);
});
