import { openPack, type OpenPack } from './open-pack';
import { listOwnLines, type SourcePlace } from './own-lines';
import { type IndexFile, openIndexFile } from './pack-index';
import { restoreMember } from './restore-member';
import { ErrorName, namedError } from '../../../../contract/errors';
import { toPackIndexKey } from '../../../../contract/packs';
import type { PartVersion } from '../../../../contract/payloads/batch-payloads';
import { withNote } from '../../../../contract/payloads/note-payloads';
import type { PackIndexLine } from '../../../../contract/payloads/pack-index';
import type { Settings } from '../../../../contract/payloads/settings';
import type { Preview } from '../../../../lambda/batch/forecast';
import type { Restorable } from '../../../../lambda/ledger/read-parts';
import type {
  Copied,
  MoveContext,
  MoveRequest,
  MoveResult,
} from '../../../../lambda/move/move-request';
import { readBits } from '../../../../lambda/plan/positions';
import { toRequestName } from '../../../../lambda/pricing/requests';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';
import { readVersion } from '../../../../lambda/s3/read-objects';
import { toS3Error } from '../../../../lambda/s3/s3-error';
import { formatKey } from '../../../../lambda/text/format';
import { Semaphore } from '../../../../lambda/throughput/semaphore';

/** Memory holds whole members. Only a few that are larger than this are read concurrently. */
const SMALL_BYTES = 8 * 1024 ** 2;
const LARGE_AT_ONCE = 2;
const DAY_FOLDER = /\/day=(\d{4}-\d{2}-\d{2})\/[^/]+$/;

/** Where the archive of an archiver is, and which objects belong to the archiver. */
export type PacksPlace = SourcePlace & Pick<Settings, 'destinationPrefix'>;

/** The packs of a batch, of which each is opened once. */
export class Packs {
  private readonly opened = new Map<string, Promise<OpenPack>>();
  private readonly largeTurns = new Semaphore(LARGE_AT_ONCE);

  constructor(private readonly place: PacksPlace) {}

  /**
   * Reads what a pack has, in place of the ledger that said it and may have expired. Nothing of the
   * index in the tree is believed that the pack does not confirm, and nothing is said of objects
   * that are not those of this archiver.
   * @throws LedgerChanged if the index is not the version that was planned
   */
  async readIndex(archive: BucketClient, part: PartVersion): Promise<Restorable[]> {
    const hasIndex = part.key !== part.pack?.key;
    const file = hasIndex ? await readPlanned(archive, part) : undefined;
    const pack = part.pack?.key ?? file?.lines[0]?.pack;
    if (pack === undefined) {
      return [];
    }
    const day = part.pack?.day ?? DAY_FOLDER.exec(part.key)![1];
    const opened = await this.tryToOpen(archive, pack, file);
    // Why it cannot be opened is said of each object that its index names.
    const lines = opened?.members.values() ?? file?.lines ?? [];
    const notes = opened?.isOwnIndex
      ? withNote(undefined, 'ownIndex', hasIndex ? 'OTHER' : 'MISSING')
      : undefined;
    const recorded = listOwnLines(lines, this.place).map((line) => ({
      ...toRestorable(line, part.key, {
        pack,
        packSize: file?.lines[0]?.packSize ?? part.size,
        day,
      }),
      ...(notes && { notes }),
    }));
    // PlanRun has not read the index inside the pack.
    return notes ? recorded : markVersions(recorded, part);
  }

  private async tryToOpen(
    archive: BucketClient,
    pack: string,
    file: IndexFile | undefined,
  ): Promise<OpenPack | undefined> {
    try {
      return await this.open(archive, { key: pack }, async () => file);
    } catch (error) {
      const { kind } = toS3Error(error);
      if (archive.isAborted || kind === 'transient') {
        throw error;
      }
      return undefined;
    }
  }

  /** Undefined if the object does not lie in a pack. `archiveClass` is only given in a dry run. */
  restore(
    context: MoveContext,
    request: MoveRequest,
    { version, line: { key } }: Restorable,
    archiveClass?: string,
  ): Promise<Copied | MoveResult | Preview> | undefined {
    const { destination: pack, archivedEtag: etag, day, member } = version;
    if (!member) {
      return undefined;
    }
    const packed = { ...version, key, member };
    const open = () =>
      this.open(context.source, { key: pack, etag }, () =>
        readTree(context.source, toPackIndexKey(this.place.destinationPrefix, day, pack)),
      );
    if (archiveClass !== undefined) {
      const requests = {
        [toRequestName('GetObject', archiveClass)]: 1,
        [toRequestName('PutObject', request.storageClass)]: 1,
      };
      return restoreMember(context, request, packed, open, true).then((outcome) => ({
        ...outcome,
        requests,
      }));
    }
    const restore = () => restoreMember(context, request, packed, open);
    return member.size > SMALL_BYTES ? this.largeTurns.run(restore) : restore();
  }

  /** A problem of the pack fails all of its members. */
  private open(
    archive: BucketClient,
    pack: { readonly key: string; readonly etag?: string },
    readIndex: () => Promise<IndexFile | undefined>,
  ): Promise<OpenPack> {
    const id = JSON.stringify([pack.key, pack.etag]);
    const opened = this.opened.get(id) ?? openPack(archive, pack, readIndex);
    this.opened.set(id, opened);
    return opened;
  }
}

function toRestorable(
  { key, etag, size, name, offset, sha256 }: PackIndexLine,
  part: string,
  {
    pack,
    packSize,
    day,
  }: { readonly pack: string; readonly packSize: number; readonly day: string },
): Restorable {
  const member = { name, offset, size, sha256, packSize };
  const version = { destination: pack, etag, size, day, member };
  // `openPack` proves it by the name of the pack.
  return {
    version,
    line: { v: 3, key, status: 'archived', at: 0, ...version },
    part,
    isProven: true,
  };
}

/** By what PlanRun found out about the same versions, in the same order. */
export function markVersions<T extends Restorable>(
  recorded: readonly T[],
  { replaced, repeated }: Pick<PartVersion, 'replaced' | 'repeated'>,
): T[] {
  const isReplaced = readBits(replaced);
  const isRepeated = readBits(repeated);
  return recorded.map((each, position) => ({
    ...each,
    ...(isReplaced(position) && { isReplaced: true as const }),
    ...(isRepeated(position) && { isRepeated: true as const }),
  }));
}

async function readTree(archive: BucketClient, key: string): Promise<IndexFile> {
  return openIndexFile(await readVersion(archive, key, undefined));
}

/** Undefined: it is cut, or is no index. Then the pack has its own. */
async function readPlanned(
  archive: BucketClient,
  { key, etag }: PartVersion,
): Promise<IndexFile | undefined> {
  const bytes = await readVersion(archive, key, etag).catch((error: unknown) => {
    const { kind } = toS3Error(error);
    if (kind !== 'ambiguous' && kind !== 'missing') {
      throw error;
    }
    throw namedError(
      ErrorName.LEDGER_CHANGED,
      `the index s3://${archive.name}/${formatKey(key)} was ` +
        `${kind === 'missing' ? 'deleted' : 'written again'} while this run read it, so what ` +
        'this run would find is not certain: start this one again',
    );
  });
  try {
    return openIndexFile(bytes);
  } catch {
    return undefined;
  }
}
