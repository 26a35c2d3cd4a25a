import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ErrorName, namedError } from '../../contract/errors';
import { toPackIndexKey } from '../../contract/packs';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import type { Preview } from '../batch/dry-run';
import type { Restorable } from '../ledger/read-parts';
import type { Copied, MoveContext, MoveRequest, MoveResult } from '../move/move-request';
import { openPack, type OpenPack } from '../packing/open-pack';
import { type IndexFile, openIndexFile } from '../packing/pack-index';
import { restoreMember } from '../packing/restore-member';
import { toRequestName } from '../pricing/requests';
import type { BucketClient } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';
import { formatKey } from '../text/format';
import { Semaphore } from '../throughput/semaphore';

/** A member is in memory as a whole. Of larger ones, only a few are at the same time. */
const SMALL_BYTES = 8 * 1024 ** 2;
const LARGE_AT_ONCE = 2;
const DAY_FOLDER = /\/day=(\d{4}-\d{2}-\d{2})\/[^/]+$/;

/** The packs of a batch, of which each is opened once. */
export class Packs {
  private readonly opened = new Map<string, Promise<OpenPack>>();
  /** By the keys of the packs that they name. */
  private readonly indexes = new Map<string, IndexFile>();
  private readonly largeTurns = new Semaphore(LARGE_AT_ONCE);

  constructor(private readonly destinationPrefix: string) {}

  /**
   * Reads what the tree of all indexes says of a pack, in place of the ledger that said it and may
   * have expired.
   * @throws LedgerChanged if the index is not the version that was planned
   */
  async readIndex(
    archive: BucketClient,
    { key: part, etag: planned }: PartVersion,
  ): Promise<Restorable[]> {
    const [, day] = DAY_FOLDER.exec(part)!;
    const file = await readPlanned(archive, part, planned);
    this.indexes.set(file.lines[0]?.pack ?? '', file);
    // Whoever writes an index may have written a key twice, but a ledger has one line for it.
    const lines = new Map(file.lines.map((line) => [line.key, line]));
    return Array.from(
      lines.values(),
      ({ pack: destination, packSize, key, etag, size, name, offset, sha256 }) => {
        const version = {
          destination,
          etag,
          size,
          day,
          member: { name, offset, size, sha256, packSize },
        };
        // `openPack` proves it by the name of the pack.
        return {
          version,
          line: { v: 3, key, status: 'archived', at: 0, ...version },
          part,
          isProven: true,
        };
      },
    );
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
    const open = () => this.open(context.source, { key: pack, etag }, day);
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

  /** What is wrong with a pack is wrong for all of its members. */
  private open(
    archive: BucketClient,
    pack: { readonly key: string; readonly etag?: string },
    day: string,
  ): Promise<OpenPack> {
    const id = JSON.stringify([pack.key, pack.etag]);
    const known = this.opened.get(id);
    if (known) {
      return known;
    }
    const indexKey = toPackIndexKey(this.destinationPrefix, day, pack.key);
    const opened = openPack(
      archive,
      pack,
      async () => this.indexes.get(pack.key) ?? openIndexFile(await readFile(archive, indexKey)),
    );
    this.opened.set(id, opened);
    return opened;
  }
}

function readFile(archive: BucketClient, key: string, etag?: string): Promise<Uint8Array> {
  return archive.requestAbout(key, async (s3) => {
    const answer = await s3.send(
      new GetObjectCommand({ Bucket: archive.name, Key: key, IfMatch: etag }),
    );
    return answer.Body!.transformToByteArray();
  });
}

async function readPlanned(archive: BucketClient, key: string, etag: string): Promise<IndexFile> {
  try {
    return openIndexFile(await readFile(archive, key, etag));
  } catch (error) {
    const { kind, message } = toS3Error(error);
    const index = `the index s3://${archive.name}/${formatKey(key)}`;
    if (kind === 'ambiguous' || kind === 'missing') {
      throw namedError(
        ErrorName.LEDGER_CHANGED,
        `${index} was ${kind === 'missing' ? 'deleted' : 'written again'} while this run read ` +
          'it, so what this run would find is not certain: start this one again',
      );
    }
    if (kind !== 'final') {
      throw error;
    }
    throw namedError(
      ErrorName.SYSTEMIC_FAILURE,
      `${index} cannot be read (${message}), so nobody knows which objects its pack has: ` +
        'name the run that packed them as "run" instead of days, or remove this file, and start ' +
        'this one again',
    );
  }
}
