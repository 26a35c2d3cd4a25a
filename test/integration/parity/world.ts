/**
 * An archiver with its buckets, in process. After each run it looks at what the ledger says of each
 * object, and whether that is so: with all that belongs to the object.
 */
import type { Form, Row, Setup } from './forms';
import { S3Rules, type DefaultLock } from './s3-rules';
import { attributesOf, findLost, isAsStrict, type Snapshot, snapshotOf } from './snapshot';
import type { PutOptions } from '../../../packages/s3-double/src';
import type { ObjectLock, StoredObject } from '../../../packages/s3-double/src/store/stored-object';
import type { PartVersion, Progress } from '../../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../src/contract/payloads/ledger-line';
import type { ListedObject } from '../../../src/contract/payloads/listing';
import type { Run } from '../../../src/contract/payloads/run';
import { moveBatch } from '../../../src/lambda/batch/batch-round';
import { initialProgress } from '../../../src/lambda/plan-run/plan-run';
import { restoreBatch } from '../../../src/lambda/restore-batch/restore-batch';
import type { Environment } from '../../../src/lambda/runtime/environment';
import { listSource, testRun, testWorker } from '../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../helpers/harness';
import { onFastPath, PACKING } from '../../helpers/packed-batches';

export interface Specimen {
  readonly name: string;
  readonly key: string;
  readonly forms: readonly Form[];
  readonly content: Buffer;
  readonly options: PutOptions;
}

/** What setups are. */
const SETUPS: Record<
  Setup,
  {
    readonly locks: boolean;
    readonly lockedSource?: boolean;
    readonly retains?: boolean;
    readonly defaultLock?: DefaultLock;
  }
> = {
  plain: { locks: false },
  locks: { locks: true, lockedSource: true },
  retention: { locks: true, lockedSource: true, retains: true },
  'default retention': { locks: true, lockedSource: true, defaultLock: { days: 10_000 } },
  'default event hold': { locks: true, lockedSource: true, defaultLock: { eventHoldDays: 60 } },
  'default event hold and retention': {
    locks: true,
    lockedSource: true,
    retains: true,
    defaultLock: { eventHoldDays: 60 },
  },
  vault: { locks: true, retains: true, defaultLock: { eventHoldDays: 60 } },
};
const RETENTION = { RETENTION: JSON.stringify({ retentionMode: 'GOVERNANCE', years: 7 }) };
const RETAINED: ObjectLock = {
  mode: 'GOVERNANCE',
  retainUntil: Date.parse('2033-11-24T00:00:00Z'),
};

const FILLER = 'a filler of a pack, which nothing distinguishes';
const MINUTE = 60_000;

export interface RunOptions {
  readonly environment?: Environment;
  readonly packs?: boolean;
  /** Nothing is expected of this run, which is only on the way. */
  readonly isSilent?: boolean;
}

export class World {
  static async open(
    setup: Setup,
    dropped: (specimen: Specimen, isPacked: boolean) => readonly Row[],
  ): Promise<World> {
    const { locks, lockedSource = false, defaultLock } = SETUPS[setup];
    const guard = new S3Rules({ deniedFolder: 'denied', deniedTag: 'secret', defaultLock });
    const harness = await startHarness({ minPartBytes: 1, guard });
    harness.store.createBucket('source', { objectLock: lockedSource });
    harness.store.createBucket('archive', { objectLock: locks });
    harness.store.createBucket('reports');
    return new World(harness, setup, dropped);
  }

  readonly specimens: Specimen[] = [];
  /** What went wrong, by the name of the specimen. */
  readonly problems = new Map<string, string[]>();
  /** What each run said of it, by the name of the specimen. */
  readonly outcomes = new Map<string, string[]>();
  lost = 0;
  private runs = 0;
  private readonly archivedFrom = new Map<string, Snapshot>();
  private readonly started = new Date().toISOString();

  private constructor(
    readonly harness: Harness,
    private readonly setup: Setup,
    private readonly dropped: (specimen: Specimen, isPacked: boolean) => readonly Row[],
  ) {}

