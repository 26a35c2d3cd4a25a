/**
 * The members of a pack are compared by one look at the pack, because a pack has up to 10,000 of
 * them, and its ETag stands for all of its bytes.
 */
import { createHash, type Hash } from 'node:crypto';
import { compareArchived, type Finding, toFinding, toMissing } from './compare-archived';
import { groupBy } from '../../contract/group-by';
import type { ArchivedVersion, PackMember } from '../../contract/payloads/ledger-line';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { BucketClient } from '../s3/bucket-client';
import type { FoundObject } from '../s3/object-lookup';
import { readBytes } from '../s3/read-objects';
import { toS3Error } from '../s3/s3-error';

type Compared = Finding | undefined;

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
  const findings = new Map<ArchivedVersion, Compared>();
  // The same for members of the same pack: what a ledger says of the pack itself.
  const toPack = ({ archivedEtag, checksum, proof, member }: ArchivedVersion) =>
    JSON.stringify([archivedEtag, checksum, proof, member!.packSize]);
  for (const members of groupBy(
    versions.filter(({ member }) => member),
    toPack,
  ).values()) {
    const ofPack = await compareArchived(archive, members[0], found, deep);
    const ofMembers =
      deep && found && !ofPack
        ? await compareMembers(archive, members, found.etag)
        : members.map(() => ofPack);
    members.forEach((version, index) => findings.set(version, ofMembers[index]));
  }
  for (const version of versions) {
    if (!version.member) {
      findings.set(version, await compareArchived(archive, version, found, deep));
    }
  }
  return versions.map((version) => findings.get(version));
}

async function compareMembers(
  archive: BucketClient,
  versions: readonly ArchivedVersion[],
  etag: string,
): Promise<Compared[]> {
  const [{ destination }] = versions;
  const all = (finding: Finding) => versions.map(() => finding);
  let digests: string[];
  try {
    const members = versions.map(({ member }) => member!);
    digests = await archive.requestAbout(destination, (s3) =>
      hashRanges(readBytes(s3, archive.name, destination, { etag }), members),
    );
  } catch (error) {
    const { kind, code } = toS3Error(error);
    if (code === ReasonCode.ARCHIVED_CLASS) {
      return all(
        toFinding(
          'unproven',
          `the archive holds the pack ${destination}, but in a class that cannot be read, so ` +
            'nobody knows ' +
            'whether its members are what was archived: thaw the pack, and verify again, or ' +
            'verify without deep',
        ),
      );
    }
    if (kind === 'missing') {
      return all(toMissing(destination));
    }
    if (kind === 'ambiguous') {
      return all(toFinding('changed', `${destination} was written again while it was read`));
    }
    throw error;
  }
  return versions.map(({ member }, index) => {
    const { name, offset, sha256 } = member!;
    return digests[index] === sha256
      ? undefined
      : toFinding(
          'changed',
          `the pack ${destination} holds something else than ${name} at byte ${offset}: its ` +
            `SHA-256 is ${digests[index]} instead of ${sha256}`,
        );
  });
}

type Range = Pick<PackMember, 'offset' | 'size'>;

/**
 * Returns the SHA-256 of each range, in hexadecimal digits. Ledgers name the ranges, so that they
 * may be in any order, and may overlap.
 */
export async function hashRanges(
  chunks: AsyncIterable<Uint8Array>,
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
