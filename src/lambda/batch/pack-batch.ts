import { createHash } from 'node:crypto';
import type { RoundOptions } from './batch-worker';
import { MAX_INDEX_LINE } from '../../contract/memory';
import { MIN_PACK_OBJECTS, toPackIndexKey, toPackKey } from '../../contract/packs';
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Lock } from '../attributes/attribute';
import { withDefaultLock } from '../move/copy-version';
import { MemberTags, type TagDenials, toFolder } from '../packing/member-tags';
import { IndexText, nameIndex, toIndexFile, toIndexLine } from '../packing/pack-index';
import { putContent, type PutResult } from '../packing/put-pack';
import { type NotPackedReason, readObject } from '../packing/read-object';
import { getOverhead, ZipWriter } from '../packing/zip-writer';
import { getPackRequests } from '../pricing/packs';
import { addRequests, type Requests, toRequestName } from '../pricing/requests';
import { orderedMap } from '../s3/ordered-map';
import { type S3Error, toS3Error } from '../s3/s3-error';
import { shorten } from '../text/format';

/**
 * All packs of a part together are no larger than one may be, so several take no more memory than
 * one.
 */
const PACKS_AT_ONCE = 4;
/**
 * Objects of one pack that are read at the same time. Fewer large objects are, because they are in
 * memory beside their pack.
 */
const MAX_READS_AT_ONCE = 128;
const BYTES_AT_ONCE = 16 * 1024 ** 2;
/** The index of a small pack may have as much, so that some objects may have all headers. */
const MIN_INDEX_BYTES = 128 * 1024;

interface PackerOptions extends RoundOptions {
  /**
   * Writes down that these objects are archived, and deletes their sources. Those whose pack is
   * gone have no outcome any more.
   */
  readonly remove: (indexes: readonly number[]) => Promise<void>;
}

/** An object that belongs into a pack, and its place there. */
interface Candidate {
  readonly index: number;
  readonly item: ListedObject;
  readonly name: string;
}

/**
 * The objects that the plan has put together. All of them are of one folder of a day, or of an
 * hour.
 */
interface Group {
  readonly folder: string;
  readonly day: string;
  readonly candidates: Candidate[];
}

interface Member extends Candidate {
  /** Of its bytes in the pack. */
  readonly offset: number;
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly versionId?: string;
  /** When its read began. */
  readonly began: number;
}

/** A pack in memory. */
interface Pack {
  readonly bytes: Buffer;
  /** The text of its index. */
  readonly index: Buffer;
  readonly members: readonly Member[];
}

/**
 * Packs the objects that the plan has put together, one pack after the other. What it leaves out
 * has no outcome, and is moved: what cannot be read as it was listed, and all objects of a pack
 * that S3 does not confirm. docs/packing.md has the argument why nothing is lost:
 *
 *  1. Each object is read on condition of its ETag.
 *  2. The index is put, and then the pack, whose name is its content.
 *  3. S3 confirms the pack by its SHA-256 and its size.
 *  4. The lines of the ledger are written.
 *  5. S3 shows the pack once more, and then the sources are deleted, each only if it has the ETag
 *     that was read.
 */
export class BatchPacker {
  private readonly tagDenials: TagDenials = { isAny: false };

  constructor(private readonly options: PackerOptions) {}

  async run(): Promise<void> {
    const { worker, context, batch, remove } = this.options;
    const { run } = batch.BatchInput;
    if (!worker.settings.packing) {
      return;
    }
    const groups = this.listGroups();
    // A pack cannot keep the lock of each object.
    if (worker.sourceLocks) {
      for (const { candidates } of groups) {
        this.leaveOut(candidates, 'SOURCE_LOCKS');
      }
      return;
    }
    if (run.dryRun) {
      for (const group of groups) {
        this.preview(group);
      }
      return;
    }
    worker.rate.allowReads(run, context.source.signal);
    try {
      const packs = orderedMap(this.untilDeadline(groups), PACKS_AT_ONCE, (group) =>
        this.pack(group),
      );
      for await (const packed of packs) {
        // Sources that are not deleted now are deleted at the end of the round.
        await remove(packed).catch(() => undefined);
      }
    } catch (error) {
      // The end of the time leaves objects to the next round.
      if (!context.source.isAborted) {
        throw error;
      }
    } finally {
      worker.rate.endReads();
    }
  }

