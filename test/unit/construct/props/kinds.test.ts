/**
 * JavaScript does not check types. A value of another kind is refused by name before anything uses
 * it.
 */
import { Duration, Lazy, Size, type Stack, TimeZone } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type CronOptionsWithTimezone, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  type AlarmOptions,
  GlacierSources,
  ArchiveLayout,
  DateSelection,
  DateSource,
  type LedgerTableOptions,
  Listing,
  Packing,
  Retention,
  type S3DatedArchiver,
  type S3DatedArchiverProps,
  type VerificationOptions,
} from '../../../../src';
import { PROPS } from '../../../../src/construct/props/prop-kinds';
import { build, synth } from '../../../helpers/synth';

const given = (props: object) => props as Partial<S3DatedArchiverProps>;

test.each<[object, string]>([
  [
    { bucket: 'my-bucket' },
    'bucket is the string "my-bucket" and must be a bucket: pass Bucket.fromBucketName(this, ' +
      "'Bucket', 'my-bucket')",
  ],
  [
    { bucket: Lazy.string({ produce: () => 'x' }) },
    "bucket is a token and must be a bucket: pass Bucket.fromBucketName(this, 'Bucket', " +
      "'my-bucket')",
  ],
  [
    { prefix: 2026 },
    'prefix is 2026 and must be a string: write a string in quotes, or Token.asString() of a token',
  ],
  [{ prefix: null }, 'prefix is null and must be a string'],
  [
    { prefix: Lazy.any({ produce: () => 'x' }) },
    'prefix is a token and must be a string: write a string in quotes, or Token.asString() of a ' +
      'token',
  ],
  [
    { filter: '*.csv' },
    'filter is the string "*.csv" and must be an object: write its fields in braces',
  ],
  [{ filter: ['*.csv'] }, 'filter is a list and must be an object'],
  [
    { filter: { include: '*.csv' } },
    'filter.include is the string "*.csv" and must be a list: write [\'*.csv\']',
  ],
  [{ filter: { exclude: ['a/**', /b/] } }, 'filter.exclude[1] is an object and must be a string'],
  [
    { filter: { minSize: 1024 } },
    'filter.minSize is 1024 and must be a Size: pass, for example, Size.mebibytes(1)',
  ],
  [
    { filter: { minAge: '1h' } },
    'filter.minAge is the string "1h" and must be a Duration: pass, for example, ' +
      'Duration.minutes(5)',
  ],
  [
    { batchSize: '1000' },
    'batchSize is the string "1000" and must be a number: write a number without quotes, or ' +
      'Token.asNumber() of a token',
  ],
  [
    { allowRestore: 'no' },
    'allowRestore is the string "no" and must be true or false: write it without quotes',
  ],
  [
    { schedule: 'rate(1 day)' },
    'schedule is the string "rate(1 day)" and must be a ScheduleExpression: pass ' +
      "ScheduleExpression.expression('rate(1 day)')",
  ],
  [
    { timeZone: 'Asia/Tokyo' },
    'timeZone is the string "Asia/Tokyo" and must be a TimeZone: pass TimeZone.of(\'Asia/Tokyo\')',
  ],
  [
    { dateSource: 'yyyy-MM-dd' },
    'dateSource is the string "yyyy-MM-dd" and must be a DateSource: pass ' +
      "DateSource.objectName('yyyy-MM-dd')",
  ],
  [
    { selection: 'yesterday' },
    'selection is the string "yesterday" and must be a DateSelection: pass, for example, ' +
      'DateSelection.yesterday()',
  ],
  [
    { layout: 'daily' },
    'layout is the string "daily" and must be an ArchiveLayout: pass, for example, ' +
      'ArchiveLayout.daily()',
  ],
  [
    { listing: 'selective' },
    'listing is the string "selective" and must be a Listing: pass, for example, ' +
      'Listing.selective()',
  ],
  [{ packing: true }, 'packing is true and must be a Packing: pass, for example, Packing.zip()'],
  [{ listing: () => undefined }, 'listing is a function and must be a Listing'],
  [
    { storageClass: 'GLACIER' },
    'storageClass is the string "GLACIER" and must be a StorageClass: pass, for example, ' +
      'StorageClass.GLACIER_INSTANT_RETRIEVAL',
  ],
  [{ retryPolicy: { interval: 2 } }, 'retryPolicy.interval is 2 and must be a Duration'],
  [
    { timeout: 300 },
    'timeout is 300 and must be a Duration: pass, for example, Duration.minutes(5)',
  ],
  [
    { reportRetention: 30 },
    'reportRetention is 30 and must be a Duration: pass, for example, Duration.days(30)',
  ],
  [
    { alertTopic: 'arn:aws:sns:eu-west-1:111122223333:alerts' },
    'alertTopic is the string "arn:aws:sns:eu-west-1:111122223333:alerts" and must be a topic: ' +
      "pass a Topic, or Topic.fromTopicArn(this, 'Topic', arn)",
  ],
  [
    { destinationKey: 'alias/archive' },
    'destinationKey is the string "alias/archive" and must be a KMS key: pass a Key, or ' +
      "Key.fromKeyArn(this, 'Key', arn)",
  ],
  [
    { sourceDisposition: 'keep' },
    'sourceDisposition is the string "keep" and must be one of DELETE, KEEP: use the constants ' +
      'of SourceDisposition',
  ],
  [
    { conflictPolicy: 'OVERWRITE' },
    'conflictPolicy is the string "OVERWRITE" and must be one of REPORT, RENAME',
  ],
  [
    { alertMode: 'NEVER' },
    'alertMode is the string "NEVER" and must be one of PROBLEMS, EVERY_RUN, PER_BATCH',
  ],
  [
    { removalPolicy: 'delete' },
    'removalPolicy is the string "delete" and must be one of destroy, retain',
  ],
  [{ logLevel: 'debug' }, 'logLevel is the string "debug" and must be one of INFO, DEBUG'],
  [
    { tracing: 'active' },
    'tracing is the string "active" and must be one of Active, PassThrough, Disabled: use the ' +
      'constants of Tracing',
  ],
  [
    { logRetention: '1 year' },
    'logRetention is the string "1 year" and must be one of RetentionDays: pass, for example, ' +
      'RetentionDays.ONE_YEAR',
  ],
  [{ vpc: 'vpc-1' }, 'vpc is the string "vpc-1" and must be a VPC'],
  [
    { securityGroups: ['sg-1'] },
    'securityGroups[0] is the string "sg-1" and must be a security group',
  ],
  [
    { logRetention: 17 },
    'logRetention 17 must be one of RetentionDays, such as RetentionDays.ONE_YEAR',
  ],
  [{ logRetention: NaN }, 'logRetention NaN must be one of RetentionDays'],
])('%j is refused', (props, message) => {
  expect(() => build(given(props))).toThrow(`Test/Archiver: ${message}`);
});

