/**
 * Compares the archiver with the pipeline that it replaces. Each feature and each weakness of that
 * pipeline has a test here. Nearly all tests run the synthesized definition and the built bundles.
 */
import { TimeZone } from 'aws-cdk-lib';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AlertMode, ArchiveLayout, DateSelection } from '../../../src';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';
import { only, resolve, synth } from '../../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

let open: Rehearsal[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});

async function archiver(...args: Parameters<typeof rehearse>): Promise<Rehearsal> {
  const rehearsal = await rehearse(...args);
  open.push(rehearsal);
  return rehearsal;
}

/** Fails these operations until the returned switch is turned off. */
function denial(operations: string[], keyPrefix?: string) {
  const rule = { on: true };
  const before = (call: {
    operation: string;
    key?: string;
    keys?: string[];
    accessKeyId?: string;
  }) =>
    rule.on && operations.includes(call.operation) && (call.key ?? '').startsWith(keyPrefix ?? '')
      ? { kind: 'Error' as const, status: 403, code: 'AccessDenied' }
      : undefined;
  return { rule, s3: { hooks: { before } } };
}

const NIGHT = { now: '2026-11-25T01:00:00Z' };
const DAY = { input: { date: '2026-11-24' } };

describe('a feature of the legacy pipeline', () => {
  const definition = () => {
    const { template } = synth({ prefix: 'incoming/' });
    return JSON.parse(
      resolve(
        template,
        only(template, 'AWS::StepFunctions::StateMachine').properties.DefinitionString,
      ) as string,
    ) as any;
  };

  test(
    'a Distributed Map lists the prefix, with listObjectsV2, Bucket, Prefix, MaxConcurrency, ' +
      'ToleratedFailurePercentage and Label',
    () => {
      const map = definition().States.ArchiveObjects;
      expect(map.ItemReader).toMatchObject({
        Resource: expect.stringContaining('s3:listObjectsV2'),
        Parameters: { Bucket: expect.any(String), 'Prefix.$': '$.listing.prefix' },
      });
      expect(map).toMatchObject({
        MaxConcurrencyPath: '$.maxConcurrency',
        ToleratedFailurePercentage: 0,
        Label: 'ArchiveObjects',
      });
    },
  );

  test(
    'a child retries the four errors of Lambda with an interval of 2 s, 6 attempts and a backoff ' +
      'of 2',
    () => {
      const [, retry] = definition().States.ArchiveObjects.ItemProcessor.States.ArchiveBatch.Retry;
      expect(retry).toMatchObject({ IntervalSeconds: 2, MaxAttempts: 6, BackoffRate: 2 });
      // It includes the four: Lambda.ServiceException, Lambda.AWSLambdaException,
      // Lambda.SdkClientException, Lambda.TooManyRequestsException.
      expect(retry.ErrorEquals).toEqual(['States.TaskFailed']);
    },
  );

  test(
    "an object with yesterday's date in its base name goes to PREFIX/YYYY/MM/DD/BASE NAME in the " +
      'same bucket, and its source is deleted',
    async () => {
      const it = await archiver({
        destinationPrefix: 'S3/',
        layout: ArchiveLayout.daily({ flatten: true }),
      });
      it.put('incoming/deep/er/a-2026-11-24.csv');
      const { status } = await it.sandbox.run(NIGHT);
      expect(status).toBe('SUCCEEDED');
      expect(it.archive()).toEqual({
        'S3/2026/11/24/a-2026-11-24.csv': 'incoming/deep/er/a-2026-11-24.csv',
      });
      expect(it.source()).toEqual([]);
    },
  );

  test('an object without that date is not archived', async () => {
    const it = await archiver();
    ['incoming/a-2026-11-23.csv', 'incoming/b', 'other/c-2026-11-24.csv'].forEach((key) =>
      it.put(key),
    );
    const { status, counts } = await it.sandbox.run(NIGHT);
    expect({ status, counts }).toEqual({
      status: 'SUCCEEDED',
      counts: { listed: 2, archived: 0, skipped: 2, conflicting: 0, failed: 0 },
    });
    expect(it.source()).toHaveLength(3);
  });

  test('with alertMode PER_BATCH, the message of a batch names a key that could not be copied', async () => {
    const it = await archiver(
      { alertMode: AlertMode.PER_BATCH },
      denial(['CopyObject'], 'archive/2026/11/24/a-'),
    );
    ['incoming/a-2026-11-24.csv', 'incoming/b-2026-11-24.csv'].forEach((key) => it.put(key));
    const { alerts } = await it.sandbox.run(NIGHT);
    expect(alerts[0].message).toContain('incoming/a-2026-11-24.csv');
    expect(alerts[0].message).not.toContain('incoming/b-2026-11-24.csv');
  });

  test('the topic gets the error if the whole map fails', async () => {
    const it = await archiver({}, denial(['ListObjectsV2']));
    const { status, alerts } = await it.sandbox.run(NIGHT);
    expect(status).toBe('FAILED');
    expect(alerts).toHaveLength(1);
    expect(alerts[0].message).toContain('AccessDenied');
  });

  test(
    'the handler gets the log level, the bucket and the source prefix from the props logLevel, ' +
      'bucket and prefix',
    () => {
      const { template } = synth({ prefix: 'incoming/', logLevel: ApplicationLogLevel.DEBUG });
      const { properties } = only(template, 'AWS::Lambda::Function', /ArchiveBatch/);
      expect(properties.LoggingConfig.ApplicationLogLevel).toBe('DEBUG');
      expect(resolve(template, properties.Environment.Variables)).toMatchObject({
        SOURCE_BUCKET: expect.stringContaining('Source'),
        SOURCE_PREFIX: 'incoming/',
      });
    },
  );

  test('the prop schedule starts runs as the schedule did', async () => {
    const it = await archiver({ schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }) });
    it.put('incoming/a-2026-11-24.csv');
    expect((await it.sandbox.run(NIGHT)).counts).toMatchObject({ archived: 1 });
  });
});