  /**
   * The groups of objects that the plan has put together, in its order. Objects of another folder
   * or day than the first one are left out.
   */
  private listGroups(): Iterable<Group> {
    const { worker, batch } = this.options;
    const { Items: items } = batch;
    const groups = new Map<number, Group>();
    for (let index = batch.BatchInput.progress.cursor; index < items.length; index++) {
      const item = items[index];
      const selection = item.Pack === undefined ? undefined : worker.select(item);
      if (!selection?.selected || selection.folder === undefined) {
        continue;
      }
      const { folder, date: day, destinationKey } = selection;
      const group = groups.get(item.Pack!) ?? { folder, day, candidates: [] };
      groups.set(item.Pack!, group);
      if (group.folder === folder && group.day === day) {
        group.candidates.push({ index, item, name: destinationKey.slice(folder.length) });
      }
    }
    return groups.values();
  }

  /** Returns the indexes of what it has packed. */
  private async pack(group: Group): Promise<number[]> {
    const { candidates } = group;
    if (candidates.length < MIN_PACK_OBJECTS) {
      this.leaveOut(candidates, 'TOO_FEW');
      return [];
    }
    const pack = await this.build(candidates);
    if (!pack) {
      return [];
    }
    const { key, result } = await this.put(group, pack);
    if (result.status === 'not confirmed') {
      this.leaveOut(pack.members, 'PACK_NOT_CONFIRMED');
      return [];
    }
    if (result.status === 'refused') {
      this.fail(pack.members, group.day, key, result.refusal);
      return [];
    }
    for (const member of pack.members) {
      this.setPacked(member, group.day, key, pack.bytes.length, result.facts);
    }
    return pack.members.map(({ index }) => index);
  }

  private setPacked(
    { index, name, item, offset, sha256, versionId, began }: Member,
    day: string,
    key: string,
    packSize: number,
    facts: ArchivedFacts,
  ): void {
    const { outcomes, worker } = this.options;
    const { Etag: etag, Size: size } = item;
    const archived = {
      ...facts,
      ...(versionId !== undefined && { sourceVersionId: versionId }),
      member: { name, offset, size, sha256, packSize },
    };
    const span = { began, ended: worker.clock.now() };
    outcomes.setDay(index, day);
    outcomes.set(index, { status: 'copied', destination: key, etag, size, archived }, span);
  }

  /** These are moved, one by one. */
  private leaveOut(candidates: readonly Candidate[], reason: NotPackedReason): void {
    for (const { index } of candidates) {
      this.options.outcomes.note(index, 'notPacked', reason);
    }
  }

  /**
   * A pack or an index that S3 refuses is a failure of the setup. Moving each object instead would
   * cost a hundred times as much, every night, and nobody would hear of it.
   */
  private fail(
    members: readonly Member[],
    day: string,
    key: string,
    { code, message }: S3Error,
  ): void {
    const { outcomes, context } = this.options;
    const { name } = context.destination;
    for (const { index } of members) {
      outcomes.setDay(index, day);
      outcomes.set(index, {
        status: 'failed',
        destination: key,
        code,
        message: `S3 refused a pack or its index, s3://${name}/${shorten(key, 200)}: ${message}`,
        isInSetup: true,
      });
    }
  }

  /** Reads the objects, and makes a pack of those that could be read. Undefined: too few. */
  private async build(candidates: readonly Candidate[]): Promise<Pack | undefined> {
    const { worker, context } = this.options;
    const { settings, clock } = worker;
    const indexBytes = Math.max(MIN_INDEX_BYTES, candidates.length * MAX_INDEX_LINE);
    const writer = new ZipWriter(getPackBytes(candidates) + indexBytes);
    const index = new IndexText(indexBytes);
    const tags = new MemberTags(context.source, this.tagDenials, settings.packing?.askTags);
    const members: Member[] = [];
    let lastModified = 0;
    const read = async (each: Candidate) => ({
      each,
      began: clock.now(),
      result: await readObject(context.source, each.item, tags),
    });
    const reads = orderedMap(this.untilDeadline(candidates), getReadsAtOnce(candidates), read);
    for await (const { each, began, result } of reads) {
      if (!result.content) {
        if (result.reason) {
          this.leaveOut([each], result.reason);
        }
        continue;
      }
      const { content } = result;
      // A member that is written and has no line is no member for anybody: the line comes first.
      const offset = writer.getOffset(each.name);
      if (!index.add(toIndexLine(settings.sourceBucket, content, each.name, offset))) {
        this.leaveOut([each], 'INDEX_FULL');
        continue;
      }
      // A manifest may not say it, but S3 does. In epoch seconds.
      const modified = (content.lastModified?.getTime() ?? 0) / 1_000;
      writer.add(each.name, content.bytes, modified);
      const { sha256, versionId } = content;
      members.push({ ...each, began, offset, sha256, versionId });
      lastModified = Math.max(lastModified, modified);
    }
    if (members.length < MIN_PACK_OBJECTS) {
      this.leaveOut(members, 'TOO_FEW');
      return undefined;
    }
    writer.add(nameIndex(index.bytes), index.bytes, lastModified);
    return { bytes: writer.finish(), index: index.bytes, members };
  }

