/**
 * Moves one object, so that it is never lost and nothing is overwritten. The order of the steps:
 *
 *  1. `copyToArchive` copies the object with CopyObject { CopySourceIfMatch: listed ETag,
 *     IfNoneMatch: '*' }, or in parts under the same conditions. So it copies no other version than
 *     the listed one, and only to a free key. `confirmCopy` checks that the answer belongs to this
 *     copy.
 *  2. If S3 refuses, `inspect` looks at the source and then at the destination, and decides: the
 *     source is gone                    archived already, or deleted by another program the source
 *     was rewritten              copy the new version, if it is selected, too the destination is
 *     free               copy again the destination has the same object   it is copied the
 *     destination has another object    report the conflict, or copy to another name
 *  3. `deleteSources` deletes the sources of confirmed copies with DeleteObjects, each only if it
 *     still has the ETag that was copied.
 *
 * Lambda, Retry, a redrive and people may all repeat any step, and any answer may
 * be lost. So a refusal may mean that an earlier attempt succeeded. That is why step 2 looks at
 * both ends. docs/safety.md has the whole argument.
 */
import { copyVersion } from './copy-version';
import { fromHead, toArchivedFacts, type VersionFacts } from './decide';
import { bulkDelete } from './delete-sources';
import { findArchived } from './find-copy';
import { ComparisonUnfinished, isSame } from './is-same';
import type { Copied, MoveContext, MoveRequest, MoveResult } from './move-request';
import { abortUpload, Interrupted, type OpenUpload } from './multipart-copy';
import { conflictWithOther, failKeyTooLong } from './results';
import { ofKey } from './subject';
import { withNote } from '../../contract/payloads/note-payloads';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { getLock } from '../attributes/lock';
import { listTags } from '../attributes/tags';
import type { ObjectHead } from '../s3/bucket-client';
import { backOff } from '../s3/retry';
import { toS3Error, type S3Error, UNKNOWN_LOCK } from '../s3/s3-error';
import { isTooLong, renamed } from '../selection/destination-key';
import { shorten } from '../text/format';

/**
 * A source that is rewritten more often than this while it is copied is not archived in this run.
 */
const MAX_REWRITES = 3;
/**
 * The next attempt avoids the cause that an inspection found. If more are needed, the server
 * contradicts itself.
 */
const MAX_INSPECTIONS = 8;

/**
 * Step 1: copies an object to the archive, or finds that the archive has it already. `resume` is
 * what an earlier round left open.
 * @throws Interrupted if the round's time ran out during a multipart copy
 * @throws ComparisonUnfinished if the object at the destination could not be compared
 */
export function copyToArchive(
  context: MoveContext,
  listed: MoveRequest,
  resume?: OpenUpload,
): Promise<Copied | MoveResult> {
  return resume ? resumeCopy(context, listed, resume) : copyOrInspect(context, listed);
}

async function resumeCopy(
  context: MoveContext,
  listed: MoveRequest,
  resume: OpenUpload,
): Promise<Copied | MoveResult> {
  try {
    const outcome = await copyOrInspect(context, listed, resume);
    // The upload may still be open: the source may be small by now, or unreadable.
    await abortUpload(context.destination, resume);
    return outcome;
  } catch (error) {
    if (error instanceof Interrupted || error instanceof ComparisonUnfinished) {
      throw error;
    }
    throw new Interrupted(resume); // the time ran out before the upload was resumed
  }
}

