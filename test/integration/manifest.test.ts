/**
 * Runs manifests of each kind through the synthesized state machine, with the permissions of its
 * roles.
 */
import { gzipSync } from 'node:zlib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { S3Call } from '../../packages/s3-double/src';
import { Listing } from '../../src';
import type { Manifest } from '../../src/contract/payloads/run';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

// A run starts the processes of all functions.
jest.setTimeout(180_000);

const DATE = '2026-11-24';
const ODD = [
  'incoming/a b 2026-11-24',
  'incoming/a+b 2026-11-24',
  'incoming/100%2026-11-24',
  'incoming/%41 2026-11-24',
  'incoming/"q", 2026-11-24',
  'incoming/line\nbreak 2026-11-24',
  'incoming/ü\u{1f600} 2026-11-24',
];
const encode = (key: string) =>
  encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
const toCsvField = (text: string) => `"${text.replaceAll('"', '""')}"`;

const PLAN = /\/plan\/[0-9a-f]{64}\.jsonl$/;
let isLosingPlans = false;
/** Another program deletes a file of a plan before it is read. */
function losePlan({ operation, bucket, key }: S3Call): undefined {
  if (isLosingPlans && operation === 'GetObject' && PLAN.test(key ?? '')) {
    it.sandbox.s3!.store.delete(bucket!, key!);
  }
  return undefined;
}

let it: Rehearsal;
beforeAll(async () => {
  it = await rehearse(
    (stack) => ({
      listing: Listing.selective({
        manifestBuckets: [new Bucket(stack, 'Lists', { bucketName: 'lists' })],
      }),
    }),
    { s3: { hooks: { before: losePlan } } },
  );
});
afterAll(() => it.close());
beforeEach(() => {
  const { store } = it.sandbox.s3!;
  for (const bucket of [it.sandbox.sourceBucket, it.sandbox.destinationBucket]) {
    for (const key of store.keys(bucket)) {
      store.delete(bucket, key);
    }
  }
});

/** Puts a list into a bucket and returns its address. */
function putList(content: string | Buffer, bucket: string, key = 'lists/today'): string {
  it.sandbox.s3!.store.put(bucket, key, content);
  return `s3://${bucket}/${key}`;
}

function identify(key: string) {
  const { etag, size } = it.sandbox.s3!.store.get(it.sandbox.sourceBucket, key)!;
  return { etag: etag.replaceAll('"', ''), size };
}

const archivedAs = (key: string) => `archive/2026/11/24/${key.slice('incoming/'.length)}`;
const run = (manifest: unknown, more: object = { date: DATE }) =>
  it.sandbox.run({ input: { manifest, ...more } });

test.each<[string, number, (keys: readonly string[]) => string | Buffer, Partial<Manifest>?]>([
  ['JSON Lines', 7, (keys) => keys.map((key) => `${JSON.stringify({ key })}\n`).join('')],
  [
    'CSV',
    7,
    (keys) =>
      `key,etag,size\n${keys.map((key) => [toCsvField(key), identify(key).etag, identify(key).size].join()).join('\n')}`,
    { keyEncoding: 'none' },
  ],
  [
    'URL-encoded CSV',
    7,
    (keys) => `size,key\n${keys.map((key) => [identify(key).size, encode(key)].join()).join('\n')}`,
    { keyEncoding: 'url' },
  ],
  [
    'packed JSON Lines',
    7,
    (keys) =>
      gzipSync(keys.map((key) => `${JSON.stringify({ key, ...identify(key) })}\n`).join('')),
  ],
])('%s', async (_, looks, toList, more = {}) => {
  for (const key of [...ODD, 'incoming/not listed 2026-11-24', 'incoming/2026-11-23']) {
    it.put(key);
  }
  const uri = putList(toList([...ODD, 'incoming/2026-11-23']), it.sandbox.reportBucket);
  const { status, counts, requests } = await run({ uri, ...more });
  expect({ status, counts }).toEqual({
    status: 'SUCCEEDED',
    counts: { listed: 8, archived: 7, skipped: 1, conflicting: 0, failed: 0 },
  });
  expect(it.archive()).toEqual(Object.fromEntries(ODD.map((key) => [archivedAs(key), key])));
  expect(it.source()).toEqual(['incoming/2026-11-23', 'incoming/not listed 2026-11-24']);
  expect(requests.HeadObject ?? 0).toBe(looks);
});

