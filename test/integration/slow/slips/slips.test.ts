/**
 * The mistakes that people make first, and what they are told: at synth where the app shows it,
 * else by the first run, which may be a dry run. Each sentence names the correction. With
 * PRINT_SLIPS=1, the test prints the table.
 */
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ArchiveLayout, DateSelection, DateSource, S3DatedArchiver } from '../../../src';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

jest.setTimeout(120_000);

const table: string[] = [];
const tell = (slip: string, where: string, sentence: string) => {
  table.push(`| ${slip} | ${where} | ${sentence.replace(/\s+/g, ' ').replace(/\|/g, '\\|')} |`);
};
afterAll(() => {
  if (process.env.PRINT_SLIPS) {
    process.stdout.write(
      `\n| slip | where | sentence |\n| --- | --- | --- |\n${table.join('\n')}\n`,
    );
  }
});

/** Props as plain JavaScript has them: nothing checks their names and types. */
type Given = { readonly [prop: string]: unknown };

function whatSynthSays(props: Given): string {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  try {
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: new Bucket(stack, 'Source'),
      ...props,
    } as never);
  } catch (error) {
    return (error as Error).message;
  }
  return app
    .synth()
    .getStackByName('Stack')
    .messages.map(({ entry }) => String(entry.data))
    .join('\n');
}

