/**
 * Looks, after each run, at what the ledger says of each object, and whether that is so: with all
 * that belongs to the object.
 */
import type { Row } from './forms';
import { findLost, isAsStrict, type Snapshot, snapshotOf } from './snapshot';
import type { ArchiveOptions, Look, Specimen, World } from './world';
import type { ObjectLock, StoredObject } from '../../../packages/s3-double/src/store/stored-object';
import type { Progress } from '../../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../src/contract/payloads/ledger-line';
import type { Settings } from '../../../src/contract/payloads/settings';

const DAY = 86_400_000;
/** What the prop gives. */
const RETAINED: ObjectLock = {
  mode: 'GOVERNANCE',
  retainUntil: Date.parse('2033-11-24T00:00:00Z'),
};

/** Stands for all objects of a world. */
export const ALL = '(all)';

interface Ended {
  readonly id: string;
  readonly before: Look;
  /** Unset: the run failed. */
  readonly counts?: Progress['counts'];
}

interface EndedArchive extends Ended {
  readonly options: ArchiveOptions;
  readonly settings: Settings;
}

export class Judge {
  /** What went wrong, by the name of the specimen. */
  readonly problems = new Map<string, string[]>();
  /** What the runs said of it, one after the other, by the name of the specimen. */
  readonly outcomes = new Map<string, string[]>();
  /** Attributes that nothing has any more. */
  lost = 0;
  /** What each object was when it left its source, by its key. */
  private readonly originals = new Map<string, Snapshot>();

  constructor(
    private readonly world: World,
    private readonly listDropped: (specimen: Specimen, isPacked: boolean) => readonly Row[],
  ) {}

  archived({ id, before, counts, options, settings }: EndedArchive): void {
    const lines = this.world.lines(id);
    this.judgeGrowth(id, before);
    this.judgeCounts(id, counts, lines, 'archived');
    for (const specimen of this.world.specimens) {
      const was = before.source.get(specimen.key);
      const line = lines.get(specimen.key);
      if (!was) {
        continue;
      }
      if (!options.isSilent) {
        note(this.outcomes, specimen.name, nameOutcome(line));
      }
      this.judgeSource(specimen, was, line, options);
      if (options.packs && nameOutcome(line) === 'archived' && !line?.notes?.notPacked) {
        this.problem(specimen.name, 'it was moved instead of packed, and no note says so');
      }
      if (line?.status === 'archived' || !this.world.at('source', specimen.key)) {
        this.originals.set(specimen.key, was);
        this.judgeCopy(specimen, was, line, settings);
      }
    }
  }

  readBack({ id, before, counts }: Ended): void {
    const lines = this.world.lines(id);
    this.judgeGrowth(id, before);
    this.judgeCounts(id, counts, lines, 'restored', 'extracted');
    for (const specimen of this.world.specimens) {
      const { key, name } = specimen;
      const line = lines.get(key);
      const was = before.source.get(key);
      const now = this.world.at('source', key);
      if (was && (!now || findLost(was, snapshotOf(now)).length > 0)) {
        this.problem(name, `${id} has changed what was at the old key`);
      }
      if (!line) {
        continue;
      }
      note(this.outcomes, name, line.status);
      if (line.status === 'extracted') {
        const extract = this.world.at('reports', `runs/extracted/${id}/${key}`);
        this.judgeReturned(specimen, line, extract, ['storage class', 'lock']);
      } else if (line.status === 'restored') {
        // What was found at the old key has a class and a lock of its own.
        this.judgeReturned(specimen, line, now, was ? ['storage class', 'lock'] : []);
      } else {
        this.judgeReason(name, line);
      }
    }
  }

  private judgeSource(
    { key, name }: Specimen,
    was: Snapshot,
    line: LedgerLine | undefined,
    { environment, isSilent }: ArchiveOptions,
  ): void {
    const now = this.world.at('source', key);
    const isArchived = line?.status === 'archived';
    if (now && findLost(was, snapshotOf(now)).length > 0) {
      this.problem(name, 'the run has changed the source');
    }
    if (now && isArchived && !environment?.KEEPS_SOURCES) {
      this.problem(name, 'the ledger says archived, and the source is there');
    }
    if (!now && !isArchived) {
      this.problem(name, `the ledger says ${nameOutcome(line)}, and the source is gone`);
    }
    if (line && !isArchived && !isSilent) {
      this.judgeReason(name, line);
    }
  }

  private judgeReason(name: string, { status, code, message }: LedgerLine): void {
    if (!code || !message) {
      this.problem(name, `the ledger says ${status}, and not why`);
    }
  }