describe('a weakness of the legacy pipeline is gone', () => {
  test(
    '"yesterday" depends on the scheduled instant in a time zone, not on the UTC clock of the ' +
      'Lambda function',
    async () => {
      const it = await archiver({
        schedule: ScheduleExpression.cron({
          hour: '1',
          minute: '0',
          timeZone: TimeZone.ASIA_TOKYO,
        }),
      });
      ['incoming/a-2026-11-23.csv', 'incoming/a-2026-11-24.csv'].forEach((key) => it.put(key));
      // At 01:00 on the 25th in Tokyo it is still the 24th in UTC.
      await it.sandbox.run({ now: '2026-11-24T16:00:00Z' });
      expect(it.source()).toEqual(['incoming/a-2026-11-23.csv']);
      // A delivery that is two days late still has the scheduled instant.
      it.put('incoming/b-2026-11-24.csv');
      await it.sandbox.run({
        input: { scheduledTime: '2026-11-24T16:00:00Z' },
        now: '2026-11-26T16:00:00Z',
      });
      expect(it.source()).toEqual(['incoming/a-2026-11-23.csv']);
    },
  );

  test(
    'the destination key keeps the relative path, not only the base name, so nothing is ' +
      'overwritten',
    async () => {
      const it = await archiver();
      it.put('incoming/a/2026-11-24.csv', 'A');
      it.put('incoming/b/2026-11-24.csv', 'B');
      await it.sandbox.run(DAY);
      expect(it.archive()).toEqual({
        'archive/2026/11/24/a/2026-11-24.csv': 'A',
        'archive/2026/11/24/b/2026-11-24.csv': 'B',
      });
    },
  );

  test('with flatten, the second of two equal base names stays at the source and conflicts', async () => {
    const it = await archiver({ layout: ArchiveLayout.daily({ flatten: true }) });
    it.put('incoming/a/2026-11-24.csv', 'A');
    it.put('incoming/b/2026-11-24.csv', 'B');
    const { status, counts } = await it.sandbox.run(DAY);
    expect({ status, counts }).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 1, conflicting: 1 },
    });
    expect(Object.keys(it.archive())).toHaveLength(1);
    expect(it.source()).toHaveLength(1);
  });

  test(
    'copies and deletes are conditional, so a rewritten source and an existing destination ' +
      'object both survive',
    async () => {
      const rewrite = { on: true };
      const it: Rehearsal = await archiver(
        {},
        {
          s3: {
            hooks: {
              before: (call) => {
                if (call.operation === 'DeleteObjects' && rewrite.on) {
                  it.put('incoming/rewritten-2026-11-24.csv', 'new');
                }
                return undefined;
              },
            },
          },
        },
      );
      it.put('incoming/rewritten-2026-11-24.csv', 'old');
      it.put('incoming/taken-2026-11-24.csv', 'mine');
      it.putArchived('archive/2026/11/24/taken-2026-11-24.csv', 'theirs');
      const { counts } = await it.sandbox.run(DAY);
      expect(counts).toMatchObject({ conflicting: 2, archived: 0, failed: 0 });
      expect(it.archive()).toEqual({
        'archive/2026/11/24/rewritten-2026-11-24.csv': 'old',
        'archive/2026/11/24/taken-2026-11-24.csv': 'theirs',
      });
      expect(it.source()).toEqual([
        'incoming/rewritten-2026-11-24.csv',
        'incoming/taken-2026-11-24.csv',
      ]);
    },
  );

  test('only real dates in the base name count, not substrings of longer numbers or of folders', async () => {
    const it = await archiver();
    [
      'incoming/x2026-11-241',
      'incoming/12026-11-24',
      'incoming/2026-11-24/file',
      'incoming/ok-2026-11-24',
    ].forEach((key) => it.put(key));
    await it.sandbox.run(DAY);
    expect(Object.keys(it.archive())).toEqual(['archive/2026/11/24/ok-2026-11-24']);
  });

  test('CopySource is encoded, so keys with + % ? # é, spaces and emoji are archived unchanged', async () => {
    const it = await archiver();
    const names = [
      'a b',
      'a+b',
      'a%2Bb',
      'a?b',
      'a#b',
      'é',
      '🚀',
      'a&b=c',
      '"quoted"',
      'x//y',
      './z',
      '..',
    ].map((name) => `${name}-2026-11-24`);
    names.forEach((name) => it.put(`incoming/${name}`, name));
    const { counts } = await it.sandbox.run(DAY);
    expect(counts).toMatchObject({ archived: names.length, failed: 0 });
    expect(it.archive()).toEqual(
      Object.fromEntries(names.map((name) => [`archive/2026/11/24/${name}`, name])),
    );
  });

  test('objects above the limit of CopyObject are copied in parts', async () => {
    const limit = 6 * 1024 ** 2;
    const it = await archiver(
      {},
      { s3: { copyLimitBytes: limit }, environment: { MULTIPART_THRESHOLD_BYTES: String(limit) } },
    );
    it.put('incoming/big-2026-11-24.bin', 'x'.repeat(7 * 1024 ** 2));
    const { counts, requests } = await it.sandbox.run(DAY);
    expect(counts).toMatchObject({ archived: 1 });
    expect(requests).toMatchObject({ CompleteMultipartUpload: 1 });
  });

  test(
    'a thousand objects need one child workflow and one Lambda invocation, not one for each ' +
      'object',
    async () => {
      const it = await archiver();
      for (let i = 0; i < 1_000; i++) {
        it.put(`incoming/${i}-2026-11-24`);
      }
      const { counts, children, invocations, requests } = await it.sandbox.run(DAY);
      expect({ archived: counts!.archived, children, invocations }).toEqual({
        archived: 1_000,
        children: 1,
        invocations: 3,
      });
      const all = Object.values(requests).reduce((sum, count) => sum + count, 0);
      expect(all).toBeLessThan(1_025);
    },
  );

  test('lastDays, olderThan or a range in the input archive a missed day later', async () => {
    const it = await archiver({ selection: DateSelection.olderThan(0) });
    ['2026-11-20', '2026-11-21', '2026-11-24', '2026-11-25'].forEach((day) =>
      it.put(`incoming/${day}`),
    );
    await it.sandbox.run({ input: { from: '2026-11-20', to: '2026-11-20' } });
    expect(it.source()).toEqual([
      'incoming/2026-11-21',
      'incoming/2026-11-24',
      'incoming/2026-11-25',
    ]);
    await it.sandbox.run(NIGHT);
    expect(it.source()).toEqual(['incoming/2026-11-25']);
  });

  test('a failed map makes the execution fail with an alert, and the execution can be redriven', async () => {
    const { template } = synth();
    const machine = JSON.parse(
      resolve(
        template,
        only(template, 'AWS::StepFunctions::StateMachine').properties.DefinitionString,
      ) as string,
    ) as any;
    expect(machine.States.ArchiveObjects.Catch).toBeUndefined();

    const it = await archiver({}, denial(['CopyObject']));
    for (let i = 0; i < 20; i++) {
      it.put(`incoming/${i}-2026-11-24`);
    }
    const { status, error, counts, alerts } = await it.sandbox.run(DAY);
    expect({ status, error, counts }).toEqual({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      counts: null,
    });
    expect(alerts).toHaveLength(1);
    expect(alerts[0].message).toContain('aws stepfunctions redrive-execution');
    expect(alerts[0].message).toContain('ACCESS_DENIED');
    expect(it.source()).toHaveLength(20);
  });

  test('a run sends one SNS message, not one for each failed object', async () => {
    const it = await archiver(
      { toleratedFailurePercentage: 100, batchSize: 100 },
      denial(['CopyObject'], 'archive/2026/11/24/bad'),
    );
    for (let i = 0; i < 300; i++) {
      it.put(`incoming/${i % 2 ? 'bad' : 'good'}-${i}-2026-11-24`);
    }
    const { status, counts, alerts } = await it.sandbox.run(DAY);
    expect({ status, counts }).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 150, failed: 150 },
    });
    expect(alerts).toHaveLength(1);
  });

  test(
    'a destination inside the listed prefix is listed, but its objects are never archived ' +
      'again',
    async () => {
      const it = await archiver({ prefix: '' });
      it.put('a-2026-11-24.csv');
      await it.sandbox.run(DAY);
      const { counts, status } = await it.sandbox.run(DAY);
      expect({ status, counts }).toMatchObject({
        status: 'SUCCEEDED',
        counts: { archived: 0, skipped: 1 },
      });
      expect(Object.keys(it.archive())).toEqual(['archive/2026/11/24/a-2026-11-24.csv']);
    },
  );
});