async function copyOrInspect(
  context: MoveContext,
  listed: MoveRequest,
  resume?: OpenUpload,
): Promise<Copied | MoveResult> {
  let version = listed;
  let request = version;
  let upload = resume;
  let seen: Seen | undefined;
  for (let inspections = 0, rewrites = 0; ; inspections++) {
    const { destination, etag, size, rewritten } = request;
    if (isTooLong(destination)) {
      return failKeyTooLong(destination);
    }
    try {
      if (inspections === 0 && listed.isTaken) {
        throw Object.assign(new Error('the destination is taken'), { name: 'PreconditionFailed' });
      }
      const archived = await copyVersion(context, request, upload);
      return { status: 'copied', destination, etag, size, archived, rewritten };
    } catch (error) {
      if (context.source.isAborted) {
        throw error;
      }
      const failure = toS3Error(error);
      if ((error as Error).name === 'NoSuchUpload') {
        upload = undefined;
      }
      if (isFinal(context, failure) || inspections >= MAX_INSPECTIONS) {
        return failed(destination, failure.code, failure.message, isInSetup(context, failure));
      }
      seen ??= { versions: new Map() };
      const found = await inspect(context, request, failure, [version, listed], seen, resume);
      if (found.next === 'finish') {
        return found.outcome;
      }
      if (found.next === 'copy-again') {
        await backOff(context.source.budget, inspections);
      }
      if (found.next === 'copy-new-version') {
        if (++rewrites > MAX_REWRITES) {
          const message = `the source was rewritten ${rewrites} times while it was being copied`;
          return failed(destination, ReasonCode.SOURCE_CHANGED, message);
        }
        const newVersion = reselect(listed, found.source);
        if (!newVersion) {
          return { status: 'deselected' };
        }
        // Do not use the other name: it belongs to the version that conflicted.
        version = newVersion;
        request = version;
      }
      if (found.next === 'resolve-conflict') {
        const otherName = renamed(version.destination, etag);
        if (context.conflictPolicy === 'REPORT' || destination === otherName) {
          return conflictWithOther(destination);
        }
        request = { ...request, destination: otherName };
      }
    }
  }
}

/** An inspection would not help. A source in Glacier may be archived already. */
function isFinal({ glacierSources }: MoveContext, { kind, code }: S3Error): boolean {
  const isInGlacier = glacierSources !== undefined && code === ReasonCode.ARCHIVED_CLASS;
  return kind === 'transient' || (kind === 'final' && !isInGlacier);
}

function reselect(listed: MoveRequest, source: ObjectHead): MoveRequest | undefined {
  const { ETag: etag, ContentLength: size, LastModified, StorageClass: storageClass } = source;
  const place =
    listed.reselect && LastModified
      ? listed.reselect({ lastModified: LastModified, size: size! })
      : { destination: listed.destination };
  if (!place) {
    return undefined;
  }
  const { destination, ...day } = place;
  const rewritten = {
    ...day,
    ...(LastModified && { modified: LastModified.getTime() / 1000 }),
    storageClass,
  };
  return {
    ...listed,
    ...day,
    etag,
    size: size!,
    lastModified: rewritten.modified,
    destination,
    rewritten,
  };
}

interface Seen {
  /** The HeadObject facts of the source's versions, by their ETags. */
  readonly versions: Map<string, VersionFacts>;
  /** When the source was written that was there after S3 denied a copy, in epoch seconds. */
  denied?: { readonly modified: number | undefined };
}

type Inspection =
  | { readonly next: 'finish'; readonly outcome: Copied | MoveResult }
  /** The source has another ETag than the requested one. */
  | { readonly next: 'copy-new-version'; readonly source: ObjectHead }
  /** The destination has other content. */
  | { readonly next: 'resolve-conflict' }
  /** Nothing prevents the copy, or nothing does any more. */
  | { readonly next: 'copy-again' };

/**
 * Step 2: a rewritten source, one that is gone, a taken destination, a lost answer and a missing
 * permission look alike to a copy.
 */
