import * as assert from 'node:assert';
import { Key } from 'aws-cdk-lib/aws-kms';
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import { type Archiver, archiveKey, type Seen, type Setup, sourceKey } from '../archiver';
import type { Scenario, ScenarioContext } from '../scenario-context';
import { type Feature, HEADERS, METADATA, TAGGING } from '../server-features';

const MIB = 1024 ** 2;
const PARTS: Setup = { name: 'parts', multipartThreshold: 5 * MIB };
export const KMS_KEY_ID = '11111111-2222-3333-4444-555555555555';
const KMS_KEY_ARN = `arn:aws:kms:us-east-1:123456789012:key/${KMS_KEY_ID}`;
const ALL = { ...HEADERS, Metadata: METADATA, Tagging: TAGGING };

/** Returns bytes that no text contains and that differ between any two parts. */
export function bytes(size: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(size);
  for (let i = 0; i + 4 <= size; i += 4) {
    buffer.writeInt32LE(Math.imul(i + seed, 2654435761), i);
  }
  return buffer;
}

export const FIDELITY: Record<string, Scenario> = {
  'all attributes of an object': async (context) => {
    const it = await context.archiver();
    const objects = { full: 'content of full', plain: 'content of plain', empty: '' };
    await it.put(sourceKey('full'), objects.full, { ...ALL, ChecksumAlgorithm: 'CRC32' });
    await it.put(sourceKey('plain'), objects.plain, { ChecksumAlgorithm: 'CRC32' });
    await it.put(sourceKey('empty'), objects.empty, {
      Metadata: METADATA,
      ChecksumAlgorithm: 'CRC32',
    });
    await carriedOver(context, it, ['full', 'plain', 'empty'], {
      headers: 'headers',
      metadata: 'metadata',
      tags: 'tags',
      checksum: 'checksum',
    });
  },

  'all attributes of an object that is copied in parts': async (context) => {
    const it = await context.archiver(PARTS);
    await it.put(sourceKey('full'), bytes(11 * MIB), ALL);
    await it.put(sourceKey('plain'), bytes(6 * MIB, 7));
    await carriedOver(context, it, ['full', 'plain'], {
      headers: 'partsHeaders',
      metadata: 'partsMetadata',
      tags: 'partsTags',
      checksum: 'partsChecksum',
    });
    await context.check('it was copied in parts', () =>
      assert.ok((it.requests.UploadPartCopy ?? 0) >= 2),
    );
  },

  'the storage class of the props': async (context) => {
    for (const [size, setup, need] of [
      [10, {}, 'storageClass'],
      [6 * MIB, { multipartThreshold: 5 * MIB }, 'partsStorageClass'],
    ] as const) {
      const it = await context.archiver({
        name: `class-${size}`,
        props: () => ({ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL }),
        ...setup,
      });
      await it.put(sourceKey('a'), bytes(size));
      await it.cleanRun();
      await context.check(
        `is that of an archived object of ${size} bytes`,
        async () => {
          assert.strictEqual(
            (await it.see('destination', archiveKey('a')))?.storageClass,
            'GLACIER_IR',
          );
        },
        need,
      );
      await context.check(
        'the source is gone',
        async () => assert.deepStrictEqual(await it.source(), []),
        need,
      );
    }
  },

  'the key of the props': async (context) => {
    const it = await context.archiver({
      name: 'kms',
      props: (stack) => ({ destinationKey: Key.fromKeyArn(stack, 'Key', KMS_KEY_ARN) }),
    });
    await it.put(sourceKey('a'), 'secret');
    await it.run();
    await context.check(
      'encrypts the archived object',
      async () => {
        const seen = await it.see('destination', archiveKey('a'));
        assert.deepStrictEqual([seen?.encryption, seen?.kmsKeyId], ['aws:kms', KMS_KEY_ARN]);
      },
      'kms',
    );
    await context.check(
      'the source is gone',
      async () => assert.deepStrictEqual(await it.source(), []),
      'kms',
    );
    await context.nothingLost(it, { [sourceKey('a')]: 'secret' });
  },
};

async function carriedOver(
  context: ScenarioContext,
  it: Archiver,
  names: string[],
  needs: Record<'headers' | 'metadata' | 'tags' | 'checksum', Feature>,
): Promise<void> {
  const before = new Map<string, Seen>();
  for (const name of names) {
    before.set(name, (await it.see('source', sourceKey(name)))!);
  }
  await it.cleanRun();
  const after = new Map<string, Seen | undefined>();
  for (const name of names) {
    after.set(name, await it.see('destination', archiveKey(name)));
  }
  const same = (what: keyof Seen) =>
    names.forEach((name) =>
      assert.deepStrictEqual(after.get(name)?.[what], before.get(name)?.[what], name),
    );
  await context.check('content', () =>
    names.forEach((name) =>
      assert.ok(after.get(name)?.content === before.get(name)?.content, name),
    ),
  );
  await context.check('content headers', () => same('headers'), needs.headers);
  await context.check('user metadata', () => same('metadata'), needs.metadata);
  await context.check('tags', () => same('tags'), needs.tags);
  await context.check(
    'checksum',
    () => {
      same('checksum');
      assert.ok(names.every((name) => before.get(name)?.checksum));
    },
    needs.checksum,
  );
  await context.check('encryption', () => same('encryption'));
  await context.check('the sources are gone', async () =>
    assert.deepStrictEqual(await it.source(), []),
  );
}
