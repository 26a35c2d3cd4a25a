import { createHash } from 'node:crypto';
import type { RoundOptions } from './batch-worker';
import { MIN_PACK_OBJECTS, toPackIndexKey, toPackKey } from '../../contract/packs';
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import { toIndexLine } from '../packing/index-line';
import { createIndex, toIndexFile } from '../packing/pack-index';
import { INDEX_BYTES } from '../packing/plan-packs';
import { putContent } from '../packing/put-pack';
import { readObject } from '../packing/read-object';
import { getOverhead, ZipWriter } from '../packing/zip-writer';
import { getPackRequests } from '../pricing/packs';
import { addRequests, type Requests, toRequestName } from '../pricing/requests';
import { orderedMap } from '../s3/ordered-map';

/**
 * All packs of a part together are no larger than one may be, so several take no more memory than
 * one.
 */
const PACKS_AT_ONCE = 4;
/**
 * Of one pack. Of large objects, fewer are read at the same time, because they are in memory beside
 * their pack.
 */
const MAX_READS_AT_ONCE = 128;
const BYTES_AT_ONCE = 16 * 1024 ** 2;

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
  readonly line: PackIndexLine;
  readonly versionId?: string;
  readonly began: number;
}

/** A pack in memory. */
interface Pack {
  readonly bytes: Buffer;
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
  constructor(private readonly options: PackerOptions) {}

  async run(): Promise<void> {
    const {
      worker: { rate, settings, sourceLocks },
      context,
      batch: {
        BatchInput: { run },
      },
      remove,
    } = this.options;
    // A pack cannot keep the lock of each object.
    if (!settings.packing || sourceLocks) {
      return;
    }
    rate.allowReads(run, context.source.signal);
    try {
      const groups = this.listGroups();
      if (run.dryRun) {
        for (const group of groups) {
          this.preview(group);
        }
        return;
      }
      for await (const packed of orderedMap(this.untilDeadline(groups), PACKS_AT_ONCE, (group) =>
        this.pack(group),
      )) {
        // Sources that are not deleted now are deleted at the end of the round.
        await remove(packed).catch(() => undefined);
      }
    } catch (error) {
      // The end of the time leaves objects to the next round.
      if (!context.source.isAborted) {
        throw error;
      }
    } finally {
      rate.endReads();
    }
  }

