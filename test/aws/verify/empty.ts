/** Empties the buckets of a verification, as far as S3 lets it. */
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { type Client, type Kept, lower, release, type Target, type Version } from './holds';
import type { Refusal } from './refusals';

/** A version that S3 did not delete. */
interface Left extends Kept {
  readonly version: Version;
}

const idOf = ({ Key, VersionId }: Version) => JSON.stringify([Key, VersionId]);

/**
 * Deletes every version that can be deleted, and everything else that would prevent the deletion
 * of the bucket. What is refused is added to the refusals, and the next version follows. Returns
 * how many are gone.
 */
export async function empty(
  s3: Client,
  target: Target,
  isLocked: boolean,
  refusals: Refusal[],
): Promise<number> {
  const left = new Map<string, Left>();
  let deleted = 0;
  try {
    for (;;) {
      const found = await listOthers(s3, target, left);
      if (found.length === 0) {
        return deleted;
      }
      const kept = await (isLocked ? removeLocked : remove)(s3, target, found);
      kept.forEach((each) => left.set(idOf(each.version), each));
      deleted += found.length - kept.length;
    }
  } finally {
    refusals.push(...describeLeft(target.Bucket, [...left.values()]));
  }
}

/** The next versions that have not been refused, at most as many as one request deletes. */
async function listOthers(
  s3: Client,
  target: Target,
  left: ReadonlyMap<string, Left>,
): Promise<Version[]> {
  let page: Partial<ListObjectVersionsCommandOutput> = {};
  do {
    page = await s3.send(
      new ListObjectVersionsCommand({
        ...target,
        MaxKeys: 1000,
        KeyMarker: page.NextKeyMarker,
        VersionIdMarker: page.NextVersionIdMarker,
      }),
    );
    const markers = (page.DeleteMarkers ?? []).map((each) => ({ ...each, isMarker: true }));
    const others = [...(page.Versions ?? []), ...markers].filter((each) => !left.has(idOf(each)));
    if (others.length > 0) {
      return others;
    }
  } while (page.IsTruncated);
  return [];
}

/** Returns those that S3 did not delete. */
async function remove(
  s3: Client,
  target: Target,
  versions: readonly Version[],
  BypassGovernanceRetention?: true,
): Promise<Left[]> {
  const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
  const { Errors = [] } = await s3.send(
    new DeleteObjectsCommand({
      ...target,
      BypassGovernanceRetention,
      Delete: { Quiet: true, Objects },
    }),
  );
  return Errors.map(({ Key, VersionId, Code, Message }) => ({
    version: { Key, VersionId },
    why: [`S3 does not delete it: ${Code}${Message ? `: ${Message}` : ''}`],
  }));
}

/** Ends the locks as far as that is possible. No permission deletes a version that is held. */
async function removeLocked(
  s3: Client,
  target: Target,
  versions: readonly Version[],
): Promise<Left[]> {
  const held = new Map<string, readonly string[]>();
  for (const version of versions.filter(({ isMarker }) => !isMarker)) {
    held.set(idOf(version), await release(s3, target, version));
  }
  const kept: Left[] = [];
  for (const { version, why } of await remove(s3, target, versions, true)) {
    const { until, why: whyLocked } = await lower(s3, target, version);
    kept.push({ version, until, why: [...(held.get(idOf(version)) ?? []), ...whyLocked, ...why] });
  }
  if (kept.length === 0) {
    return [];
  }
  const again = await remove(
    s3,
    target,
    kept.map(({ version }) => version),
    true,
  );
  const still = new Set(again.map(({ version }) => idOf(version)));
  return kept.filter(({ version }) => still.has(idOf(version)));
}

const MAX_NAMED = 10;

/** One refusal for each reason: a denial of a whole bucket is not a thousand rows. */
function describeLeft(bucket: string, left: readonly Left[]): Refusal[] {
  const byReason = new Map<string, Left[]>();
  for (const each of left) {
    const why = each.why.join('; ');
    byReason.set(why, [...(byReason.get(why) ?? []), each]);
  }
  return [...byReason].map(([why, all]) => {
    const named = all.slice(0, MAX_NAMED).map(({ version }) => version.Key);
    const more = all.length > MAX_NAMED ? `, and ${all.length - MAX_NAMED} more` : '';
    return { what: `bucket ${bucket}: ${named.join(', ')}${more}`, why, until: all[0]!.until };
  });
}
