import {
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { type OpenPack, readPart } from './open-pack';
import type { ArchivedVersion, PackMember } from '../../../../contract/payloads/ledger-line';
import type { PackIndexLine } from '../../../../contract/payloads/pack-index';
import { ReasonCode } from '../../../../contract/payloads/reason-codes';
import { readIndexed } from '../../../../lambda/attributes/answer';
import {
  toPlacementInput,
  toWriteInput,
  withHeaders,
} from '../../../../lambda/attributes/write-input';
import { toArchivedFacts, toPlace } from '../../../../lambda/move/decide';
import { ComparisonUnfinished, isSame } from '../../../../lambda/move/is-same';
import type {
  Copied,
  MoveContext,
  MoveRequest,
  MoveResult,
} from '../../../../lambda/move/move-request';
import { conflictWithOther, failKeyTooLong } from '../../../../lambda/move/results';
import { ofKey, ofMember } from '../../../../lambda/move/subject';
import { backOff } from '../../../../lambda/s3/retry';
import { toS3Error } from '../../../../lambda/s3/s3-error';
import { isTooLong } from '../../../../lambda/selection/destination-key';
import { sha256 } from '../../../../lambda/text/hash';

export interface PackedVersion extends ArchivedVersion {
  readonly member: PackMember;
  /** At the source. */
  readonly key: string;
}

/** An object in its pack, of which nothing is read yet. */
interface Found {
  /** The ETag of the pack. */
  readonly etag: string;
  readonly line: PackIndexLine;
}

type MoveFailure = Extract<MoveResult, { status: 'conflicting' | 'failed' }>;

/** More are needed only if another program keeps writing and removing the key. */
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
    return failKeyTooLong(destination);
  }
  try {
    const found = await findInPack(context, request, version, pack);
    if ('status' in found) {
      return found;
    }
    const there = isDryRun || isTaken ? await inspect(context, request, version, found) : undefined;
    if (there) {
      return there;
    }
    if (isDryRun) {
      return { status: 'archived', destination, etag, size };
    }
    const bytes = await readBytes(context, request, version, found);
    return bytes instanceof Uint8Array
      ? await put(context, request, version, { ...found, bytes })
      : bytes;
  } catch (error) {
    if (context.source.isAborted || error instanceof ComparisonUnfinished) {
      throw error;
    }
    return toFailure(request, error);
  }
}

/** Finds the member in the pack. An entry with another key must not be restored to this key. */
async function findInPack(
  { source }: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  pack: () => Promise<OpenPack>,
): Promise<Found | MoveResult> {
  const { key, member } = version;
  try {
    const { etag, members } = await pack();
    const line = members.get(member.name);
    const isMember =
      line?.key === key &&
      line.offset === member.offset &&
      line.size === member.size &&
      line.sha256 === member.sha256;
    return isMember ? { etag, line } : { status: 'deselected' };
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    return explainPack(request, version, error);
  }
}

async function readBytes(
  { source }: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  { etag }: Found,
): Promise<Buffer | MoveResult> {
  const { member, destination } = version;
  try {
    const bytes = await readPart(source, destination, etag, member);
    return sha256(bytes) === member.sha256 ? bytes : { status: 'deselected' };
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    return explainPack(request, version, error);
  }
}

/** Explains an error of reading the pack. */
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
  contents: Found & { readonly bytes: Buffer },
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
      const there = await inspect(context, request, version, contents);
      if (there) {
        return there;
      }
      if (puts >= MAX_PUTS || !(await backOff(destination.budget, puts))) {
        throw error;
      }
    }
  }
}

/** Whether the key already holds the same object (isSame) or another one. Undefined: it is free. */
async function inspect(
  context: MoveContext,
  request: MoveRequest,
  version: PackedVersion,
  { line }: Found,
): Promise<Copied | MoveResult | undefined> {
  const { destination: bucket } = context;
  const { destination } = request;
  const head = await bucket.head(destination);
  if (!head) {
    return undefined;
  }
  const located = { bucket, key: destination, head };
  const there = ofKey(located, toPlace(bucket.name, destination));
  if (await isSame(ofMember(line), there, context)) {
    return {
      ...toCopied(request, version, toArchivedFacts(head, { archived: head.VersionId })),
      isFound: true,
    };
  }
  return conflictWithOther(destination);
}

function toInput(
  { destination: { name }, destinationKeyArn: keyArn }: MoveContext,
  { destination: Key, storageClass }: MoveRequest,
  { member }: PackedVersion,
  { line, bytes }: Found & { readonly bytes: Buffer },
): { readonly input: PutObjectCommandInput; readonly headers: Readonly<Record<string, string>> } {
  const { fields, headers } = toWriteInput(readIndexed(line));
  const input: PutObjectCommandInput = {
    Bucket: name,
    Key,
    Body: bytes,
    IfNoneMatch: '*',
    ChecksumSHA256: Buffer.from(member.sha256, 'hex').toString('base64'),
    ...fields,
    ...toPlacementInput({ storageClass, keyArn }),
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

function toFailure({ destination }: MoveRequest, error: unknown): MoveFailure {
  const { code, message } = toS3Error(error);
  return {
    status: 'failed',
    destination,
    code,
    message,
    ...(code === ReasonCode.NO_SUCH_BUCKET && { isInSetup: true }),
  };
}