test('an S3 Inventory in a bucket of its own', async () => {
  const { sourceBucket } = it.sandbox;
  for (const key of ODD) {
    it.put(key);
  }
  const rows = ODD.map(
    (key) =>
      `"${sourceBucket}","${encode(key)}","${identify(key).size}","2026-11-24T10:00:00.000Z","${identify(key).etag}"\n`,
  );
  putList(gzipSync(rows.slice(0, 3).join('')), 'lists', 'data/1.csv.gz');
  putList(gzipSync(rows.slice(3).join('')), 'lists', 'data/2.csv.gz');
  const manifest = putList(
    JSON.stringify(
      {
        sourceBucket,
        destinationBucket: 'arn:aws:s3:::lists',
        version: '2016-11-30',
        fileFormat: 'CSV',
        fileSchema: 'Bucket, Key, Size, LastModifiedDate, ETag',
        files: [{ key: 'data/1.csv.gz' }, { key: 'data/2.csv.gz' }],
      },
      null,
      2,
    ),
    'lists',
    'manifest.json',
  );
  const { status, counts } = await run(manifest);
  expect({ status, counts }).toEqual({
    status: 'SUCCEEDED',
    counts: { listed: 7, archived: 7, skipped: 0, conflicting: 0, failed: 0 },
  });
  expect(Object.keys(it.archive())).toHaveLength(7);
});

test('a stale ETag, a key that is gone, a key that occurs twice, and dates of the list', async () => {
  for (const key of [
    'incoming/twice 2026-11-24',
    'incoming/rewritten 2026-11-24',
    'incoming/no date',
  ]) {
    it.put(key);
  }
  const stale = { etag: 'd41d8cd98f00b204e9800998ecf8427e', size: 0 };
  const lines = [
    { key: 'incoming/twice 2026-11-24' },
    { key: 'incoming/twice 2026-11-24', ...identify('incoming/twice 2026-11-24') },
    { key: 'incoming/rewritten 2026-11-24', ...stale },
    { key: 'incoming/gone 2026-11-24' },
    { key: 'incoming/gone too 2026-11-24', ...stale },
    { key: 'incoming/no date', date: DATE },
  ];
  const uri = putList(
    lines.map((line) => JSON.stringify(line)).join('\n'),
    it.sandbox.sourceBucket,
    'incoming/list.jsonl',
  );
  const expected = { listed: 6, archived: 3, skipped: 3, conflicting: 0, failed: 0 };

  const dry = await run(uri, { date: DATE, dryRun: true });
  expect(dry).toMatchObject({ status: 'SUCCEEDED', counts: expected });
  expect(it.archive()).toEqual({});

  const real = await run(uri);
  expect({ status: real.status, counts: real.counts }).toEqual({
    status: 'SUCCEEDED',
    counts: expected,
  });
  expect(it.archive()).toEqual({
    'archive/2026/11/24/no date': 'incoming/no date',
    'archive/2026/11/24/rewritten 2026-11-24': 'incoming/rewritten 2026-11-24',
    'archive/2026/11/24/twice 2026-11-24': 'incoming/twice 2026-11-24',
  });
  const report = JSON.parse(
    it.sandbox.s3!.store.get(it.sandbox.reportBucket, real.report!.key)!.body.bytes().toString(),
  ) as object;
  expect(report).toMatchObject({ manifest: { uri } });
});

test('an object that S3 does not show fails alone', async () => {
  it.put('incoming/a 2026-11-24');
  it.sandbox.s3!.store.put(it.sandbox.sourceBucket, 'incoming/b 2026-11-24', '', {
    customerKey: true,
  });
  const uri = putList(
    '{"key":"incoming/a 2026-11-24"}\n{"key":"incoming/b 2026-11-24"}\n',
    it.sandbox.reportBucket,
  );
  const { counts, alerts } = await run(uri);
  expect(counts).toEqual({ listed: 2, archived: 1, skipped: 0, conflicting: 0, failed: 1 });
  expect(alerts[0].message).toContain('CUSTOMER_KEY incoming/b 2026-11-24');
});

