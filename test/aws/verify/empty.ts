/** Empties the buckets of a verification, those with Object Lock included. */
import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

interface Target {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}
interface Version {
  readonly Key?: string;
  readonly VersionId?: string;
}
type Client = Pick<S3Client, 'send'>;

/** Nobody can delete a version yet. Everything else in the bucket is deleted. */
export class StillLocked extends Error {}

/** Deletes every version, and everything else that would prevent the deletion of the bucket. */
export async function empty(s3: Client, target: Target, isLocked: boolean): Promise<string> {
  let count = 0;
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ ...target, MaxKeys: 1000 }),
    );
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) {
      return `${count} versions`;
    }
    if (isLocked) {
      for (const version of Versions) {
        await release(s3, target, version);
      }
    }
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const bypass = isLocked && { BypassGovernanceRetention: true };
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ ...target, ...bypass, Delete: { Quiet: true, Objects } }),
    );
    if (Errors.length > 0) {
      const until = isLocked ? await lastDay(s3, target, Errors) : undefined;
      const { Key, Code } = Errors[0]!;
      throw until
        ? new StillLocked(`${target.Bucket}: Object Lock keeps ${Key} until ${until}`)
        : new Error(`${target.Bucket}: ${Key} cannot be deleted: ${Code}`);
    }
    count += found.length;
  }
}

const headOf = (s3: Client, target: Target, { Key, VersionId }: Version) =>
  s3.send(new HeadObjectCommand({ ...target, Key, VersionId }));

/**
 * No permission deletes a version that is held. A hold that is released twice might last longer, so
 * it is looked at first.
 */
async function release(s3: Client, target: Target, version: Version): Promise<void> {
  const { Key, VersionId } = version;
  const { ObjectLockLegalHoldStatus, ObjectLockEventHold } = await headOf(s3, target, version);
  if (ObjectLockLegalHoldStatus === 'ON') {
    await s3.send(
      new PutObjectLegalHoldCommand({ ...target, Key, VersionId, LegalHold: { Status: 'OFF' } }),
    );
  }
  if (ObjectLockEventHold === 'ON') {
    await s3.send(
      new PutObjectRetentionCommand({ ...target, Key, VersionId, Retention: { EventHold: 'OFF' } }),
    );
  }
}

/** When the last retention ends, if any has an end. */
async function lastDay(
  s3: Client,
  target: Target,
  versions: readonly Version[],
): Promise<string | undefined> {
  const heads = await Promise.all(versions.map((version) => headOf(s3, target, version)));
  return heads
    .flatMap(({ ObjectLockRetainUntilDate }) => ObjectLockRetainUntilDate?.toISOString() ?? [])
    .sort()
    .pop();
}