  close(): Promise<void> {
    return this.harness.close();
  }

  /** Each has a folder, and two other objects there, so that each has a pack of its own. */
  put(name: string, forms: readonly Form[]): Specimen {
    const folder = `in/g${String(this.specimens.length).padStart(4, '0')}`;
    const inner = forms.some(({ isTagDenied }) => isTagDenied) ? '/denied' : '';
    const key = `${folder}${inner}/m-2026-11-24.csv`;
    const size = forms.find((each) => each.size !== undefined)?.size;
    const text = `the bytes of ${key}, which are more than three parts of 16`;
    const content = size === undefined ? Buffer.from(text) : Buffer.alloc(size, 'x');
    const options = mergeOptions(forms);
    const specimen = { name, key, forms, content, options };
    this.specimens.push(specimen);
    this.write(specimen);
    for (const each of ['a', 'z']) {
      this.harness.store.put('source', `${folder}/${each}-2026-11-24.csv`, FILLER);
    }
    return specimen;
  }

  /** As its owner does. */
  write(specimen: Specimen, content = specimen.content, options = specimen.options): void {
    const object = this.harness.store.put('source', specimen.key, content, options);
    for (const { attributes } of specimen.forms) {
      object.attributes = { ...object.attributes, ...attributes };
    }
  }

  source(key: string): StoredObject | undefined {
    return this.harness.store.get('source', key);
  }

  private get locks() {
    return SETUPS[this.setup];
  }

  private worker(run: Run, environment: Environment = {}, sourceLocks = false) {
    const worker = testWorker({
      s3: this.harness.s3,
      run,
      sourceLocks,
      promptDeletes: MINUTE,
      environment: { ...(this.locks.retains && RETENTION), ...environment },
    });
    return onFastPath(worker);
  }

  private nextRun(more: Partial<Run> = {}): Run {
    const id = `run-${++this.runs}`;
    return testRun({ id, startTime: this.started, ...more });
  }

  /** Archives all that is at the source, and says what the run is called. */
  async archive({
    environment,
    packs = false,
    isSilent = false,
  }: RunOptions = {}): Promise<string> {
    const run = this.nextRun();
    const worker = this.worker(
      run,
      { ...(packs && PACKING), ...environment },
      this.locks.lockedSource,
    );
    const before = this.look();
    const Items = packs ? this.listForPacks() : listSource(this.harness, 'in/');
    const counts = await this.untilFinished((progress) =>
      moveBatch(worker, { BatchInput: { run, progress }, Items }, MINUTE),
    ).catch((error: unknown) => {
      if (isSilent) {
        return undefined;
      }
      throw error;
    });
    this.judgeArchive(run, before, {
      isSilent,
      isKept: environment?.KEEPS_SOURCES === 'true',
      counts,
    });
    return run.id;
  }

  /** Restores what a run says that it archived. */
  restore(of: string, isSilent = false): Promise<string> {
    return this.readBack('restore', of, isSilent);
  }

  extract(of: string, isSilent = false): Promise<string> {
    return this.readBack('extract', of, isSilent);
  }

  private async readBack(
    action: 'restore' | 'extract',
    of: string,
    isSilent: boolean,
  ): Promise<string> {
    const run = this.nextRun({ action, ledgerOf: of });
    const worker = this.worker(run, {}, this.locks.locks);
    const before = this.look();
    const parts = this.parts(of);
    await this.untilFinished((progress) =>
      restoreBatch(worker, { parts, BatchInput: { run, progress } }, MINUTE),
    );
    this.judgeReadBack(run, before, isSilent);
    return run.id;
  }

  private async untilFinished(
    round: (progress: Progress) => Promise<Progress>,
  ): Promise<Progress['counts']> {
    let progress: Progress = initialProgress();
    while (!progress.finished) {
      progress = await round(progress);
    }
    return progress.counts;
  }

