/**
 * Versions that S3 has restored and that could not be archived. A run does not ask S3 to restore
 * them again. Otherwise every second night would restore, and pay for, an object that can never be
 * archived.
 *
 * One file per day of objects lists them by their hashes. A run whose input names its days asks
 * again, because a person started it and may have fixed the cause. An entry expires after 30 days,
 * and then all runs ask again.
 */
import * as v from 'valibot';
import { groupBy } from '../../../contract/group-by';
import { isoDate } from '../../../contract/payloads/common-schemas';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import { NOT_RESTORED_FOLDER } from '../../../contract/report-places';
import { addDays } from '../../../dates/calendar';
import type { BucketClient } from '../../../lambda/s3/bucket-client';
import { toS3Error } from '../../../lambda/s3/s3-error';
import { type JsonVersion, readJsonVersion, updateJson } from '../../../lambda/s3/update-json';
import { sha256 } from '../../../lambda/text/hash';

/** The number of days after which an object is restored again. */
export const VAIN_DAYS = 30;
/**
 * The largest number of entries in a file. The oldest entries are dropped, and a run then asks S3
 * to restore their objects again.
 */
const MAX_ENTRIES = 10_000;
/** 96 bits: no two versions of a bucket have the same. */
const HASH_LENGTH = 24;

/** Reasons that pass by themselves, or say nothing about the object. */
const PASSING: readonly string[] = [
  ReasonCode.SLOW_DOWN,
  ReasonCode.SERVER_ERROR,
  ReasonCode.OUT_OF_TIME,
  ReasonCode.BATCH_FAILED,
  ReasonCode.SOURCE_CHANGED,
  ReasonCode.ARCHIVED_CLASS,
  ReasonCode.NO_EXPEDITED_CAPACITY,
  ReasonCode.RESTORED_IN_VAIN,
];

const Entry = v.object({
  /** The day on which the run began that could not archive the object. */
  at: isoDate,
  code: v.string(),
});
export type VainRestore = v.InferOutput<typeof Entry>;

/** By the hash of the version. */
const StoredEntries = v.fallback(v.record(v.string(), Entry), {});
type Entries = ReadonlyMap<string, VainRestore>;

interface DayFile {
  readonly version: JsonVersion;
  readonly entries: Entries;
}

/** A version of an object at the source. */
export interface SourceVersion {
  readonly key: string;
  readonly etag: string;
  /** The day of the object. Unset: nothing is noted of it. */
  readonly day?: string;
}

/** A version that was not archived, and why. */
export interface FailedSource extends SourceVersion {
  readonly code: string;
}

interface Options {
  readonly sourceBucket: string;
  readonly reportRoot: string;
  /** The day on which the run began. */
  readonly today: string;
  /** The input of the run names its days. */
  readonly asksAgain: boolean;
}

export class VainRestores {
  private readonly files = new Map<string, Promise<DayFile>>();

  constructor(private readonly options: Options) {}

  /** Undefined: S3 may be asked. */
  async find(reports: BucketClient, source: SourceVersion): Promise<VainRestore | undefined> {
    if (this.options.asksAgain) {
      return undefined;
    }
    if (source.day === undefined) {
      return undefined;
    }
    return (await this.read(reports, source.day)).entries.get(this.toName(source));
  }

  /** Records the objects that would fail again in any run. */
  async add(reports: BucketClient, failed: readonly FailedSource[]): Promise<void> {
    const lasting = failed.filter(({ day, code }) => day !== undefined && !PASSING.includes(code));
    for (const [day, ofDay] of groupBy(lasting, (source) => source.day!)) {
      const added = new Map(
        ofDay.map((source) => [this.toName(source), { at: this.options.today, code: source.code }]),
      );
      const { version } = await this.read(reports, day);
      await updateJson(
        reports,
        this.toKey(day),
        ({ value }) => this.merge(this.parse(value), added),
        version,
      );
    }
  }

  private read(reports: BucketClient, day: string): Promise<DayFile> {
    let file = this.files.get(day);
    if (!file) {
      file = this.readFile(reports, day);
      this.files.set(day, file);
    }
    return file;
  }

  /** S3 answers 403 instead of 404 to a caller that may list only some prefixes. */
  private async readFile(reports: BucketClient, day: string): Promise<DayFile> {
    try {
      const version = await readJsonVersion(reports, this.toKey(day));
      return { version, entries: this.parse(version.value) };
    } catch (error) {
      if (toS3Error(error).kind !== 'denied') {
        throw error;
      }
      return { version: {}, entries: new Map() };
    }
  }

  /** Returns what a file is to have afterwards. Undefined: nothing is new. */
  private merge(entries: Entries, added: Entries): object | undefined {
    const isKnown = [...added.keys()].every((name) => entries.get(name)?.at === this.options.today);
    if (isKnown) {
      return undefined;
    }
    const all = [...new Map([...entries, ...added])];
    all.sort(([, one], [, other]) => (one.at < other.at ? 1 : -1));
    return Object.fromEntries(all.slice(0, MAX_ENTRIES));
  }

  /** Returns the entries that have not expired. A file with other content counts as empty. */
  private parse(value: unknown): Entries {
    const oldest = addDays(this.options.today, -VAIN_DAYS);
    const all = Object.entries(v.parse(StoredEntries, value));
    return new Map(all.filter(([, { at }]) => at > oldest));
  }

  private toKey(day: string): string {
    return `${this.options.reportRoot}${NOT_RESTORED_FOLDER}${day}.json`;
  }

  private toName({ key, etag }: SourceVersion): string {
    return sha256(JSON.stringify([this.options.sourceBucket, key, etag])).slice(0, HASH_LENGTH);
  }
}
