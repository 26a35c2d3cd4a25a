/** Ends the locks of a version, each on its own: a refusal of one says nothing of the others. */
import {
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type ObjectLockRetention,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { reasonOf } from './refusals';

export type Client = Pick<S3Client, 'send'>;

export interface Target {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

export interface Version {
  readonly Key?: string;
  readonly VersionId?: string;
  /** A delete marker has no locks. */
  readonly isMarker?: boolean;
}

/** What keeps a version. */
export interface Kept {
  readonly why: readonly string[];
  /** When its retention ends, if nothing else keeps it. */
  readonly until?: string;
}

/**
 * Turns off what no permission bypasses. A hold that is released twice might last longer, so it is
 * looked at first. Returns what was refused.
 */
export async function release(s3: Client, target: Target, version: Version): Promise<string[]> {
  const { Key, VersionId } = version;
  const refused: string[] = [];
  const head = await look(s3, target, version, refused);
  if (head?.ObjectLockLegalHoldStatus === 'ON') {
    const LegalHold = { Status: 'OFF' } as const;
    await unless('the release of its legal hold', refused, () =>
      s3.send(new PutObjectLegalHoldCommand({ ...target, Key, VersionId, LegalHold })),
    );
  }
  if (head?.ObjectLockEventHold === 'ON') {
    await unless('the release of its event hold', refused, () =>
      retain(s3, target, version, { ...retentionOf(head), EventHold: 'OFF' }),
    );
  }
  return refused;
}

/**
 * Says what still keeps a version that S3 did not delete. Ends its retention before that, if its
 * mode lets a caller do so.
 */
export async function lower(s3: Client, target: Target, version: Version): Promise<Kept> {
  const why: string[] = [];
  const head = await look(s3, target, version, why);
  const { Mode, RetainUntilDate } = head ? retentionOf(head) : {};
  if (Mode === 'GOVERNANCE') {
    await unless('the end of its retention', why, () => retain(s3, target, version, {}));
  }
  const holds = [
    ...(head?.ObjectLockLegalHoldStatus === 'ON' ? ['a legal hold keeps it'] : []),
    ...(head?.ObjectLockEventHold === 'ON' ? ['an event hold keeps it'] : []),
  ];
  const until = RetainUntilDate?.toISOString();
  return {
    why: [...why, ...holds, ...(until ? [`Object Lock keeps it until ${until} (${Mode})`] : [])],
    until: holds.length > 0 ? undefined : until,
  };
}

/** A retention that is over is none: S3 takes no date that has passed. */
function retentionOf({
  ObjectLockMode: Mode,
  ObjectLockRetainUntilDate: RetainUntilDate,
}: HeadObjectCommandOutput): ObjectLockRetention {
  return Mode && RetainUntilDate && RetainUntilDate.getTime() > Date.now()
    ? { Mode, RetainUntilDate }
    : {};
}

/**
 * S3 may take a retention without mode and date as the end of the retention, which needs the
 * bypass. So both are stated, unless it is to end.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Retention.html
 */
const retain = (
  s3: Client,
  target: Target,
  { Key, VersionId }: Version,
  Retention: ObjectLockRetention,
) =>
  s3.send(
    new PutObjectRetentionCommand({
      ...target,
      Key,
      VersionId,
      Retention,
      BypassGovernanceRetention: true,
    }),
  );

const look = (s3: Client, target: Target, { Key, VersionId }: Version, refused: string[]) =>
  unless('a look at its locks', refused, () =>
    s3.send(new HeadObjectCommand({ ...target, Key, VersionId })),
  );

async function unless<T>(
  what: string,
  refused: string[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    refused.push(`${what} was refused: ${reasonOf(error)}`);
    return undefined;
  }
}
