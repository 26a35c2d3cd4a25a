/**
 * The members of a pack are compared by one look at the pack, because a pack has up to 10,000 of
 * them, and its ETag stands for all of its bytes. A deep verification reads each of them, and then
 * the ETag says nothing more: the same bytes have another one if they are put again in parts.
 */
import { createHash, type Hash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  compareArchived,
  type Finding,
  toFinding,
  toMissing,
} from '../../../../actions/verify/lambda/compare-archived';
import { groupBy } from '../../../../contract/group-by';
import type { ArchivedVersion, PackMember } from '../../../../contract/payloads/ledger-line';
import { ReasonCode } from '../../../../contract/payloads/reason-codes';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';
import type { FoundObject } from '../../../../lambda/s3/object-lookup';
import { readBytes } from '../../../../lambda/s3/read-objects';
import { toS3Error } from '../../../../lambda/s3/s3-error';

type Compared = Finding | undefined;

interface PackedVersion extends ArchivedVersion {
  readonly member: PackMember;
}

/**
 * Returns a finding for each of the versions that lie at one place, in their order. Versions that
 * share a pack share what is found out about it.
 * @param deep the bytes of packs are read, too: the checksum of a pack says nothing about where its
 * members are
 */
export async function compareAt(
  archive: BucketClient,
  versions: readonly ArchivedVersion[],
  found: FoundObject | undefined,
  deep: boolean,
): Promise<Compared[]> {
  const packed = versions.filter(isPacked);
  const findings: Map<ArchivedVersion, Compared> =
    deep && found
      ? await compareMembers(archive, packed, found)
      : await comparePacks(archive, packed, found, deep);
  for (const version of versions) {
    if (!version.member) {
      findings.set(version, await compareArchived(archive, version, found, deep));
    }
  }
  return versions.map((version) => findings.get(version));
}

function isPacked(version: ArchivedVersion): version is PackedVersion {
  return version.member !== undefined;
}

/** Compares members by what S3 shows of their pack. */
async function comparePacks(
  archive: BucketClient,
  versions: readonly PackedVersion[],
  found: FoundObject | undefined,
  deep: boolean,
): Promise<Map<ArchivedVersion, Compared>> {
  const findings = new Map<ArchivedVersion, Compared>();
  // The same for members of the same pack: what a ledger says of the pack itself.
  const toPack = ({ archivedEtag, checksum, proof, member }: PackedVersion) =>
    JSON.stringify([archivedEtag, checksum, proof, member.packSize]);
  for (const members of groupBy(versions, toPack).values()) {
    const ofPack = await compareArchived(archive, members[0], found, deep);
    members.forEach((version) => findings.set(version, ofPack));
  }
  return findings;
}

/** Compares members by their bytes, as they are now. */
async function compareMembers(
  archive: BucketClient,
  versions: readonly PackedVersion[],
  pack: FoundObject,
): Promise<Map<ArchivedVersion, Compared>> {
  if (versions.length === 0) {
    return new Map();
  }
  const [{ destination }] = versions;
  const all = (finding: Finding) => new Map(versions.map((version) => [version, finding]));
  let digests: readonly string[];
  try {
    const members = versions.map(({ member }) => member);
    digests = await archive.requestAbout(destination, (s3) =>
      hashMembers(s3, { bucket: archive.name, key: destination, ...pack }, members),
    );
  } catch (error) {
    const { kind, code } = toS3Error(error);
    if (code === ReasonCode.ARCHIVED_CLASS) {
      return explainUnreadable(await comparePacks(archive, versions, pack, true), destination);
    }
    if (kind === 'missing') {
      return all(toMissing(destination));
    }
    if (kind === 'ambiguous') {
      return all(toFinding('changed', `${destination} was written again while it was read`));
    }
    throw error;
  }
  return new Map(
    versions.map((version, index) => [version, compareDigest(version, digests[index])]),
  );
}