test.each([
  ['concurency', 'maxConcurrency'],
  ['max_concurrency', 'maxConcurrency'],
  ['alert_topic', 'alertTopic'],
  ['dateSources', 'dateSource'],
  ['destinationprefix', 'destinationPrefix'],
  ['reportRetentionDays', 'reportRetention'],
  ['toleratedFailures', 'toleratedFailurePercentage'],
  ['storage_class', 'storageClass'],
  ['scedule', 'schedule'],
  ['sourceDispositon', 'sourceDisposition'],
])('a prop %s does not exist, and %s is proposed', (prop, meant) => {
  expect(() => build(given({ [prop]: 'x' }))).toThrow(
    `Test/Archiver: ${prop} does not exist: perhaps you mean ${meant}`,
  );
});

test('a field of an option does not exist', () => {
  expect(() => build(given({ filter: { includes: ['*.csv'] } }))).toThrow(
    'Test/Archiver: filter.includes does not exist: perhaps you mean filter.include',
  );
  expect(() => build(given({ retryPolicy: { attempts: 3 } }))).toThrow(
    'Test/Archiver: retryPolicy.attempts does not exist: perhaps you mean retryPolicy.maxAttempts',
  );
});

test.each([
  ['dryRun', 'a dry run is an input of a run: start the state machine with {"dryRun": true}'],
  ['dry_run', 'a dry run is an input of a run'],
  ['days', 'pass selection, such as DateSelection.daysAgo(7)'],
  ['keepSource', 'pass sourceDisposition, SourceDisposition.KEEP'],
  ['copyOnly', 'pass sourceDisposition'],
  ['dateFormat', "pass dateSource, such as DateSource.objectName('yyyyMMdd')"],
  ['include', "pass filter, such as { include: ['**/*.csv'] }"],
  ['email', 'subscribe to the topic: archiver.alertTopic.addSubscription'],
  ['kmsKey', 'pass sourceKey or destinationKey for a bucket'],
  ['overwrite', 'the archive is never overwritten'],
  ['objectTags', 'archived objects keep the tags of their sources'],
  ['costCenter', 'remove it, or use one of bucket, prefix, dateSource'],
  ['constructor', 'remove it, or use one of bucket, prefix, dateSource'],
])('a prop %s does not exist, and what does it is named', (prop, advice) => {
  expect(() => build(given({ [prop]: 'x' }))).toThrow(
    `Test/Archiver: ${prop} does not exist: ${advice}`,
  );
});

