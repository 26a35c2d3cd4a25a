/** Packs while others write, delete and pack the same objects, and while requests die. */
import * as fc from 'fast-check';
import type { Fault } from '../../../../../packages/s3-double/src';
import { moveBatch } from '../../../../../src/lambda/batch/batch-round';
import { run, useBatches } from '../../../../helpers/batch-harness';
import {
  listPacks,
  onFastPath,
  packed,
  PACKING,
  readZip,
} from '../../../../helpers/packed-batches';

const batches = useBatches();
const { batch, ledger, listed } = batches;
const OTHER = { ...run, id: 'run-2', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=run-2/' };
const KEYS = Array.from({ length: 7 }, (_, i) => `in/d${i}-2026-11-24.csv`);
const FOLDER = 'archive/2026/11/24/';

/** All contents that the archive holds under the name of a key: loose, and in packs. */
function archivedContents(key: string): string[] {
  const name = key.slice('in/'.length);
  const loose = batches.harness.read('archive', `${FOLDER}${name}`);
  const inPacks = listPacks(batches.harness).flatMap(
    (pack) => readZip(batches.harness, pack).get(name)?.content.toString() ?? [],
  );
  return [...(loose === undefined ? [] : [loose]), ...inPacks];
}

function empty(): void {
  for (const bucket of ['source', 'archive', 'reports']) {
    for (const key of batches.harness.store.keys(bucket)) {
      batches.harness.store.delete(bucket, key);
    }
  }
}

test('two runs that pack the same objects at once lose none, and none of them fails', async () => {
  for (let round = 0; round < 5; round++) {
    empty();
    KEYS.forEach((key) => batches.harness.put(key));
    const items = packed(listed());
    const pack = (each: typeof run) =>
      moveBatch(onFastPath(batches.workerWith(PACKING, each)), batch(items, { run: each }), 60_000);
    const both = await Promise.all([run, OTHER].map(pack));
    for (const { counts } of both) {
      expect(counts).toMatchObject({ listed: 7, failed: 0, conflicting: 0 });
    }
    expect(batches.harness.store.keys('source')).toEqual([]);
    for (const key of KEYS) {
      expect(archivedContents(key)).toContain(`content of ${key}`);
    }
  }
}, 120_000);

type Event = {
  readonly at: number;
  readonly what: 'rewrite' | 'delete' | 'remove pack' | 'forge' | 'reset' | 'lost' | 'error';
  readonly key: number;
};
const events = fc.array(
  fc.record<Event>({
    at: fc.nat(40),
    what: fc.constantFrom('rewrite', 'delete', 'remove pack', 'forge', 'reset', 'lost', 'error'),
    key: fc.nat(KEYS.length - 1),
  }),
  { maxLength: 6 },
);

test(
  'whatever others do meanwhile, each content is at its source or in the archive, and the ledger ' +
    'claims nothing else',
  async () => {
    await fc.assert(
      fc.asyncProperty(events, async (planned) => {
        empty();
        const written = new Map(KEYS.map((key) => [key, [`content of ${key}`]]));
        const gone = new Set<string>();
        const removedPacks = new Set<string>();
        KEYS.forEach((key) => batches.harness.put(key));
        const items = packed(listed(), 4);
        let count = 0;
        batches.harness.before = (call): Fault | undefined => {
          let fault: Fault | undefined;
          for (const { what, key: index } of planned.filter(({ at }) => at === count)) {
            const key = KEYS[index];
            const { store } = batches.harness;
            if (what === 'rewrite') {
              const content = `again ${count} ${key}`;
              // A writer that overwrites loses the earlier content, unless it is archived already.
              gone.add(batches.harness.read('source', key) ?? '');
              written.get(key)!.push(content);
              batches.harness.put(key, content);
            } else if (what === 'delete') {
              gone.add(batches.harness.read('source', key) ?? '');
              store.delete('source', key);
            } else if (what === 'remove pack' && !call.operation.startsWith('Delete')) {
              // Only packs whose sources are all still there, and not between the last look and a
              // delete: other removals are losses that no program can prevent.
              for (const pack of listPacks(batches.harness)) {
                const names = [...readZip(batches.harness, pack)].filter(
                  ([name]) => !name.startsWith('_index-'),
                );
                if (
                  names.every(
                    ([name, { content }]) =>
                      batches.harness.read('source', `in/${name}`) === content.toString(),
                  )
                ) {
                  removedPacks.add(pack);
                  store.delete('archive', pack);
                }
              }
            } else if (
              what === 'forge' &&
              call.operation === 'PutObject' &&
              call.bucket === 'archive' &&
              !store.get('archive', call.key!)
            ) {
              store.put('archive', call.key!, 'forged');
            } else if (what === 'reset') {
              fault = { kind: 'ResetBefore' };
            } else if (what === 'lost') {
              fault = { kind: 'LostAnswer' };
            } else if (what === 'error') {
              fault = { kind: 'Error', status: 500, code: 'InternalError' };
            }
          }
          count += 1;
          return fault;
        };
        const forged = () =>
          new Set(
            listPacks(batches.harness).filter(
              (key) => batches.harness.read('archive', key) === 'forged',
            ),
          );
        await moveBatch(onFastPath(batches.workerWith(PACKING)), batch(items), 5_000).catch(
          () => undefined,
        );
        batches.harness.before = undefined;
        for (const key of forged()) {
          batches.harness.store.delete('archive', key);
        }
        const progress = await moveBatch(
          onFastPath(batches.workerWith(PACKING)),
          batch(items),
          60_000,
        );
        expect(progress.finished).toBe(true);
        for (const [key, contents] of written) {
          const held = [...archivedContents(key), batches.harness.read('source', key)];
          for (const content of contents) {
            expect(gone.has(content) || held.includes(content)).toBe(true);
          }
        }
        for (const { status, key, destination, member } of ledger().filter(
          (line) => line.status === 'archived',
        )) {
          const bytes = batches.harness.read('archive', destination);
          if (removedPacks.has(destination)) {
            continue;
          }
          expect([status, key, destination, bytes === undefined || bytes === 'forged']).toEqual([
            status,
            key,
            destination,
            false,
          ]);
          if (member) {
            expect(readZip(batches.harness, destination).has(member.name)).toBe(true);
          }
        }
      }),
      { numRuns: 15 },
    );
  },
  600_000,
);