test.each<[slip: string, props: () => Given, sentence: RegExp]>([
  [
    'a cron without a minute',
    () => ({ schedule: ScheduleExpression.cron({ hour: '1' }) }),
    /starts a run every minute of its hours: add a minute/,
  ],
  ['a misspelled prop', () => ({ prefx: 'in/' }), /prefx.*prefix/],
  [
    "a prop of Python's names",
    () => ({ date_source: DateSource.objectName('yyyyMMdd') }),
    /date_source.*dateSource/,
  ],
  ['a prop of another tool', () => ({ concurrency: 10 }), /concurrency.*maxConcurrency/],
  ['a prefix without its slash', () => ({ prefix: 'incoming' }), /write "incoming\/"/],
  ['a prefix with a slash in front', () => ({ prefix: '/incoming/' }), /write "incoming\/"/],
  ['a URI as prefix', () => ({ prefix: 's3://data/incoming/' }), /write "incoming\/"/],
  ['a prefix with a wildcard', () => ({ prefix: 'incoming/*' }), /write "incoming\/"/],
  ['source and archive swapped', () => ({ prefix: 'archive/' }), /set another destinationPrefix/],
  [
    'a bucket by its name',
    () => ({ bucket: 'my-bucket' }),
    /Bucket\.fromBucketName\(this, 'Bucket', 'my-bucket'\)/,
  ],
  [
    'a topic by its ARN',
    () => ({ alertTopic: 'arn:aws:sns:us-east-1:1:t' }),
    /Topic\.fromTopicArn/,
  ],
  ['a duration in days as a number', () => ({ reportRetention: 30 }), /Duration\.days\(30\)/],
  ['a number in quotes', () => ({ batchSize: '100' }), /write a number without quotes/],
  [
    'a batch larger than a bulk delete',
    () => ({ batchSize: 5_000 }),
    /from 1 to 1,000: S3 deletes at most 1,000/,
  ],
  [
    'a class in small letters',
    () => ({ storageClass: { value: 'deep-archive' } }),
    /write DEEP_ARCHIVE/,
  ],
  [
    'a zone that does not exist',
    () => ({ timeZone: { timezoneName: 'Asia/Tokio' } }),
    /Asia\/Tokyo/,
  ],
  [
    'a date format of moment.js',
    () => ({ dateSource: DateSource.objectName('YYYY-MM-DD') }),
    /yyyy-MM-dd/,
  ],
  ['a date format of strftime', () => ({ dateSource: DateSource.objectName('%Y-%m-%d') }), /yyyy/],
  ['minutes in place of months', () => ({ dateSource: DateSource.objectName('yyyy-mm-dd') }), /MM/],
  ['a layout without its slash', () => ({ layout: ArchiveLayout.of('yyyy/MM/dd') }), /\//],
  [
    'a layout that repeats the folders of keys',
    () => ({ dateSource: DateSource.keyPrefix('yyyy/MM/dd') }),
    /dropDateFolders/,
  ],
  [
    'a negative number of days',
    () => ({ selection: DateSelection.daysAgo(-1) }),
    /from 0 to 36,525/,
  ],
  [
    'a glob that begins with the prefix',
    () => ({ prefix: 'incoming/', filter: { include: ['incoming/**'] } }),
    /incoming/,
  ],
  ['a negated glob', () => ({ filter: { include: ['!*.tmp'] } }), /negates nothing here/],
  ['nobody is subscribed', () => ({}), /addSubscription/],
])('%s: synth', (slip, props, sentence) => {
  let said: string;
  try {
    said = whatSynthSays(props());
  } catch (error) {
    said = (error as Error).message;
  }
  tell(slip, 'synth', said.split('\n').find((line) => sentence.test(line)) ?? said);
  expect(said).toMatch(sentence);
});

describe('with default props', () => {
  let stage: Rehearsal;
  beforeAll(async () => {
    stage = await rehearse({ retryPolicy: { maxAttempts: 0 } });
  });
  afterAll(() => stage.close());

  test.each<[slip: string, input: object, sentence: RegExp]>([
    ['a field of the input that does not exist', { dat: '2026-11-24' }, /dat.*date/s],
    ['a day in the order of Europe', { date: '24-11-2026' }, /2026-11-24|yyyy-MM-dd/],
    ['a day that does not exist', { date: '2026-02-30' }, /2026-02-30/],
    ['days in the wrong order', { from: '2026-11-24', to: '2026-11-20' }, /from.*to/s],
    ['a day and a range', { date: '2026-11-24', from: '2026-11-20' }, /from/],
    ['a range without its end', { from: '2026-11-20' }, /to/],
    ['dryRun as a text', { date: '2026-11-24', dryRun: 'true' }, /dryRun.*true/s],
    ['a restore without allowRestore', { action: 'restore', date: '2026-11-24' }, /allowRestore/],
    ['a verification of a run that nobody knows', { action: 'verify', run: 'nihgtly' }, /nihgtly/],
    ['an action that does not exist', { action: 'archieve' }, /archive/],
  ])('%s: the message of the run', async (slip, input, sentence) => {
    const {
      status,
      alerts: [alert],
    } = await stage.sandbox.run({ input });
    const said = alert?.message ?? '';
    tell(slip, 'message', /^Cause: (.*)$/m.exec(said)?.[1] ?? said);
    expect(status).toBe('FAILED');
    expect(said).toMatch(sentence);
    expect(said).toContain('aws stepfunctions start-execution');
  });

  test.each<[slip: string, keys: string[], correction: RegExp]>([
    [
      'logrotate with dateext',
      ['app.log-20261124.gz', 'app.log-20261123.gz'],
      /DateSource\.objectName\(.yyyyMMdd.\)/,
    ],
    [
      'access logs of nginx, month first',
      ['access_11-24-2026.log', 'access_11-23-2026.log'],
      /DateSource\.objectName\(.MM-dd-yyyy.\)/,
    ],
    [
      'exports with the day first',
      ['export_24.11.2026.csv', 'export_23.11.2026.csv'],
      /DateSource\.objectName\(.dd\.MM\.yyyy.\)/,
    ],
    [
      'Kinesis Firehose folders',
      ['2026/11/24/13/stream-1-abc', '2026/11/23/13/stream-1-abc'],
      /DateSource\.objectKey\(.yyyy\/MM\/dd.\)/,
    ],
    [
      'Hive partitions',
      ['year=2026/month=11/day=24/part-0', 'year=2026/month=11/day=23/part-0'],
      /DateSource\.objectKey\(/,
    ],
    ['IIS logs', ['u_ex261124.log', 'u_ex261123.log'], /DateSource\.objectName\(.yyMMdd.\)/],
    [
      'database dumps with a time',
      ['db_20261124013000.sql', 'db_20261123013000.sql'],
      /DateSource\.objectName\(.yyyyMMddHHmmss.\)/,
    ],
    [
      'CloudTrail',
      [
        '1_CloudTrail_eu-west-1_20261124T0130Z_a.json.gz',
        '1_CloudTrail_eu-west-1_20261123T0130Z_b.json.gz',
      ],
      /objectName\(.yyyyMMdd.\)/,
    ],
    [
      'load balancers',
      [
        '1_elasticloadbalancing_lb_20261124T0130Z_10.0.0.1_a.log.gz',
        '1_elasticloadbalancing_lb_20261123T0130Z_b.log.gz',
      ],
      /objectName\(.yyyyMMdd.\)/,
    ],
    [
      'VPC flow logs in folders',
      ['flow/2026/11/24/a.log.gz', 'flow/2026/11/23/b.log.gz'],
      /objectKey\(.yyyy\/MM\/dd.\)/,
    ],
    [
      'Azure diagnostics',
      ['y=2026/m=11/d=24/h=01/PT1H.json', 'y=2026/m=11/d=23/h=01/PT1H.json'],
      /objectKey\(.'y='yyyy'\/m='MM'\/d='dd.\)/,
    ],
    [
      'rotatelogs of Apache',
      ['access.log.20261124', 'access.log.20261123'],
      /objectName\(.yyyyMMdd.\)/,
    ],
    [
      'dumps with underscores',
      ['backup_2026_11_24.dump', 'backup_2026_11_23.dump'],
      /objectName\(.yyyy_MM_dd.\)/,
    ],
    [
      'Spark partitions',
      ['date=2026-11-24/part-0', 'date=2026-11-23/part-0'],
      /objectKey\(.yyyy-MM-dd.\)/,
    ],
    ['Airflow partitions', ['dt=20261124/part-0', 'dt=20261123/part-0'], /objectKey\(.yyyyMMdd.\)/],
    ['Fluentd', ['log.2026112401_0.gz', 'log.2026112301_0.gz'], /objectName\(.yyyyMMddHH.\)/],
    ['log4j', ['app.2026.11.24.log', 'app.2026.11.23.log'], /objectName\(.yyyy\.MM\.dd.\)/],
    [
      'spreadsheets of Americans',
      ['Report 11_24_2026.xlsx', 'Report 11_23_2026.xlsx'],
      /objectName\(.MM_dd_yyyy.\)/,
    ],
    ['cameras', ['IMG_20261124_013000.jpg', 'IMG_20261123_013000.jpg'], /objectName\(.yyyyMMdd.\)/],
    [
      'scanners with short years',
      ['scan-26-11-24.pdf', 'scan-26-11-23.pdf'],
      /objectName\(.yy-MM-dd.\)/,
    ],
  ])('names of %s: one message, also of a dry run', async (slip, keys, correction) => {
    const { store } = stage.sandbox.s3!;
    for (const key of stage.source()) {
      store.delete(stage.sandbox.sourceBucket, key);
    }
    for (const key of keys) {
      stage.put(`incoming/${key}`);
    }
    for (const dryRun of [true, false]) {
      const {
        status,
        counts,
        alerts: [alert],
        report,
      } = await stage.sandbox.run({
        input: { date: '2026-11-24', dryRun },
        now: '2026-11-25T01:00:00Z',
      });
      expect({ status, counts }).toMatchObject({
        status: 'SUCCEEDED',
        counts: { archived: 0, skipped: keys.length },
      });
      expect(alert?.subject).toMatch(/found nothing/);
      expect(alert?.message).toMatch(correction);
      const written = store.get(stage.sandbox.reportBucket, report!.key)!.body.bytes().toString();
      expect(JSON.parse(written) as Report).toMatchObject({ undated: keys.length });
      if (dryRun) {
        tell(
          `names of ${slip}`,
          'dry run, message',
          /^.*DateSource\..*$/m.exec(alert!.message)![0],
        );
      }
    }
  });
});
