import * as assert from 'node:assert';
import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type Archiver, archiveKey, DAY, sourceKey } from '../archiver';
import type { Scenario, ScenarioContext } from '../scenario-context';
import type { Feature } from '../server-features';

const ODD: [feature: Feature | undefined, names: string[]][] = [
  [undefined, ['plain', 'deep/er/and/deeper', '2026-11-23 to']],
  [
    'signKeys',
    ['a b', 'a+b', 'a%2Bb', '100%', 'a?b', 'a#b', 'a&b=c', 'a;b', '"quoted"', '<b>', "it's"],
  ],
  ['unicodeKeys', ['é', 'ä', '🚀', '日本語']],
  ['slashKeys', ['x//y', '/leading']],
  ['dotKeys', ['./z', '../up']],
  ['controlKeys', ['\u0001', 'tab\there']],
  ['longKeys', ['n'.repeat(900)]],
];

export const BUCKETS: Record<string, Scenario> = {
  'versioned buckets': (context) => versioned(context, 'Enabled', 'versioning'),

  'buckets with suspended versioning': (context) => versioned(context, 'Suspended', 'suspended'),

  'odd keys': async (context) => {
    for (const [feature, names] of ODD) {
      // A server may change a key that it does not support. The key then gets its own buckets.
      const kept = feature === undefined || context.server.supports.has(feature);
      const it = await context.archiver(kept ? undefined : { name: `odd-${feature}` });
      const needs = feature ? [feature] : [];
      const what = feature ?? 'plain';
      const written = Object.fromEntries(names.map((name, i) => [sourceKey(name), `content ${i}`]));
      await context.check(
        `${what}: archived under their names`,
        async () => {
          for (const [key, content] of Object.entries(written)) {
            await it.put(key, content);
          }
          const counts = await it.cleanRun();
          assert.deepStrictEqual([counts.archived, counts.failed], [names.length, 0]);
          assert.deepStrictEqual(
            await it.contents('destination'),
            Object.fromEntries(names.map((name, i) => [archiveKey(name), `content ${i}`])),
          );
          assert.deepStrictEqual(await it.source(), []);
        },
        ...needs,
      );
    }
  },

  dryRun: async (context) => {
    const it = await context.archiver();
    const names = Array.from({ length: 15 }, (_, i) => `n${i}`);
    for (const name of names) {
      await it.put(sourceKey(name), name);
    }
    await it.put('incoming/other-2026-11-23', 'other');
    await it.putArchived(archiveKey('n3'), 'theirs');
    const before = [await it.contents('source'), await it.contents('destination')];
    const dry = await it.cleanRun({ date: DAY, dryRun: true });
    await context.check('changes nothing', async () =>
      assert.deepStrictEqual(
        [await it.contents('source'), await it.contents('destination')],
        before,
      ),
    );
    await context.check('counts what would happen', () => {
      assert.deepStrictEqual(dry, {
        listed: 16,
        archived: 14,
        skipped: 1,
        conflicting: 1,
        failed: 0,
      });
    });
    const real = await it.cleanRun();
    await context.check(
      'counts as the real run does',
      () => assert.deepStrictEqual(real, dry),
      'copyIfNoneMatch',
    );
  },

  'backfill, and the same run again': async (context) => {
    const it = await context.archiver();
    const days = Array.from({ length: 12 }, (_, i) => `2026-11-${String(i + 10)}`);
    for (const day of days) {
      await it.put(`incoming/${day}.csv`, day);
    }
    const counts = await it.cleanRun({ from: '2026-11-12', to: '2026-11-19' });
    const inside = days.slice(2, 10);
    const expected = Object.fromEntries(
      inside.map((day) => [`archive/${day.replaceAll('-', '/')}/${day}.csv`, day]),
    );
    await context.check('archives each day into its own folder', async () => {
      assert.deepStrictEqual(counts, {
        listed: 12,
        archived: 8,
        skipped: 4,
        conflicting: 0,
        failed: 0,
      });
      assert.deepStrictEqual(await it.contents('destination'), expected);
      assert.deepStrictEqual(
        await it.source(),
        days.filter((day) => !inside.includes(day)).map((day) => `incoming/${day}.csv`),
      );
    });
    const again = await it.cleanRun({ from: '2026-11-12', to: '2026-11-19' });
    await context.check('the second time nothing happens', async () => {
      assert.strictEqual(again.archived, 0);
      assert.deepStrictEqual(await it.contents('destination'), expected);
    });
  },
};

async function versioned(
  context: ScenarioContext,
  versioning: 'Enabled' | 'Suspended',
  need: Feature,
): Promise<void> {
  let it: Archiver;
  try {
    it = await context.archiver({ name: `versioning-${versioning}`, versioning });
  } catch (error) {
    await context.check(
      'there are such buckets',
      () => {
        throw error;
      },
      need,
    );
    return;
  }
  const [source, destination] = [sourceKey('a'), archiveKey('a')];
  await it.put(source, 'first');
  await it.put(source, 'second');
  // A user removed an archived object. Now there is no current object, but an earlier version
  // exists.
  await it.putArchived(destination, 'earlier');
  await it.s3.send(
    new PutObjectCommand({
      Bucket: it.buckets.destination,
      Key: archiveKey('other'),
      Body: 'other',
    }),
  );
  const before = {
    source: await versions(it, 'source', source),
    destination: await versions(it, 'destination', archiveKey('other')),
  };
  const conflicting = await it.cleanRun();
  await context.check(
    'other content in the archive is a conflict',
    async () => {
      assert.strictEqual(conflicting.conflicting, 1);
      assert.strictEqual((await it.see('destination', destination))?.content, 'earlier');
    },
    need,
    'copyIfNoneMatch',
  );
  await it.s3.send(
    new PutObjectCommand({ Bucket: it.buckets.source, Key: sourceKey('b'), Body: 'b' }),
  );
  const below = await versions(it, 'source', sourceKey('b'));
  await it.cleanRun();
  await context.check(
    'the archived object is the current version of the source',
    async () => {
      assert.strictEqual((await it.see('destination', archiveKey('b')))?.content, 'b');
      assert.deepStrictEqual((await it.source()).includes(sourceKey('b')), false);
    },
    need,
  );
  await context.check(
    versioning === 'Enabled'
      ? 'the source has a delete marker above its versions'
      : 'the source has a delete marker in place of its null version',
    async () => {
      const after = await versions(it, 'source', sourceKey('b'));
      assert.strictEqual(after.markers, 1);
      assert.deepStrictEqual(
        after.ids,
        versioning === 'Enabled' ? below.ids : below.ids.filter((id) => id !== 'null'),
      );
    },
    need,
  );
  await context.check(
    'versions of other objects are untouched',
    async () => {
      assert.deepStrictEqual(
        await versions(it, 'destination', archiveKey('other')),
        before.destination,
      );
      assert.deepStrictEqual(await versions(it, 'source', source), before.source);
    },
    need,
    'copyIfNoneMatch',
  );
}

async function versions(
  it: Archiver,
  place: 'source' | 'destination',
  key: string,
): Promise<{ ids: string[]; markers: number }> {
  const { Versions = [], DeleteMarkers = [] } = await it.s3.send(
    new ListObjectVersionsCommand({ Bucket: it.buckets[place], Prefix: key }),
  );
  return {
    ids: Versions.map(({ VersionId }) => VersionId ?? 'none').sort(),
    markers: DeleteMarkers.length,
  };
}