async function inspect(
  context: MoveContext,
  request: MoveRequest,
  failure: S3Error,
  versions: readonly [MoveRequest, MoveRequest],
  seen: Seen,
  resume?: OpenUpload,
): Promise<Inspection> {
  const { source } = context;
  try {
    const sourceHead = await source.head(request.key);
    if (!sourceHead) {
      return finish(await explainGone(context, versions, seen, resume));
    }
    seen.versions.set(sourceHead.ETag, fromHead(sourceHead));
    if (sourceHead.ETag !== request.etag) {
      return { next: 'copy-new-version', source: sourceHead };
    }
    return failure.kind === 'denied'
      ? await inspectDenial(context, request, failure, sourceHead, seen)
      : await inspectDestination(context, request, failure, sourceHead);
  } catch (error) {
    if (source.isAborted || error instanceof ComparisonUnfinished) {
      throw error;
    }
    const second = toS3Error(error);
    // One of the two objects changed while they were compared: try again.
    if (second.kind === 'ambiguous' || second.kind === 'missing') {
      return { next: 'copy-again' };
    }
    // The refused copy says what was denied. A refused HEAD cannot, because its answer has no body.
    const cause = failure.kind === 'denied' ? failure : second;
    const isSetup = isInSetup(context, cause);
    return finish(failed(request.destination, cause.code, cause.message, isSetup));
  }
}

function finish(outcome: Copied | MoveResult): Inspection {
  return { next: 'finish', outcome };
}

async function explainGone(
  context: MoveContext,
  versions: readonly [MoveRequest, MoveRequest],
  seen: Seen,
  resume: OpenUpload | undefined,
): Promise<MoveResult> {
  // An earlier round may have sent the upload's completion. It must not happen after we looked at
  // the destination.
  if (resume) {
    await abortUpload(context.destination, resume);
  }
  return context.isRecorded
    ? { status: 'source-gone' }
    : findArchived(context, ...versions, seen.versions);
}

/**
 * S3 denies a copy of a source that is not there, too. It may have been removed, and written again
 * since.
 */
async function inspectDenial(
  context: MoveContext,
  request: MoveRequest,
  failure: S3Error,
  sourceHead: ObjectHead,
  seen: Seen,
): Promise<Inspection> {
  const modified = sourceHead.LastModified && Math.floor(sourceHead.LastModified.getTime() / 1000);
  const isUnchanged =
    modified !== undefined && modified === (seen.denied?.modified ?? request.lastModified);
  seen.denied = { modified };
  if (!isUnchanged) {
    return { next: 'copy-again' };
  }
  const isOfAll =
    failure.deniedAction !== 's3:ListObjectAnnotations' &&
    (await isDeniedByDestination(context, request, sourceHead));
  return finish(failed(request.destination, failure.code, failure.message, isOfAll));
}

async function inspectDestination(
  context: MoveContext,
  { key, destination: destinationKey, etag, size, rewritten }: MoveRequest,
  failure: S3Error,
  sourceHead: ObjectHead,
): Promise<Inspection> {
  const { source, destination } = context;
  const existingHead = await destination.head(destinationKey);
  if (!existingHead) {
    return failure.kind === 'final'
      ? finish(failed(destinationKey, failure.code, failure.message))
      : { next: 'copy-again' };
  }
  const isCopy = await isSame(
    ofKey({ bucket: source, key, head: sourceHead }),
    ofKey({ bucket: destination, key: destinationKey, head: existingHead }),
    context,
  );
  if (!isCopy) {
    return { next: 'resolve-conflict' };
  }
  const archived = toArchivedFacts(existingHead, {
    source: sourceHead.VersionId,
    archived: existingHead.VersionId,
  });
  return finish({
    status: 'copied',
    destination: destinationKey,
    etag,
    size,
    archived,
    rewritten,
    isFound: true,
  });
}

/** The ledger's message about a source that has other content than its copy. */
export const REWRITTEN_AFTER_COPY =
  'the source was rewritten after it was copied: the earlier content is archived, the new ' +
  'content is still at the source';

/**
 * Step 3: deletes the sources of confirmed copies, with one result for each, in the same order. A
 * source that was rewritten after it was copied stays: the listed content is archived, and the new
 * content conflicts with it.
 */
