/** An archiver with its buckets, in process. All that it does is judged at once. */
import type { Form, Row, Setup } from './forms';
import { Judge } from './judge';
import { attributesOf, type Snapshot, snapshotOf } from './snapshot';
import type { LockDefaults, PutOptions } from '../../../packages/s3-double/src';
import type { StoredObject } from '../../../packages/s3-double/src/store/stored-object';
import { restoreBatch } from '../../../src/actions/restore/lambda/restore-batch';
import type { PartVersion, Progress } from '../../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../src/contract/payloads/ledger-line';
import type { ListedObject } from '../../../src/contract/payloads/listing';
import type { Run } from '../../../src/contract/payloads/run';
import { moveBatch } from '../../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../../src/lambda/batch/batch-worker';
import { initialProgress } from '../../../src/lambda/plan-run/plan-run';
import type { Environment } from '../../../src/lambda/runtime/environment';
import { listSource, testRun, testWorker } from '../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../helpers/harness';
import { onFastPath, PACKING } from '../../helpers/packed-batches';

/** An object, from its forms. */
export interface Specimen {
  readonly name: string;
  readonly key: string;
  readonly forms: readonly Form[];
  readonly content: Buffer;
  readonly options: PutOptions;
}

/** What the buckets of an archiver are, and whether it retains. */
export interface Buckets {
  readonly hasSourceLocks: boolean;
  readonly hasArchiveLocks: boolean;
  readonly retains: boolean;
  /** Of the archive. */
  readonly lockDefaults?: LockDefaults;
}

const LOCKED = { hasSourceLocks: true, hasArchiveLocks: true, retains: false };
const HOLD = { eventHold: { days: 60 } };
const SETUPS: Readonly<Record<Setup, Buckets>> = {
  plain: { hasSourceLocks: false, hasArchiveLocks: false, retains: false },
  locks: LOCKED,
  retention: { ...LOCKED, retains: true },
  'default retention': {
    ...LOCKED,
    lockDefaults: { mode: 'GOVERNANCE', period: { days: 10_000 } },
  },
  'default event hold': { ...LOCKED, lockDefaults: HOLD },
  'default event hold and retention': { ...LOCKED, retains: true, lockDefaults: HOLD },
  vault: { hasSourceLocks: false, hasArchiveLocks: true, retains: true, lockDefaults: HOLD },
};
/** Tags may not be read in folders of one name, nor those of objects that have one tag. */
const DENIED_TAGS = [
  { Resource: 'arn:aws:s3:::source/*/denied/*' },
  {
    Resource: 'arn:aws:s3:::source/*',
    Condition: { Null: { 's3:ExistingObjectTag/secret': 'false' } },
  },
].map((each) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  ...each,
}));
const RETENTION = { RETENTION: JSON.stringify({ retentionMode: 'GOVERNANCE', years: 7 }) };

const FILLER = 'what nothing distinguishes';
const MINUTE = 60_000;
const LEDGERS = 'runs/ledger/day=2026-11-24/';

export interface ArchiveOptions {
  readonly environment?: Environment;
  readonly packs?: boolean;
  /** What happens on the way to another run, of which nothing but safety is expected. */
  readonly isSilent?: boolean;
}

/** What all buckets hold, by bucket and key. */
export type Look = Readonly<Record<'source' | 'archive', ReadonlyMap<string, Snapshot>>>;

export class World {
  static async open(
    setup: Setup,
    hasPacks: boolean,
    listDropped: (specimen: Specimen, isPacked: boolean) => readonly Row[],
  ): Promise<World> {
    const buckets = SETUPS[setup];
    const { hasSourceLocks, hasArchiveLocks, lockDefaults } = buckets;
    const harness = await startHarness({ minPartBytes: 1 });
    harness.store.createBucket('source', { objectLock: hasSourceLocks });
    harness.store.putPolicy('source', { Statement: DENIED_TAGS });
    harness.store.createBucket('archive', { objectLock: hasArchiveLocks, lockDefaults });
    harness.store.createBucket('reports');
    return new World(harness, buckets, hasPacks, listDropped);
  }

  readonly specimens: Specimen[] = [];
  readonly judge: Judge;
  private runs = 0;
  private readonly started = new Date().toISOString();

  private constructor(
    readonly harness: Harness,
    readonly buckets: Buckets,
    private readonly hasPacks: boolean,
    listDropped: (specimen: Specimen, isPacked: boolean) => readonly Row[],
  ) {
    this.judge = new Judge(this, listDropped);
    // Where all fail for one reason, a batch fails.
    harness.store.put('source', 'in/g9999/a-2026-11-24.csv', FILLER);
  }

  close(): Promise<void> {
    return this.harness.close();
  }

  /** Each has a folder, with three more objects if there are packs: so it has a pack of its own. */
  put(name: string, forms: readonly Form[]): void {
    const folder = `in/g${String(this.specimens.length).padStart(4, '0')}`;
    const inner = forms.some(({ isTagDenied }) => isTagDenied) ? '/denied' : '';
    const key = `${folder}${inner}/m-2026-11-24.csv`;
    const size = forms.find((each) => each.size !== undefined)?.size;
    const text = `the bytes of ${key}, which are more than three parts of 16`;
    const content = size === undefined ? Buffer.from(text) : Buffer.alloc(size, 'x');
    const specimen = { name, key, forms, content, options: mergeOptions(forms) };
    this.specimens.push(specimen);
    this.write(specimen);
    for (const each of this.hasPacks ? ['a', 'b', 'z'] : []) {
      this.harness.store.put('source', `${folder}/${each}-2026-11-24.csv`, FILLER);
    }
  }

