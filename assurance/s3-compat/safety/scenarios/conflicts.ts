import * as assert from 'node:assert';
import { ConflictPolicy } from '../../../../src';
import { archiveKey, contentOf, type Setup, sourceKey } from '../archiver';
import type { Scenario } from '../scenario-context';
import { bytes } from './fidelity';

const MIB = 1024 ** 2;
const PARTS: Setup = { name: 'parts', multipartThreshold: 5 * MIB };
const RENAME: Setup = { name: 'rename', props: () => ({ conflictPolicy: ConflictPolicy.RENAME }) };
const A = sourceKey('a');
const A_ARCHIVED = archiveKey('a');

export const CONFLICTS: Record<string, Scenario> = {
  'the archive holds the same': async (context) => {
    const it = await context.archiver();
    const all = { Metadata: { owner: 'ops' }, ContentType: 'text/csv', Tagging: 'team=data' };
    await it.put(A, 'same', all);
    await it.putArchived(A_ARCHIVED, 'same', all);
    const counts = await it.cleanRun();
    await context.check('the delete is made up for', async () =>
      assert.deepStrictEqual([counts.archived, await it.source()], [1, []]),
    );
    await context.check('the archive is as it was', async () =>
      assert.deepStrictEqual(await it.contents('destination'), { [A_ARCHIVED]: 'same' }),
    );
  },

  'the archive holds other content: REPORT': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'mine');
    await it.putArchived(A_ARCHIVED, 'theirs');
    const counts = await it.cleanRun();
    await context.check(
      'the archived object is untouched',
      async () =>
        assert.deepStrictEqual(await it.contents('destination'), { [A_ARCHIVED]: 'theirs' }),
      'copyIfNoneMatch',
    );
    await context.check(
      'the source stays',
      async () => assert.deepStrictEqual(await it.contents('source'), { [A]: 'mine' }),
      'copyIfNoneMatch',
    );
    await context.check(
      'it counts as a conflict',
      () => assert.strictEqual(counts.conflicting, 1),
      'copyIfNoneMatch',
    );
    await context.nothingLost(it, { [A]: 'mine' });
  },

  'the archive holds other content: RENAME': async (context) => {
    const it = await context.archiver(RENAME);
    await it.put(A, 'mine');
    await it.putArchived(A_ARCHIVED, 'theirs');
    const counts = await it.cleanRun();
    const getRenamed = async () =>
      Object.entries(await it.contents('destination'))
        .filter(([key]) => key !== A_ARCHIVED)
        .map(([, content]) => content);
    await context.check(
      'the archived object is untouched',
      async () => assert.strictEqual((await it.contents('destination'))[A_ARCHIVED], 'theirs'),
      'copyIfNoneMatch',
    );
    await context.check(
      'the new content has a name of its own',
      async () => assert.deepStrictEqual(await getRenamed(), ['mine']),
      'copyIfNoneMatch',
    );
    await context.check('it counts as archived', async () =>
      assert.deepStrictEqual([counts.archived, await it.source()], [1, []]),
    );
    await it.put(A, 'mine');
    await it.cleanRun();
    await context.check(
      'the same again stands there once',
      async () => assert.deepStrictEqual(await getRenamed(), ['mine']),
      'copyIfNoneMatch',
    );
    await context.nothingLost(it, { [A]: 'mine' });
  },

  'the archive holds the same bytes with other metadata or tags': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'same', { Metadata: { owner: 'me' } });
    await it.put(sourceKey('b'), 'same too', { Tagging: 'owner=me' });
    await it.putArchived(A_ARCHIVED, 'same', { Metadata: { owner: 'them' } });
    await it.putArchived(archiveKey('b'), 'same too', { Tagging: 'owner=them' });
    const counts = await it.cleanRun();
    await context.check(
      'both conflict, and nothing is touched',
      async () => {
        assert.strictEqual(counts.conflicting, 2);
        assert.deepStrictEqual((await it.see('destination', A_ARCHIVED))?.metadata, {
          owner: 'them',
        });
        assert.deepStrictEqual((await it.see('destination', archiveKey('b')))?.tags, [
          'owner=them',
        ]);
        assert.deepStrictEqual((await it.source()).length, 2);
      },
      'copyIfNoneMatch',
    );
  },

  'the archive holds other content, of an object that is copied in parts': async (context) => {
    const it = await context.archiver(PARTS);
    const [mine, theirs] = [bytes(6 * MIB, 1), bytes(6 * MIB, 2)];
    await it.put(A, mine);
    await it.putArchived(A_ARCHIVED, theirs);
    const counts = await it.cleanRun();
    await context.check(
      'the archived object is untouched',
      async () => {
        assert.strictEqual((await it.see('destination', A_ARCHIVED))?.content, contentOf(theirs));
      },
      'completeIfNoneMatch',
    );
    await context.check(
      'it counts as a conflict',
      () => assert.strictEqual(counts.conflicting, 1),
      'completeIfNoneMatch',
    );
    await context.nothingLost(it, { [A]: contentOf(mine) });
  },
};
