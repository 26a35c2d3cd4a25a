/** What a dry run sends, and what its lines say. */
import { DeleteObjectCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { S3Call } from '../../../../packages/s3-double/src';
import type { Run } from '../../../../src/contract/payloads/run';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { Forecast } from '../../../../src/lambda/batch/forecast';
import type { MoveContext } from '../../../../src/lambda/move/move-request';
import { run, useBatches } from '../../../helpers/batch-harness';
import { moveContext } from '../../../helpers/harness';

const MIB = 1024 ** 2;
const READS = [
  'GetObject',
  'GetObjectAnnotation',
  'GetObjectTagging',
  'HeadObject',
  'ListObjectAnnotations',
  'ListObjectsV2',
];
/** What only a copy has. */
const PROOFS = ['archivedEtag', 'checksum', 'archivedVersionId', 'proof', 'restoredEtag'];
const REAL = { id: 'real', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=real/' };
const dryRun = { ...run, dryRun: true };
const batches = useBatches();
const { batch, ledger, listed, workerWith } = batches;

/** Objects of which each has another fate. */
function fill(): void {
  const { store } = batches.harness;
  store.createBucket('vault', { objectLock: true });
  const put = (name: string, content: string | Buffer = 'mine', options = {}) =>
    store.put('source', `in/${name}-2026-11-24.csv`, content, options);
  const taken = (name: string, content: string | Buffer, options = {}) =>
    store.put('vault', `archive/2026/11/24/${name}-2026-11-24.csv`, content, options);
  put('copied');
  put('large', Buffer.alloc(11 * MIB));
  put('large-taken', Buffer.alloc(11 * MIB));
  taken('large-taken', 'theirs');
  put('found', 'same');
  taken('found', 'same');
  put('read-to-compare', 'mine', { partSize: 3 });
  taken('read-to-compare', 'mine', { partSize: 2 });
  put('conflict');
  taken('conflict', 'theirs');
  put('cold', 'mine', { storageClass: 'GLACIER' });
  put('colder', 'mine', { storageClass: 'DEEP_ARCHIVE' });
  put('one/name');
  put('two/name', 'others');
  put('two/found', 'same');
  put('no-date'.padEnd(20, '0'));
}

const GLACIER = { tier: 'Standard', days: 2, maxObjects: 10, maxBytes: 1024 ** 3 };
const ENVIRONMENTS: Record<string, Record<string, string>> = {
  'by default': {},
  'with other names': { CONFLICT_POLICY: 'RENAME' },
  'into one folder': { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) },
  'with restores from Glacier': { GLACIER_SOURCES: JSON.stringify(GLACIER) },
  'with retention': { RETENTION: JSON.stringify({ retentionMode: 'GOVERNANCE', days: 1 }) },
};

describe.each(Object.keys(ENVIRONMENTS))('a dry run %s', (name) => {
  const environment = {
    MULTIPART_THRESHOLD_BYTES: String(5 * MIB),
    DESTINATION_BUCKET: 'vault',
    ...ENVIRONMENTS[name],
  };
  const move = (of: Run) =>
    moveBatch(workerWith(environment, of), batch(listed(), { run: of }), 60_000);

  test('only reads from both buckets, predicts what the run does, and proves nothing', async () => {
    fill();
    const sent: S3Call[] = [];
    batches.harness.before = (call) => {
      sent.push({ ...call });
    };
    const dry = await move(dryRun);
    batches.harness.before = undefined;
    const written = sent.filter(({ operation }) => !READS.includes(operation));
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter(({ bucket }) => bucket !== 'reports')).toEqual([]);

    const predicted = ledger();
    expect(predicted.filter(({ status }) => status === 'archived').length).toBeGreaterThan(3);
    for (const field of PROOFS) {
      expect(predicted.filter((line) => field in line)).toEqual([]);
    }

    const real = await move({ ...run, ...REAL });
    expect(real.counts).toEqual(dry.counts);
    const copied = ledger().filter(({ archivedEtag }) => archivedEtag !== undefined);
    expect(copied.length).toBeGreaterThan(3);
  });
});

/** A command that a mover might learn later. */
const UNKNOWN = [
  new DeleteObjectCommand({ Bucket: 'source', Key: 'in/a.csv' }),
  new PutObjectCommand({ Bucket: 'vault', Key: 'archive/a.csv', Body: 'mine' }),
  new PutObjectTaggingCommand({ Bucket: 'source', Key: 'in/a.csv', Tagging: { TagSet: [] } }),
];

test.each(UNKNOWN.map((command) => ({ name: command.constructor.name, command })))(
  'a mover that sends $name gets an error, and S3 gets nothing',
  async ({ name, command }) => {
    const etag = batches.harness.put('in/a.csv');
    const forecast = new Forecast(() => Promise.resolve(new Map()));
    const object = { key: 'in/a.csv', etag, size: 4, destination: 'archive/a.csv' };
    batches.harness.resetRequests();
    for (const end of ['source', 'destination'] as const) {
      const move = async (context: MoveContext) => {
        await context[end].request((s3) => s3.send(command as DeleteObjectCommand));
        return { status: 'deselected' } as const;
      };
      await expect(forecast.foresee(moveContext(batches.harness), object, move)).rejects.toThrow(
        `a dry run does not send ${name}`,
      );
    }
    expect(batches.harness.requests).toEqual({});
  },
);