test.each([
  ['maxStragglers', 'pass stragglers, the number of them that is acceptable'],
  ['completedWithin', 'pass noRunCompleted'],
  ['topic', 'alarms notify alertTopic'],
  ['straglers', 'perhaps you mean stragglers'],
])('an option %s of addAlarms does not exist, and what does it is named', (option, advice) => {
  const { archiver } = build();
  expect(() => archiver.addAlarms({ [option]: 1 } as unknown as AlarmOptions)).toThrow(
    `Test/Archiver: ${option} does not exist: ${advice}`,
  );
});

test('a field of an option that resembles no other is refused with all there are', () => {
  expect(() => build(given({ filter: { team: 'data' } }))).toThrow(
    'Test/Archiver: filter.team does not exist: remove it, or use one of include, exclude, minSize, maxSize, minAge',
  );
});

test('a field without a value is none', () => {
  expect(() => build(given({ concurrency: undefined }))).not.toThrow();
});

test.each<[string, (archiver: S3DatedArchiver) => unknown, string]>([
  [
    'addVerification',
    (archiver) =>
      archiver.addVerification('Weekly', {
        schedule: 'rate(7 days)',
      } as unknown as VerificationOptions),
    'schedule is the string "rate(7 days)" and must be a ScheduleExpression',
  ],
  [
    'addAlarms',
    (archiver) => archiver.addAlarms({ noRunCompleted: 26 } as unknown as AlarmOptions),
    'noRunCompleted is 26 and must be a Duration',
  ],
  [
    'addLedgerTable',
    (archiver) =>
      archiver.addLedgerTable('Ledger', {
        database: 'logs',
        firstDay: 2026,
      } as unknown as LedgerTableOptions),
    'firstDay is 2026 and must be a string',
  ],
])('an option of %s is refused', (_, call, message) => {
  const { archiver } = build();
  expect(() => call(archiver)).toThrow(`Test/Archiver: ${message}`);
});

test.each([
  'every day',
  '0 1 * * *',
  '',
  'rate(0 days)',
  'rate(day)',
  'cron(0 1 * * *)',
  'cron(0 1 * * * *)',
  'cron(0 1 ? * ? *)',
  'cron(0  1 * * ? *)',
])('the schedule %j, which cannot be deployed, is refused', (text) => {
  expect(() => build(given({ schedule: ScheduleExpression.expression(text) }))).toThrow(
    `Test/Archiver: schedule "${text}" must be an expression that EventBridge Scheduler knows: ` +
      'write rate(1 day), or cron(0 1 * * ? *) with six fields',
  );
});

test.each([
  ['0 1 * * *', 'cron(0 1 * * ? *)'],
  ['cron(0 1 * * *)', 'cron(0 1 * * ? *)'],
  ['cron(30 9 * * 1-5)', 'cron(30 9 ? * MON-FRI *)'],
  ['cron(0 2 * * 0)', 'cron(0 2 ? * SUN *)'],
])('for the schedule %s of crontab the error suggests %s, which is accepted', (text, meant) => {
  const schedule = (expression: string) => ({
    schedule: ScheduleExpression.expression(expression),
  });
  expect(() => build(given(schedule(text)))).toThrow(`Perhaps you mean ${meant}`);
  expect(() => build(given(schedule(meant)))).not.toThrow();
});

