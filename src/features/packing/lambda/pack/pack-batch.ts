import { type Candidate, type Group, type Member, type Pack, PackBuilder } from './build-pack';
import { MemberTags, toFolder } from './member-tags';
import { PackRemovals } from './pack-removals';
import { putContent, type PutResult } from './put-pack';
import { type NotPackedReason, readObject, type ReadResult } from './read-object';
import { MIN_PACK_OBJECTS, toPackIndexKey } from '../../../../contract/packs';
import type { ArchivedFacts } from '../../../../contract/payloads/ledger-line';
import type { Lock } from '../../../../lambda/attributes/attribute';
import type { RoundOptions } from '../../../../lambda/batch/batch-worker';
import { withDefaultLock } from '../../../../lambda/move/copy-version';
import { getPackRequests } from '../../../../lambda/pricing/packs';
import { addRequests, type Requests, toRequestName } from '../../../../lambda/pricing/requests';
import { forEachAtOnce, orderedMap } from '../../../../lambda/s3/ordered-map';
import { type S3Error, toS3Error } from '../../../../lambda/s3/s3-error';
import { shorten } from '../../../../lambda/text/format';
import { sha256 as toSha256 } from '../../../../lambda/text/hash';

/**
 * The number of objects that a batch reads concurrently: for small objects, what the rate allows at
 * the usual latency. Large objects are fewer, because memory also holds their pack. One more than
 * fits may be read.
 */
const READS_AT_ONCE = 256;
const BYTES_AT_ONCE = 16 * 1024 ** 2;
/**
 * The number of packs that are uploaded while the next one is built. All packs of a part together
 * are no larger than the largest single pack, so many small packs take no more memory than one.
 */
const PUTS_AT_ONCE = 64;

interface PackerOptions extends RoundOptions {
  /** How many objects have their lines in the same part of the ledger. */
  readonly partLines: number;
  /**
   * Writes down that these objects are archived, and deletes their sources. Those whose pack is
   * gone have no outcome any more.
   */
  readonly remove: (indexes: readonly number[]) => Promise<void>;
}

/** An object that was read, or could not be. */
interface Read {
  readonly group: Group;
  readonly candidate: Candidate;
  readonly began: number;
  readonly result: ReadResult;
}

/**
 * Packs the objects that the plan has grouped. It reads them in the order of their packs, and
 * uploads a pack while it reads for the next one. Two kinds of objects get no outcome here and are
 * moved instead: those that cannot be read as they were listed, and all objects of a pack that S3
 * does not confirm. docs/packing.md has the argument why nothing is lost:
 *
 *  1. Each object is read on condition of its ETag.
 *  2. The index is put, and then the pack, whose name is its content.
 *  3. S3 confirms the pack by its SHA-256 and its size.
 *  4. The lines of the ledger are written.
 *  5. S3 shows the pack once more, and then the sources are deleted, each only if it has the ETag
 *     that was read.
 */
export class BatchPacker {
  private readonly tags: MemberTags;
  private readonly minObjects: number;

  constructor(private readonly options: PackerOptions) {
    const { context, worker } = options;
    this.minObjects = worker.minPackObjects ?? MIN_PACK_OBJECTS;
    this.tags = new MemberTags(context.source, worker.settings.packing?.askTags);
  }

  async run(): Promise<void> {
    const { worker, batch } = this.options;
    const { run } = batch.BatchInput;
    if (!worker.settings.packing) {
      return;
    }
    const groups = this.listGroups();
    // A pack cannot keep the lock of each object.
    if (worker.sourceLocks) {
      groups.forEach(({ candidates }) => this.leaveOut(candidates, 'SOURCE_LOCKS'));
      return;
    }
    const enough = groups.filter(({ candidates }) => {
      const isEnough = candidates.length >= this.minObjects;
      if (!isEnough) {
        this.leaveOut(candidates, 'TOO_FEW');
      }
      return isEnough;
    });
    if (run.dryRun) {
      this.preview(enough);
      return;
    }
    await this.packAll(enough);
  }

  private async packAll(groups: readonly Group[]): Promise<void> {
    const { worker, context, batch, partLines, remove } = this.options;
    const removals = new PackRemovals({ partLines, remove });
    worker.rate.allowReads(batch.BatchInput.run, context.source.signal);
    try {
      await forEachAtOnce(this.build(groups), PUTS_AT_ONCE, (pack) => {
        const packed = this.finish(pack);
        removals.add(packed);
        return packed;
      });
    } catch (error) {
      // The end of the time leaves objects to the next round.
      if (!context.source.isAborted) {
        throw error;
      }
    } finally {
      await removals.end();
      worker.rate.endReads();
    }
  }

  /**
   * The groups of objects that the plan has put together, in its order. Objects of another folder
   * or day than the first one are left out.
   */
  private listGroups(): Group[] {
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
    return [...groups.values()];
  }

