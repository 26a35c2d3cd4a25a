import type { ObjectContent } from './read-object';
import { getOverhead, ZipWriter } from './zip-writer';
import { MAX_INDEX_LINE } from '../../../../contract/memory';
import { toPackKey } from '../../../../contract/packs';
import type { ListedObject } from '../../../../contract/payloads/listing';
import { sha256 } from '../../../../lambda/text/hash';
import { IndexText, nameIndex, toIndexFile, toIndexLine } from '../unpack/pack-index';

/** The index of a small pack may have as much, so that some objects may have all headers. */
const MIN_INDEX_BYTES = 128 * 1024;

/** An object that belongs into a pack, and its place there. */
export interface Candidate {
  /** The object's index in its batch. */
  readonly index: number;
  readonly item: ListedObject;
  readonly name: string;
}

/**
 * The objects that the plan has put together. All of them are of one folder of a day, or of an
 * hour.
 */
export interface Group {
  readonly folder: string;
  readonly day: string;
  readonly candidates: Candidate[];
}

export interface Member extends Candidate {
  /** The offset of its bytes in the pack. */
  readonly offset: number;
  /** The digest of its bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly versionId?: string;
  /** When its read began. */
  readonly began: number;
}

/** A pack in memory. */
export interface Pack {
  readonly day: string;
  readonly key: string;
  readonly bytes: Buffer;
  /** The digest of the bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** The index as it lies in the tree of all indexes. */
  readonly indexFile: Buffer;
  readonly members: readonly Member[];
}

/** Makes the pack of a group in memory. */
export class PackBuilder {
  readonly members: Member[] = [];
  private readonly writer: ZipWriter;
  private readonly index: IndexText;
  /** The latest time of all members, in epoch seconds. */
  private lastModified = 0;

  /** @param bucket that of the sources */
  constructor(
    private readonly bucket: string,
    private readonly group: Group,
  ) {
    const { candidates } = group;
    const indexBytes = candidates.length * MAX_INDEX_LINE;
    this.index = new IndexText(indexBytes, Math.max(MIN_INDEX_BYTES, indexBytes));
    this.writer = new ZipWriter(getPackBytes(candidates) + indexBytes);
  }

  /** Returns false if the index has no room for the object. */
  add(candidate: Candidate, content: ObjectContent, began: number): boolean {
    const { name } = candidate;
    // A member that is written and has no line is no member for anybody: the line comes first.
    const offset = this.writer.getOffset(name);
    if (!this.index.add(toIndexLine(this.bucket, content, name, offset))) {
      return false;
    }
    // A manifest may not say it, but S3 does.
    const modified = (content.lastModified?.getTime() ?? 0) / 1_000;
    this.writer.add(name, content.bytes, modified);
    const { sha256: digest, versionId } = content;
    this.members.push({ ...candidate, began, offset, sha256: digest, versionId });
    this.lastModified = Math.max(this.lastModified, modified);
    return true;
  }

  finish(): Pack {
    const { bytes: index } = this.index;
    this.writer.add(nameIndex(index), index, this.lastModified);
    const bytes = this.writer.finish();
    const digest = sha256(bytes);
    const key = toPackKey(this.group.folder, digest);
    const indexFile = toIndexFile(index, key, bytes.length);
    const { day } = this.group;
    return { day, key, bytes, sha256: digest, indexFile, members: this.members };
  }
}

/** The index aside. */
function getPackBytes(candidates: readonly Candidate[]): number {
  return candidates.reduce(
    (sum, { item, name }) => sum + item.Size + getOverhead(Buffer.byteLength(name)),
    0,
  );
}
