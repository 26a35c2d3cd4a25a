import * as assert from 'node:assert';
import type { S3Call } from '../../../../packages/s3-double/src';
import { type Archiver, archiveKey, contentOf, type Setup, sourceKey } from '../archiver';
import type { Scenario } from '../scenario-context';
import { bytes } from './fidelity';

const MIB = 1024 ** 2;
const PARTS: Setup = { name: 'parts', multipartThreshold: 5 * MIB };
const A = sourceKey('a');
const A_ARCHIVED = archiveKey('a');

/** Acts once, before or after the first request of an operation. */
function once(
  it: Archiver,
  operation: string,
  act: () => Promise<void>,
  moment: 'before' | 'after' = 'before',
  source?: string,
): void {
  let done = false;
  it.weather[moment] = async (call: S3Call) => {
    if (
      done ||
      call.operation !== operation ||
      (source !== undefined && call.copySource?.key !== source)
    ) {
      return undefined;
    }
    done = true;
    await act();
    return undefined;
  };
}

export const RACES: Record<string, Scenario> = {
  'the source is rewritten between listing and copy': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'old');
    once(it, 'CopyObject', () => it.put(A, 'newer'));
    await it.run();
    await context.nothingLost(it, { [A]: 'newer' });
    await context.check('the new content is archived', async () =>
      assert.deepStrictEqual(await it.contents('destination'), { [A_ARCHIVED]: 'newer' }),
    );
    await context.check(
      'the source is gone',
      async () => assert.deepStrictEqual(await it.source(), []),
      'copySourceIfMatch',
    );
  },

  'the source is rewritten between copy and delete': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'old');
    once(it, 'DeleteObjects', () => it.put(A, 'newer'));
    const { counts } = await it.run();
    await context.check('the old content is archived', async () =>
      assert.deepStrictEqual(await it.contents('destination'), { [A_ARCHIVED]: 'old' }),
    );
    await context.nothingLost(it, { [A]: 'newer' }, 'deleteEtag');
    await context.check(
      'it counts as a conflict',
      () => assert.strictEqual(counts?.conflicting, 1),
      'deleteEtag',
    );
  },

  'the source is deleted by somebody between listing and copy': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'mine');
    await it.put(sourceKey('b'), 'stays');
    once(it, 'CopyObject', () => it.remove(A), 'before', A);
    const { counts } = await it.run();
    await context.check('it is skipped, the other archived', async () => {
      assert.deepStrictEqual([counts?.skipped, counts?.archived, counts?.failed], [1, 1, 0]);
      assert.deepStrictEqual(await it.contents('destination'), { [archiveKey('b')]: 'stays' });
    });
  },

  'the destination is taken between listing and copy': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'mine');
    once(it, 'CopyObject', () => it.putArchived(A_ARCHIVED, 'theirs'));
    const { counts } = await it.run();
    await context.check(
      'the archived object is untouched',
      async () =>
        assert.deepStrictEqual(await it.contents('destination'), { [A_ARCHIVED]: 'theirs' }),
      'copyIfNoneMatch',
    );
    await context.check(
      'it counts as a conflict',
      () => assert.strictEqual(counts?.conflicting, 1),
      'copyIfNoneMatch',
    );
    await context.nothingLost(it, { [A]: 'mine' });
  },

  'the destination is taken by the same between listing and copy': async (context) => {
    const it = await context.archiver();
    await it.put(A, 'same');
    once(it, 'CopyObject', () => it.putArchived(A_ARCHIVED, 'same'));
    const { counts } = await it.run();
    await context.check('it counts as archived', () => assert.strictEqual(counts?.archived, 1));
    await context.allArchived(it, { [A]: 'same' });
  },

  'the source is rewritten between two parts of its copy': async (context) => {
    const it = await context.archiver(PARTS);
    const [old, newer] = [bytes(11 * MIB, 1), bytes(11 * MIB, 2)];
    await it.put(A, old);
    once(it, 'UploadPartCopy', () => it.put(A, newer), 'after');
    await it.run();
    await context.nothingLost(it, { [A]: contentOf(newer) }, 'partIfMatch', 'deleteEtag');
    await context.check(
      'nothing is archived that nobody wrote',
      async () => {
        const strange = Object.values(await it.contents('destination')).filter(
          (content) => ![old, newer].some((body) => contentOf(body) === content),
        );
        assert.strictEqual(strange.length, 0);
      },
      'partIfMatch',
    );
  },

  'the destination is taken while its parts are copied': async (context) => {
    const it = await context.archiver(PARTS);
    const mine = bytes(6 * MIB, 3);
    await it.put(A, mine);
    once(it, 'CompleteMultipartUpload', () => it.putArchived(A_ARCHIVED, 'theirs'));
    await it.run();
    await context.check(
      'the archived object is untouched',
      async () =>
        assert.deepStrictEqual(await it.contents('destination'), { [A_ARCHIVED]: 'theirs' }),
      'completeIfNoneMatch',
    );
    await context.nothingLost(it, { [A]: contentOf(mine) });
  },
};
