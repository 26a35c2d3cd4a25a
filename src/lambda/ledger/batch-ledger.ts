import type { _Object } from '@aws-sdk/client-s3';
import { LedgerPart } from './ledger-part';
import { getArchivedVersions, mergeLine } from './merge-lines';
import { compareLastModified } from './part-keys';
import { groupBy } from '../../contract/group-by';
import type {
  ArchivedVersion,
  LedgerLine,
  LedgerPartRef,
} from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import type { BucketClient } from '../s3/bucket-client';
import { forEachAtOnce } from '../s3/ordered-map';
import { listObjects } from '../s3/read-objects';
import { withSend } from '../s3/with-send';

export interface BatchLines {
  readonly counting: ReadonlyMap<string, LedgerLine>;
  /**
   * The last version that a line says is archived, also if another line counts. It is archived if
   * the source is gone.
   */
  readonly archived: ReadonlyMap<string, ArchivedVersion>;
}

const PARTS_AT_ONCE = 10;

/** Lines of objects, and the key of the part that they belong to. */
export interface NewLines {
  readonly partKey: string;
  readonly lines: readonly LedgerLine[];
}

/**
 * The ledger of one batch. It is a write-ahead log: the line of an archived object is written
 * before its source is deleted ("ARIES: A Transaction Recovery Method", Mohan et al., 1992). So
 * every object that left its source is in the ledger, even if the function dies in between.
 */
export class BatchLedger {
  private readonly parts = new Map<string, LedgerPart>();
  private readonly recorded = new Map<
    string,
    { readonly part: LedgerPart; readonly line: LedgerLine }
  >();

  private readonly written: Map<string, LedgerPartRef>;
  private isOwn = true;

  /**
   * @param prefix of the keys of its parts (`getLedgerBatchPrefix`); `written` are those that
   * earlier rounds of the batch wrote
   */
  constructor(
    private readonly run: Run,
    private readonly prefix: string,
    written: readonly LedgerPartRef[] = [],
  ) {
    this.written = new Map(written.map((part) => [part.name, part]));
  }

  /**
   * Returns the parts of the batch, or undefined if another attempt at the batch has written some
   * of them.
   */
  listParts(): LedgerPartRef[] | undefined {
    return this.isOwn ? [...this.written.values()] : undefined;
  }

  get isWrittenByOthers(): boolean {
    return [...this.parts.values()].some((part) => part.isWrittenByOthers);
  }

  async load(reports: BucketClient): Promise<BatchLines> {
    return this.collect(await this.loadParts(reports));
  }

  /**
   * Loads the ledger, and writes all parts once more. This makes the conditional writes fail that a
   * dead attempt sent and S3 has not executed yet, so the returned lines stay valid.
   * @param partKeys the parts that a dead attempt may be creating
   */
  async seal(reports: BucketClient, partKeys: readonly string[]): Promise<BatchLines> {
    const parts = new Set([
      ...(await this.loadParts(reports)),
      ...partKeys.map((key) => this.getPart(key)),
    ]);
    for (const part of parts) {
      await this.change(reports, part, []);
    }
    return this.collect(parts);
  }

  private collect(parts: Iterable<LedgerPart>): BatchLines {
    const counting = new Map<string, LedgerLine>();
    const archived = new Map<string, ArchivedVersion>();
    for (const part of parts) {
      for (const line of part.lines) {
        mergeLine(counting, line);
        if (counting.get(line.key) === line) {
          this.recorded.set(line.key, { part, line });
        }
        for (const version of getArchivedVersions(line)) {
          archived.set(line.key, version);
        }
      }
    }
    return { counting, archived };
  }