test.each<[string, () => string, RegExp]>([
  [
    'keys outside of the prefix',
    () =>
      putList(
        '{"key":"incoming/2026-11-24"}\n{"key":"other/2026-11-24"}\n{"key":"x"}\n',
        it.sandbox.reportBucket,
      ),
    /Cause: InvalidRunInput: the run's manifest is wrong: s3:\/\/.*\/lists\/today: 2 of its keys do not begin with "incoming\/", the prefix of this archiver, the first one at s3:\/\/.*\/lists\/today, line 2: leave them out/,
  ],
  [
    'a manifest that is not there',
    () => `s3://${it.sandbox.reportBucket}/nothing`,
    /the run's manifest.*\/nothing.* cannot be read: there is no such object/,
  ],
  [
    'a manifest in a bucket that the role cannot read',
    () => {
      it.sandbox.s3!.store.createBucket('foreign');
      return putList('', 'foreign');
    },
    /ACCESS_DENIED: the run's manifest s3:\/\/foreign\/lists\/today cannot be read: .*give its bucket to Listing\.selective\(\{ manifestBuckets: \[\.\.\.\] \}\)\. .* No object was touched/,
  ],
  [
    'what lies in the source bucket outside of the prefix',
    () => putList('{"key":"incoming/2026-11-24"}', it.sandbox.sourceBucket, 'salaries.jsonl'),
    /ACCESS_DENIED: the run's manifest s3:\/\/.*\/salaries\.jsonl cannot be read: .*put the manifest below reportPrefix of the report bucket/,
  ],
])('%s: one message, and nothing is moved', async (_, prepare, cause) => {
  it.put('incoming/2026-11-24');
  const { status, alerts } = await run(prepare());
  expect(status).toBe('FAILED');
  expect(alerts).toHaveLength(1);
  expect(alerts[0].message).toMatch(cause);
  expect(it.archive()).toEqual({});
  expect(it.source()).toContain('incoming/2026-11-24');
});

test(
  'a wrong size beside a right ETag gets into no ledger, so that a verification finds what was ' +
    'archived',
  async () => {
    it.put('incoming/2026-11-24');
    const uri = putList(
      JSON.stringify({ key: 'incoming/2026-11-24', ...identify('incoming/2026-11-24'), size: 1 }),
      it.sandbox.reportBucket,
    );
    const size = Buffer.byteLength('incoming/2026-11-24');
    const { bytes, report } = await run(uri);
    expect(bytes).toBe(size);
    const written = it.sandbox
      .s3!.store.get(it.sandbox.reportBucket, report!.key)!
      .body.bytes()
      .toString();
    const {
      run: { id },
    } = JSON.parse(written) as { run: { id: string } };
    expect(await it.sandbox.run({ input: { action: 'verify', run: id } })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 1, present: 1 },
      alerts: [],
    });
  },
);

test('a list of unknown keys makes a message', async () => {
  it.put('incoming/2026-11-24');
  const { status, counts, alerts } = await run(
    putList(
      'key,etag,size\nincoming/2026-11-24 ,5d41402abc4b2a76b9719d911017c592,5\n',
      it.sandbox.reportBucket,
    ),
  );
  expect({ status, counts }).toEqual({
    status: 'SUCCEEDED',
    counts: { listed: 1, archived: 0, skipped: 1, conflicting: 0, failed: 0 },
  });
  expect(alerts.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('Archive found nothing: 2026-11-24'),
  ]);
  expect(alerts[0].message).toContain('a blank before a comma');
});

test('a file of the plan that is gone is told as such', async () => {
  it.put('incoming/2026-11-24');
  isLosingPlans = true;
  const { status, alerts } = await run(
    putList('{"key":"incoming/2026-11-24"}', it.sandbox.reportBucket),
  ).finally(() => {
    isLosingPlans = false;
  });
  expect({ status, source: it.source() }).toEqual({
    status: 'FAILED',
    source: ['incoming/2026-11-24'],
  });
  expect(alerts).toHaveLength(1);
  expect(alerts[0].message).toMatch(
    /PlanChanged: a file of the run's plan, s3:\/\/\S+\.jsonl is gone: another program, or a lifecycle rule of the bucket, deleted it after it was planned/,
  );
  expect(alerts[0].message).not.toContain('allow the action');
});

test('the command that the message gives reads the same manifest', async () => {
  const uri = putList('{"key":1}', it.sandbox.reportBucket);
  const { alerts } = await run({ uri, keyEncoding: 'url' });
  expect(alerts[0].message).toContain(`"manifest":{"uri":"${uri}","keyEncoding":"url"}`);
});

test('an archiver whose map lists refuses a manifest, and names the listing that reads it', async () => {
  const other = await rehearse();
  const { status, cause } = await other.sandbox.run({
    input: { manifest: 's3://any/list', date: DATE },
  });
  expect(status).toBe('FAILED');
  expect(cause).toContain('only an archiver with listing: Listing.selective() reads a manifest');
  await other.close();
});
