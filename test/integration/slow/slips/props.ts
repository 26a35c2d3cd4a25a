/** Slips in props, which synth tells. Nothing checks names and types in plain JavaScript. */
import { TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { ArchiveLayout, DateSelection, DateSource } from '../../../../src';

export type Given = { readonly [prop: string]: unknown };

export interface PropsSlip {
  readonly slip: string;
  readonly props: (scope: Construct) => Given;
  /** What the sentence has to say. */
  readonly correction: RegExp;
  /** Whether a subscriber gets the alerts. Default: true. */
  readonly isSubscribed?: boolean;
}

const slip = (name: string, props: Given | PropsSlip['props'], correction: RegExp): PropsSlip => ({
  slip: name,
  props: typeof props === 'function' ? (props as PropsSlip['props']) : () => props,
  correction,
});

export const PROPS_SLIPS: readonly PropsSlip[] = [
  slip('`dryRun` as a prop', { dryRun: true }, /input of a run.*\{"dryRun": true\}/),
  slip('days as a prop', { days: 7 }, /DateSelection\.olderThan/),
  slip('`keepSource`', { keepSource: true }, /SourceDisposition\.KEEP/),
  slip('`include` outside of `filter`', { include: ['*.csv'] }, /filter.*include/),
  slip('an email address as a prop', { email: 'a@b.example' }, /new EmailSubscription/),
  slip('`kmsKey`', { kmsKey: 'alias/mine' }, /sourceKey or destinationKey/),
  slip('`overwrite`', { overwrite: true }, /never overwritten.*ConflictPolicy/),
  slip('a misspelled prop', { destinationPrefx: 'old/' }, /perhaps you mean destinationPrefix/),
  slip(
    "a prop of Python's names",
    () => ({ date_source: DateSource.objectName('yyyyMMdd') }),
    /date_source.*dateSource/,
  ),
  slip('a prop of another tool', { concurrency: 10 }, /concurrency.*maxConcurrency/),
  slip('a prefix without its slash', { prefix: 'incoming' }, /write "incoming\/"/),
  slip('a prefix with a slash in front', { prefix: '/incoming/' }, /write "incoming\/"/),
  slip('a URI as prefix', { prefix: 's3://data/incoming/' }, /write "incoming\/"/),
  slip('a prefix with a wildcard', { prefix: 'incoming/*' }, /write "incoming\/"/),
  slip('source and archive swapped', { prefix: 'archive/' }, /set another destinationPrefix/),
  slip(
    'a bucket by its name',
    { bucket: 'my-bucket' },
    /Bucket\.fromBucketName\(this, 'Bucket', 'my-bucket'\)/,
  ),
  slip('a topic by its ARN', { alertTopic: 'arn:aws:sns:us-east-1:1:t' }, /Topic\.fromTopicArn/),
  slip('a duration in days as a number', { reportRetention: 30 }, /Duration\.days\(30\)/),
  slip('a number in quotes', { batchSize: '100' }, /write a number without quotes/),
  slip('a batch larger than a bulk delete', { batchSize: 5_000 }, /from 1 to 1,000/),
  slip('a class in small letters', { storageClass: { value: 'deep-archive' } }, /DEEP_ARCHIVE/),
  slip('a date format without `DateSource`', { dateSource: 'yyyyMMdd' }, /DateSource\.objectName/),
  slip('days as a number', { selection: 7 }, /DateSelection\./),
  slip('a glob without its list', { filter: { include: '*.csv' } }, /\['\*\.csv'\]|list/),
  slip('packing as a switch', { packing: true }, /Packing\.zip\(\)/),
  slip('a conflict policy that overwrites', { conflictPolicy: 'OVERWRITE' }, /REPORT.*RENAME/),
  slip(
    'a cron without a minute',
    () => ({ schedule: ScheduleExpression.cron({ hour: '1' }) }),
    /starts a run every minute of its hours: add a minute/,
  ),
  slip(
    'a line of a crontab',
    () => ({ schedule: ScheduleExpression.expression('0 1 * * *') }),
    /Perhaps you mean cron\(0 1 \* \* \? \*\)/,
  ),
  slip(
    'an hour that does not exist',
    () => ({ schedule: ScheduleExpression.cron({ hour: '25', minute: '0' }) }),
    /25.*0 to 23|0 to 23.*25/,
  ),
  slip(
    'a zone that does not exist',
    () => ({ timeZone: TimeZone.of('Asia/Tokio') }),
    /Asia\/Tokyo/,
  ),
  slip('a misspelled zone', () => ({ timeZone: TimeZone.of('Europe/Berln') }), /Europe\/Berlin/),
  slip(
    'a date format of moment.js',
    () => ({ dateSource: DateSource.objectName('YYYY-MM-DD') }),
    /yyyy-MM-dd/,
  ),
  slip(
    'a date format of strftime',
    () => ({ dateSource: DateSource.objectName('%Y-%m-%d') }),
    /yyyy-MM-dd/,
  ),
  slip(
    'minutes in place of months',
    () => ({ dateSource: DateSource.objectName('yyyy-mm-dd') }),
    /yyyy-MM-dd/,
  ),
  slip(
    'a layout without its slash',
    () => ({ layout: ArchiveLayout.of('yyyy/MM/dd') }),
    /yyyy\/MM\/dd\//,
  ),
  slip(
    'a layout that repeats the folders of keys',
    () => ({ dateSource: DateSource.keyPrefix('yyyy/MM/dd') }),
    /dropDateFolders/,
  ),
  slip(
    'a negative number of days',
    () => ({ selection: DateSelection.daysAgo(-1) }),
    /from 0 to 36,525/,
  ),
  slip(
    'a glob that begins with the prefix',
    { prefix: 'incoming/', filter: { include: ['incoming/**'] } },
    /incoming/,
  ),
  slip('a negated glob', { filter: { include: ['!*.tmp'] } }, /negates nothing here/),
  slip(
    'a source in another region',
    (scope) => ({
      bucket: Bucket.fromBucketAttributes(scope, 'There', {
        bucketName: 'there',
        region: 'eu-central-1',
      }),
    }),
    /Listing\.selective\(\)/,
  ),
  { ...slip('nobody is subscribed', {}, /addSubscription/), isSubscribed: false },
];
