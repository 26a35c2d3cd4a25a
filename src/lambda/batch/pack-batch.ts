import { createHash } from 'node:crypto';
import type { BatchOutcomes } from './batch-outcomes';
import type { BatchWorker } from './batch-worker';
import type { RoundDeadlines } from './round-deadlines';
import { MIN_PACK_OBJECTS, toPackIndexKey, toPackKey } from '../../contract/packs';
import type { BatchEvent } from '../../contract/payloads/batch-payloads';
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import type { MoveContext } from '../move/move-request';
import { toIndexLine } from '../packing/index-line';
import { createIndex, toIndexFile } from '../packing/pack-index';
import { INDEX_BYTES } from '../packing/plan-packs';
import { putContent } from '../packing/put-pack';
import { type ObjectContent, readObject } from '../packing/read-object';
import { getOverhead, ZipWriter } from '../packing/zip-writer';
import { getPackRequests } from '../pricing/packs';
import { addRequests, type Requests, toRequestName } from '../pricing/requests';
import { orderedMap } from '../s3/ordered-map';

/** So many objects of 1 MiB, the largest by default, are in memory beside their pack. Of larger ones, fewer are read at the same time. */
const MAX_READS_AT_ONCE = 64;
const BYTES_AT_ONCE = 64 * 1024 ** 2;

interface PackerOptions {
  readonly worker: BatchWorker;
  readonly context: MoveContext;
  readonly batch: BatchEvent;
  readonly outcomes: BatchOutcomes;
  readonly deadlines: RoundDeadlines;
  /** Writes down that these objects are archived, and deletes their sources. Those whose pack is gone have no outcome any more. */
  readonly remove: (indexes: readonly number[]) => Promise<void>;
}

/** An object that belongs into a pack, and its place there. */
interface Candidate { readonly index: number; readonly item: ListedObject; readonly name: string }

/** The objects that the plan has put together. All of them are of one folder of a day, or of an hour. */
interface Group { readonly folder: string; readonly day: string; readonly candidates: Candidate[] }

interface Member extends Candidate {
  readonly content: ObjectContent;
  readonly offset: number;
  readonly began: number;
}

/** A pack in memory. */
interface Pack {
  readonly bytes: Buffer;
  readonly members: readonly Member[];
  readonly lines: readonly PackIndexLine[];
}

/**
 * Packs the objects that the plan has put together, one pack after the other. What it leaves out has no outcome, and is moved: what cannot be
 * read as it was listed, and all objects of a pack that S3 does not confirm. docs/packing.md has the argument why nothing is lost:
 *
 *  1. Each object is read on condition of its ETag.
 *  2. The index is put, and then the pack, whose name is its content.
 *  3. S3 confirms the pack by its SHA-256 and its size.
 *  4. The lines of the ledger are written.
 *  5. S3 shows the pack once more, and then the sources are deleted, each only if it has the ETag that was read.
 */
export class BatchPacker {
  constructor(private readonly options: PackerOptions) {}

  async run(): Promise<void> {
    const { worker: { clock, rate, settings, sourceLocks }, context, batch: { BatchInput: { run } }, deadlines, remove } = this.options;
    // A pack cannot keep the lock of each object.
    if (!settings.packing || sourceLocks) { return; }
    rate.allowReads(run, context.source.signal);
    try {
      for (const group of this.listGroups()) {
        if (clock.now() >= deadlines.startCopies) { return; }
        if (run.dryRun) { this.preview(group); continue; }
        const packed = await this.pack(group);
        // Sources that are not deleted now are deleted at the end of the round.
        await remove(packed).catch(() => undefined);
      }
    } catch (error) {
      // The end of the time leaves objects to the next round.
      if (!context.source.isAborted) { throw error; }
    } finally {
      rate.endReads();
    }
  }

  /** The groups of objects that the plan has put together, in its order. Objects of another folder than the first one are left out. */
  private listGroups(): Iterable<Group> {
    const { worker, batch: { Items: items, BatchInput: { progress } } } = this.options;
    const groups = new Map<number, Group>();
    for (let index = progress.cursor; index < items.length; index++) {
      const item = items[index];
      const selection = item.Pack === undefined ? undefined : worker.select(item);
      if (!selection?.selected || selection.folder === undefined) { continue; }
      const { folder, date: day } = selection;
      const group = groups.get(item.Pack!) ?? { folder, day, candidates: [] };
      groups.set(item.Pack!, group);
      if (group.folder !== folder) { continue; }
      group.candidates.push({ index, item, name: selection.destinationKey.slice(folder.length) });
    }
    return groups.values();
  }

