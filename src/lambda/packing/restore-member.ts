import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { type OpenPack, readPart } from './open-pack';
import type { ArchivedVersion, PackMember } from '../../contract/payloads/ledger-line';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { decide, fromHead, ofObject, toArchivedFacts } from '../move/decide';
import type { Copied, MoveContext, MoveRequest, MoveResult } from '../move/move-request';
import { withExpires } from '../move/multipart-copy';
import { backOff } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { isTooLong } from '../selection/destination-key';
import { sha256 } from '../text/hash';

export interface PackedVersion extends ArchivedVersion {
  readonly member: PackMember;
  /** At the source. */
  readonly key: string;
}

interface Contents {
  readonly status: 'read';
  readonly line: PackIndexLine;
  readonly bytes: Buffer;
}

/** More are needed only if somebody writes and removes the key all the time. */
const MAX_PUTS = 8;

/**
 * Puts an object that lies in a pack to a free key, as it was. `source-gone`: there is no such
 * pack. `deselected`: it is not the one that was archived, or the object in it is not.
 * @param pack opens it; a dry run only looks whether it can be read, and at the key
 * @throws an error if the time of the round ends
 */
export async function restoreMember(
  context: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  pack: () => Promise<OpenPack>,
  isDryRun = false,
): Promise<Copied | MoveResult> {
  const { destination, isTaken } = request;
  const { etag, size } = version;
  if (isTooLong(destination)) {
    return {
      status: 'failed',
      destination,
      code: ReasonCode.KEY_TOO_LONG,
      message: 'the destination key would be longer than 1,024 bytes',
    };
  }
  try {
    const found = isDryRun || isTaken ? await inspect(context, request, version) : undefined;
    if (found) {
      return found;
    }
    const contents = await read(context, request, version, pack, isDryRun);
    if (contents.status !== 'read') {
      return contents;
    }
    return isDryRun
      ? { status: 'archived', destination, etag, size }
      : await put(context, request, version, contents);
  } catch (error) {
    if (context.source.isAborted) {
      throw error;
    }
    return toFailure(request, error);
  }
}

async function read(
  { source }: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  pack: () => Promise<OpenPack>,
  isDryRun: boolean,
): Promise<Contents | MoveResult> {
  const { member, destination } = version;
  try {
    const { etag, members } = await pack();
    const line = members.get(member.name);
    // What the index says of something else must not be put to this key.
    const isSame =
      line?.key === version.key &&
      line.offset === member.offset &&
      line.size === member.size &&
      line.sha256 === member.sha256;
    if (!isSame) {
      return { status: 'deselected' };
    }
    const bytes = isDryRun ? Buffer.alloc(0) : await readPart(source, destination, etag, member);
    return isDryRun || sha256(bytes) === member.sha256
      ? { status: 'read', line, bytes }
      : { status: 'deselected' };
  } catch (error) {
    const { kind, code } = toS3Error(error);
    if (source.isAborted) {
      throw error;
    }
    if (kind === 'missing') {
      return { status: 'source-gone' };
    }
    if (kind === 'ambiguous') {
      return { status: 'deselected' };
    }
    const failure = toFailure(request, error);
    return code === ReasonCode.ARCHIVED_CLASS
      ? {
          ...failure,
          message:
            `its pack ${destination} is in a class that cannot be read: restore the pack from ` +
            'there, which is one request for all of its members',
        }
      : failure;
  }
}

/** A refusal, or no answer, may mean that an earlier attempt succeeded. */
async function put(
  context: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  contents: Contents,
): Promise<Copied | MoveResult> {
  const { source, destination } = context;
  const input = toInput(context, request, version, contents);
  for (let puts = 1; ; puts++) {
    try {
      const answer = await destination.request((s3) =>
        s3.send(withExpires(new PutObjectCommand(input), contents.line.expires)),
      );
      return toCopied(request, version, toArchivedFacts(answer, { archived: answer.VersionId }));
    } catch (error) {
      const { kind } = toS3Error(error);
      if (source.isAborted || (kind !== 'ambiguous' && kind !== 'transient')) {
        throw error;
      }
      const found = await inspect(context, request, version);
      if (found) {
        return found;
      }
      if (puts >= MAX_PUTS || !(await backOff(destination.budget, puts))) {
        throw error;
      }
    }
  }
}

/** Undefined: the key is free. */
async function inspect(
  { destination: bucket }: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
): Promise<Copied | MoveResult | undefined> {
  const { destination } = request;
  const head = await bucket.head(destination);
  if (!head) {
    return undefined;
  }
  if (decide(fromHead(head), ofObject(version)) === 'same') {
    return {
      ...toCopied(request, version, toArchivedFacts(head, { archived: head.VersionId })),
      isFound: true,
    };
  }
  return {
    status: 'conflicting',
    destination,
    code: ReasonCode.DESTINATION_EXISTS,
    message: 'the destination holds other content',
  };
}

function toInput(
  { destination: { name }, destinationKeyArn }: MoveContext,
  { destination: Key, storageClass }: MoveRequest,
  { member }: PackedVersion,
  { line, bytes }: Contents,
): PutObjectCommandInput {
  const tags = Object.entries(line.tags ?? {}).map(
    ([tag, value]) => `${encodeURIComponent(tag)}=${encodeURIComponent(value)}`,
  );
  return {
    Bucket: name,
    Key,
    Body: bytes,
    IfNoneMatch: '*',
    ChecksumSHA256: Buffer.from(member.sha256, 'hex').toString('base64'),
    ContentType: line.contentType,
    CacheControl: line.cacheControl,
    ContentEncoding: line.contentEncoding,
    ContentDisposition: line.contentDisposition,
    ContentLanguage: line.contentLanguage,
    Metadata: line.metadata,
    ...(tags.length > 0 && { Tagging: tags.join('&') }),
    StorageClass: storageClass as PutObjectCommandInput['StorageClass'],
    ...(destinationKeyArn && {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: destinationKeyArn,
      BucketKeyEnabled: true,
    }),
  };
}

function toCopied(
  { destination }: MoveRequest,
  { etag, size }: PackedVersion,
  archived: Copied['archived'],
): Copied {
  return { status: 'copied', destination, etag, size, archived };
}

function toFailure({ destination }: MoveRequest, error: unknown) {
  const { code, message } = toS3Error(error);
  return {
    status: 'failed' as const,
    destination,
    code,
    message,
    ...(code === ReasonCode.NO_SUCH_BUCKET && { isInSetup: true }),
  };
}