  /** Puts the object to the source, as its owner does. */
  private write({ key, content, options, forms }: Specimen): StoredObject {
    const object = this.harness.store.put('source', key, content, options);
    for (const { attributes } of forms) {
      object.attributes = { ...object.attributes, ...attributes };
    }
    return object;
  }

  /** Lets each owner change the object at the source, or put there what it has changed. */
  change(): void {
    for (const specimen of this.specimens) {
      const { rewrite, change } = specimen.forms[0];
      if (rewrite) {
        const options = rewrite.options ?? specimen.options;
        this.write({
          ...specimen,
          options,
          content: rewrite.content?.(specimen.content) ?? specimen.content,
        });
      } else if (change) {
        const object = this.at('source', specimen.key) ?? this.write(specimen);
        object.attributes = { ...object.attributes, ...change(object.attributes) };
      }
    }
  }

  /** Puts other content to each key of the archive. */
  occupy(): void {
    for (const { key } of this.specimens) {
      this.harness.store.put('archive', key.replace('in/', 'archive/2026/11/24/'), 'of somebody');
    }
  }

  at(bucket: string, key: string): StoredObject | undefined {
    return this.harness.store.get(bucket, key);
  }

  look(): Look {
    const all = (bucket: string) =>
      new Map(
        this.harness.store.keys(bucket).map((key) => [key, snapshotOf(this.at(bucket, key)!)]),
      );
    return { source: all('source'), archive: all('archive') };
  }

  /** Archives all that is at the source, and returns the name of the run. */
  async archive(options: ArchiveOptions = {}): Promise<string> {
    const { environment, packs = false, isSilent = false } = options;
    const run = this.nextRun();
    const worker = this.worker(
      run,
      { ...(packs && PACKING), ...environment },
      this.buckets.hasSourceLocks,
    );
    const before = this.look();
    const Items = packs ? this.listForPacks() : listSource(this.harness, 'in/');
    const counts = await countUntilFinished((progress) =>
      moveBatch(worker, { BatchInput: { run, progress }, Items }, MINUTE),
    ).catch((error: unknown) => {
      // A denial of all deletes, for example.
      if (isSilent) {
        return undefined;
      }
      throw error;
    });
    this.judge.archived({ id: run.id, before, counts, options, settings: worker.settings });
    return run.id;
  }

  /** The same, where S3 denies each delete. */
  async archiveWithoutDeletes(options: ArchiveOptions = {}): Promise<void> {
    const allow = this.harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
    await this.archive({ ...options, isSilent: true });
    allow();
  }

  /** Restores what a run says that it archived. */
  async readBack(target: 'source' | 'reports', of: string): Promise<string> {
    const toReports = target === 'reports' && { target };
    const run = this.nextRun({ action: 'restore', ledgerOf: of, ...toReports });
    // Objects in the reports have no locks.
    const locks = !toReports && this.buckets.hasSourceLocks;
    const worker = this.worker(run, {}, locks);
    const before = this.look();
    const parts = this.parts(of);
    const counts = await countUntilFinished((progress) =>
      restoreBatch(worker, { parts, BatchInput: { run, progress } }, MINUTE),
    );
    this.judge.readBack({ id: run.id, before, counts });
    return run.id;
  }

  private worker(run: Run, environment: Environment, sourceLocks: boolean): BatchWorker {
    const worker = testWorker({
      s3: this.harness.s3,
      run,
      sourceLocks,
      promptDeletes: MINUTE,
      environment: { ...(this.buckets.retains && RETENTION), ...environment },
    });
    return onFastPath(worker);
  }

  private nextRun(more: Partial<Run> = {}): Run {
    return testRun({ id: `run-${++this.runs}`, startTime: this.started, ...more });
  }

  /** As the plan of a run does it: the objects of each folder are a pack. */
  private listForPacks(): ListedObject[] {
    return listSource(this.harness, 'in/').map((item) => ({
      ...item,
      Pack: Number(/^in\/g(\d+)/.exec(item.Key)![1]),
    }));
  }

  private parts(id: string): PartVersion[] {
    const { store } = this.harness;
    return store.keys('reports', `${LEDGERS}run=${id}/`).map((key) => {
      const { etag, size } = store.get('reports', key)!;
      return { key, etag: `"${etag}"`, size };
    });
  }

  /** What a run says, by the keys at the source. */
  lines(id: string): ReadonlyMap<string, LedgerLine> {
    const lines = this.parts(id).flatMap(({ key }) =>
      this.harness
        .read('reports', key)!
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LedgerLine),
    );
    return new Map(lines.map((line) => [line.key, line]));
  }
}

async function countUntilFinished(
  round: (progress: Progress) => Promise<Progress>,
): Promise<Progress['counts']> {
  let progress: Progress = initialProgress();
  while (!progress.finished) {
    progress = await round(progress);
  }
  return progress.counts;
}

function mergeOptions(forms: readonly Form[]): PutOptions {
  const merged: Record<string, unknown> = {};
  for (const { options = {} } of forms) {
    for (const [name, value] of Object.entries(options)) {
      merged[name] =
        typeof value === 'object' && merged[name] !== undefined
          ? attributesOf(merged[name] as object, value as object)
          : value;
    }
  }
  return merged;
}