  /** Reads the objects of all groups, and yields the packs of those that could be read. */
  private async *build(groups: readonly Group[]): AsyncGenerator<Pack> {
    const { source } = this.options.context;
    let group: Group | undefined;
    let builder: PackBuilder | undefined;
    const reads = orderedMap(
      this.listCandidates(groups),
      BYTES_AT_ONCE,
      (each) => this.read(each),
      ({ candidate }) => Math.max(candidate.item.Size, BYTES_AT_ONCE / READS_AT_ONCE),
    );
    for await (const read of reads) {
      if (read.group !== group) {
        yield* this.complete(builder);
        ({ group } = read);
        builder = new PackBuilder(source.name, group);
      }
      this.addTo(builder!, read);
    }
    yield* this.complete(builder);
  }

  /** Stops when the time is over. The pack is then smaller, and the next round packs the rest. */
  private *listCandidates(groups: readonly Group[]): Generator<Pick<Read, 'group' | 'candidate'>> {
    const { worker, deadlines } = this.options;
    for (const group of groups) {
      for (const candidate of group.candidates) {
        if (worker.clock.now() >= deadlines.startCopies) {
          return;
        }
        yield { group, candidate };
      }
    }
  }

  private async read({ group, candidate }: Pick<Read, 'group' | 'candidate'>): Promise<Read> {
    const { worker, context } = this.options;
    const began = worker.clock.now();
    const result = await readObject(context.source, candidate.item, this.tags);
    return { group, candidate, began, result };
  }

  private addTo(builder: PackBuilder, { candidate, began, result }: Read): void {
    if (!result.content) {
      if (result.reason) {
        this.leaveOut([candidate], result.reason);
      }
      return;
    }
    if (!builder.add(candidate, result.content, began)) {
      this.leaveOut([candidate], 'INDEX_FULL');
    }
  }

  /** Yields the pack, or nothing if it would have too few members. */
  private *complete(builder: PackBuilder | undefined): Generator<Pack> {
    if (!builder) {
      return;
    }
    if (builder.members.length < this.minObjects) {
      this.leaveOut(builder.members, 'TOO_FEW');
      return;
    }
    yield builder.finish();
  }

  /** Puts a pack, and returns the indexes of what it has packed. */
  private async finish(pack: Pack): Promise<number[]> {
    const { members } = pack;
    const result = await this.put(pack);
    if (result.status === 'not confirmed') {
      this.leaveOut(members, 'PACK_NOT_CONFIRMED');
      return [];
    }
    if (result.status === 'refused') {
      this.fail(pack, result.refusal);
      return [];
    }
    members.forEach((member) => this.setPacked(member, pack, result.facts));
    return members.map(({ index }) => index);
  }

  private setPacked(
    { index, name, item, offset, sha256, versionId, began }: Member,
    { day, key, bytes }: Pack,
    facts: ArchivedFacts,
  ): void {
    const { outcomes, worker } = this.options;
    const { Etag: etag, Size: size } = item;
    const archived = {
      ...facts,
      ...(versionId !== undefined && { sourceVersionId: versionId }),
      member: { name, offset, size, sha256, packSize: bytes.length },
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
   * cost a hundred times as much every night, unnoticed.
   */
  private fail({ day, key, members }: Pack, { code, message }: S3Error): void {
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

  /** Puts the index before the pack: an index without a pack does no harm. */
  private async put({ day, key, bytes, sha256, indexFile }: Pack): Promise<PutResult> {
    const { worker, context } = this.options;
    const { destination, storageClass = 'STANDARD', destinationKeyArn: keyArn } = context;
    const lock = await this.getLock(day);
    if ('status' in lock) {
      return lock;
    }
    const indexed = await putContent(destination, {
      key: toPackIndexKey(worker.settings.destinationPrefix, day, key),
      bytes: indexFile,
      sha256: toSha256(indexFile),
      contentType: 'application/gzip',
      storageClass: 'STANDARD',
      keyArn,
      lock,
    });
    if (indexed.status !== 'confirmed') {
      return indexed;
    }
    return putContent(destination, {
      key,
      bytes,
      sha256,
      contentType: 'application/zip',
      storageClass,
      keyArn,
      lock,
    });
  }

  /** Returns the lock of a pack and of its index, or the failure if the lock cannot be read. */
  private async getLock(day: string): Promise<Lock | PutResult> {
    const { worker, context } = this.options;
    try {
      const now = worker.clock.now();
      const lock = context.given?.lock?.merge(undefined, { day, now });
      return await withDefaultLock(context, lock ?? {});
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

  /**
   * The requests for a whole pack are those of its first object. One object of each source folder
   * is asked for its tags, or each.
   */
  private preview(groups: readonly Group[]): void {
    const { context, outcomes, worker } = this.options;
    const { storageClass } = context;
    const asked = new Set<string>();
    for (const { folder, day, candidates } of groups) {
      const before = asked.size;
      candidates.forEach(({ item }) =>
        asked.add(worker.settings.packing?.askTags ? item.Key : toFolder(item.Key)),
      );
      const ofPack = getPackRequests(
        { packs: 1, objects: candidates.length },
        storageClass,
        asked.size - before,
      );
      candidates.forEach(({ index, item, name }, i) => {
        const requests: Requests = i === 0 ? ofPack : {};
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
}
