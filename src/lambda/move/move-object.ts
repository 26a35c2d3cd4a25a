/**
 * The move of one object: a copy that can neither take another version than the listed one nor
 * overwrite anything, then a delete that can only hit the version that was copied.
 *
 *   copyToArchive   CopyObject { CopySourceIfMatch: listed ETag, IfNoneMatch: '*' }
 *   removeSources   DeleteObjects, each key with the ETag that was copied
 *
 * Every step may happen twice (Lambda, Retry, redrive, EXPRESS children and people all repeat
 * things), and its answer may be lost. So a refused step is never judged by the refusal alone:
 * `lookAround` looks at both ends and decides what has happened. docs/safety.md has the argument.
 */
import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { copySource } from './copy-source';
import { bulkDelete } from './delete-sources';
import { headObject, type ObjectHead } from './head-object';
import { abortUpload, multipartCopy, Interrupted, getPartSize, type OpenUpload } from './multipart-copy';
import { getLock } from './object-lock';
import { isSameObject, getTags } from './same-object';
import { ReasonCode } from '../../contract/reason-codes';
import { withRetries, backOff, type RetryBudget } from '../s3/retry';
import { toS3Error, type S3Error } from '../s3/s3-error';
import { isTooLong, renamed } from '../selection/destination-key';

/** What is the same for every object of a batch. */
export interface MoveContext {
  readonly s3: S3Client;
  readonly budget: RetryBudget;
  /** Ends copies that would outlast the round. */
  readonly signal: AbortSignal;
  readonly sourceBucket: string;
  readonly destinationBucket: string;
  /** The source bucket has Object Lock: locks have to be looked for, and carried over. */
  readonly sourceLocks: boolean;
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  /** Unset: STANDARD, as CopyObject does. */
  readonly storageClass?: string;
  /** Unset: the destination bucket's default encryption. */
  readonly destinationKeyArn?: string;
  readonly multipartThreshold: number;
  /** Epoch milliseconds. */
  readonly runStart: number;
}

/** A listed object and where it shall go. */
export interface MoveRequest {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly destination: string;
}

/** The copy is confirmed; the source at this ETag may go. */
export interface Copied {
  readonly status: 'copied';
  readonly destination: string;
  readonly etag: string;
  readonly size: number;
}

/** Where an object ended. `vanished`: somebody removed the source, and the archive does not hold it. */
export type MoveResult =
  | { readonly status: 'archived'; readonly destination: string; readonly etag: string; readonly size: number }
  | { readonly status: 'conflicting' | 'failed'; readonly destination: string; readonly code: ReasonCode; readonly message: string }
  | { readonly status: 'source-gone' };

/** A source that is rewritten faster than this is not archived tonight. */
const MAX_PINS = 3;
/** Looks in all: each finds a cause and removes it, so that more of them mean a server that contradicts itself. */
const MAX_INSPECTIONS = 8;

/**
 * Copies an object to the archive, or finds that it is there already.
 *
 * @throws Interrupted where the round's time ran out in the middle of a multipart copy
 */
export async function copyToArchive(mover: MoveContext, listed: MoveRequest, resume?: OpenUpload): Promise<Copied | MoveResult> {
  try {
    const outcome = await copyOrFind(mover, listed, resume);
    // Not every way here leads over the upload: the source may be small by now, or not to be read.
    if (resume) { await abortUpload(mover.s3, mover.budget, mover.destinationBucket, resume); }
    return outcome;
  } catch (error) {
    if (!resume || error instanceof Interrupted) { throw error; }
    throw new Interrupted(resume); // before the copy came to it
  }
}

