/** Decides which sources of a round S3 may restore, and tracks what became of restored ones. */
import { RestoreBudget, type RestoreLimit } from './restore-budget';
import { getRestoreState } from './restore-state';
import {
  type FailedSource,
  type SourceVersion,
  type VainRestore,
  VainRestores,
} from './vain-restores';
import type { Run } from '../../../contract/payloads/run';
import type { Settings } from '../../../contract/payloads/settings';
import { toReportRoot } from '../../../contract/report-places';
import type { BucketClient, ObjectHead } from '../../../lambda/s3/bucket-client';
import { HEADS_AT_ONCE } from '../../../lambda/s3/object-lookup';
import { orderedMap } from '../../../lambda/s3/ordered-map';
import type { RetrievalTierName } from '../contract/check-glacier-sources';

/** Why S3 is not asked. */
type RestoreRefusal = { readonly limit: RestoreLimit } | { readonly vain: VainRestore };

interface SourceRestoresOptions {
  readonly source: BucketClient;
  readonly reports: BucketClient;
  readonly run: Run;
  readonly settings: NonNullable<Settings['glacierSources']>;
}

/** A version that S3 may have to restore. */
export interface Source extends SourceVersion {
  readonly size: number;
}

/**
 * The result of `prepare` for a version. Without a refusal or an error, the version is reserved.
 */
interface Prepared {
  readonly size: number;
  readonly refusal?: RestoreRefusal;
  readonly error?: unknown;
}

export class SourceRestores {
  readonly tier: RetrievalTierName;
  readonly days: number;
  private readonly budget: RestoreBudget;
  private readonly vain: VainRestores;
  private readonly heads = new Map<string, ObjectHead>();
  /** By `toName`. `admit` uses each once. */
  private readonly prepared = new Map<string, Prepared>();
  /** Reservations that led to no restore request. */
  private readonly unused = { objects: 0, bytes: 0 };
  /** The keys of sources that have a readable copy. */
  private readonly restored = new Set<string>();

  constructor(private readonly options: SourceRestoresOptions) {
    const { settings, source, run } = options;
    this.tier = settings.tier;
    this.days = settings.days;
    this.budget = new RestoreBudget(settings, run.reportPrefix);
    this.vain = new VainRestores({
      sourceBucket: source.name,
      reportRoot: toReportRoot(run.reportPrefix),
      today: run.startTime.slice(0, 10),
      asksAgain: run.namesDays === true,
    });
  }

  /**
   * Looks at sources that S3 may have to restore, and reserves for all of them at once. If too
   * little is left for all, those that are listed first get it.
   */
  async prepare(sources: readonly Source[]): Promise<void> {
    const wanted: Source[] = [];
    const looks = orderedMap(sources, HEADS_AT_ONCE, (source) => this.look(source));
    for await (const { source, isWanted } of looks) {
      if (isWanted) {
        wanted.push(source);
      }
    }
    if (wanted.length === 0) {
      return;
    }
    const sizes = wanted.map(({ size }) => size);
    try {
      const limits = await this.budget.reserve(this.options.reports, sizes);
      wanted.forEach((source, i) => this.keep(source, { refusal: toRefusal(limits[i]) }));
    } catch (error) {
      wanted.forEach((source) => this.keep(source, { error }));
    }
  }

  /** The first look at a source, if it was prepared. */
  takeHead(key: string): ObjectHead | undefined {
    const head = this.heads.get(key);
    this.heads.delete(key);
    return head;
  }

  /**
   * Undefined: S3 may be asked to restore this version, once.
   *
   * @throws an error if the budget cannot be read or written
   */
  async admit(source: Source): Promise<RestoreRefusal | undefined> {
    const name = toName(source);
    const prepared = this.prepared.get(name);
    this.prepared.delete(name);
    if (prepared?.error !== undefined) {
      throw prepared.error;
    }
    if (prepared) {
      return prepared.refusal;
    }
    const vain = await this.findVain(source);
    return vain ?? toRefusal(await this.budget.reserveOne(this.options.reports, source.size));
  }

  /** S3 has certainly not done what it was asked for. */
  giveBack(size: number): void {
    this.unused.objects += 1;
    this.unused.bytes += size;
  }

  noteRestored(key: string): void {
    this.restored.add(key);
  }

  /**
   * Ends the round: gives back what was reserved and not asked for, and notes what was restored in
   * vain. If one of them fails, that is no error of the round: this run restores less, or a later
   * run restores something again.
   */
  async close(reports: BucketClient, failed: readonly FailedSource[]): Promise<void> {
    for (const { size, refusal, error } of this.prepared.values()) {
      if (!refusal && error === undefined) {
        this.giveBack(size);
      }
    }
    this.prepared.clear();
    const { objects, bytes } = this.unused;
    await Promise.allSettled([
      objects > 0 && this.budget.giveBack(reports, objects, bytes),
      this.vain.add(
        reports,
        failed.filter(({ key }) => this.restored.has(key)),
      ),
    ]);
  }

  /** A look that fails says nothing: the attempt at the source will find out why. */
  private async look(source: Source): Promise<{ source: Source; isWanted: boolean }> {
    const head = await this.options.source.head(source.key, false).catch(() => undefined);
    if (head?.ETag !== source.etag) {
      return { source, isWanted: false };
    }
    this.heads.set(source.key, head);
    if (getRestoreState(head, this.tier) !== 'unrestored') {
      return { source, isWanted: false };
    }
    try {
      const refusal = await this.findVain(source);
      if (refusal) {
        this.keep(source, { refusal });
      }
      return { source, isWanted: !refusal };
    } catch (error) {
      this.keep(source, { error });
      return { source, isWanted: false };
    }
  }

  private keep(source: Source, found: Omit<Prepared, 'size'>): void {
    this.prepared.set(toName(source), { ...found, size: source.size });
  }

  private async findVain(source: Source): Promise<RestoreRefusal | undefined> {
    const vain = await this.vain.find(this.options.reports, source);
    return vain && { vain };
  }
}

function toName({ key, etag }: Source): string {
  return JSON.stringify([key, etag]);
}

function toRefusal(limit: RestoreLimit | undefined): RestoreRefusal | undefined {
  return limit && { limit };
}
