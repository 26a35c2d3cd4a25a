/**
 * Compares what a dry run says about objects that want one name (`flatten`) with what the real run
 * does.
 */
import { ArchiveLayout, ConflictPolicy } from '../../../src';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

const FOLDERS = ['a', 'b', 'c', 'd', 'e', 'f'];

test.each([
  [
    'with other content',
    ConflictPolicy.REPORT,
    (folder: string) => folder,
    { archived: 1, conflicting: 5 },
  ],
  ['with the same content', ConflictPolicy.REPORT, () => 'same', { archived: 6, conflicting: 0 }],
  [
    'of which some are the same',
    ConflictPolicy.REPORT,
    (folder: string) => (folder < 'd' ? 'same' : folder),
    { archived: 3, conflicting: 3 },
  ],
  [
    'with other content, under RENAME',
    ConflictPolicy.RENAME,
    (folder: string) => folder,
    { archived: 6, conflicting: 0 },
  ],
])(
  'objects of different batches that want one name, %s: the dry run foresees the counts',
  async (_, conflictPolicy, contentOf, expected) => {
    rehearsal = await rehearse({
      layout: ArchiveLayout.daily({ flatten: true }),
      conflictPolicy,
      batchSize: 1,
      maxConcurrency: 1,
    });
    for (const folder of FOLDERS) {
      rehearsal.put(`incoming/${folder}/report-2026-11-24.csv`, contentOf(folder));
    }
    const input = { date: '2026-11-24' };
    const dry = await rehearsal.sandbox.run({ input: { ...input, dryRun: true }, name: 'dry' });
    const real = await rehearsal.sandbox.run({ input, name: 'real' });
    expect(real.counts).toEqual({ listed: 6, skipped: 0, failed: 0, ...expected });
    expect(dry.counts).toEqual(real.counts);
  },
);