test.each([
  [
    'cron(0 24 * * ? *)',
    'has 24 as the hour, which would have to be from 0 to 23: write a number in this ' +
      'range. Perhaps you mean cron(0 0 * * ? *)',
  ],
  [
    'cron(60 1 * * ? *)',
    'has 60 as the minute, which would have to be from 0 to 59: write a number in this ' +
      'range. Perhaps you mean cron(0 1 * * ? *)',
  ],
  ['cron(0 1,25 * * ? *)', 'has 25 as the hour, which would have to be from 0 to 23'],
  ['cron(0 22-24 * * ? *)', 'has 24 as the hour, which would have to be from 0 to 23'],
  ['cron(0 1 32 * ? *)', 'has 32 as the day of the month, which would have to be from 1 to 31'],
  ['cron(0 1 0 * ? *)', 'has 0 as the day of the month, which would have to be from 1 to 31'],
  ['cron(0 1 1 13 ? *)', 'has 13 as the month, which would have to be from 1 to 12'],
  [
    'cron(0 1 ? * 0 *)',
    'has 0 as the day of the week, which would have to be from 1 to 7: write a number in this ' +
      'range. Perhaps you mean cron(0 1 ? * SUN *)',
  ],
  ['cron(0 1 ? * 2-8 *)', 'has 8 as the day of the week, which would have to be from 1 to 7'],
  ['cron(0 1 * * ? 1969)', 'has 1969 as the year, which would have to be from 1970 to 2199'],
  ['cron(0 1 30 2 ? *)', 'would never start a run, because no month 2 has a day 30'],
  ['cron(0 1 31 JUN ? *)', 'would never start a run, because no month JUN has a day 31'],
  ['at(2026-02-30T01:00:00)', 'is at an instant that no calendar has'],
  ['at(2026-11-24T24:00:00)', 'is at an instant that no calendar has'],
])('the schedule %s, which starts no run, is refused', (text, message) => {
  expect(() => build(given({ schedule: ScheduleExpression.expression(text) }))).toThrow(
    `Test/Archiver: schedule "${text}" ${message}`,
  );
});

test.each([
  'rate(1 day)',
  'rate(12 hours)',
  'cron(0/15 1,13 * * ? *)',
  'cron(0 1 ? * MON-FRI 2026-2030)',
  'cron(0 1 L * ? *)',
  'cron(0 1 L-3 * ? *)',
  'cron(0 1 15W * ? *)',
  'cron(0 1 29 2 ? *)',
  'cron(0/75 1 * * ? *)',
  'cron(0 22-2 ? * 6#3 *)',
  'cron(0 23 ? JAN-MAR 7L *)',
  'at(2026-11-24T01:00:00)',
])('the schedule %s is accepted', (text) => {
  expect(() => build(given({ schedule: ScheduleExpression.expression(text) }))).not.toThrow();
});

test('a schedule of CDK is accepted, whatever its fields', () => {
  const hours: CronOptionsWithTimezone[] = [
    { minute: '0' },
    { minute: '0', hour: '1', weekDay: 'MON' },
    { minute: '5', day: '1' },
  ];
  const schedules = [
    ...hours.map((options) => ScheduleExpression.cron(options)),
    ScheduleExpression.rate(Duration.hours(1)),
    ScheduleExpression.at(new Date('2026-11-24')),
  ];
  for (const schedule of schedules) {
    expect(() => build(given({ schedule }))).not.toThrow();
  }
});

test.each<[() => unknown, string]>([
  [
    () => GlacierSources.restoreFirst(undefined as never),
    'GlacierSources.restoreFirst(): the argument is undefined and must be an object: write its ' +
      'fields in braces',
  ],
  [
    () => GlacierSources.restoreFirst(null as never),
    'GlacierSources.restoreFirst(): the argument is null and must be an object',
  ],
  [
    () => GlacierSources.restoreFirst({ days: '3' } as never),
    'GlacierSources.restoreFirst(): days is the string "3" and must be a number',
  ],
  [
    () => ArchiveLayout.daily({ flatten: 'false' } as never),
    'ArchiveLayout: flatten is the string "false" and must be true or false: write it without ' +
      'quotes',
  ],
  [
    () => ArchiveLayout.hive({ dropDateFolders: null } as never),
    'ArchiveLayout: dropDateFolders is null and must be true or false',
  ],
  [
    () => ArchiveLayout.daily({ dropFolders: true } as never),
    'ArchiveLayout: dropFolders does not exist: perhaps you mean ArchiveLayout: dropDateFolders',
  ],
  [
    () => ArchiveLayout.daily(null as never),
    'ArchiveLayout: the argument is null and must be an object',
  ],
  [
    () => ArchiveLayout.of(undefined as never),
    'ArchiveLayout.of(): the format is undefined and must be a string',
  ],
  [
    () => DateSource.keyPrefix(undefined as never),
    'DateSource.keyPrefix(): the format is undefined and must be a string',
  ],
  [
    () => DateSource.objectName(['yyyy-MM-dd'] as never),
    'DateSource.objectName(): the format is a list and must be a string',
  ],
  [
    () => Listing.selective(8 as never),
    'Listing.selective(): the argument is 8 and must be an object',
  ],
  [
    () => Listing.selective({ manifestBuckets: {} } as never),
    'Listing.selective(): manifestBuckets is an object and must be a list: put it in brackets',
  ],
  [
    () => Listing.selective({ manifestBuckets: ['lists'] } as never),
    'Listing.selective(): manifestBuckets[0] is the string "lists" and must be a bucket: pass ' +
      'Bucket.',
  ],
  [
    () => Packing.zip({ maxObjectSize: 4096 } as never),
    'Packing.zip(): maxObjectSize is 4096 and must be a Size: pass, for example, Size.mebibytes(1)',
  ],
  [
    () => Packing.zip({ maxSize: Size.mebibytes(1) } as never),
    'Packing.zip(): maxSize does not exist: perhaps you mean Packing.zip(): maxPackSize',
  ],
  [
    () => Retention.governance(undefined as never),
    'Retention.governance(): the argument is undefined and must be an object',
  ],
  [
    () => Retention.compliance({ year: 7 } as never),
    'Retention.compliance(): year does not exist: perhaps you mean Retention.compliance(): years',
  ],
])('%s is refused', (create, message) => {
  expect(create).toThrow(message);
});