  private async loadParts(reports: BucketClient): Promise<LedgerPart[]> {
    const listed: _Object[] = [];
    const s3 = withSend(reports.s3, (command) => reports.request((client) => client.send(command)));
    for await (const part of listObjects(s3, reports.name, this.prefix)) {
      listed.push(part);
    }
    const parts: LedgerPart[] = [];
    for (const { Key, ETag } of listed.sort(compareLastModified)) {
      const part = this.getPart(Key!);
      // Each write gives a part another ETag, so this one is as it was last read or written here.
      if (part.etag !== ETag) {
        await part.load(reports);
      }
      this.isOwn &&= part.etag === this.written.get(this.toName(part))?.etag;
      parts.push(part);
    }
    return parts;
  }

  /**
   * Writes the new and changed lines, all parts concurrently, and returns the lines that the ledger
   * now has for these objects. If another attempt wrote to a part, the part is written again even
   * with the same lines: that attempt may have died while it was sending other lines.
   * @param groups lines, and the part of those that are new; a changed one stays in its part
   */
  async record(reports: BucketClient, groups: readonly NewLines[]): Promise<LedgerLine[]> {
    const changed = groups.flatMap(({ partKey, lines }) =>
      lines
        .filter((line) => this.isNews(partKey, line))
        .map((line) => ({ line, partKey: this.recorded.get(line.key)?.part.key ?? partKey })),
    );
    const byPart = groupBy(changed, ({ partKey }) => partKey);
    await forEachAtOnce(byPart, PARTS_AT_ONCE, ([partKey, some]) =>
      this.recordPart(
        reports,
        partKey,
        some.map(({ line }) => line),
      ),
    );
    return groups.flatMap(({ lines }) => lines.map(({ key }) => this.recorded.get(key)!.line));
  }

  private async recordPart(
    reports: BucketClient,
    partKey: string,
    lines: readonly LedgerLine[],
  ): Promise<void> {
    const part = this.getPart(partKey);
    await this.change(reports, part, lines);
    for (const line of lines) {
      this.recorded.set(line.key, { part, line });
    }
  }

  private isNews(partKey: string, line: LedgerLine): boolean {
    const before = this.recorded.get(line.key);
    const isOwn = before?.part.key !== partKey || before.part.has(line.key);
    return !before || !isOwn || !isSameStatement(before.line, line);
  }

  /** Removes lines that an earlier attempt wrote of objects that another program deleted. */
  async remove(reports: BucketClient, keys: readonly string[]): Promise<void> {
    for (const part of new Set(keys.flatMap((key) => this.recorded.get(key)?.part ?? []))) {
      await this.change(reports, part, [], keys);
    }
    for (const key of keys) {
      this.recorded.delete(key);
    }
  }

  retract(keys: readonly string[]): void {
    for (const key of keys) {
      this.recorded.get(key)?.part.retract(key);
      this.recorded.delete(key);
    }
  }

  private async change(
    reports: BucketClient,
    part: LedgerPart,
    added: readonly LedgerLine[],
    removed: readonly string[] = [],
  ): Promise<void> {
    const version = await part.change(reports, added, removed);
    const name = this.toName(part);
    this.written.set(name, { name, ...version });
    this.isOwn &&= !part.isWrittenByOthers;
  }

  private toName({ key }: LedgerPart): string {
    return key.slice(this.run.ledgerPrefix.length);
  }

  private getPart(partKey: string): LedgerPart {
    const part = this.parts.get(partKey) ?? new LedgerPart(partKey);
    this.parts.set(partKey, part);
    return part;
  }
}

const STATEMENT = [
  'status',
  'kept',
  'proof',
  'destination',
  'etag',
  'size',
  'code',
  'message',
] as const;

/**
 * Whether the new line says nothing more than the recorded one. The delete marker is known only
 * after the line was written.
 */
function isSameStatement(recorded: LedgerLine, line: LedgerLine): boolean {
  if (recorded === line) {
    return true;
  }
  const { deleteMarkerVersionId = recorded.deleteMarkerVersionId } = line;
  return (
    STATEMENT.every((field) => recorded[field] === line[field]) &&
    deleteMarkerVersionId === recorded.deleteMarkerVersionId
  );
}
