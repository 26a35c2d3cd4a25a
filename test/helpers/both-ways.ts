/**
 * Archives objects of every kind, and restores them, with the code of both functions and a store in
 * memory.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { listSource, testRun, testWorker } from './batch-fixtures';
import type { Harness } from './harness';
import type { PutOptions } from '../../packages/s3-double/src';
import { restoreBatch } from '../../src/actions/restore/lambda/restore-batch';
import type { PartVersion, Progress } from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { Run } from '../../src/contract/payloads/run';
import { moveBatch } from '../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import type { Environment } from '../../src/lambda/runtime/environment';
import type { Clock } from '../../src/lambda/s3/retry';

export const KIB = 1024;

/**
 * Objects of every kind, by key. Larger ones than 5 GiB are scaled down: `multipart` is above the
 * threshold of the rig.
 */
export const KINDS: { readonly [key: string]: readonly [content: string, options?: PutOptions] } = {
  'in/plain-2026-11-24.csv': ['plain'],
  'in/empty-2026-11-24.csv': [''],
  'in/eu/de/nested-2026-11-24.csv': ['nested'],
  'in/metadata-2026-11-24.csv': ['metadata', { metadata: { owner: 'ops', note: 'a b' } }],
  'in/headers-2026-11-24.csv': [
    'headers',
    {
      headers: {
        'content-type': 'text/csv',
        'cache-control': 'no-store',
        'content-disposition': 'inline',
        'content-encoding': 'gzip',
        'content-language': 'de',
        expires: 'never',
      },
    },
  ],
  'in/tags-2026-11-24.csv': ['tags', { tags: { team: 'data', purpose: 'x=y + z' } }],
  'in/rare-2026-11-24.csv': ['rare', { storageClass: 'STANDARD_IA' }],
  'in/tiered-2026-11-24.csv': ['tiered', { storageClass: 'INTELLIGENT_TIERING' }],
  'in/instant-2026-11-24.csv': ['instant', { storageClass: 'GLACIER_IR', tags: { a: 'b' } }],
  'in/kms-2026-11-24.csv': ['kms', { serverSideEncryption: 'aws:kms', metadata: { k: 'v' } }],
  'in/multipart-2026-11-24.csv': [
    'm'.repeat(40 * KIB),
    { metadata: { big: 'yes' }, tags: { big: 'yes' }, headers: { 'content-type': 'text/plain' } },
  ],
  'in/multipart-kms-2026-11-24.csv': [
    'k'.repeat(33 * KIB),
    { serverSideEncryption: 'aws:kms', storageClass: 'STANDARD_IA' },
  ],
  'in/uploaded-in-parts-2026-11-24.csv': ['p'.repeat(20 * KIB), { partSize: 8 * KIB }],
  'in/ü +%?&#\'"<>😀 2026-11-24.csv': ['odd'],
  'in/control\u0001-2026-11-24.csv': ['control'],
  'in/..//dots-2026-11-24.csv': ['dots'],
};

export function putKinds(harness: Harness, kinds = KINDS): void {
  for (const [key, [content, options]] of Object.entries(kinds)) {
    harness.store.put('source', key, content, options);
  }
}

/**
 * All of an object that its owner can see, but the times, the ETags, which differ with KMS and
 * after multipart copies, and the encryption: an object gets that of the bucket, as any copy does.
 */
export function describeBucket(harness: Harness, bucket: string): Record<string, unknown> {
  return Object.fromEntries(
    harness.store.keys(bucket).map((key) => {
      const { body, attributes } = harness.store.get(bucket, key)!;
      const {
        checksum: _,
        encryption: __,
        ...seen
      } = attributes as unknown as Record<string, unknown>;
      const described = JSON.parse(JSON.stringify({ body: body.bytes().toString(), ...seen })) as {
        tags?: string[][];
      };
      // Tags have no order.
      described.tags?.sort(([a], [b]) => (a < b ? -1 : 1));
      return [key, described];
    }),
  );
}

export interface RigOptions {
  readonly environment?: Environment;
  readonly s3?: S3Client;
  readonly run?: Partial<Run>;
  readonly milliseconds?: number;
  readonly promptDeletes?: number;
  readonly clock?: Clock;
  /** Both buckets have Object Lock. */
  readonly locks?: boolean;
}

export const ARCHIVE_RUN = testRun({ startTime: new Date().toISOString() });
export const RESTORE_RUN = testRun({
  id: 'undo',
  action: 'restore',
  startTime: ARCHIVE_RUN.startTime,
});

export class BothWays {
  readonly problems: LedgerLine[] = [];

  constructor(readonly harness: Harness) {}

  private worker({
    environment,
    s3 = this.harness.s3,
    promptDeletes,
    clock,
    run,
  }: RigOptions): BatchWorker {
    return testWorker({
      s3,
      ...(promptDeletes !== undefined && { promptDeletes }),
      ...(clock && { clock }),
      run: { ...ARCHIVE_RUN, ...run },
      environment: { MULTIPART_THRESHOLD_BYTES: String(32 * KIB), ...environment },
      onProblem: (line: LedgerLine) => {
        this.problems.push(line);
      },
    });
  }

  list(prefix = 'in/') {
    return listSource(this.harness, prefix);
  }

  /** Archives the objects, as a child workflow does. */
  async archive(options: RigOptions = {}, Items = this.list()): Promise<Progress> {
    const worker = this.worker(options);
    const run = { ...ARCHIVE_RUN, ...options.run };
    let progress: Progress = initialProgress();
    while (!progress.finished) {
      const archiver = { ...worker, sourceLocks: options.locks ?? false };
      progress = await moveBatch(
        archiver,
        { BatchInput: { run, progress }, Items },
        options.milliseconds ?? 60_000,
      );
    }
    return progress;
  }

  parts(ledgerPrefix = ARCHIVE_RUN.ledgerPrefix): PartVersion[] {
    const { store } = this.harness;
    return store.keys('reports', ledgerPrefix).map((key) => {
      const { etag, size } = store.get('reports', key)!;
      return { key, etag: `"${etag}"`, size };
    });
  }

  /** Restores what a ledger says is archived, as a child workflow does. */
  async restore(options: RigOptions = {}, parts = this.parts()): Promise<Progress> {
    const worker = this.worker(options);
    const run = { ...RESTORE_RUN, ...options.run };
    let progress: Progress = initialProgress();
    while (!progress.finished) {
      const event = { parts, BatchInput: { run, progress } };
      progress = await restoreBatch(
        { ...worker, sourceLocks: options.locks ?? false },
        event,
        options.milliseconds ?? 60_000,
      );
    }
    return progress;
  }

  /** The lines of a run, in the order of the keys. */
  lines(ledgerPrefix = RESTORE_RUN.ledgerPrefix): LedgerLine[] {
    return this.parts(ledgerPrefix)
      .flatMap(({ key }) =>
        this.harness
          .read('reports', key)!
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as LedgerLine),
      )
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