test.each<[string, (archiver: S3DatedArchiver) => unknown, string]>([
  [
    'addVerification',
    (archiver) => archiver.addVerification('Weekly', {} as never),
    'schedule is undefined and must be a ScheduleExpression: pass ScheduleExpression.expression',
  ],
  [
    'addLedgerTable',
    (archiver) => archiver.addLedgerTable('Ledger', {} as never),
    'database is undefined and must be a string',
  ],
])('a required option of %s is asked for by its name', (_, call, message) => {
  const { archiver } = build();
  expect(() => call(archiver)).toThrow(`Test/Archiver: ${message}`);
});

test.each(Object.keys(PROPS))(
  '%s: a value of any kind is accepted or refused by its name, and never fails deep inside',
  (prop) => {
    for (const value of [
      null,
      true,
      7,
      'x/',
      [],
      ['x'],
      {},
      () => 'x',
      new Date(),
      Duration.days(1),
      ScheduleExpression.rate(Duration.days(1)),
    ]) {
      let error: unknown;
      try {
        build(given({ [prop]: value }));
      } catch (thrown) {
        error = thrown;
      }
      if (error === undefined || (prop === 'bucket' && value === null)) {
        continue;
      }
      expect(error).not.toBeInstanceOf(TypeError);
      expect((error as Error).message).toMatch(new RegExp(`^Test/Archiver: ${prop}\\b`));
    }
  },
);

test('values of other copies of this package and of aws-cdk-lib are accepted', () => {
  const originals = {
    ArchiveLayout,
    DateSelection,
    DateSource,
    Duration,
    Listing,
    Packing,
    ScheduleExpression,
    Size,
    TimeZone,
  };
  let copies = originals;
  jest.isolateModules(() => {
    copies = Object.assign(
      {},
      ...['../../../../src', 'aws-cdk-lib', 'aws-cdk-lib/aws-scheduler'].map((name) => ({
        ...jest.requireActual<object>(name),
      })),
    ) as typeof originals;
  });
  const shared = Object.entries(originals).filter(
    ([name, original]) => copies[name as keyof typeof originals] === original,
  );
  expect(shared).toEqual([]);
  expect(() =>
    build((stack: Stack) =>
      given({
        destinationBucket: new s3.Bucket(stack, 'Archive'),
        dateSource: copies.DateSource.objectName('yyyyMMdd'),
        selection: copies.DateSelection.daysAgo(2),
        layout: copies.ArchiveLayout.hive(),
        listing: copies.Listing.selective(),
        packing: copies.Packing.zip({ maxPackSize: copies.Size.mebibytes(16) }),
        filter: { minSize: copies.Size.kibibytes(1), minAge: copies.Duration.hours(1) },
        timeout: copies.Duration.hours(2),
        timeZone: copies.TimeZone.ASIA_TOKYO,
        schedule: copies.ScheduleExpression.rate(copies.Duration.days(1)),
      }),
    ),
  ).not.toThrow();
});

test('tokens of texts, numbers and lists are accepted', () => {
  expect(() =>
    synth({
      prefix: Lazy.string({ produce: () => 'in/' }),
      batchSize: Lazy.number({ produce: () => 500 }),
      filter: { include: Lazy.list({ produce: () => ['*.csv'] }) },
      timeout: Duration.seconds(Lazy.number({ produce: () => 7200 })),
    }),
  ).not.toThrow();
});
