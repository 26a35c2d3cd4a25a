/**
 * The source is in another account, and source, archiver and archive are in three regions. The
 * sandbox's S3 redirects a request to the wrong region, and holds both sides' policies against a
 * request from another account.
 */
import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Listing, type S3DatedArchiverProps } from '../../../src';
import type { CostItem } from '../../../src/lambda/pricing/cost';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { MAX_CONCURRENCY } from '../../../src/lambda/throughput/concurrency-controller';
import { type Rehearsal, type RehearsalOptions, rehearse } from '../../helpers/run-in-sandbox';

jest.setTimeout(180_000);

const OURS = '111122223333';
const THEIRS = '444455556666';
const HOME = { stackProps: { env: { account: OURS, region: 'us-east-1' } } };
const DAY = { input: { date: '2026-11-24' } };
const OBJECTS = ['incoming/a-2026-11-24.csv', 'incoming/sub/b-2026-11-24.csv'];

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

const imported = (stack: Stack, account = THEIRS) =>
  s3.Bucket.fromBucketAttributes(stack, 'Theirs', {
    bucketName: 'theirs',
    account,
    region: 'eu-west-1',
  });
const far = (stack: Stack) =>
  s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'ap-northeast-1' });

async function archiver(
  props: (stack: Stack) => Partial<S3DatedArchiverProps>,
  options: RehearsalOptions = {},
): Promise<Rehearsal> {
  const rehearsal = await rehearse((stack) => ({ listing: Listing.selective(), ...props(stack) }), {
    ...HOME,
    ...options,
  });
  open.push(rehearsal);
  for (const key of OBJECTS) {
    rehearsal.put(key);
  }
  return rehearsal;
}

/** Returns the keys with their buckets. */
const everything = ({ sandbox }: Rehearsal) =>
  [sandbox.sourceBucket, sandbox.destinationBucket].flatMap((bucket) =>
    sandbox.s3!.store.keys(bucket).map((key) => `${bucket}/${key}`),
  );
const ARCHIVED = [
  'far/archive/2026/11/24/a-2026-11-24.csv',
  'far/archive/2026/11/24/sub/b-2026-11-24.csv',
];

test('a day is archived, verified and restored between accounts and regions', async () => {
  const it = await archiver((stack) => ({
    bucket: imported(stack),
    destinationBucket: far(stack),
    allowRestore: true,
  }));
  const { store } = it.sandbox.s3!;
  expect(
    ['theirs', 'far', it.sandbox.reportBucket].map((name) => [
      store.bucket(name).region,
      store.bucket(name).account,
    ]),
  ).toEqual([
    ['eu-west-1', THEIRS],
    ['ap-northeast-1', OURS],
    ['us-east-1', OURS],
  ]);
  store.put('theirs', 'incoming/tagged-2026-11-24.csv', 'tagged', { tags: { team: 'blue' } });

  const run = await it.sandbox.run(DAY);
  expect([run.status, run.cause, run.counts]).toEqual([
    'SUCCEEDED',
    null,
    { listed: 3, archived: 3, skipped: 0, conflicting: 0, failed: 0 },
  ]);
  expect(everything(it)).toEqual([...ARCHIVED, 'far/archive/2026/11/24/tagged-2026-11-24.csv']);

  const verification = await it.sandbox.run({ input: { action: 'verify', date: '2026-11-24' } });
  expect([verification.status, verification.counts]).toEqual([
    'SUCCEEDED',
    { listed: 3, present: 3, changed: 0, missing: 0, unproven: 0, skipped: 0 },
  ]);

  const restore = await it.sandbox.run({ input: { action: 'restore', date: '2026-11-24' } });
  expect([restore.status, restore.cause, restore.counts]).toEqual([
    'SUCCEEDED',
    null,
    { listed: 3, restored: 3, skipped: 0, conflicting: 0, failed: 0 },
  ]);
  const restored = [...OBJECTS, 'incoming/tagged-2026-11-24.csv'].sort();
  const archived = restored.map((key) => key.replace('incoming/', 'archive/2026/11/24/'));
  expect(everything(it)).toEqual([
    ...restored.map((key) => `theirs/${key}`),
    ...archived.map((key) => `far/${key}`),
  ]);
  expect(store.get('theirs', 'incoming/tagged-2026-11-24.csv')!.attributes.tags).toEqual([
    ['team', 'blue'],
  ]);
});