export async function deleteSources(
  context: MoveContext,
  copies: ReadonlyArray<Copied & { readonly key: string }>,
): Promise<MoveResult[]> {
  const { source } = context;
  const results = await bulkDelete(source, copies);
  return copies.map(({ key, destination, etag, size, archived, rewritten }, i) => {
    const result = results[i];
    if (result === 'gone') {
      return { status: 'archived', destination, etag, size, archived, rewritten };
    }
    if (result !== 'changed' && result.kind === 'marked') {
      return {
        status: 'archived',
        destination,
        etag,
        size,
        archived: { ...archived, deleteMarkerVersionId: result.versionId },
        rewritten,
      };
    }
    if (result === 'changed') {
      const earlier = {
        destination,
        etag,
        size,
        ...archived,
        ...(rewritten?.day && { day: rewritten.day }),
      };
      return {
        status: 'conflicting',
        destination,
        code: ReasonCode.SOURCE_CHANGED,
        message: REWRITTEN_AFTER_COPY,
        earlier,
      };
    }
    if (result.isUnanswered) {
      return {
        ...failed(
          destination,
          result.code,
          'archived, but S3 answered neither the delete nor a look at the source: ' +
            `${result.message}`,
        ),
        isUnanswered: true,
      };
    }
    const what =
      result.kind === 'denied'
        ? `S3 denied s3:DeleteObject on s3://${source.name}/${shorten(key, 200)}: `
        : '';
    return {
      ...failed(
        destination,
        result.code,
        `copied, but the source could not be deleted: ${what}${result.message}`,
        isInSetup(context, result),
      ),
      notes: withNote(undefined, 'notDeleted', result.kind === 'denied' ? 'DENIED' : 'REFUSED'),
    };
  });
}

/** Denied copies that show that the destination denies all of them. */
const SHOWN_BY = 10;

/**
 * Whether the destination caused the denial of a copy. It did if the role may read everything that
 * the copy needs from the source, and the source has no attribute that its owner chose and the
 * destination may refuse. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * ("Permissions")
 */
async function isDeniedByDestination(
  context: MoveContext,
  { key, etag }: MoveRequest,
  head: ObjectHead,
): Promise<boolean> {
  const { source, denials = { byDestination: 0, isAnyOfSource: false } } = context;
  // One denied source shows that the others may be archived. Many that can be read show that the
  // destination denies them all.
  if (denials.isAnyOfSource || denials.byDestination >= SHOWN_BY) {
    return !denials.isAnyOfSource;
  }
  const hasLock = Object.keys(getLock(head, source.budget.clock.now())).length > 0;
  const isOfDestination =
    !hasLock &&
    (await listTags({ bucket: source, key })).length === 0 &&
    (await source.isReadable(key, etag));
  if (isOfDestination) {
    denials.byDestination += 1;
  } else {
    denials.isAnyOfSource = true;
  }
  return isOfDestination;
}

/**
 * Whether a failure does not depend on the source, so that the others fail, too: a bucket is
 * missing, the credentials of this invocation have expired, the destination has no Object Lock for
 * the retention, or its key cannot be used. A denial does not count: the writers of sources choose
 * the keys that encrypt them, and policies may deny single sources.
 */
function isInSetup(
  { destinationKeyArn, given }: MoveContext,
  { code, message, deniedAction, kmsKeyArn }: S3Error,
): boolean {
  if (code === ReasonCode.NO_SUCH_BUCKET || code === ReasonCode.EXPIRED_CREDENTIALS) {
    return true;
  }
  if (code === ReasonCode.LOCKED) {
    return given?.lock !== undefined && !message.startsWith(UNKNOWN_LOCK);
  }
  if (code !== ReasonCode.KMS_DENIED) {
    return false;
  }
  // S3 decrypts sources, and encrypts copies.
  if (deniedAction !== undefined) {
    return deniedAction === 'kms:GenerateDataKey';
  }
  return kmsKeyArn !== undefined && kmsKeyArn === destinationKeyArn;
}

function failed(
  destination: string,
  code: ReasonCode,
  message: string,
  isSetup = false,
): MoveResult {
  return { status: 'failed', destination, code, message, ...(isSetup && { isInSetup: true }) };
}