  /** What is not begun in time is left to the next round. The pack is smaller then. */
  private *untilDeadline<T>(all: Iterable<T>): Generator<T> {
    const { worker, deadlines } = this.options;
    for (const each of all) {
      if (worker.clock.now() >= deadlines.startCopies) {
        return;
      }
      yield each;
    }
  }

  /** Puts the index before the pack: an index without a pack does no harm. */
  private async put(
    { folder, day }: Group,
    { bytes, index }: Pack,
  ): Promise<{ readonly key: string; readonly result: PutResult }> {
    const { worker, context } = this.options;
    const { destination, storageClass = 'STANDARD', destinationKeyArn: keyArn } = context;
    const digest = createHash('sha256').update(bytes).digest();
    const key = toPackKey(folder, digest.toString('hex'));
    const lock = await this.getLock(day);
    if ('status' in lock) {
      return { key, result: lock };
    }
    const indexFile = toIndexFile(index, key, bytes.length);
    const indexed = await putContent(destination, {
      key: toPackIndexKey(worker.settings.destinationPrefix, day, key),
      bytes: indexFile,
      checksum: createHash('sha256').update(indexFile).digest('base64'),
      contentType: 'application/gzip',
      storageClass: 'STANDARD',
      keyArn,
      lock,
    });
    if (indexed.status !== 'confirmed') {
      return { key, result: indexed };
    }
    const result = await putContent(destination, {
      key,
      bytes,
      checksum: digest.toString('base64'),
      contentType: 'application/zip',
      storageClass,
      keyArn,
      lock,
    });
    return { key, result };
  }

  /** The lock of a pack and of its index, or what it means that nobody can tell. */
  private async getLock(day: string): Promise<Lock | PutResult> {
    const { worker, context } = this.options;
    try {
      const retention = context.retentionOf?.(day, worker.clock.now());
      return await withDefaultLock(context, retention ?? {});
    } catch (error) {
      if (context.destination.isAborted) {
        throw error;
      }
      const refusal = toS3Error(error);
      return refusal.kind === 'transient'
        ? { status: 'not confirmed' }
        : { status: 'refused', refusal };
    }
  }

  /** The requests for the whole pack are those of its first object. */
  private preview({ folder, day, candidates }: Group): void {
    const { context, outcomes, worker } = this.options;
    const { storageClass } = context;
    const asked = worker.settings.packing?.askTags
      ? candidates.length
      : new Set(candidates.map(({ item }) => toFolder(item.Key))).size;
    candidates.forEach(({ index, item, name }, i) => {
      const requests: Requests =
        i === 0
          ? getPackRequests({ packs: 1, objects: candidates.length }, storageClass, asked)
          : {};
      addRequests(requests, { [toRequestName('GetObject', item.StorageClass)]: 1 });
      outcomes.setDay(index, day);
      outcomes.set(index, {
        status: 'archived',
        destination: folder + name,
        etag: item.Etag,
        size: item.Size,
        requests,
        isPacked: true,
      });
    });
  }
}

/** The index aside. */
function getPackBytes(candidates: readonly Candidate[]): number {
  return candidates.reduce(
    (sum, { item, name }) => sum + item.Size + getOverhead(Buffer.byteLength(name)),
    0,
  );
}

function getReadsAtOnce(candidates: readonly Candidate[]): number {
  const largest = candidates.reduce((most, { item: { Size } }) => Math.max(most, Size), 1);
  return Math.max(1, Math.min(MAX_READS_AT_ONCE, Math.floor(BYTES_AT_ONCE / largest)));
}
