import {
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { type OpenPack, readPart } from './open-pack';
import type { ArchivedVersion, PackMember } from '../../contract/payloads/ledger-line';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { readIndexed } from '../attributes/answer';
import { toWriteInput, withHeaders } from '../attributes/write-input';
import { toArchivedFacts, toPlace } from '../move/decide';
import { ComparisonUnfinished, isSame } from '../move/is-same';
import type { Copied, MoveContext, MoveRequest, MoveResult } from '../move/move-request';
import { ofKey, ofMember } from '../move/subject';
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
    const found = isDryRun || isTaken ? await inspect(context, request, version, pack) : undefined;
    if (found) {
      return found;
    }
    const contents = await read(context, request, version, pack, isDryRun);
    if (contents.status !== 'read') {
      return contents;
    }
    return isDryRun
      ? { status: 'archived', destination, etag, size }
      : await put(context, request, version, contents, pack);
  } catch (error) {
    if (context.source.isAborted || error instanceof ComparisonUnfinished) {
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
    const { etag, line } = await findLine(version, pack);
    if (!line) {
      return { status: 'deselected' };
    }
    const bytes = isDryRun ? Buffer.alloc(0) : await readPart(source, destination, etag, member);
    return isDryRun || sha256(bytes) === member.sha256
      ? { status: 'read', line, bytes }
      : { status: 'deselected' };
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    return explainPack(request, version, error);
  }
}

/** What the index says of something else must not be put to this key, or be compared with it. */
async function findLine(
  { key, member }: PackedVersion,
  pack: () => Promise<OpenPack>,
): Promise<{ readonly etag: string; readonly line?: PackIndexLine }> {
  const { etag, members } = await pack();
  const line = members.get(member.name);
  const isMember =
    line?.key === key &&
    line.offset === member.offset &&
    line.size === member.size &&
    line.sha256 === member.sha256;
  return isMember ? { etag, line } : { etag };
}

/** What it means that the pack could not be read. */
function explainPack(
  request: MoveRequest,
  { destination }: PackedVersion,
  error: unknown,
): MoveResult {
  const { kind, code } = toS3Error(error);
  if (kind === 'missing') {
    return { status: 'source-gone' };
  }
  if (kind === 'ambiguous') {
    return { status: 'deselected' };
  }
  const failure = toFailure(request, error);
  if (code !== ReasonCode.ARCHIVED_CLASS) {
    return failure;
  }
  const message =
    `its pack ${destination} is in a class that cannot be read: restore the pack from there, ` +
    'which is one request for all of its members';
  return { ...failure, message };
}

/** A refusal, or no answer, may mean that an earlier attempt succeeded. */
async function put(
  context: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  contents: Contents,
  pack: () => Promise<OpenPack>,
): Promise<Copied | MoveResult> {
  const { source, destination } = context;
  const { input, headers } = toInput(context, request, version, contents);
  for (let puts = 1; ; puts++) {
    try {
      const answer: PutObjectCommandOutput = await destination.request((s3) =>
        s3.send(withHeaders(new PutObjectCommand(input), headers)),
      );
      return toCopied(request, version, toArchivedFacts(answer, { archived: answer.VersionId }));
    } catch (error) {
      const { kind } = toS3Error(error);
      if (source.isAborted || (kind !== 'ambiguous' && kind !== 'transient')) {
        throw error;
      }
      const found = await inspect(context, request, version, pack);
      if (found) {
        return found;
      }
      if (puts >= MAX_PUTS || !(await backOff(destination.budget, puts))) {
        throw error;
      }
    }
  }
}

/**
 * Whether the key holds the object already, as isSame says, or something else. Undefined: it is
 * free.
 */
async function inspect(
  context: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  pack: () => Promise<OpenPack>,
): Promise<Copied | MoveResult | undefined> {
  const { source, destination: bucket } = context;
  const { destination } = request;
  const head = await bucket.head(destination);
  if (!head) {
    return undefined;
  }
  let line: PackIndexLine | undefined;
  try {
    line = (await findLine(version, pack)).line;
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    return explainPack(request, version, error);
  }
  if (!line) {
    return { status: 'deselected' };
  }
  const located = { bucket, key: destination, head };
  const there = ofKey(located, toPlace(bucket.name, destination));
  if (await isSame(ofMember(line), there, context)) {
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
): { readonly input: PutObjectCommandInput; readonly headers: Readonly<Record<string, string>> } {
  const { fields, headers } = toWriteInput(readIndexed(line));
  const input: PutObjectCommandInput = {
    Bucket: name,
    Key,
    Body: bytes,
    IfNoneMatch: '*',
    ChecksumSHA256: Buffer.from(member.sha256, 'hex').toString('base64'),
    ...fields,
    StorageClass: storageClass as PutObjectCommandInput['StorageClass'],
    ...(destinationKeyArn && {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: destinationKeyArn,
      BucketKeyEnabled: true,
    }),
  };
  return { input, headers };
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