  /** As the plan of a run does it: the three objects of each folder are a pack. */
  private listForPacks(): ListedObject[] {
    return listSource(this.harness, 'in/').map((item) => ({
      ...item,
      Pack: Number(item.Key.slice('in/g'.length, 'in/g0000'.length)),
    }));
  }

  private parts(id: string): PartVersion[] {
    const { store } = this.harness;
    return store.keys('reports', `runs/ledger/day=2026-11-24/run=${id}/`).map((key) => {
      const { etag, size } = store.get('reports', key)!;
      return { key, etag: `"${etag}"`, size };
    });
  }

  lines(id: string): LedgerLine[] {
    return this.parts(id).flatMap(({ key }) =>
      this.harness
        .read('reports', key)!
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LedgerLine),
    );
  }

  private look() {
    const { store } = this.harness;
    const all = (bucket: string) =>
      new Map(store.keys(bucket).map((key) => [key, snapshotOf(store.get(bucket, key)!)]));
    return { source: all('source'), archive: all('archive') };
  }

  private problem(name: string, text: string): void {
    this.problems.set(name, [...(this.problems.get(name) ?? []), text]);
  }

  private judgeArchive(
    run: Run,
    before: ReturnType<World['look']>,
    {
      isSilent,
      isKept,
      counts,
    }: { isSilent: boolean; isKept: boolean; counts?: Progress['counts'] },
  ): void {
    const lines = new Map(this.lines(run.id).map((line) => [line.key, line]));
    this.judgeGrowth(run, before);
    if (counts) {
      this.judgeCounts(run, counts, lines);
    }
    for (const specimen of this.specimens) {
      const { key, name } = specimen;
      const was = before.source.get(key);
      const now = this.source(key);
      const line = lines.get(key);
      if (!was) {
        continue;
      }
      const outcome = !line
        ? 'not in the ledger'
        : line.status !== 'archived'
          ? line.status
          : line.member
            ? 'packed'
            : line.kept
              ? 'kept'
              : 'archived';
      if (!isSilent) {
        this.outcomes.set(name, [...(this.outcomes.get(name) ?? []), outcome]);
      }
      const isArchived = line?.status === 'archived';
      if (now && isArchived && !isKept) {
        this.problem(name, 'the ledger says archived, and the source is there');
      }
      if (now) {
        this.compare(specimen, was, snapshotOf(now), [], 'the source');
      }
      if (!now && !isArchived && !isSilent) {
        this.problem(name, `the ledger says ${outcome}, and the source is gone`);
      }
      if (!isArchived && now) {
        continue;
      }
      this.archivedFrom.set(key, was);
      this.judgeCopy(specimen, was, line);
    }
  }

  /** Counts, lines and objects are the same. */
  private judgeCounts(
    run: Run,
    counts: Progress['counts'],
    lines: ReadonlyMap<string, LedgerLine>,
  ): void {
    const of = (status: string) =>
      [...lines.values()].filter((line) => line.status === status).length;
    const told = { archived: of('archived'), conflicting: of('conflicting'), failed: of('failed') };
    for (const [status, count] of Object.entries(told)) {
      if (counts[status as keyof typeof told] !== count) {
        this.problem(
          '(all)',
          `${run.id} counts ${counts[status as keyof typeof told]} ${status}, and its ledger has ${count}`,
        );
      }
    }
  }

  /** Nothing in the archive is ever removed or changed. */
  private judgeGrowth(run: Run, before: ReturnType<World['look']>): void {
    for (const [key, was] of before.archive) {
      const now = this.harness.store.get('archive', key);
      if (!now || findLost(was, snapshotOf(now)).length > 0) {
        this.problem('(all)', `${run.id} has changed ${key} in the archive`);
      }
    }
  }

  /** Of a member, only whether its pack is there: what it holds is judged when it comes back. */
  private judgeCopy(specimen: Specimen, was: Snapshot, line: LedgerLine | undefined): void {
    const copy = line && this.harness.store.get('archive', line.destination);
    if (!copy) {
      this.problem(specimen.name, 'the source is gone, and the archive has no copy');
      return;
    }
    if (!line.member) {
      this.compare(specimen, was, snapshotOf(copy), ['storage class', 'lock'], 'the copy');
      this.judgeLock(specimen, was.lock, copy, 'the copy');
      return;
    }
    this.judgeLock(specimen, undefined, copy, 'the pack');
    const [, id] = /pack-([0-9a-f]{16})\.zip$/.exec(line.destination)!;
    const index = this.harness.store
      .keys('archive')
      .find((key) => key.endsWith(`pack-${id}.jsonl.gz`));
    if (!index) {
      this.problem(specimen.name, 'the pack has no index');
      return;
    }
    this.judgeLock(
      specimen,
      undefined,
      this.harness.store.get('archive', index)!,
      'the index of the pack',
    );
  }

  private judgeLock(
    { name }: Specimen,
    ofSource: ObjectLock | undefined,
    copy: StoredObject,
    what: string,
  ): void {
    const { retains, defaultLock } = this.locks;
    const now = this.harness.store.now();
    const wanted: readonly (readonly [string, ObjectLock | undefined])[] = [
      ['the lock of the source', ofSource],
      ['the retention', retains ? RETAINED : undefined],
      [
        "the bucket's default retention",
        defaultLock?.days === undefined
          ? undefined
          : { mode: 'GOVERNANCE', retainUntil: now + (defaultLock.days - 1) * 86_400_000 },
      ],
      [
        "the bucket's default event hold",
        defaultLock?.eventHoldDays === undefined
          ? undefined
          : { eventHold: { days: defaultLock.eventHoldDays } },
      ],
    ];
    for (const [of, lock] of wanted) {
      if (lock && !isAsStrict(copy.attributes.lock, lock, now)) {
        this.lost += 1;
        this.problem(name, `${what} has not ${of}`);
      }
    }
  }

  private judgeReadBack(run: Run, before: ReturnType<World['look']>, isSilent: boolean): void {
    const lines = new Map(this.lines(run.id).map((line) => [line.key, line]));
    this.judgeGrowth(run, before);
    for (const specimen of this.specimens) {
      const { key, name } = specimen;
      const line = lines.get(key);
      if (!line) {
        continue;
      }
      if (!isSilent) {
        this.outcomes.set(name, [...(this.outcomes.get(name) ?? []), line.status]);
      }
      const was = before.source.get(key);
      const now = this.source(key);
      if (was) {
        this.compareEvery(specimen, was, now, 'the old key');
      }
      const isDone = line.status === 'restored' || line.status === 'extracted';
      if (!isDone) {
        continue;
      }
      const isExtract = line.status === 'extracted';
      const copy = isExtract
        ? this.harness.store.get('reports', `runs/extracted/${run.id}/${key}`)
        : now;
      if (!copy) {
        this.problem(name, `the ledger says ${line.status}, and nothing is there`);
        continue;
      }
      // What was found at the old key has a class of its own, and may have lost its lock since.
      const ignored: Row[] = isExtract || was ? ['storage class', 'lock'] : [];
      this.compare(
        specimen,
        this.archivedFrom.get(key)!,
        snapshotOf(copy),
        ignored,
        `what was ${line.status}`,
        line.member !== undefined,
      );
    }
  }

  private compareEvery(
    { name }: Specimen,
    was: Snapshot,
    now: StoredObject | undefined,
    what: string,
  ): void {
    const lost = now ? findLost(was, snapshotOf(now)) : ['everything'];
    if (lost.length > 0) {
      this.problem(name, `${what} has lost ${lost.join(', ')}`);
    }
  }

  private compare(
    specimen: Specimen,
    was: Snapshot,
    now: Snapshot,
    ignored: readonly Row[],
    what: string,
    isPacked = false,
  ): void {
    const dropped = what === 'the source' ? [] : [...ignored, ...this.dropped(specimen, isPacked)];
    const lost = findLost(was, now).filter((row) => !dropped.includes(row));
    this.lost += lost.length;
    for (const row of lost) {
      this.problem(specimen.name, `${what} has lost its ${row}`);
    }
  }
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
