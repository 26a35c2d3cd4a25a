import * as assert from 'node:assert';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { FaultKind, S3Call } from '../../../../packages/s3-double/src';
import { FaultInjector } from '../../../../packages/s3-double/src/faults/faults';
import { Packing } from '../../../../src';
import { readZip } from '../../../model-checking/read-zip';
import { randomOf } from '../../../soak/random';
import { type Archiver, archiveKey, type Setup, sourceKey } from '../archiver';
import type { Scenario, ScenarioContext } from '../scenario-context';
import { type Feature, HEADERS, METADATA, TAGGING } from '../server-features';

const PACKS: Setup = {
  name: 'packs',
  props: () => ({ packing: Packing.zip(), allowRestore: true, batchSize: undefined }),
};
const FOLDER = 'archive/2026/11/24/';
const isPack = (key: string) => /\/pack-[0-9a-f]{16}\.zip$/.test(key);

/** Small objects of one day, some with all that an object can have. */
async function fill(it: Archiver, count: number): Promise<Record<string, string>> {
  const written: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    const key = sourceKey(i % 5 === 1 ? `folder ${i}/ä+&%` : `${i}`);
    written[key] = i % 7 === 3 ? '' : `content of ${i}`;
    await it.put(
      key,
      written[key],
      i % 3 === 0 ? { ...HEADERS, Metadata: METADATA, Tagging: TAGGING } : {},
    );
  }
  return written;
}

/** What the archive holds, as objects and in packs, by the keys that objects would have. */
async function archived(it: Archiver): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const add = (key: string, content: string) =>
    found.set(key, [...(found.get(key) ?? []), content]);
  for (const key of await it.archive()) {
    const { Body } = await it.s3.send(
      new GetObjectCommand({ Bucket: it.buckets.destination, Key: key }),
    );
    const bytes = Buffer.from(await Body!.transformToByteArray());
    if (!isPack(key)) {
      add(key, bytes.toString());
    }
    for (const member of isPack(key) ? readZip(bytes) : []) {
      add(`${FOLDER}${member.name}`, member.bytes.toString());
    }
  }
  return found;
}

const toArchiveKey = (key: string) => key.replace('incoming/', FOLDER);

/** Each content is at its source, or in the archive under its name. */
async function nothingLost(
  context: ScenarioContext,
  it: Archiver,
  written: Record<string, string>,
  ...needs: Feature[]
): Promise<void> {
  const source = await it.contents('source');
  const inArchive = await archived(it);
  await context.check(
    'nothing is lost',
    () => {
      const lost = Object.entries(written).filter(
        ([key, content]) =>
          source[key] !== content && !inArchive.get(toArchiveKey(key))?.includes(content),
      );
      assert.deepStrictEqual(lost, []);
    },
    ...needs,
  );
}

async function allArchived(
  context: ScenarioContext,
  it: Archiver,
  written: Record<string, string>,
): Promise<void> {
  await nothingLost(context, it, written);
  await context.check('no source is left', async () =>
    assert.deepStrictEqual(await it.source(), []),
  );
}

/** What a ledger calls archived is in the pack at the place that it names. */
async function ledgerHolds(context: ScenarioContext, it: Archiver): Promise<void> {
  await context.check('what the ledger calls archived is where it says', async () => {
    for (const { status, destination, member } of await it.ledger()) {
      if (status !== 'archived') {
        continue;
      }
      const { Body } = await it.s3.send(
        new GetObjectCommand({ Bucket: it.buckets.destination, Key: destination }),
      );
      const bytes = Buffer.from(await Body!.transformToByteArray());
      const found = [...(isPack(destination) ? readZip(bytes) : [])].find(
        ({ offset, name }) => offset === member?.offset && name === member.name,
      );
      assert.ok(
        !member || found?.bytes.length === member.size,
        `${destination} does not hold ${member?.name} at ${member?.offset}`,
      );
    }
  });
}

