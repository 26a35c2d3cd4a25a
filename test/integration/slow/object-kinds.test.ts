/**
 * Archives special kinds of objects and buckets with the synthesized definition and the built
 * bundles.
 */
import type { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { PutOptions, S3Call, StoredObject } from '../../../packages/s3-double/src';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';

const MIB = 1024 ** 2;
const DAY = { input: { date: '2026-11-24' } };
const SOURCE = 'incoming/a-2026-11-24';
const ARCHIVED = 'archive/2026/11/24/a-2026-11-24';

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

/** The archive has its own bucket, so that source and destination can be of different kinds. */
async function archiver(options: Parameters<typeof rehearse>[1] = {}): Promise<Rehearsal> {
  const props = (stack: Stack) => ({
    destinationBucket: new Bucket(stack, 'Archive', { bucketName: 'archive' }),
    toleratedFailurePercentage: 100,
  });
  const rehearsal = await rehearse(props, options);
  open.push(rehearsal);
  return rehearsal;
}

const store = (it: Rehearsal) => it.sandbox.s3!.store;
const put = (it: Rehearsal, options: PutOptions, content = 'content') =>
  store(it).put('source', SOURCE, content, options);

const keyOf = (kind: string) => `incoming/${kind}-2026-11-24`;

describe('objects that cannot be read', () => {
  const KINDS: Record<string, [options: PutOptions, code: string]> = {
    'in GLACIER': [{ storageClass: 'GLACIER' }, 'ARCHIVED_CLASS'],
    'in DEEP_ARCHIVE': [{ storageClass: 'DEEP_ARCHIVE' }, 'ARCHIVED_CLASS'],
    'in the archive tier of Intelligent-Tiering': [
      { storageClass: 'INTELLIGENT_TIERING', archiveTier: 'ARCHIVE_ACCESS' },
      'ARCHIVED_CLASS',
    ],
    'in its deep archive tier': [
      { storageClass: 'INTELLIGENT_TIERING', archiveTier: 'DEEP_ARCHIVE_ACCESS' },
      'ARCHIVED_CLASS',
    ],
    'under a customer-provided key': [{ customerKey: true }, 'CUSTOMER_KEY'],
  };
  const ARCHIVED_KINDS = Object.keys(KINDS).slice(0, 4);
  const codes = (it: Rehearsal) =>
    Object.fromEntries(
      it
        .ledger()
        .filter(({ status }) => status === 'failed')
        .map(({ key, code }) => [key, code]),
    );
  const expected = (kinds: string[]) =>
    Object.fromEntries(kinds.map((kind) => [keyOf(kind), KINDS[kind][1]]));
  const putAll = (it: Rehearsal, kinds: string[]) =>
    kinds.forEach((kind) => store(it).put('source', keyOf(kind), kind, KINDS[kind][0]));

  test(
    'stay at the source and fail with a code that is in the alert, and all other objects are ' +
      'archived',
    async () => {
      const it = await archiver();
      putAll(it, Object.keys(KINDS));
      it.put(SOURCE);
      const { status, counts, alerts } = await it.sandbox.run(DAY);
      expect({ status, counts }).toEqual({
        status: 'SUCCEEDED',
        counts: { listed: 6, archived: 1, skipped: 0, conflicting: 0, failed: 5 },
      });
      expect(codes(it)).toEqual(expected(Object.keys(KINDS)));
      expect(alerts[0].message).toContain('ARCHIVED_CLASS');
      expect(alerts[0].message).toContain('CUSTOMER_KEY');
      expect(it.source()).toEqual(Object.keys(KINDS).map(keyOf).sort());
      expect(Object.keys(it.archive())).toEqual([ARCHIVED]);
    },
  );

  test('are reported by a dry run, if they are in an archive class or tier', async () => {
    const it = await archiver();
    putAll(it, ARCHIVED_KINDS);
    expect((await it.sandbox.run({ input: { ...DAY.input, dryRun: true } })).counts).toMatchObject({
      failed: 4,
      archived: 0,
    });
    expect(codes(it)).toEqual(expected(ARCHIVED_KINDS));
  });

  test(
    'fail with the same code and leave no open upload, if they are in an archive tier and are ' +
      'copied in parts',
    async () => {
      const it = await archiver({ environment: { MULTIPART_THRESHOLD_BYTES: String(5 * MIB) } });
      put(
        it,
        { storageClass: 'INTELLIGENT_TIERING', archiveTier: 'ARCHIVE_ACCESS' },
        'x'.repeat(6 * MIB),
      );
      await it.sandbox.run(DAY);
      expect(it.ledger()).toMatchObject([{ status: 'failed', code: 'ARCHIVED_CLASS' }]);
      expect(store(it).bucket('archive').uploads.size).toBe(0);
      expect(it.source()).toEqual([SOURCE]);
    },
  );

  test(
    'fail with the error of S3 and stay, if they have a customer-provided key and are copied in ' +
      'parts',
    async () => {
      const it = await archiver({ environment: { MULTIPART_THRESHOLD_BYTES: String(5 * MIB) } });
      put(it, { customerKey: true }, 'x'.repeat(6 * MIB));
      await it.sandbox.run(DAY);
      expect(it.ledger()).toMatchObject([
        { status: 'failed', code: 'UNEXPECTED', message: expect.stringContaining('400') },
      ]);
      expect(it.source()).toEqual([SOURCE]);
    },
  );
});

test(
  'restored objects, and objects in STANDARD_IA or in an Intelligent-Tiering tier with instant ' +
    'access, are archived as a dry run says',
  async () => {
    const it = await archiver();
    const kinds: Record<string, PutOptions> = {
      restored: { storageClass: 'GLACIER', restored: true },
      tiered: { storageClass: 'INTELLIGENT_TIERING' },
      rare: { storageClass: 'STANDARD_IA' },
    };
    for (const [kind, options] of Object.entries(kinds)) {
      store(it).put('source', keyOf(kind), kind, options);
    }
    expect((await it.sandbox.run({ input: { ...DAY.input, dryRun: true } })).counts).toMatchObject({
      archived: 3,
      failed: 0,
    });
    expect((await it.sandbox.run(DAY)).counts).toMatchObject({ archived: 3, failed: 0 });
    expect(it.source()).toEqual([]);
  },
);

describe('a source bucket with Requester Pays', () => {
  test(
    'in the own account is archived like any other, because its owner does not have to agree to ' +
      'pay',
    async () => {
      // The caller belongs to the account that owns the bucket.
      const owners = new Set<string>();
      let source: { owners: readonly string[]; requesterPays: boolean } | undefined;
      const before = ({ accessKeyId }: S3Call) => {
        owners.add(accessKeyId!);
        if (source) {
          source.owners = [...owners];
        }
        return undefined;
      };
      const it = await archiver({ s3: { hooks: { before } } });
      put(it, {});
      source = store(it).bucket('source');
      source.requesterPays = true;
      expect(await it.sandbox.run(DAY)).toMatchObject({
        status: 'SUCCEEDED',
        counts: { archived: 1, failed: 0 },
      });
    },
  );

  test(
    'in another account makes the run fail at the listing with AccessDenied, and no object ' +
      'changes',
    async () => {
      const it = await archiver();
      put(it, {});
      store(it).bucket('source').requesterPays = true;
      const { status, alerts } = await it.sandbox.run(DAY);
      expect(status).toBe('FAILED');
      expect(alerts).toHaveLength(1);
      expect(alerts[0].message).toContain('AccessDenied');
      expect([it.source(), it.archive()]).toEqual([[SOURCE], {}]);
    },
  );
});

describe('object versions', () => {
  /** The newest version comes first. */
  function history(
    it: Rehearsal,
    bucket: string,
    key: string,
  ): [versionId: string, content: string | undefined][] {
    const versions: [string, string | undefined][] = [];
    for (
      let object: StoredObject | undefined = store(it).bucket(bucket).head(key);
      object;
      object = object.older
    ) {
      versions.push([
        object.versionId,
        object.deleteMarker ? undefined : object.body.bytes().toString(),
      ]);
    }
    return versions;
  }

  test('of the source stay behind a delete marker', async () => {
    const it = await archiver();
    store(it).bucket('source').versioning = 'Enabled';
    put(it, {}, 'first');
    put(it, {}, 'second');
    const before = history(it, 'source', SOURCE);
    expect((await it.sandbox.run(DAY)).counts).toMatchObject({ archived: 1 });
    expect(history(it, 'source', SOURCE)).toEqual([[expect.any(String), undefined], ...before]);
    expect(it.archive()).toEqual({ [ARCHIVED]: 'second' });
  });

  test(
    'of a source with suspended versioning stay, except the null version, which the delete ' +
      'marker replaces',
    async () => {
      const it = await archiver();
      const bucket = store(it).bucket('source');
      bucket.versioning = 'Enabled';
      put(it, {}, 'first');
      const [kept] = history(it, 'source', SOURCE);
      bucket.versioning = 'Suspended';
      put(it, {}, 'second');
      expect((await it.sandbox.run(DAY)).counts).toMatchObject({ archived: 1 });
      expect(history(it, 'source', SOURCE)).toEqual([['null', undefined], kept]);
      expect(it.archive()).toEqual({ [ARCHIVED]: 'second' });
    },
  );

  test.each(['Enabled', 'Suspended'] as const)(
    'of an archived object that was deleted stay, if versioning is %s',
    async (versioning) => {
      const it = await archiver();
      const bucket = store(it).bucket('archive');
      bucket.versioning = 'Enabled';
      it.putArchived(ARCHIVED, 'earlier');
      store(it).delete('archive', ARCHIVED);
      const before = history(it, 'archive', ARCHIVED);
      bucket.versioning = versioning;
      put(it, {}, 'new');
      expect((await it.sandbox.run(DAY)).counts).toMatchObject({ archived: 1, conflicting: 0 });
      expect(history(it, 'archive', ARCHIVED)).toEqual([[expect.any(String), 'new'], ...before]);
    },
  );

  test.each(['Enabled', 'Suspended'] as const)(
    'of an archived object with other content do not change, if versioning is %s',
    async (versioning) => {
      const it = await archiver();
      store(it).bucket('archive').versioning = versioning;
      it.putArchived(ARCHIVED, 'theirs');
      const before = history(it, 'archive', ARCHIVED);
      put(it, {}, 'mine');
      expect((await it.sandbox.run(DAY)).counts).toMatchObject({ archived: 0, conflicting: 1 });
      expect(history(it, 'archive', ARCHIVED)).toEqual(before);
      expect(it.source()).toEqual([SOURCE]);
    },
  );

  test('behind a delete marker are not listed, so nothing is archived', async () => {
    const it = await archiver();
    store(it).bucket('source').versioning = 'Enabled';
    put(it, {});
    store(it).delete('source', SOURCE);
    expect((await it.sandbox.run(DAY)).counts).toMatchObject({ listed: 0, archived: 0 });
    expect(it.archive()).toEqual({});
  });
});