function compareDigest({ destination, member }: PackedVersion, digest: string): Compared {
  const { name, offset, sha256 } = member;
  return digest === sha256
    ? undefined
    : toFinding(
        'changed',
        `the pack ${destination} holds something else than ${name} at byte ${offset}: its ` +
          `SHA-256 is ${digest} instead of ${sha256}`,
      );
}

/** If S3 shows no difference for the pack, its members count as unproven, not as present. */
function explainUnreadable(
  ofPacks: ReadonlyMap<ArchivedVersion, Compared>,
  destination: string,
): Map<ArchivedVersion, Compared> {
  const unreadable = toFinding(
    'unproven',
    `the archive holds the pack ${destination}, but in a class that cannot be read, so its ` +
      'members are unproven: thaw the pack, and verify again, or verify without deep',
  );
  return new Map(Array.from(ofPacks, ([version, ofPack]) => [version, ofPack ?? unreadable]));
}

/** The number of bytes whose retrieval charge equals the price of one request. */
const MAX_GAP_BYTES = 64 * 1024;

/** Reads only the version that was found, and of it what the members need, in few requests. */
async function hashMembers(
  s3: S3Client,
  { bucket, key, etag, size }: FoundObject & { readonly bucket: string; readonly key: string },
  members: readonly PackMember[],
): Promise<string[]> {
  const digests: string[] = [];
  for (const { from, to, indexes } of joinRanges(members, size)) {
    const ranges = indexes.map((index) => ({
      offset: members[index].offset - from,
      size: members[index].size,
    }));
    const bytes = from < to ? readBytes(s3, bucket, key, { from, to, etag }) : [];
    (await hashRanges(bytes, ranges)).forEach((digest, at) => {
      digests[indexes[at]] = digest;
    });
  }
  return digests;
}

interface JoinedRange {
  readonly from: number;
  to: number;
  /** The indexes of the members in it. */
  readonly indexes: number[];
}

/** @param end of the pack: what a ledger has behind it has none of its bytes */
function joinRanges(members: readonly Range[], end: number): JoinedRange[] {
  const joined: JoinedRange[] = [];
  const sorted = members
    .map(({ offset, size }, index) => ({ from: offset, to: offset + size, index }))
    .sort((a, b) => a.from - b.from);
  for (const { from, to, index } of sorted) {
    const last = joined.at(-1);
    if (last && from <= last.to + MAX_GAP_BYTES) {
      last.to = Math.max(last.to, Math.min(to, end));
      last.indexes.push(index);
    } else {
      joined.push({ from, to: Math.min(to, end), indexes: [index] });
    }
  }
  return joined;
}

type Range = Pick<PackMember, 'offset' | 'size'>;

/**
 * Returns the SHA-256 of each range, in hexadecimal digits. Ledgers name the ranges, so that they
 * may be in any order, and may overlap.
 */
export async function hashRanges(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ranges: readonly Range[],
): Promise<string[]> {
  const digests: string[] = [];
  const waiting = ranges
    .map((range, index) => ({ ...range, index }))
    .sort((a, b) => a.offset - b.offset);
  let open: ((typeof waiting)[number] & { readonly hash: Hash })[] = [];
  let position = 0;
  let next = 0;
  const close = (to: number) => {
    for (const { index, hash } of open.filter(({ offset, size }) => offset + size <= to)) {
      digests[index] = hash.digest('hex');
    }
    open = open.filter(({ offset, size }) => offset + size > to);
  };
  for await (const chunk of chunks) {
    const end = position + chunk.length;
    for (; next < waiting.length && waiting[next].offset < end; next++) {
      open.push({ ...waiting[next], hash: createHash('sha256') });
    }
    for (const { offset, size, hash } of open) {
      hash.update(
        chunk.subarray(Math.max(0, offset - position), Math.max(0, offset + size - position)),
      );
    }
    position = end;
    close(position);
  }
  // The pack ends before these, which have none of their bytes, or not all.
  open.push(...waiting.slice(next).map((range) => ({ ...range, hash: createHash('sha256') })));
  close(Infinity);
  return digests;
}