  /**
   * The groups of objects that the plan has put together, in its order. Objects of another folder
   * or day than the first one are left out.
   */
  private listGroups(): Iterable<Group> {
    const {
      worker,
      batch: {
        Items: items,
        BatchInput: { progress },
      },
    } = this.options;
    const groups = new Map<number, Group>();
    for (let index = progress.cursor; index < items.length; index++) {
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
    const pack =
      group.candidates.length < MIN_PACK_OBJECTS ? undefined : await this.build(group.candidates);
    const put = pack && (await this.put(group, pack));
    if (!put) {
      return [];
    }
    const {
      outcomes,
      worker: { clock },
    } = this.options;
    const { key, facts } = put;
    for (const {
      index,
      line: { name, etag, size, offset, sha256 },
      versionId,
      began,
    } of pack.members) {
      const member = { name, offset, size, sha256, packSize: pack.bytes.length };
      const archived = {
        ...facts,
        ...(versionId !== undefined && { sourceVersionId: versionId }),
        member,
      };
      outcomes.setDay(index, group.day);
      outcomes.set(
        index,
        { status: 'copied', destination: key, etag, size, archived },
        { began, ended: clock.now() },
      );
    }
    return pack.members.map(({ index }) => index);
  }

  /**
   * Reads the objects, and makes a pack of those that could be read. Undefined: there are too few.
   */
  private async build(candidates: readonly Candidate[]): Promise<Pack | undefined> {
    const {
      worker: { settings, clock },
      context: { source },
    } = this.options;
    const toBytes = ({ item: { Size }, name }: Candidate) =>
      Size + getOverhead(Buffer.byteLength(name)) + INDEX_BYTES;
    const writer = new ZipWriter(candidates.reduce((sum, each) => sum + toBytes(each), 0));
    const largest = candidates.reduce((most, { item: { Size } }) => Math.max(most, Size), 1);
    const readsAtOnce = Math.max(
      1,
      Math.min(MAX_READS_AT_ONCE, Math.floor(BYTES_AT_ONCE / largest)),
    );
    const members: Member[] = [];
    let [hasTags, lastModified] = [false, 0];
    const read = async (each: Candidate) => ({
      ...each,
      began: clock.now(),
      content: await readObject(source, each.item),
    });
    for await (const { content, ...each } of orderedMap(
      this.untilDeadline(candidates),
      readsAtOnce,
      read,
    )) {
      if (!content) {
        continue;
      }
      // A manifest may not say it, but S3 does. In epoch seconds.
      const modified = (content.answer.LastModified?.getTime() ?? 0) / 1_000;
      const offset = writer.add(each.name, content.bytes, modified);
      members.push({
        ...each,
        line: toIndexLine(settings.sourceBucket, content, each.name, offset),
        versionId: content.answer.VersionId,
      });
      hasTags ||= content.tags !== undefined;
      lastModified = Math.max(lastModified, modified);
    }
    if (
      members.length < MIN_PACK_OBJECTS ||
      !(hasTags || (await this.mayReadTags(members[0].item.Key)))
    ) {
      return undefined;
    }
    const index = createIndex(members.map(({ line }) => line));
    writer.add(index.name, Buffer.from(index.text), lastModified);
    return { bytes: writer.finish(), members };
  }

  /**
   * What is not begun in time is left to the next round. What is in memory makes a smaller pack.
   */
  private *untilDeadline<T>(all: Iterable<T>): Generator<T> {
    const {
      worker: { clock },
      deadlines,
    } = this.options;
    for (const each of all) {
      if (clock.now() >= deadlines.startCopies) {
        return;
      }
      yield each;
    }
  }

  /**
   * S3 does not say how many tags an object has to those who may not read them, and without them
   * the pack would lose some.
   */
  private mayReadTags(key: string): Promise<boolean> {
    const { source } = this.options.context;
    return source.getTags(key).then(
      () => true,
      (error) => {
        if (source.isAborted) {
          throw error;
        }
        return false;
      },
    );
  }

  /**
   * Puts the index before the pack: an index without a pack does no harm. Undefined: S3 has not
   * confirmed both.
   */
  private async put(
    { folder, day }: Group,
    { bytes, members }: Pack,
  ): Promise<{ readonly key: string; readonly facts: ArchivedFacts } | undefined> {
    const {
      worker: { settings, clock },
      context: { destination, storageClass, destinationKeyArn, retentionOf },
    } = this.options;
    const digest = createHash('sha256').update(bytes).digest();
    const key = toPackKey(folder, digest.toString('hex'));
    const indexFile = toIndexFile(
      members.map(({ line }) => line),
      key,
      bytes.length,
    );
    const isIndexed = await putContent(destination, {
      key: toPackIndexKey(settings.destinationPrefix, day, key),
      bytes: indexFile,
      checksum: createHash('sha256').update(indexFile).digest('base64'),
      contentType: 'application/gzip',
      keyArn: destinationKeyArn,
    });
    if (!isIndexed) {
      return undefined;
    }
    const facts = await putContent(destination, {
      key,
      bytes,
      checksum: digest.toString('base64'),
      contentType: 'application/zip',
      storageClass,
      keyArn: destinationKeyArn,
      lock: retentionOf?.(day, clock.now()),
    });
    return facts && { key, facts };
  }

  /** The requests for the whole pack are those of its first object. */
  private preview({ folder, day, candidates }: Group): void {
    const {
      context: { storageClass },
      outcomes,
    } = this.options;
    candidates.forEach(({ index, item, name }, i) => {
      const requests: Requests =
        i === 0 ? getPackRequests({ packs: 1, objects: candidates.length }, storageClass) : {};
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