/** Acts once, before the first request of an operation to which this applies. */
function once(
  it: Archiver,
  applies: (call: S3Call) => boolean,
  act: (call: S3Call) => Promise<void>,
): void {
  let done = false;
  it.weather.before = async (call) => {
    if (done || !applies(call)) {
      return undefined;
    }
    done = true;
    await act(call);
    return undefined;
  };
}

const putsPack = ({ operation, key = '' }: S3Call) => operation === 'PutObject' && isPack(key);
const FAULTS: FaultKind[] = [
  'SlowDown',
  'InternalError',
  'ResetBefore',
  'LostAnswer',
  'HalfAnswer',
  'KeySlowDown',
  'KeyInternalError',
  'Conflict',
];
const ALL = { from: '2026-11-24', to: '2026-11-24' };

export const PACKING: Record<string, Scenario> = {
  'small objects are packed, verified, and copied back as they were': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 30);
    const before = new Map(
      await Promise.all(
        Object.keys(written).map(async (key) => [key, await it.see('source', key)] as const),
      ),
    );
    const counts = await it.cleanRun();
    await context.check('all count as archived', () =>
      assert.deepStrictEqual([counts.archived, counts.failed, counts.conflicting], [30, 0, 0]),
    );
    await allArchived(context, it, written);
    await ledgerHolds(context, it);
    await context.check(
      'they lie in one pack',
      async () => {
        assert.deepStrictEqual(
          (await it.archive()).map((key) => key.replace(/pack-[0-9a-f]{16}/, 'pack')),
          ['archive/2026/11/24/pack.zip', 'archive/pack-index/day=2026-11-24/pack.jsonl.gz'],
        );
      },
      'putChecksum',
    );

    for (const deep of [false, true]) {
      const verification = await it.run({ action: 'verify', ...ALL, deep });
      await context.check(
        `a verification finds all of them${deep ? ', byte for byte' : ''}`,
        () => {
          assert.deepStrictEqual(
            [verification.status, (verification.counts as { present?: number } | null)?.present],
            ['SUCCEEDED', 30],
          );
        },
      );
    }
    const archive = await it.contents('destination');
    const restore = await it.run({ action: 'restore', ...ALL });
    await context.check('a restore copies all of them back', () =>
      assert.strictEqual((restore.counts as { restored?: number } | null)?.restored, 30),
    );
    for (const [key, seen] of before) {
      const now = await it.see('source', key);
      const facts = ({ content, metadata, headers, tags }: NonNullable<typeof now>) => ({
        content,
        metadata,
        headers,
        tags,
      });
      await context.check('each is as it was', () =>
        assert.deepStrictEqual(now && facts(now), seen && facts(seen)),
      );
    }
    await context.check('the archive is as it was', async () =>
      assert.deepStrictEqual(await it.contents('destination'), archive),
    );
  },

  'one of many packed objects is restored to the reports': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 30);
    await it.cleanRun();
    const wanted = sourceKey('0');
    const { status, error, cause } = await it.run({
      action: 'restore',
      target: 'reports',
      lines: 'packs',
      ...ALL,
      keys: [wanted],
    });
    await context.check(
      'it lies in the reports',
      async () => {
        const { Contents = [] } = await it.s3.send(
          new ListObjectsV2Command({ Bucket: it.buckets.report }),
        );
        const found = Contents.map(({ Key }) => Key!).filter(
          (key) => key.includes('/extracted/') && !key.includes('/claims/'),
        );
        const bodies = await Promise.all(
          found.map(async (Key) => {
            const { Body } = await it.s3.send(
              new GetObjectCommand({ Bucket: it.buckets.report, Key }),
            );
            return Body!.transformToString();
          }),
        );
        assert.strictEqual(status, 'SUCCEEDED', `${error}: ${cause}`);
        assert.deepStrictEqual(bodies, [written[wanted]]);
      },
      'putChecksum',
    );
  },

  'a source is written again before its pack is put': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 8);
    once(it, putsPack, () => it.put(sourceKey('2'), 'newer'));
    await it.run();
    await nothingLost(context, it, { ...written, [sourceKey('2')]: 'newer' }, 'deleteEtag');
    await ledgerHolds(context, it);
  },

  'packs: a source is written again before it is deleted': async (context) => {
    const it = await context.archiver(PACKS);
    await fill(it, 8);
    once(
      it,
      ({ operation }) => operation === 'DeleteObjects',
      () => it.put(sourceKey('2'), 'newer'),
    );
    await it.run();
    await context.check(
      'the newer content is not lost',
      async () => {
        const newer =
          (await it.contents('source'))[sourceKey('2')] === 'newer' ||
          (await archived(it)).get(archiveKey('2'))?.includes('newer');
        assert.ok(newer);
      },
      'deleteEtag',
    );
    await ledgerHolds(context, it);
  },

  'somebody has the name of the pack': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 8);
    let name = '';
    once(it, putsPack, ({ key }) => it.putArchived((name = key!), 'theirs'));
    await it.run();
    await nothingLost(context, it, written);
    await context.check(
      'what was there is not overwritten',
      async () => {
        assert.ok(name === '' || (await it.contents('destination'))[name] === 'theirs');
      },
      'putIfNoneMatch',
    );
  },

  'somebody removes the pack before the sources are deleted': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 8);
    let put = '';
    let removed = false;
    it.weather.before = async (call) => {
      if (putsPack(call)) {
        put = call.key!;
      }
      // After it was confirmed: the ledger is written before the sources are deleted.
      if (
        put !== '' &&
        !removed &&
        call.operation === 'PutObject' &&
        call.key!.includes('/ledger/')
      ) {
        removed = true;
        await it.s3.send(new DeleteObjectCommand({ Bucket: it.buckets.destination, Key: put }));
      }
      return undefined;
    };
    await it.run();
    await nothingLost(context, it, written);
  },

  'packs: two runs at once': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 20);
    const runs = await Promise.all([it.run(), it.run()]);
    await context.check('both succeed', () =>
      assert.deepStrictEqual(
        runs.map(({ status }) => status),
        ['SUCCEEDED', 'SUCCEEDED'],
      ),
    );
    await allArchived(context, it, written);
    await ledgerHolds(context, it);
  },

  'packs: the function is killed at random points': async (context) => {
    const it = await context.archiver(PACKS);
    const random = randomOf(20261124);
    for (let round = 0; round < 3; round++) {
      await it.reset();
      const written = await fill(it, 20);
      it.weather.onInvoke = ({ logicalId, kill }) => {
        if (logicalId.includes('ArchiveBatch') && random.chance(0.6)) {
          setTimeout(kill, random.integer(120));
        }
      };
      await it.run();
      await nothingLost(context, it, written);
      await it.cleanRun();
      await allArchived(context, it, written);
    }
  },

  'packs: faults of all kinds': async (context) => {
    const it = await context.archiver(PACKS);
    const written = await fill(it, 24);
    const injector = new FaultInjector({
      seed: 300,
      rules: FAULTS.map((kind) => ({
        kind,
        probability: 0.08,
        ...(kind.startsWith('Key') && { limit: 10 }),
      })),
    });
    let injected = 0;
    it.weather.before = (call) => {
      // Names of buckets are random. Without them, each run of the scenario meets the same faults.
      const [fault] =
        isPack(call.key ?? '') || call.bucket === it.buckets.source
          ? injector.faultsFor({ ...call, bucket: '' })
          : [];
      if (fault) {
        injected += 1;
      }
      return fault;
    };
    await it.run();
    await context.check('faults were met', () => assert.ok(injected > 0));
    await nothingLost(context, it, written);
    await ledgerHolds(context, it);
    await it.cleanRun();
    await allArchived(context, it, written);
  },
};