async function copyOrFind(mover: MoveContext, listed: MoveRequest, resume?: OpenUpload): Promise<Copied | MoveResult> {
  let { etag, size, destination } = listed;
  for (let looks = 0, pins = 0; ; looks++) {
    if (isTooLong(destination)) {
      return failed(destination, ReasonCode.KEY_TOO_LONG, 'the destination key would be longer than 1,024 bytes');
    }
    try {
      await copy(mover, { key: listed.key, etag, size, destination }, resume);
      return { status: 'copied', destination, etag, size };
    } catch (error) {
      const failure = toS3Error(error);
      if (mover.signal.aborted) { throw error; }
      if (failure.kind === 'final' || failure.kind === 'transient') {
        return failed(destination, failure.code, failure.message);
      }
      if (looks >= MAX_INSPECTIONS) { return failed(destination, failure.code, failure.message); }

      const scene = await inspect(mover, { ...listed, etag, size, destination }, failure, listed, resume);
      if (scene.next === 'end') { return scene.end; }
      if (scene.next === 'again') { await backOff(mover.budget, looks); }
      if (scene.next === 'pin') {
        if (++pins > MAX_PINS) {
          return failed(destination, ReasonCode.SOURCE_CHANGED, `the source was rewritten ${pins} times while it was being copied`);
        }
        // Other content, and so another name beside a taken one.
        ({ destination } = listed);
        etag = scene.source.ETag;
        size = scene.source.ContentLength!;
      }
      if (scene.next === 'conflict') {
        const beside = renamed(listed.destination, etag);
        if (mover.conflictPolicy === 'REPORT' || destination === beside) {
          return { status: 'conflicting', destination, code: ReasonCode.DESTINATION_EXISTS, message: 'the destination holds other content' };
        }
        destination = beside;
      }
    }
  }
}

type Resolution =
  | { readonly next: 'end'; readonly end: Copied | MoveResult }
  /** The source has another ETag than the one asked for. */
  | { readonly next: 'pin'; readonly source: ObjectHead }
  /** Other content at the destination. */
  | { readonly next: 'conflict' }
  /** Nothing in the way (any more). */
  | { readonly next: 'again' };

/** Tells apart what S3 answers alike: source changed, source gone, destination taken, our own lost success, a missing permission. */
async function inspect(mover: MoveContext, object: MoveRequest, failure: S3Error, listed: MoveRequest, resume?: OpenUpload): Promise<Resolution> {
  const { s3, budget, signal, sourceBucket, destinationBucket } = mover;
  try {
    const source = await headObject(s3, budget, sourceBucket, object.key, signal);
    if (!source) {
      // Or its completion, if the end of the round cut that off, could still come after the look at the destination.
      if (resume) { await abortUpload(s3, budget, destinationBucket, resume); }
      return { next: 'end', end: await sourceGone(mover, object, listed) };
    }
    if (failure.kind === 'denied') {
      return { next: 'end', end: failed(object.destination, failure.code, failure.message) };
    }
    if (source.ETag !== object.etag) { return { next: 'pin', source }; }

    const there = await headObject(s3, budget, destinationBucket, object.destination, signal);
    if (!there) { return { next: 'again' }; }
    const same = await isSameObject(s3, budget,
      { bucket: sourceBucket, key: object.key, head: source },
      { bucket: destinationBucket, key: object.destination, head: there }, signal);
    if (!same) { return { next: 'conflict' }; }
    return { next: 'end', end: { status: 'copied', destination: object.destination, etag: object.etag, size: object.size } };
  } catch (error) {
    if (signal.aborted) { throw error; }
    const second = toS3Error(error);
    // One of the two changed while it was compared: look again.
    if (second.kind === 'ambiguous' || second.kind === 'missing') { return { next: 'again' }; }
    // A copy that is refused says by what; a look that is refused has no words at all, since the answer to a HEAD has no body.
    const { code, message } = failure.kind === 'denied' ? failure : second;
    return { next: 'end', end: failed(object.destination, code, message) };
  }
}

/** The source is gone: archived by an earlier attempt, pinned anew or as it was listed, or removed by somebody else. */
async function sourceGone(mover: MoveContext, object: MoveRequest, listed: MoveRequest): Promise<MoveResult> {
  const versions = object.etag === listed.etag ? [object] : [object, listed];
  const beside = mover.conflictPolicy === 'RENAME' ? versions.map((version) => ({ destination: renamed(listed.destination, version.etag), candidates: [version] })) : [];
  // Beside first: such a name is only ever taken where the destination held other content, and by the one version that it names.
  const found: { destination: string; candidates: MoveRequest[]; there: ObjectHead }[] = [];
  for (const place of [...beside, { destination: listed.destination, candidates: versions }]) {
    if (isTooLong(place.destination)) { continue; }
    const there = await headObject(mover.s3, mover.budget, mover.destinationBucket, place.destination, mover.signal);
    if (there) { found.push({ ...place, there }); }
  }
  // An ETag at any place proves more than size and time at another.
  for (const proves of [sameEtag, holds]) {
    for (const { destination, candidates, there } of found) {
      const version = candidates.find((each) => proves(there, each, mover.runStart));
      if (version) { return { status: 'archived', destination, etag: version.etag, size: version.size }; }
    }
  }
  return { status: 'source-gone' };
}

