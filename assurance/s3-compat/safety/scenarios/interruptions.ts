import * as assert from 'node:assert';
import type { FaultKind } from '../../../../packages/s3-double/src';
import { FaultInjector } from '../../../../packages/s3-double/src/faults/faults';
import { randomOf } from '../../../soak/random';
import { type Archiver, contentOf, type Setup, sourceKey } from '../archiver';
import type { Scenario, ScenarioContext } from '../scenario-context';
import { METADATA } from '../server-features';
import { bytes } from './fidelity';

const MIB = 1024 ** 2;
const PARTS: Setup = { name: 'parts', multipartThreshold: 5 * MIB };
/** The archiver sends these requests while it moves objects. */
const MOVING = [
  'CopyObject',
  'DeleteObjects',
  'HeadObject',
  'GetObjectTagging',
  'CreateMultipartUpload',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
];

const FAULTS: [kind: FaultKind, words: string][] = [
  ['SlowDown', '503 before the operation'],
  ['InternalError', '500 before the operation'],
  ['ResetBefore', 'the connection reset before the operation'],
  ['LostAnswer', 'the operation done, its answer lost'],
  ['HalfAnswer', 'the operation done, half an answer'],
  ['ErrorIn200', '200 with an error as body'],
  ['KeySlowDown', 'SlowDown for the keys of a bulk delete'],
  ['KeyInternalError', 'InternalError for the keys of a bulk delete'],
  ['Conflict', '409 for a conditional request'],
];

export const INTERRUPTIONS: Record<string, Scenario> = {
  'two runs at once': async (context) => {
    const it = await context.archiver();
    const written = await fill(it, 40);
    const runs = await Promise.all([it.run(), it.run()]);
    await context.check('both succeed', () =>
      assert.deepStrictEqual(
        runs.map(({ status }) => status),
        ['SUCCEEDED', 'SUCCEEDED'],
      ),
    );
    await context.allArchived(it, written);
    await context.ledgerHolds(it);
  },

  'a run over a half-finished one': async (context) => {
    const it = await context.archiver();
    const written = await fill(it, 30);
    const keys = Object.keys(written);
    // An earlier run copied a third of the objects, and deleted the source of every second one of
    // these.
    for (const [i, key] of keys.slice(0, 10).entries()) {
      await it.putArchived(key.replace('incoming/', 'archive/2026/11/24/'), written[key], {
        Metadata: METADATA,
      });
      if (i % 2 === 0) {
        await it.remove(key);
      }
    }
    const counts = await it.cleanRun();
    await context.check('what is left counts as archived', () =>
      assert.deepStrictEqual([counts.archived, counts.failed, counts.conflicting], [25, 0, 0]),
    );
    await context.allArchived(it, written);
    const again = await it.cleanRun();
    await context.check('the same run again finds nothing to do', () =>
      assert.strictEqual(again.archived, 0),
    );
  },

  'the function is killed at random points': async (context) => {
    const it = await context.archiver();
    const random = randomOf(20261124);
    for (let round = 0; round < 2; round++) {
      await it.reset();
      const written = await fill(it, 40);
      it.weather.onInvoke = ({ logicalId, kill }) => {
        if (logicalId.includes('ArchiveBatch') && random.chance(0.6)) {
          setTimeout(kill, random.integer(120));
        }
      };
      await it.run();
      await context.nothingLost(it, written);
      await it.cleanRun();
      await context.allArchived(it, written);
    }
    await context.ledgerHolds(it);
  },

  'the function is killed in the middle of a copy in parts': async (context) => {
    const it = await context.archiver(PARTS);
    const body = bytes(11 * MIB, 4);
    await it.put(sourceKey('a'), body);
    const written = { [sourceKey('a')]: contentOf(body) };
    for (const operation of ['UploadPartCopy', 'CompleteMultipartUpload', 'DeleteObjects']) {
      let kill: (() => void) | undefined;
      it.weather.onInvoke = (invocation) => {
        if (invocation.logicalId.includes('ArchiveBatch')) {
          kill ??= () => invocation.kill();
        }
      };
      it.weather.after = (call) => {
        if (call.operation === operation) {
          kill?.();
        }
      };
      await it.run();
      it.calm();
      await context.nothingLost(it, written);
    }
    await it.cleanRun();
    await context.allArchived(it, written);
  },

  ...Object.fromEntries(
    FAULTS.map(([kind, words], i): [string, Scenario] => [
      `faults: ${words}`,
      async (context) => {
        const it = await context.archiver();
        await underFaults(context, it, i + 1, [kind], await fill(it, 24));
      },
    ]),
  ),

  'faults of all kinds': async (context) => {
    const it = await context.archiver();
    await underFaults(
      context,
      it,
      100,
      FAULTS.map(([kind]) => kind),
      await fill(it, 40),
    );
    const again = await it.cleanRun();
    await context.check('the same run again finds nothing to do', () =>
      assert.strictEqual(again.archived, 0),
    );
  },

  'faults of all kinds, copies in parts': async (context) => {
    const it = await context.archiver(PARTS);
    const written: Record<string, string> = {};
    for (let i = 0; i < 4; i++) {
      const body = bytes(6 * MIB, i + 1);
      written[sourceKey(`large${i}`)] = contentOf(body);
      await it.put(sourceKey(`large${i}`), body);
    }
    await underFaults(
      context,
      it,
      200,
      FAULTS.map(([kind]) => kind),
      written,
    );
  },
};

/**
 * Checks that a run under faults loses nothing, and that a run without faults completes the work.
 */
async function underFaults(
  context: ScenarioContext,
  it: Archiver,
  seed: number,
  kinds: FaultKind[],
  written: Record<string, string>,
): Promise<void> {
  const probability = kinds.length > 1 ? 0.05 : 0.25;
  const rules = kinds.map((kind) => ({
    kind,
    probability,
    operations: MOVING,
    ...(kind.startsWith('Key') && { limit: 10 }),
  }));
  const injector = new FaultInjector({ seed, rules });
  let injected = 0;
  it.weather.before = (call) => {
    // Names of buckets are random. Without them, each run of the scenario meets the same faults,
    // and can be repeated.
    const [fault] = injector.faultsFor({ ...call, bucket: '' });
    if (fault) {
      injected += 1;
    }
    return fault;
  };
  await it.run();
  await context.check('faults were met', () => assert.ok(injected > 0));
  await context.nothingLost(it, written);
  await context.ledgerHolds(it);
  await it.cleanRun();
  await context.allArchived(it, written);
}

async function fill(it: Archiver, count: number): Promise<Record<string, string>> {
  const written: Record<string, string> = {};
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const key = sourceKey(`n${i}`);
      written[key] = `${key} ${i}`;
      await it.put(key, written[key], { Metadata: METADATA });
    }),
  );
  return Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1)));
}