test('a bucket of another account is archived within itself, verified and restored', async () => {
  const it = await archiver((stack) => ({ bucket: imported(stack), allowRestore: true }));
  for (const [action, counts] of Object.entries({
    archive: { archived: 2 },
    verify: { present: 2 },
    restore: { restored: 2 },
  })) {
    const run = await it.sandbox.run({ input: { action, date: '2026-11-24' } });
    expect([action, run.status, run.cause, run.counts]).toEqual([
      action,
      'SUCCEEDED',
      null,
      expect.objectContaining({ listed: 2, ...counts }),
    ]);
  }
  expect(it.source()).toEqual(OBJECTS);
});

test(
  'a large object is copied in parts between regions and back, and what the transfer costs is in ' +
    'dry runs, reports and the sandbox',
  async () => {
    const environment = { MULTIPART_THRESHOLD_BYTES: String(5 * 1024 ** 2) };
    const it = await archiver(
      (stack) => ({ bucket: imported(stack), destinationBucket: far(stack), allowRestore: true }),
      { environment },
    );
    it.put('incoming/large-2026-11-24.bin', 'x'.repeat(11 * 1024 ** 2));
    const read = (key: string) =>
      JSON.parse(
        it.sandbox.s3!.store.get(it.sandbox.reportBucket, key)!.body.bytes().toString(),
      ) as Report;
    const transfer = (items: readonly CostItem[]) =>
      items.filter(({ what }) => what.includes('transferred'));

    // A gigabyte costs what the region asks that it leaves.
    for (const [action, from, to, usdPerGb] of [
      ['archive', 'eu-west-1', 'ap-northeast-1', 0.02],
      ['restore', 'ap-northeast-1', 'eu-west-1', 0.09],
    ] as const) {
      const dry = await it.sandbox.run({ input: { ...DAY.input, action, dryRun: true } });
      const run = await it.sandbox.run({ input: { ...DAY.input, action } });
      expect([action, run.status, run.counts]).toMatchObject([
        action,
        'SUCCEEDED',
        { listed: 3, failed: 0 },
      ]);
      // Only the function that archives has the lower threshold.
      if (action === 'archive') {
        expect(run.requests.UploadPartCopy).toBeGreaterThanOrEqual(2);
      }
      const expected = [
        {
          what: `S3: GB transferred from ${from} to ${to}`,
          count: 1,
          usd: expect.closeTo((11 / 1024) * usdPerGb, 5),
        },
      ];
      expect(transfer(read(dry.report!.key).estimate!.usd.items)).toEqual(expected);
      expect([transfer(read(dry.report!.key).cost.items), transfer(dry.estimate.items)]).toEqual([
        [],
        [],
      ]);
      expect(transfer(read(run.report!.key).cost.items)).toEqual(expected);
      expect(transfer(run.estimate.items)).toEqual(expected);
      if (action === 'archive') {
        expect(everything(it)).toContain('far/archive/2026/11/24/large-2026-11-24.bin');
      }
    }
    expect(everything(it)).toContain('theirs/incoming/large-2026-11-24.bin');
  },
);

test('once a function knows the region of a bucket, no request goes to another one', async () => {
  const it = await archiver((stack) => ({
    bucket: imported(stack, OURS),
    destinationBucket: far(stack),
  }));
  for (let i = 0; i < 900; i++) {
    it.put(`incoming/more-2026-11-24-${i}.csv`);
  }
  const { status, requests, counts } = await it.sandbox.run(DAY);
  expect([status, counts!.archived]).toEqual(['SUCCEEDED', 902]);
  // Each object is copied once. Only those that an instance sends at the same time at first are
  // redirected.
  expect(requests.CopyObject! - 902).toBeGreaterThan(0);
  expect(requests.CopyObject! - 902).toBeLessThanOrEqual(MAX_CONCURRENCY);
  expect(requests.ListObjectsV2! - 1).toBeLessThan(20);
});

test('a batch that crashes is looked at in both regions', async () => {
  const it = await archiver(
    (stack) => ({
      bucket: imported(stack),
      destinationBucket: far(stack),
      toleratedFailurePercentage: 100,
    }),
    {
      onInvoke: ({ logicalId, kill }) => {
        if (logicalId.includes('ArchiveBatch')) {
          kill();
        }
      },
    },
  );
  const { status, counts } = await it.sandbox.run(DAY);
  expect([status, counts]).toEqual([
    'SUCCEEDED',
    { listed: 2, archived: 0, skipped: 0, conflicting: 0, failed: 2 },
  ]);
  expect(everything(it)).toEqual(OBJECTS.map((key) => `theirs/${key}`));
});