  /** Returns the indexes of what it has packed. */
  private async pack(group: Group): Promise<number[]> {
    const pack = group.candidates.length < MIN_PACK_OBJECTS ? undefined : await this.build(group.candidates);
    const put = pack && await this.put(group, pack);
    if (!put) { return []; }
    const { outcomes, worker: { clock } } = this.options;
    const { key, facts } = put;
    for (const { index, item: { Etag: etag, Size: size }, content, name, offset, began } of pack.members) {
      const member = { name, offset, size, sha256: content.sha256, packSize: pack.bytes.length };
      const archived = { ...facts, ...content.answer.VersionId !== undefined && { sourceVersionId: content.answer.VersionId }, member };
      outcomes.setDay(index, group.day);
      outcomes.set(index, { status: 'copied', destination: key, etag, size, archived }, { began, ended: clock.now() });
    }
    return pack.members.map(({ index }) => index);
  }

  /** Reads the objects, and makes a pack of those that could be read. Undefined: there are too few. */
  private async build(candidates: readonly Candidate[]): Promise<Pack | undefined> {
    const { worker: { settings, clock }, context: { source } } = this.options;
    const toBytes = ({ item: { Size }, name }: Candidate) => Size + getOverhead(Buffer.byteLength(name)) + INDEX_BYTES;
    const writer = new ZipWriter(candidates.reduce((sum, each) => sum + toBytes(each), 0));
    const readsAtOnce = Math.max(1, Math.min(MAX_READS_AT_ONCE, Math.floor(BYTES_AT_ONCE / settings.packing!.maxObjectSize)));
    const members: Member[] = [];
    const read = async (each: Candidate) => ({ ...each, began: clock.now(), content: await readObject(source, each.item) });
    const reads = orderedMap(this.untilDeadline(candidates), readsAtOnce, read);
    for await (const { content, ...each } of reads) {
      if (content) { members.push({ ...each, content, offset: writer.add(each.name, content.bytes, getModified(content)) }); }
    }
    if (members.length < MIN_PACK_OBJECTS || !await this.mayReadTags(members)) { return undefined; }
    const lines = members.map(({ content, name, offset }) => toIndexLine(settings.sourceBucket, content, name, offset));
    const index = createIndex(lines);
    writer.add(index.name, Buffer.from(index.text), Math.max(...members.map(({ content }) => getModified(content))));
    return { bytes: writer.finish(), members, lines };
  }

  /** What is not begun in time is left to the next round. What is in memory makes a smaller pack. */
  private* untilDeadline(candidates: readonly Candidate[]): Generator<Candidate> {
    const { worker: { clock }, deadlines } = this.options;
    for (const each of candidates) {
      if (clock.now() >= deadlines.startCopies) { return; }
      yield each;
    }
  }

  /** S3 does not say how many tags an object has to those who may not read them, and without them the pack would lose some. */
  private async mayReadTags(members: readonly Member[]): Promise<boolean> {
    if (members.some(({ content }) => content.tags !== undefined)) { return true; }
    const { source } = this.options.context;
    return source.getTags(members[0].item.Key).then(() => true, (error) => {
      if (source.isAborted) { throw error; }
      return false;
    });
  }

  /** Puts the index before the pack: an index without a pack does no harm. Undefined: S3 has not confirmed both. */
  private async put({ folder, day }: Group, { bytes, lines }: Pack): Promise<{ readonly key: string; readonly facts: ArchivedFacts } | undefined> {
    const { worker: { settings }, context: { destination, storageClass, destinationKeyArn } } = this.options;
    const digest = createHash('sha256').update(bytes).digest();
    const key = toPackKey(folder, digest.toString('hex'));
    const indexFile = toIndexFile(lines, key, bytes.length);
    const isIndexed = await putContent(destination, {
      key: toPackIndexKey(settings.destinationPrefix, day, key),
      bytes: indexFile,
      checksum: createHash('sha256').update(indexFile).digest('base64'),
      contentType: 'application/gzip',
      keyArn: destinationKeyArn,
    });
    if (!isIndexed) { return undefined; }
    const facts = await putContent(destination, {
      key, bytes, checksum: digest.toString('base64'), contentType: 'application/zip', storageClass, keyArn: destinationKeyArn,
    });
    return facts && { key, facts };
  }

  /** The requests for the whole pack are those of its first object. */
  private preview({ folder, day, candidates }: Group): void {
    const { context: { storageClass }, outcomes } = this.options;
    candidates.forEach(({ index, item, name }, i) => {
      const requests: Requests = i === 0 ? getPackRequests({ packs: 1, objects: candidates.length }, storageClass) : {};
      addRequests(requests, { [toRequestName('GetObject', item.StorageClass)]: 1 });
      outcomes.setDay(index, day);
      outcomes.set(index, { status: 'archived', destination: folder + name, etag: item.Etag, size: item.Size, requests });
    });
  }
}

/** In epoch seconds. A manifest may not say it, but S3 does. */
function getModified({ answer: { LastModified } }: ObjectContent): number {
  return (LastModified?.getTime() ?? 0) / 1000;
}