const sameEtag = (there: ObjectHead, object: MoveRequest) => there.ETag === object.etag;

/**
 * Whether what stands at a destination may be the listed object, whose source is gone, although its ETag
 * is another one, as that of a copy is (multipart uploads, KMS): it is as long, and was written during
 * this run. Nothing is deleted on the strength of this; it words the ledger.
 */
function holds(there: ObjectHead, object: MoveRequest, runStart: number): boolean {
  const writtenByRun = (there.LastModified?.getTime() ?? 0) >= Math.floor(runStart / 1000) * 1000; // S3's clock has whole seconds
  return there.ContentLength === object.size && writtenByRun;
}

/**
 * Deletes the sources of confirmed copies. Answers in the same order.
 * One that was rewritten after its copy stays: what was listed is archived, and the new content conflicts with it.
 */
export async function deleteSources(mover: MoveContext, copies: ReadonlyArray<Copied & { readonly key: string }>): Promise<MoveResult[]> {
  const answers = await bulkDelete(mover.s3, mover.budget, mover.sourceBucket, copies);
  return copies.map(({ destination, etag, size }, i) => {
    const answer = answers[i];
    if (answer === 'gone') { return { status: 'archived', destination, etag, size }; }
    if (answer === 'changed') {
      return { status: 'conflicting', destination, code: ReasonCode.SOURCE_CHANGED, message: 'rewritten after its copy: the earlier content is archived, the new one is still here' };
    }
    return failed(destination, answer.code, `archived, but the source could not be deleted: ${answer.message}`);
  });
}

async function copy(mover: MoveContext, object: MoveRequest, resume?: OpenUpload): Promise<void> {
  const { s3, budget, signal, sourceBucket, destinationBucket } = mover;
  const isLarge = object.size > mover.multipartThreshold;
  const head = isLarge || mover.sourceLocks ? await headPinned(mover, object) : undefined;
  const placement = {
    StorageClass: mover.storageClass as 'STANDARD' | undefined,
    ...(head && mover.sourceLocks && getLock(head, budget.clock.now())),
    ...(mover.destinationKeyArn && { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: mover.destinationKeyArn, BucketKeyEnabled: true }),
  };
  if (!head || !isLarge) {
    await withRetries(budget, () => s3.send(new CopyObjectCommand({
      Bucket: destinationBucket,
      Key: object.destination,
      CopySource: copySource(sourceBucket, object.key),
      CopySourceIfMatch: object.etag,
      IfNoneMatch: '*',
      ...placement,
    }), { abortSignal: signal }));
    return;
  }
  const tags = await getTags(s3, budget, { bucket: sourceBucket, key: object.key });
  await multipartCopy(s3, budget, {
    source: { bucket: sourceBucket, key: object.key, head, tags },
    destination: { bucket: destinationBucket, key: object.destination },
    placement,
    partSize: getPartSize(object.size, mover.multipartThreshold),
    resume,
  }, signal);
}

/** The version that is pinned, or what CopyObject would have answered. */
async function headPinned({ s3, budget, signal, sourceBucket }: MoveContext, { key, etag }: MoveRequest): Promise<ObjectHead> {
  const head = await headObject(s3, budget, sourceBucket, key, signal);
  if (head?.ETag === etag) { return head; }
  throw head ? preconditionFailed() : noSuchKey();
}

const preconditionFailed = () => Object.assign(new Error('the source has another ETag'), { name: 'PreconditionFailed' });
const noSuchKey = () => Object.assign(new Error('the source is gone'), { name: 'NoSuchKey' });

function failed(destination: string, code: ReasonCode, message: string): MoveResult {
  return { status: 'failed', destination, code, message };
}