test('a bucket of this app in another account gets the statements in its policy', async () => {
  const it = await archiver(
    (stack) => {
      const theirs = new Stack(stack.node.root, 'TheirStack', {
        env: { account: THEIRS, region: 'eu-west-1' },
      });
      return {
        bucket: new s3.Bucket(theirs, 'Landing', { bucketName: 'landing' }),
        destinationBucket: far(stack),
      };
    },
    { stack: 'Rehearsal' },
  );
  const { status, counts } = await it.sandbox.run(DAY);
  expect([status, counts!.archived]).toEqual(['SUCCEEDED', 2]);
  expect(it.sandbox.s3!.store.bucket('landing')).toMatchObject({
    region: 'eu-west-1',
    account: THEIRS,
  });
});

test('a policy of a bucket that the archiver does not use is refused', async () => {
  await expect(
    archiver((stack) => ({ bucket: imported(stack) }), { bucketPolicies: { their: {} } }),
  ).rejects.toThrow(
    '--bucket-policy their: the archiver does not use that bucket; it uses theirs, ' +
      'rehearsal-archiverreports',
  );
});

describe('a policy that lacks something', () => {
  const ROOT = { AWS: `arn:aws:iam::${OURS}:root` };
  const policy = (...without: string[]) => ({
    Statement: [
      ...['s3:ListBucket', 's3:GetBucketObjectLockConfiguration'].map((Action) => ({
        Effect: 'Allow',
        Principal: ROOT,
        Action,
        Resource: 'arn:aws:s3:::theirs',
      })),
      ...[
        's3:GetObject',
        's3:GetObjectTagging',
        's3:DeleteObject',
        's3:GetObjectRetention',
        's3:GetObjectLegalHold',
      ].map((Action) => ({
        Effect: 'Allow',
        Principal: ROOT,
        Action,
        Resource: 'arn:aws:s3:::theirs/*',
      })),
    ].filter(({ Action }) => !without.includes(Action)),
  });
  const run = async (theirs: object) => {
    const it = await archiver(
      (stack) => ({ bucket: imported(stack), destinationBucket: far(stack) }),
      { bucketPolicies: { theirs } },
    );
    it.sandbox.s3!.store.put('theirs', 'incoming/tagged-2026-11-24.csv', 'tagged', {
      tags: { team: 'blue' },
    });
    return { it, ...(await it.sandbox.run(DAY)) };
  };

  test('nothing: the run succeeds', async () => {
    expect((await run(policy())).status).toBe('SUCCEEDED');
  });

  test.each([
    ['s3:ListBucket', 'arn:aws:s3:::theirs', 3],
    ['s3:GetObject', 'arn:aws:s3:::theirs/incoming/', 3],
    ['s3:GetObjectTagging', 'arn:aws:s3:::theirs/incoming/tagged-2026-11-24.csv', 1],
    ['s3:DeleteObject', 'arn:aws:s3:::theirs/incoming/', 3],
  ])(
    '%s: the run fails, the message says so, and every object is still at its source',
    async (action, resource, kept) => {
      const { it, status, cause, alerts } = await run(policy(action));
      expect(status).toBe('FAILED');
      const said = `${cause}\n${alerts.map(({ message }) => message).join('\n')}`;
      expect(said).toContain(`is not authorized to perform: ${action} on resource: "${resource}`);
      expect(said).toContain('because no resource-based policy allows');
      expect(it.source()).toHaveLength(kept);
    },
  );
});

test(
  'a bucket that somebody else has created under the name gets nothing, although it allows ' +
    'everything',
  async () => {
    const everybody = {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${OURS}:root` },
          Action: 's3:*',
          Resource: '*',
        },
      ],
    };
    const it = await archiver(
      (stack) => ({ bucket: imported(stack), destinationBucket: far(stack) }),
      { bucketPolicies: { theirs: everybody } },
    );
    (it.sandbox.access.policies.accounts as Map<string, string>).set(
      'arn:aws:s3:::theirs',
      '999999999999',
    );
    const { status, cause, alerts } = await it.sandbox.run(DAY);
    expect(status).toBe('FAILED');
    expect(`${cause}${alerts.map(({ message }) => message).join()}`).toContain(
      'because no identity-based policy allows the s3:ListBucket action',
    );
    expect(everything(it)).toEqual(OBJECTS.map((key) => `theirs/${key}`));
  },
);