  /** Of a member, only its pack is looked at: what it holds is judged when it comes back. */
  private judgeCopy(
    specimen: Specimen,
    was: Snapshot,
    line: LedgerLine | undefined,
    { storageClass = 'STANDARD', destinationKeyArn }: Settings,
  ): void {
    const { name } = specimen;
    const copy = line && this.world.at('archive', line.destination);
    if (!copy) {
      this.problem(name, 'the source is gone, and the archive has no copy');
      return;
    }
    const what = line.member ? 'the pack' : 'the copy';
    const { attributes } = copy;
    if (attributes.storageClass !== storageClass) {
      this.problem(name, `${what} is not in the class that the props give`);
    }
    if (attributes.encryption.kmsKeyId !== destinationKeyArn) {
      this.problem(name, `${what} lacks the key that the props give`);
    }
    this.judgeLock(specimen, line.member ? undefined : was.lock, copy, what);
    if (!line.member) {
      this.compare(specimen, was, copy, { what, ignored: ['storage class', 'lock'] });
      return;
    }
    const [, id] = /pack-([0-9a-f]{16})\.zip$/.exec(line.destination)!;
    const { store } = this.world.harness;
    const index = store.keys('archive').find((key) => key.endsWith(`pack-${id}.jsonl.gz`));
    if (index) {
      this.judgeLock(specimen, undefined, this.world.at('archive', index)!, 'the index');
    } else {
      this.problem(name, 'the pack has no index');
    }
  }

  /** What is in the archive has the lock of its source, of the prop and of the bucket. */
  private judgeLock(
    { name }: Specimen,
    ofSource: ObjectLock | undefined,
    { attributes }: StoredObject,
    what: string,
  ): void {
    const { retains, lockDefaults: { period, eventHold } = {} } = this.world.buckets;
    const now = this.world.harness.store.now();
    const wanted: readonly (readonly [string, ObjectLock | undefined | false])[] = [
      ['the lock of the source', ofSource],
      ['the retention of the prop', retains && RETAINED],
      [
        'the default retention',
        period && { mode: 'GOVERNANCE', retainUntil: now + (period.days! - 1) * DAY },
      ],
      ['the default event hold', eventHold && { eventHold }],
    ];
    for (const [of, lock] of wanted) {
      if (lock && !isAsStrict(attributes.lock, lock, now)) {
        this.lost += 1;
        this.problem(name, `${what} lacks ${of}`);
      }
    }
  }

  private judgeReturned(
    specimen: Specimen,
    { status, member }: LedgerLine,
    copy: StoredObject | undefined,
    ignored: readonly Row[],
  ): void {
    if (!copy) {
      this.problem(specimen.name, `the ledger says ${status}, and nothing is there`);
      return;
    }
    this.compare(specimen, this.originals.get(specimen.key)!, copy, {
      what: `what was ${status}`,
      ignored,
      isPacked: member !== undefined,
    });
  }

  private compare(
    specimen: Specimen,
    was: Snapshot,
    now: StoredObject,
    {
      what,
      ignored,
      isPacked = false,
    }: { readonly what: string; readonly ignored: readonly Row[]; readonly isPacked?: boolean },
  ): void {
    const dropped = [...ignored, ...this.listDropped(specimen, isPacked)];
    const lost = findLost(was, snapshotOf(now)).filter((row) => !dropped.includes(row));
    this.lost += lost.length;
    for (const row of lost) {
      this.problem(specimen.name, `${what} lacks the ${row} of the source`);
    }
  }

  /** Nothing in the archive is ever removed or changed. */
  private judgeGrowth(id: string, before: Look): void {
    for (const [key, was] of before.archive) {
      const now = this.world.at('archive', key);
      if (!now || findLost(was, snapshotOf(now)).length > 0) {
        this.problem(ALL, `${id} has changed ${key} in the archive`);
      }
    }
  }

  /** What is counted has a line, and the other way round. */
  private judgeCounts(
    id: string,
    counts: Progress['counts'] | undefined,
    lines: ReadonlyMap<string, LedgerLine>,
    ...done: readonly string[]
  ): void {
    const count = (...statuses: readonly string[]) =>
      [...lines.values()].filter(({ status }) => statuses.includes(status)).length;
    const told = {
      archived: count(...done),
      conflicting: count('conflicting'),
      failed: count('failed'),
    };
    for (const status of ['archived', 'conflicting', 'failed'] as const) {
      if (counts && counts[status] !== told[status]) {
        this.problem(
          ALL,
          `${id} counts ${counts[status]} ${status}, and its ledger has ${told[status]}`,
        );
      }
    }
  }

  private problem(name: string, text: string): void {
    note(this.problems, name, text);
  }
}

function note(all: Map<string, string[]>, name: string, text: string): void {
  all.set(name, [...(all.get(name) ?? []), text]);
}

function nameOutcome(line: LedgerLine | undefined): string {
  if (line?.status !== 'archived') {
    return line?.status ?? 'not in the ledger';
  }
  return line.member ? 'packed' : line.kept ? 'kept' : 'archived';
}
