/** Each mutant breaks the promise in one way, and a test must notice it. */
export interface Mutant {
  /** This says what the broken code does. */
  readonly name: string;
  readonly file: string;
  /** This text appears exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** These test files must fail. */
  readonly tests: string[];
  /** Only the tests whose names contain this text run. It is used where all tests of the files take long. */
  readonly only?: string;
  /**
   * The mutant concerns a race. The exploration of interleavings must find it, too, in the scenarios whose names begin
   * with this text (assurance/model-checking/mutants.ts).
   */
  readonly race?: string;
}

const MOVE = 'src/lambda/move/move-object.ts';
const FIND = 'src/lambda/move/find-archived.ts';
const DELETE = 'src/lambda/move/delete-sources.ts';
const LARGE = 'src/lambda/move/multipart-copy.ts';
const RECORDER = 'src/lambda/archive-batch/outcome-recorder.ts';
const BATCH = 'src/lambda/archive-batch/archive-batch.ts';
const OUTCOMES = 'src/lambda/archive-batch/batch-outcomes.ts';
const COPIER = 'src/lambda/archive-batch/batch-copier.ts';
const SAME = 'src/lambda/move/same-object.ts';
const BUCKET = 'src/lambda/s3/bucket-client.ts';
const PART = 'src/lambda/ledger/ledger-part.ts';
const MERGE = 'src/lambda/ledger/merge-lines.ts';
const LEDGER = 'src/lambda/ledger/batch-ledger.ts';
const RECONCILE = 'src/lambda/report-run/reconcile-batch.ts';
const DENY = 'src/construct/access/deny-deletes.ts';
const move = ['test/unit/lambda/move/move-object.test.ts'];
const bulk = ['test/unit/lambda/move/delete-sources.test.ts'];
const large = ['test/unit/lambda/move/multipart-copy.test.ts'];
const batch = ['test/unit/lambda/archive-batch/archive-batch.test.ts'];
const interleavings = ['assurance/model-checking/interleavings.test.ts'];
const test = (name: string) => [`test/unit/${name}.test.ts`];
const part = test('lambda/ledger/ledger-part');
const reconcile = test('lambda/report-run/reconcile-batch');

export const MUTANTS: Mutant[] = [
  { name: 'copies whatever is at the source now', file: MOVE, find: '      CopySourceIfMatch: etag,\n', replace: '', tests: move, race: 'one-report-plain' },
  { name: 'overwrites what is at the destination', file: MOVE, find: '      IfNoneMatch: \'*\',\n', replace: '', tests: move, race: 'one-report-plain' },
  { name: 'deletes a source that was rewritten after its copy', file: DELETE, find: '({ Key: key, ETag: etag })', replace: '({ Key: key })', tests: bulk, race: 'one-report-plain' },
  { name: 'deletes one by one without a condition', file: DELETE, find: ', IfMatch: etag }', replace: ' }', tests: bulk, race: 'odd-key' },
  { name: 'takes a failed copy for a copy', file: MOVE, find: 'if (failure.kind === \'final\' || failure.kind === \'transient\' || inspections', replace: 'if (failure.kind === \'final\' || failure.kind === \'transient\') { return { status: \'copied\', destination, etag, size }; }\n      if (inspections', tests: move, race: 'time-up-report' },
  { name: 'takes any 412 for success', file: MOVE, find: 'if (found.next === \'finish\') { return found.outcome; }', replace: 'return { status: \'copied\', destination, etag, size };', tests: move, race: 'one-report-plain' },
  { name: 'takes other content for the same', file: MOVE, find: 'if (!isSame) { return { next: \'resolve-conflict\' }; }', replace: '', tests: move, race: 'one-report-plain' },
  { name: 'does not compare tags', file: SAME, find: 'if (!hasSameBytes || !await hasSameTags(source, archived)) { return false; }', replace: 'if (!hasSameBytes) return false; void hasSameTags;', tests: move, race: 'one-report-plain-a-twin' },
  { name: 'does not compare metadata', file: SAME, find: '    metadata, head.ContentType', replace: '    [], head.ContentType', tests: move },
  { name: 'believes ETags of KMS objects', file: SAME, find: '    && !head.ServerSideEncryption?.startsWith(\'aws:kms\')\n', replace: '', tests: move, race: 'one-report-kms' },
  { name: 'calls a vanished object archived', file: FIND, find: 'return { status: \'source-gone\' };', replace: 'return { status: \'archived\', destination: pinned.destination, etag: pinned.etag, size: pinned.size };', tests: move, race: 'one-report-plain' },
  { name: 'believes size alone', file: FIND, find: 'return archived.ContentLength === version.size && isNew;', replace: 'return archived.ContentLength === version.size || isNew;', tests: move, race: 'one-report-plain' },
  { name: 'reads a 403 as gone', file: BUCKET, find: 'if (kind === \'denied\' && !(await this.isListed(key))) { return undefined; }', replace: 'if (kind === \'denied\') return undefined;', tests: move },
  { name: 'ignores errors of single keys in a bulk delete', file: DELETE, find: '    if (failure.kind === \'missing\') {\n', replace: '    if (Code) {\n', tests: bulk, race: 'one-report-plain' },
  { name: 'does not try a refused key again', file: DELETE, find: 'left = [...left.slice(maxKeys), ...refused];', replace: 'left = left.slice(maxKeys);', tests: bulk },
  { name: 'does not pin the parts of a large copy', file: LARGE, find: '        CopySourceIfMatch: source.head.ETag,\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'completes a large copy over what is there', file: LARGE, find: '      IfNoneMatch: \'*\',\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'loses tags of large objects', file: LARGE, find: '    Tagging: tags || undefined,\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'loses metadata of large objects', file: LARGE, find: '    Metadata: head.Metadata,\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'leaves failed uploads behind', file: LARGE, find: '    await abortUpload(bucket, { key, uploadId });\n', replace: '', tests: large },
  { name: 'loses what is left at the deadline', file: OUTCOMES, find: 'return open === -1 ? this.outcomes.length : open;', replace: 'return this.outcomes.length;', tests: batch, race: 'batch-of-two-report-plain-nothing' },
  { name: 'counts what lies behind an open object twice', file: BATCH, find: 'const lines = await recorder.record(reports, range(progress.cursor, cursor), copiedUntil);', replace: 'const lines = await recorder.record(reports, range(progress.cursor, items.length), copiedUntil);', tests: batch, race: 'batch-of-two-report-plain-nothing' },
  { name: 'never looks at the clock', file: COPIER, find: ' || this.worker.clock.now() >= this.until', replace: '', tests: batch },
  { name: 'goes on with a hopeless batch', file: COPIER, find: 'this.isStopped || this.worker', replace: 'this.worker', tests: batch },
  { name: 'takes the failure of a few for that of all', file: COPIER, find: 'while (this.isStopped && !this.outcomes.findSystemicFailure());', replace: 'while (false);', tests: batch, only: 'copies take longer' },
  { name: 'waits for a delete as long as S3 likes', file: BATCH, find: 'const s3 = withHalvingTimeout(worker.s3, () => milliseconds - (performance.now() - began));', replace: 'const s3 = worker.s3; void [withHalvingTimeout, began];', tests: batch, only: 'does not answer' },
  { name: 'lets what copies need outlast the round', file: BUCKET, find: 'this.abortable = signal ? withAbortSignal(s3, signal) : s3;', replace: 'this.abortable = (void withAbortSignal, s3);', tests: batch, only: 'does not answer' },
  { name: 'leaves no time for another request', file: 'src/lambda/s3/timeouts.ts', find: 'left() / 2', replace: 'left()', tests: test('lambda/s3/timeouts') },
  { name: 'moves in a dry run', file: COPIER, find: 'if (this.batch.BatchInput.run.dryRun) { return', replace: 'if (this.batch.BatchInput.run.dryRun && false) { return', tests: batch },
  { name: 'does not write the ledger of a retried round over', file: 'src/lambda/ledger/part-keys.ts', find: 'update(items[0].Key)', replace: 'update(items[0].Key + Math.random())', tests: batch },
  // The exploration of every interleaving of the calls found these.
  { name: 'takes a destination that is still empty for a copy', file: MOVE, find: 'if (!existingHead) { return { next: \'copy-again\' }; }', replace: 'if (!existingHead) return finish({ status: \'copied\', destination: request.destination, etag: request.etag, size: request.size });', tests: interleavings, only: 'one-report-plain-nothing', race: 'one-report-plain' },
  { name: 'believes tags that may be another object\'s', file: SAME, find: '  for (const each of [source, archived]) { await assertUnchanged(each); }\n', replace: '  void assertUnchanged;\n', tests: move, race: 'one-report-plain' },
  { name: 'forgets what was listed once it has pinned another version', file: FIND, find: 'pinned.etag === listed.etag ? [pinned] : [pinned, listed]', replace: '[pinned]', tests: move, race: 'one-report-plain-the-same' },
  { name: 'keeps the old version\'s name for a new one', file: MOVE, find: '        request = version;\n      }', replace: '        request = { ...version, destination };\n      }', tests: interleavings, only: 'one-rename-plain-other', race: 'one-rename-plain-other' },
  { name: 'looks for a renamed object at the taken place first', file: FIND, find: '[...otherNames, ...ownNames]', replace: '[...ownNames, ...otherNames]', tests: move, race: 'one-rename-plain-a-twin' },
  { name: 'takes another version\'s name beside for its own', file: FIND, find: 'candidates: [version] }', replace: 'candidates: versions }', tests: move, race: 'one-rename-multipart-other' },
  { name: 'calls a deleted source failed when the answer is lost', file: DELETE, find: '  await verifyDeletions(source, left.map((deletion) => [deletion, results.get(deletion)!]), results);\n', replace: '', tests: bulk, race: 'time-up-report' },
  { name: 'takes a 409 for a rewritten source', file: DELETE, find: 'isChanged = (error as Error).name === \'PreconditionFailed\'', replace: 'isChanged = failure.kind === \'ambiguous\'', tests: bulk, race: 'odd-key' },
  { name: 'deletes before the copies are confirmed', file: OUTCOMES, find: 'outcome?.status === \'copied\' ? [{ ...outcome, index, key: this.items[index].Key }] : []', replace: 'outcome && outcome.status !== \'skipped\' ? [{ destination: \'\', size: this.items[index].Size, ...outcome, status: \'copied\' as const, etag: this.items[index].Etag, index, key: this.items[index].Key }] : []', tests: batch, race: 'batch-report' },
  // These mutants break the move.
  { name: 'pins a source that is rewritten all the time without end', file: MOVE, find: 'if (++rewrites > MAX_REWRITES)', replace: 'if (++rewrites > 100)', tests: move },
  { name: 'judges a copy that the end of the round cut off', file: MOVE, find: '      if (context.source.isAborted) { throw error; }\n', replace: '', tests: move },
  { name: 'calls what was rewritten after its copy archived', file: MOVE, find: 'if (result === \'gone\') { return', replace: 'if (result === \'gone\' || result === \'changed\') { return', tests: move },
  { name: 'renames where it is to report', file: MOVE, find: 'context.conflictPolicy === \'REPORT\' || ', replace: '', tests: move, race: 'one-report-plain-other' },
  { name: 'gives a renamed object a name that its content does not tell', file: 'src/lambda/selection/destination-key.ts', find: 'etag.replaceAll(\'"\', \'\').slice(0, 8)', replace: '\'copy\'', tests: test('lambda/selection/destination-key') },
  { name: 'does not encode the copy\'s source', file: 'src/lambda/move/copy-source.ts', find: '.map(encodeURIComponent)', replace: '', tests: test('lambda/move/copy-source') },
  { name: 'never asks again for Object Lock', file: 'src/lambda/move/object-lock.ts', find: ' && now < this.without.until', replace: '', tests: test('lambda/move/object-lock') },
  { name: 'forgets locks', file: MOVE, find: '    ...(head && sourceLocks && getLock(head, source.budget.clock.now())),\n', replace: '', tests: move },
  { name: 'carries a retention over that has ended', file: 'src/lambda/move/object-lock.ts', find: ' && ObjectLockRetainUntilDate.getTime() > now', replace: '', tests: move },
  { name: 'forgets legal holds', file: 'src/lambda/move/object-lock.ts', find: '    ...(ObjectLockLegalHoldStatus === \'ON\' && { ObjectLockLegalHoldStatus }),\n', replace: '', tests: move },
  { name: 'takes a bucket that does not say for one without locks', file: 'src/lambda/move/object-lock.ts', find: 'return status !== 404 && status !== 405 && status !== 501;', replace: 'return false;', tests: test('lambda/move/object-lock') },
  { name: 'takes an answer that cannot be read for a final failure', file: 'src/lambda/s3/s3-error.ts', find: 'isUnreadable || ', replace: '', tests: test('lambda/s3/s3-error') },
  { name: 'takes the document of a proxy for a copy', file: 'src/lambda/s3/readable-answers.ts', find: '  CopyObjectCommand: [\'CopyObjectResult.ETag\'],\n', replace: '', tests: move },
  { name: 'takes the document of a proxy for an object without tags', file: 'src/lambda/s3/readable-answers.ts', find: '  GetObjectTaggingCommand: [\'TagSet\'],\n', replace: '', tests: large },
  { name: 'takes a 200 to a single delete for a delete', file: 'src/lambda/s3/readable-answers.ts', find: '{ DeleteObjectCommand: 204 }', replace: '{}', tests: bulk },
  { name: 'takes any 200 but one for a bucket without Object Lock', file: 'src/lambda/move/object-lock.ts', find: '    return true;\n', replace: '    return false;\n', tests: test('lambda/move/object-lock') },
  { name: 'deletes single keys behind the deadline', file: DELETE, find: 'started++ >= SINGLE_CONCURRENCY && clock.now() >= deadline', replace: 'false', tests: bulk },
  { name: 'takes an object for its own copy', file: SAME, find: '  assertTwoObjects(source, archived);\n', replace: '', tests: [...test('lambda/move/same-object'), ...move] },
  { name: 'believes a checksum of 32 bits', file: SAME, find: '(PROVING_CHECKSUMS as readonly string[]).includes(name)', replace: 'name', tests: test('lambda/move/same-object') },
  { name: 'archives a rewritten source under the day of its listing', file: MOVE, find: 'listed.reselect && LastModified ? listed.reselect(LastModified) : { destination: listed.destination }', replace: '{ destination: listed.destination }', tests: move },
  { name: 'takes the denial of one folder for that of all', file: OUTCOMES, find: 'return first.code !== ReasonCode.ACCESS_DENIED || isWhole ? first : undefined;', replace: 'return isWhole || !isWhole ? first : undefined;', tests: batch, only: 'of one folder' },
  { name: 'takes a key of somebody else for the archiver\'s', file: MOVE, find: 'kmsKeyArn !== undefined && kmsKeyArn === destinationKeyArn', replace: 'true', tests: batch, only: 'only their writer' },
  { name: 'compares in every round without an end', file: COPIER, find: 'if (error instanceof ComparisonUnfinished) { this.endComparison(index, object, began); }', replace: '', tests: batch, only: 'read to compare' },
  { name: 'gives up a comparison that had no time', file: COPIER, find: 'if (began - this.began > (this.until - this.began) / 2) { return; }', replace: '', tests: batch, only: 'read to compare' },
  { name: 'takes KMS throttling for a denial', file: 'src/lambda/s3/s3-error.ts', find: '  if (KMS_THROTTLED.test(`${name} ${e.message ?? \'\'}`)) { return is(\'transient\', ReasonCode.SLOW_DOWN); }\n', replace: '', tests: test('lambda/s3/s3-error') },
  { name: 'lets the input raise the deployed concurrency', file: 'src/lambda/plan-run/plan-run.ts', find: 'Math.min(deployed, maxRunConcurrency)', replace: 'maxRunConcurrency', tests: test('lambda/plan-run/plan-run') },
  { name: 'takes a name with kms in it for a refusal of KMS', file: 'src/lambda/s3/s3-error.ts', find: 'KMS_MESSAGE.test(e.message ?? \'\')', replace: '/\\bkms\\b/i.test(e.message ?? \'\')', tests: test('lambda/s3/s3-error') },
  { name: 'takes a missing bucket for a missing object', file: 'src/lambda/s3/s3-error.ts', find: '  if (name === \'NoSuchBucket\') { return is(\'final\', ReasonCode.NO_SUCH_BUCKET); }\n', replace: '', tests: move },
  { name: 'takes checksums of parts for checksums of the content', file: SAME, find: 'if (a.ChecksumType !== \'FULL_OBJECT\' || b.ChecksumType !== \'FULL_OBJECT\') { return undefined; }', replace: '', tests: test('lambda/move/same-object') },
  { name: 'takes what is archived without its lock for the same', file: SAME, find: '  if (!keepsLock(source.head, archived.head, source.bucket.budget.clock.now())) { return false; }\n', replace: '  void keepsLock;\n', tests: move },
  { name: 'reads whatever stands there now', file: BUCKET, find: ', IfMatch: etag }', replace: ' }', tests: test('lambda/move/same-object') },
  { name: 'takes a longer key for the one that is looked for', file: BUCKET, find: 'page.Contents?.[0]?.Key === key', replace: 'page.Contents !== undefined', tests: test('lambda/s3/bucket-client') },
  { name: 'takes a key for gone that it may not list', file: BUCKET, find: 'if (toS3Error(error).kind === \'denied\') { return true; }', replace: 'if (toS3Error(error).kind === \'denied\') return false;', tests: test('lambda/s3/bucket-client') },
  // These mutants break the deletes.
  { name: 'takes a key that the answer leaves out for deleted', file: DELETE, find: 'refused.add(deletion);\n      results.set(deletion, toS3Error({ name: \'InternalError\', message: \'S3 did not answer for this key\' }));', replace: 'results.set(deletion, \'gone\');', tests: bulk },
  { name: 'sends keys in XML that XML cannot carry', file: DELETE, find: 'const bulk = deletions.filter(({ key }) => !NOT_IN_XML.test(key));', replace: 'const bulk = deletions;', tests: bulk },
  { name: 'sends more keys than a request may have', file: DELETE, find: 'MAX_KEYS_PER_REQUEST = 1_000', replace: 'MAX_KEYS_PER_REQUEST = 1_001', tests: bulk },
  { name: 'takes a rewritten source for the one that was to go', file: DELETE, find: 'return head.ETag === etag ? assumed : \'changed\';', replace: 'return assumed;', tests: bulk },
  { name: 'calls its own delete somebody\'s rewriting', file: DELETE, find: '    if (!head) { return \'gone\'; }\n', replace: '    if (!head) return assumed;\n', tests: bulk, race: 'time-up-report' },
  { name: 'takes an error of nobody\'s key for one of a key that was asked for', file: DELETE, find: '    if (!deletion) { continue; }\n', replace: '    if (!deletion) return [];\n', tests: bulk },
  // These mutants break the copies of large objects.
  { name: 'copies parts of a version that was not asked for', file: MOVE, find: 'if (head?.ETag === etag) { return head; }', replace: 'if (head) return head;', tests: large, race: 'large-report-plain' },
  { name: 'goes on with a multipart copy of another version', file: LARGE, find: 'resume.key === destination.key && resume.etag === source.head.ETag', replace: 'resume.key === destination.key', tests: large, race: 'batch-large' },
  { name: 'copies all parts again', file: LARGE, find: 'new Map(parts.map((part) => [part.PartNumber!, toCompletedPart(part.PartNumber!, part)]))', replace: 'new Map<number, CompletedPart>()', tests: large },
  { name: 'aborts what the end of the round interrupts', file: LARGE, find: 'if (bucket.isAborted) { throw new Interrupted(', replace: 'if (bucket.isAborted && false) { throw new Interrupted(', tests: large },
  { name: 'aborts uploads of other people', file: LARGE, find: 'upload.UploadId !== ownUploadId && upload.Initiator?.ID === initiator', replace: 'upload.UploadId !== ownUploadId', tests: large },
  { name: 'makes more parts than an upload may have', file: 'src/lambda/s3/multipart-parts.ts', find: ', Math.ceil(size / MAX_PARTS / MiB) * MiB)', replace: ')', tests: test('lambda/s3/multipart-parts') },
  { name: 'leaves the last byte out', file: LARGE, find: '${first + length - 1}', replace: '${first + length - (getPartRange(size, partSize, part + 1).length > 0 ? 1 : 2)}', tests: large },
  { name: 'does not have S3 compare the whole', file: LARGE, find: '      ...getFullChecksum(source.head),\n', replace: '      ...(void getFullChecksum, {}),\n', tests: large },
  { name: 'does not tell S3 how large the whole is', file: LARGE, find: '      MpuObjectSize: source.head.ContentLength,\n', replace: '', tests: large },
  { name: 'takes over parts of another plan', file: LARGE, find: 'Size === getPartRange(source.head.ContentLength!, partSize, PartNumber!).length', replace: 'Size !== 0 && (void partSize, PartNumber !== 0)', tests: large },
  { name: 'loses metadata that HEAD cannot say', file: LARGE, find: '  assertCompleteMetadata(source.head);\n', replace: '  void assertCompleteMetadata;\n', tests: large },
  { name: 'makes another text of Expires', file: LARGE, find: 'headers.expires = text;', replace: 'headers.expires = new Date(text).toUTCString();', tests: large },
  { name: 'leaves an upload open that it does not come to', file: MOVE, find: '    if (resume) { await abortUpload(context.destination, resume); }\n', replace: '', tests: large },
  { name: 'looks at a destination that an upload may still be completed to', file: MOVE, find: '      if (resume) { await abortUpload(destination, resume); }\n', replace: '', tests: large, race: 'batch-large' },
  { name: 'forgets an upload that the end of the round keeps it from', file: MOVE, find: 'throw new Interrupted(resume);', replace: 'throw error;', tests: large },
  { name: 'takes metadata that HEAD cannot say for the same', file: SAME, find: '  if (source.head.MissingMeta || archived.head.MissingMeta) { return false; }\n', replace: '', tests: test('lambda/move/same-object') },
  // These mutants break the state machine.
  { name: 'tries again what a handler refused on purpose', file: 'src/construct/state-machine/invoke-function.ts', find: '    this.addRetry({ errors: Object.values(ErrorName), maxAttempts: 0 });\n', replace: '    void ErrorName;\n', tests: test('construct/state-machine/definition'), only: 'every Lambda task' },
  { name: 'fails the run for one crash', file: 'src/construct/state-machine/definition.ts', find: 'errors: [sfn.Errors.TASKS_FAILED]', replace: 'errors: [\'Lambda.ServiceException\']', tests: test('construct/state-machine/definition'), only: 'every Lambda task' },
  // These mutants break the batches.
  { name: 'leaves copies behind an open object for the next round', file: OUTCOMES, find: 'outcome?.status === \'copied\' ? [{ ...outcome', replace: 'outcome?.status === \'copied\' && index < this.findFirstOpen() ? [{ ...outcome', tests: batch },
  { name: 'makes a round more than it may', file: BATCH, find: 'progress.rounds + 1 >= settings.maxRounds', replace: 'progress.rounds >= settings.maxRounds', tests: batch },
  { name: 'counts in every round from the beginning', file: OUTCOMES, find: 'counts.listed += cursor - before.cursor;', replace: 'counts.listed += cursor;', tests: batch, race: 'batch-of-two-report-plain-nothing' },
  { name: 'counts the bytes of what was not archived', file: OUTCOMES, find: '(status === \'archived\' ? sum + size : sum)', replace: '(sum + size)', tests: batch },
  { name: 'forgets stragglers', file: OUTCOMES, find: 'if (outcome?.status === \'skipped\' && outcome.straggler) { addStraggler', replace: 'if (false && outcome?.status === \'skipped\' && outcome.straggler) { addStraggler', tests: batch },
  { name: 'goes as fast as it can', file: BATCH, find: '  worker.rate.allow(run, stop.signal);\n', replace: '', tests: batch },
  { name: 'takes the start of a rehearsed day for the time of writing', file: BATCH, find: 'runStart: startTime <= clock.now() ? startTime : 0', replace: 'runStart: startTime', tests: batch },
  { name: 'goes on after the deadline', file: 'src/lambda/s3/retry.ts', find: '  if (clock.now() + delay >= deadline) { return false; }\n', replace: '', tests: test('lambda/s3/retry') },
  { name: 'tries what will not change again', file: 'src/lambda/s3/retry.ts', find: 'toS3Error(error).kind !== \'transient\' || ', replace: '', tests: test('lambda/s3/retry') },
  { name: 'gives up at the first refusal', file: 'src/lambda/s3/retry.ts', find: 'const MAX_ATTEMPTS = 8;', replace: 'const MAX_ATTEMPTS = 1;', tests: test('lambda/s3/retry') },
  { name: 'slows down for answers to requests of another rate', file: 'src/lambda/throughput/rate-controller.ts', find: '    if (epoch !== this.epoch) { return; }\n', replace: '', tests: test('lambda/throughput/rate-controller') },
  { name: 'stays slow while S3 refuses for other reasons', file: 'src/lambda/throughput/write-rates.ts', find: 'rate.onAnswer(epoch, count, 0);', replace: 'void rate;', tests: test('lambda/throughput/write-rates') },
  { name: 'sleeps on for a round that is over', file: 'src/lambda/throughput/rate-controller.ts', find: '    this.wake?.();\n', replace: '', tests: test('lambda/throughput/rate-controller') },
  { name: 'saves idle time up for a burst', file: 'src/lambda/throughput/rate-controller.ts', find: 'Math.max(this.nextDue, now - MAX_DEFICIT)', replace: 'this.nextDue', tests: test('lambda/throughput/rate-controller') },
  { name: 'slows down to nothing', file: 'src/lambda/throughput/rate-controller.ts', find: 'Math.max(this.allowed * MIN_SHARE, this.current * Math.max(MAX_DECREASE, this.accepted / answers))', replace: 'this.current * Math.max(MAX_DECREASE, this.accepted / answers)', tests: test('lambda/throughput/rate-controller') },
  { name: 'starts at the limit', file: 'src/lambda/throughput/rate-controller.ts', find: 'objectsPerSecond * INITIAL_SHARE', replace: 'objectsPerSecond', tests: test('lambda/throughput/rate-controller') },
  { name: 'raises a rate that the batch does not use', file: 'src/lambda/throughput/rate-controller.ts', find: '} else if (this.isLimiting) {', replace: '} else if (this.allowed > 0) {', tests: test('lambda/throughput/rate-controller') },
  { name: 'counts what S3 accepted before it refused', file: 'src/lambda/throughput/rate-controller.ts', find: '      this.accepted = 0;\n', replace: '', tests: test('lambda/throughput/rate-controller') },
  { name: 'lets deletes wait longer than a round can spare', file: 'src/lambda/throughput/rate-controller.ts', find: 'Math.min(Math.max(this.nextDue, now - MAX_DEFICIT), now + maxWait)', replace: 'Math.max(this.nextDue, now - MAX_DEFICIT)', tests: test('lambda/throughput/rate-controller') },
  { name: 'drops the answers before a part of a delete that failed', file: 'src/lambda/throughput/write-rates.ts', find: 'if (answers.length === 0) { throw error; }', replace: 'if (answers.length >= 0) { throw error; }', tests: test('lambda/throughput/write-rates') },
  { name: 'deletes as if each request had one key', file: 'src/lambda/throughput/write-rates.ts', find: 'deletes.acquire(keys)', replace: 'deletes.acquire()', tests: test('lambda/throughput/write-rates') },
  { name: 'asks the wrong region again', file: 'src/lambda/s3/bucket-region.ts', find: '      clients.set(bucket, clientOf(region));\n      return clients.get(bucket)!.send', replace: '      return clientOf(region).send', tests: test('lambda/s3/bucket-region') },
  { name: 'takes any refusal for a redirect', file: 'src/lambda/s3/bucket-region.ts', find: 'WRONG_REGION.has($metadata?.httpStatusCode ?? 0) && ', replace: '$metadata && ', tests: test('lambda/s3/bucket-region') },
  { name: 'repeats the trace of the first invocation', file: 'src/lambda/throughput/copy-template.ts', find: ', \'x-amzn-trace-id\'', replace: '', tests: test('lambda/throughput/copy-template') },
  { name: 'counts the wait for a connection as S3\'s time', file: 'src/lambda/throughput/http-client.ts', find: '    this.sentAt = performance.now();\n', replace: '    this.sentAt = performance.now() - 10_000;\n', tests: test('lambda/throughput/http-client') },
  // These mutants break the ledger that is written ahead of the deletes.
  { name: 'accepts an ETag that matches any version', file: 'src/contract/payloads.ts', find: '\\x23-\\x29\\x2b\\x2d-\\x7e]+"?$/', replace: '\\x23-\\x7e]+"?$/', tests: test('lambda/archive-batch/archive-batch.lambda') },
  { name: 'accepts a key twice in a batch', file: 'src/contract/payloads.ts', find: '.size === items.length', replace: '.size <= items.length', tests: test('lambda/archive-batch/archive-batch.lambda') },
  { name: 'deletes what the ledger does not say is archived', file: BATCH, find: '      await recorder.record(reports, range(progress.cursor, firstOpen), copiedUntil);\n', replace: '', tests: batch, only: 'written ahead', race: 'batch-report' },
  { name: 'deletes behind the cursor what the ledger does not say is archived', file: BATCH, find: '      await recorder.record(reports, behind, copiedUntil);\n', replace: '      void behind;\n', tests: batch, only: 'written ahead', race: 'batch-of-two-report-plain-nothing' },
  { name: 'deletes early what the ledger does not say is archived', file: COPIER, find: '    await this.record(indexes);\n', replace: '    void this.record;\n', tests: batch, only: 'written ahead' },
  { name: 'says archived of a source that it could not delete', file: BATCH, find: 'const lines = await recorder.record(reports, range(progress.cursor, cursor), copiedUntil);', replace: 'const lines = range(progress.cursor, cursor).flatMap((index) => outcomes.toLedgerLine(index, copiedUntil, Date.parse(run.startTime), settings.storageClass) ?? []);', tests: batch, only: 'written ahead', race: 'denied-delete' },
  { name: 'forgets what an attempt that died has archived', file: BATCH, find: '{ await recorder.recall(reports); }', replace: '{ void recorder; }', tests: batch, only: 'written ahead', race: 'batch-resized' },
  { name: 'does not confirm its deletes', file: BATCH, find: 'clock.now() - copiedUntil <= worker.promptDeletes', replace: 'clock.now() - copiedUntil <= Infinity', tests: batch, only: 'written ahead' },
  { name: 'confirms its deletes with the time before them', file: RECORDER, find: '({ ...line, at: now - this.runStart })', replace: '({ at: now - this.runStart, ...line })', tests: batch, only: 'written ahead' },
  { name: 'keeps the line of an object that somebody else deleted', file: BATCH, find: '    await recorder.removeGone(reports);\n', replace: '', tests: batch, only: 'is gone' },
  { name: 'overwrites what another attempt wrote', file: PART, find: 'ContentType: \'application/jsonl\', ...condition }', replace: 'ContentType: \'application/jsonl\', ...(void condition, {}) }', tests: part, race: 'abandoned' },
  { name: 'forgets the lines of another attempt that wrote first', file: PART, find: 'if (await this.load(reports) === body) { return; }', replace: 'if (await this.load(reports) === body) { return; }\n      this.others = [];', tests: part, race: 'abandoned' },
  { name: 'takes its own write for that of another attempt', file: PART, find: 'if (await this.load(reports) === body) { return; }', replace: 'await this.load(reports);', tests: part },
  { name: 'takes its own earlier line for one of another attempt', file: PART, find: '    this.replaced.add(toText(before));\n', replace: '    void before;\n', tests: part },
  { name: 'removes the line in which another attempt says that it archived the object', file: PART, find: ' || getArchivedVersions(line).length > 0);', replace: ');', tests: part },
  { name: 'lets the older line count', file: MERGE, find: 'line.at >= known.at', replace: 'line.at <= known.at', tests: part },
  { name: 'drops what another attempt says is archived', file: MERGE, find: 'archived.set(line.key, [...archived.get(line.key) ?? [], ...versions]);', replace: 'archived.delete(line.key);', tests: part, race: 'abandoned' },
  { name: 'does not look for an archived version behind the line that counts', file: LEDGER, find: 'for (const version of getArchivedVersions(line)) { archived.set(line.key, version); }', replace: 'void getArchivedVersions; if (line.status === \'archived\') { archived.set(line.key, line); }', tests: reconcile, race: 'abandoned' },
  { name: 'forgets all versions but the last that a run archived under one key', file: MERGE, find: '[...archived.get(line.key) ?? [], ...versions]', replace: 'versions.slice(-1)', tests: part },
  { name: 'forgets the earlier versions of a line that says archived', file: MERGE, find: '[...earlier, { destination, etag, size, day, ...getArchivedFacts(line) }]', replace: '[{ destination, etag, size, day }]', tests: part },
  { name: 'calls the version of a line an earlier one', file: MERGE, find: '    for (const name of own) { others.delete(name); }\n', replace: '    void own;\n', tests: part },
  { name: 'moves a changed line to another part', file: LEDGER, find: 'before?.part ?? this.getPart(partKey)', replace: 'this.getPart(partKey)', tests: reconcile },
  { name: 'believes an archived line although the source is still there', file: RECONCILE, find: 'if (recorded?.status === \'failed\' || recorded?.status === \'conflicting\') { return undefined; }', replace: 'if (recorded) { return undefined; }', tests: reconcile },
  { name: 'says failed of a source that was rewritten', file: RECONCILE, find: 'if (recorded?.status === \'archived\' && recorded.etag !== etag) {', replace: 'if (recorded?.status === \'archived\' && recorded.etag === \'\') {', tests: reconcile },
  { name: 'does not recall the version that an attempt archived', file: RECONCILE, find: '    if (each.archived) { return { ...toBaseLine(each), ...each.archived, status: \'archived\' }; }\n', replace: '', tests: reconcile },
  { name: 'leaves the line of an object that somebody else removed from a failed batch', file: RECONCILE, find: '  await ledger.remove(reports, gone);\n', replace: '', tests: reconcile },
  // These mutants break the selection of objects.
  { name: 'takes the archive for a source', file: 'src/lambda/selection/select-objects.ts', find: '    if (archiveInListing && key.startsWith(destinationPrefix)) { return skipped(\'in-archive\'); }\n', replace: '', tests: test('lambda/selection/select-objects') },
  { name: 'archives what it has archived, night by night', file: 'src/lambda/selection/select-objects.ts', find: 'dateSource.kind === \'lastModified\' && readDateAt(', replace: 'false && readDateAt(', tests: test('lambda/selection/select-objects') },
  { name: 'lets an object be its own destination', file: 'src/lambda/selection/select-objects.ts', find: 'if (listingInArchive && dates', replace: 'if (false && dates', tests: test('lambda/selection/select-objects') },
  { name: 'takes days to come', file: 'src/lambda/selection/select-objects.ts', find: ' && date <= run.to;', replace: ';', tests: test('lambda/selection/select-objects') },
  { name: 'takes the last date of a name', file: 'src/lambda/selection/select-objects.ts', find: 'const date = dates.find(isIn);', replace: 'const date = [...dates].reverse().find(isIn);', tests: test('lambda/selection/select-objects') },
  { name: 'narrows a listing where dates may stand anywhere', file: 'src/lambda/plan-run/listing-prefix.ts', find: 'if (dateSource.kind !== \'keyPrefix\')', replace: 'if (dateSource.kind === \'lastModified\')', tests: test('lambda/plan-run/listing-prefix') },
  { name: 'lists one day of several', file: 'src/lambda/plan-run/listing-prefix.ts', find: '  return days;\n', replace: '  return days.slice(0, 1);\n', tests: test('lambda/plan-run/listing-prefix') },
  { name: 'lists the first page', file: 'src/lambda/s3/read-objects.ts', find: 'page.IsTruncated ? page.NextContinuationToken : undefined', replace: 'undefined', tests: test('lambda/s3/read-objects') },
  // These mutants break what a run reports.
  { name: 'counts a key that two parts of the ledger name twice', file: 'src/lambda/ledger/read-ledger.ts', find: 'mergeLine(lines, v.parse(LedgerLine, line));', replace: 'const parsed = v.parse(LedgerLine, line); void mergeLine; lines.set(part.Key + parsed.key, parsed);', tests: test('lambda/report-run/report-run') },
  { name: 'believes the earlier part of the ledger', file: 'src/lambda/ledger/read-ledger.ts', find: 'mergeLine(lines, v.parse(LedgerLine, line));', replace: 'const parsed = v.parse(LedgerLine, line); if (!lines.has(parsed.key)) mergeLine(lines, parsed);', tests: test('lambda/report-run/report-run') },
  { name: 'leaves the last batch of the ledger out', file: 'src/lambda/ledger/read-ledger.ts', find: '  if (parts.length > 0) { yield parts; }\n', replace: '', tests: test('lambda/report-run/report-run') },
  { name: 'does not balance', file: 'src/lambda/report-run/report-run.ts', find: '  assertBalanced(counts,', replace: '  void (assertBalanced, counts,', tests: test('lambda/report-run/report-run') },
  { name: 'does not look after batches that were never started', file: 'src/lambda/report-run/map-results.ts', find: '[...files.FAILED, ...files.PENDING]', replace: 'files.FAILED', tests: test('lambda/report-run/map-results') },
  { name: 'counts conflicts against the tolerance', file: 'src/lambda/report-run/report/outcome.ts', find: 'exceeds(counts.failed, selected', replace: 'exceeds(counts.failed + counts.conflicting, selected', tests: test('lambda/report-run/report/outcome') },
  { name: 'loses failures when it adds batches up', file: 'src/lambda/ledger/tally.ts', find: '    this.failed += other.failed;\n', replace: '', tests: test('lambda/ledger/tally') },
  { name: 'lets an early delete that failed be the last word', file: COPIER, find: 'if (result.status !== \'failed\') { this.outcomes.set(copies[i].index, result); }', replace: 'this.outcomes.set(copies[i].index, result);', tests: batch },
  { name: 'keeps connections through a freeze', file: 'src/lambda/throughput/http-client.ts', find: 'active === 0 && Date.now() - lastActiveAt > keepAliveTimeout', replace: 'false', tests: test('lambda/throughput/http-client') },
  { name: 'sends a request whose signal has ended', file: 'src/lambda/throughput/http-client.ts', find: 'if (this.abortReason) { controller.abort(this.abortReason); }', replace: '', tests: test('lambda/throughput/http-client') },
  { name: 'searches a response for the result of a copy', file: 'src/lambda/throughput/copy-response.ts', find: '(COPY_RESULT.exec(body)?.[1] ?? \'\')', replace: 'body', tests: test('lambda/throughput/fast-copy') },
  { name: 'takes a result before an error for a copy', file: 'src/lambda/throughput/copy-response.ts', find: '\\s*<\\/CopyObjectResult>\\s*$/', replace: '\\s*<\\/CopyObjectResult>/', tests: test('lambda/throughput/fast-copy') },
  { name: 'takes the result of other content for a copy', file: 'src/lambda/throughput/copy-response.ts', find: 'copiedDigest !== sourceDigest', replace: 'false', tests: test('lambda/throughput/fast-copy') },
  { name: 'compares ETags of encrypted copies', file: 'src/lambda/throughput/copy-response.ts', find: '(headers[ENCRYPTION] ?? \'AES256\') === \'AES256\'', replace: 'true', tests: test('lambda/throughput/fast-copy') },
  { name: 'takes a response that comes twice for the next copy', file: 'src/lambda/throughput/copy-response.ts', find: 'if (this.current.has(id) || this.previous.has(id)) { return true; }', replace: '', tests: test('lambda/throughput/fast-copy') },
  { name: 'keeps the fast path after a response of another request', file: 'src/lambda/throughput/fast-copy.ts', find: '    this.isTrusted = false;\n', replace: '', tests: test('lambda/throughput/fast-copy') },
  { name: 'believes a batch whose parts somebody has changed', file: 'src/lambda/ledger/part-sums.ts', find: 'if (this.sums.get(id) !== expected) { return false; }', replace: 'void expected;', tests: test('lambda/report-run/balance-ledger') },
  { name: 'does not miss a part that is lost', file: 'src/lambda/report-run/balance-ledger.ts', find: 'if (first !== undefined) {', replace: 'if (false as boolean) {', tests: test('lambda/report-run/balance-ledger') },
  { name: 'does not read what an abandoned attempt wrote', file: 'src/lambda/report-run/balance-ledger.ts', find: 'const others = sums.ids();', replace: 'void sums; const others = new Set<number>();', tests: test('lambda/report-run/balance-ledger') },
  { name: 'takes the lines of another attempt for its own', file: LEDGER, find: 'this.isOwn &&= !part.isWrittenByOthers;', replace: '', tests: batch },
  { name: 'forgets a version when its delete seems to have failed', file: PART, find: "if (before.status === 'archived') { this.doubted.set(key, [...this.doubted.get(key) ?? [], before]); }", replace: '', tests: part },
  { name: 'does not record the delete marker of a source', file: LEDGER, find: ' && deleteMarkerVersionId === recorded.deleteMarkerVersionId', replace: '', tests: batch },
  { name: 'forgets what S3 said of a fast copy', file: 'src/lambda/throughput/fast-copy.ts', find: "headers['x-amz-version-id']", replace: "headers['x-amz-version']", tests: test('lambda/throughput/fast-copy') },
  { name: 'sends a copy that waited while the fast path was given up', file: 'src/lambda/throughput/fast-copy.ts', find: 'if (!this.isTrusted) { return undefined; }', replace: '', tests: test('lambda/throughput/fast-copy') },
  { name: 'signs although the SDK signs in another way', file: 'src/lambda/throughput/sigv4.ts', find: 'if (getSignature(template, names.split(\';\'), credentials) !== signature) { return undefined; }', replace: '', tests: test('lambda/throughput/sigv4') },
  { name: 'believes what an earlier reconciliation wrote', file: RECONCILE, find: 'if (each.recorded?.status === \'archived\' || each.recorded?.status === \'conflicting\') {', replace: 'if (each.recorded) {', tests: reconcile },
  { name: 'calls a copy archived whose source is still there', file: RECONCILE, find: 'if (etag !== undefined) { return describeRemaining', replace: 'if (etag !== undefined && false) { return describeRemaining', tests: reconcile },
  { name: 'does not look for a renamed object of a failed batch', file: RECONCILE, find: 'const renamedKeys = settings.conflictPolicy === \'RENAME\' ? [renamed(destination, item.Etag)] : []', replace: 'const renamedKeys: string[] = []; void renamed', tests: reconcile },
  { name: 'believes size alone for a failed batch', file: RECONCILE, find: 'each.Size === item.Size && isSince(each, startTime)', replace: 'each.Size === item.Size', tests: reconcile },
  { name: 'takes what stands at the taken name for the object of a failed batch', file: RECONCILE, find: '[...renamedKeys, destination].filter', replace: '[destination, ...renamedKeys].filter', tests: reconcile },
  { name: 'orders keys as JavaScript does', file: 'src/lambda/s3/compare-keys.ts', find: 'Buffer.compare(Buffer.from(a), Buffer.from(b))', replace: '(a > b ? 1 : -1)', tests: reconcile },
  { name: 'overlooks the first object of a failed batch', file: RECONCILE, find: '  if (found) { present.set(first, found.ETag!); }\n', replace: '  void found;\n', tests: reconcile },
  { name: 'loses what somebody else removed from a failed batch', file: RECONCILE, find: '  for (const key of gone) { known.delete(key); }\n', replace: '', tests: reconcile },
  { name: 'lists keys that XML cannot represent', file: 'src/lambda/s3/list-page.ts', find: '{ ...input, EncodingType: \'url\' }', replace: 'input', tests: test('lambda/s3/list-page') },
  { name: 'decodes keys that were not encoded', file: 'src/lambda/s3/list-page.ts', find: 'encodingType === \'url\' ?', replace: 'encodingType !== \'\' ?', tests: test('lambda/s3/list-page') },
  { name: 'lets the last object win a destination', file: 'src/lambda/ledger/destination-winners.ts', find: 'time >= this.times[slot]', replace: 'time < this.times[slot]', tests: test('lambda/ledger/destination-winners') },
  { name: 'grows with the run', file: 'src/lambda/ledger/destination-winners.ts', find: 'if (this.size >= this.limit) {', replace: 'if (this.size >= Infinity) {', tests: test('lambda/ledger/destination-winners') },
  { name: 'does not compare the batches of a dry run', file: 'src/lambda/report-run/report-run.ts', find: 'ledger.prefix, start, winners)', replace: 'ledger.prefix, start)', tests: test('lambda/report-run/report-run') },
  { name: 'prints bidirectional marks', file: 'src/lambda/text/escape.ts', find: '[\\p{C}\\p{Zl}', replace: '[\\p{Cc}\\p{Zl}', tests: test('lambda/text/escape') },
  { name: 'writes JSON that prints on a terminal', file: 'src/lambda/text/escape.ts', find: '[^\\n\\x20-\\x7e]', replace: '[^\\n\\x20-\\uffff]', tests: test('lambda/text/escape') },
  { name: 'writes a ledger that prints on a terminal', file: PART, find: 'toAsciiJson(line)', replace: 'JSON.stringify(line)', tests: [...part, ...test('lambda/report-run/report-run')] },
  { name: 'writes a report that prints on a terminal', file: 'src/lambda/report-run/write-report.ts', find: 'toAsciiJson(report, 2)', replace: 'JSON.stringify(report, undefined, 2)', tests: test('lambda/report-run/report-run') },
  { name: 'cuts keys of the progress anywhere', file: 'src/lambda/text/format.ts', find: 'return formatKey(key, 300);', replace: 'return key.slice(0, 300);', tests: test('lambda/selection/stragglers') },
  { name: 'prints the name of a run raw', file: 'src/lambda/plan-run/plan-run.ts', find: 'escapeUnprintable(event.runId)', replace: 'event.runId || escapeUnprintable(\'\')', tests: test('lambda/archive-batch/batch-alert') },
  { name: 'logs what prints on a terminal', file: 'src/lambda/runtime/logging.ts', find: 'escapeUnprintableInJson(value)', replace: '(value || escapeUnprintableInJson(value))', tests: test('lambda/runtime/logging') },
  { name: 'takes the folder of another run', file: 'src/lambda/plan-run/claim-folder.ts', find: ", IfNoneMatch: '*' }", replace: ' }', tests: test('lambda/plan-run/claim-folder') },
  { name: 'takes the claim of another run for its own', file: 'src/lambda/plan-run/claim-folder.ts', find: 'return isOurs(await readClaim(s3, budget, input), claim);', replace: 'return isOurs(await readClaim(s3, budget, input), claim) || true;', tests: test('lambda/plan-run/claim-folder') },
  { name: 'writes a report over what is there', file: 'src/lambda/report-run/write-report.ts', find: 'await s3.send(new PutObjectCommand({ ...file, ...condition }));', replace: 'await s3.send(new PutObjectCommand(file));', tests: test('lambda/report-run/report-run') },
  { name: 'takes every report for its own', file: 'src/lambda/report-run/write-report.ts', find: 'if (head.Metadata?.[WRITER] === Metadata[WRITER]) { return head.ETag; }', replace: 'if (Metadata[WRITER]) { return head.ETag; }', tests: test('lambda/report-run/report-run') },
  { name: 'accepts reports where archived objects are', file: 'src/dates/check-reports.ts', find: 'if (reportBucket === destinationBucket && canMeet(', replace: 'if (reportBucket === destinationBucket && false && canMeet(', tests: test('dates/check-reports') },
  { name: 'accepts an alias of a bucket', file: 'src/contract/check-bucket.ts', find: 'if (what === undefined) { return; }', replace: 'if (what !== bucket) { return; }', tests: test('lambda/runtime/environment') },
  { name: 'lets roles delete in the archive', file: DENY, find: '  if (mayDenyCoverSource(source, destination)) { return; }\n', replace: '  return;\n', tests: ['test/integration/archive-deletes.test.ts'] },
  { name: 'denies deletes of sources inside the archive', file: DENY, find: 'source.prefix.startsWith(destination.prefix);', replace: 'false;', tests: ['test/integration/archive-deletes.test.ts'] },
  { name: 'takes two imported buckets for different ones', file: DENY, find: '(areBothOfThisApp && !areInSameBucket(one, other))', replace: '!areInSameBucket(one, other)', tests: ['test/integration/archive-deletes.test.ts'] },
  { name: 'denies deletes by a wildcard that covers sources', file: DENY, find: '  if (hasUnsupportedCharacters(destination.prefix)) { return true; }\n', replace: '', tests: ['test/integration/archive-deletes.test.ts'] },
  { name: 'lets the archive-batch function overwrite reports', file: 'src/construct/access/grants.ts', find: 'getObjectArns(getLedgers(reports))', replace: 'getObjectArns(reports)', tests: ['test/integration/report-writes.test.ts'] },
  { name: 'lets services of any account start the state machine\'s role', file: 'src/construct/state-machine/state-machine.ts', find: '  restrictStateMachineTrust(stateMachine);\n', replace: '', tests: test('construct/access/trust') },
  { name: 'forgets to copy locks of a bucket that it does not know', file: 'src/construct/access/statements.ts', find: '|| !(defaultChild instanceof s3.CfnBucket)) { return true; }', replace: '|| !(defaultChild instanceof s3.CfnBucket)) { return false; }', tests: test('construct/access/grants') },
  { name: 'leaves executions without the given key', file: 'src/construct/state-machine/state-machine.ts', find: '  if (logGroup.encryptionKey) { encryptExecutions(stateMachine, logGroup.encryptionKey); }\n', replace: '', tests: test('construct/encryption') },
  { name: 'lets functions in a VPC reach anything', file: 'src/construct/functions/function-options.ts', find: 'allowAllOutbound: false', replace: 'allowAllOutbound: true', tests: test('construct/encryption') },
  { name: 'prints an ARN without quotes', file: 'src/lambda/alerts/cli-commands.ts', find: '--execution-arn ${quoteArn(executionArn)}', replace: '--execution-arn ${executionArn}', tests: ['test/unit/lambda/alerts/cli-commands.test.ts'] },
  { name: 'lets a function of the sandbox connect to any port of this machine', file: 'packages/sandbox/src/lambda/network-guard.cjs', find: ' || !PORTS.has(port)', replace: '', tests: ['packages/sandbox/test/lambda/ways-out.test.ts'], only: 'a plain socket reaches' },
  { name: 'lets a function of the sandbox connect to any machine', file: 'packages/sandbox/src/lambda/network-guard.cjs', find: '!LOOPBACK.includes(host) || ', replace: '', tests: ['packages/sandbox/test/lambda/ways-out.test.ts'], only: 'only another lookup' },
  { name: 'starts a child of a function without the guard', file: 'packages/sandbox/src/lambda/network-guard.cjs', find: 'options, file: process.execPath, envPairs }', replace: 'options, file: process.execPath }', tests: ['packages/sandbox/test/lambda/ways-out.test.ts'], only: 'spawn with an empty environment' },
  { name: 'leaves the configuration files of the caller to a function', file: 'packages/sandbox/src/lambda/environment.ts', find: '    AWS_CONFIG_FILE: os.devNull,\n', replace: '', tests: ['packages/sandbox/test/lambda/ways-out.test.ts'], only: 'the environment holds' },
  { name: 'lets every caller do everything with another S3', file: 'packages/sandbox/src/s3-backend/s3-proxy-callers.ts', find: 'const refusal = guard?.refusal(caller, request);', replace: 'const refusal: string | undefined = undefined;', tests: ['packages/sandbox/test/iam/endpoint.test.ts'], only: 'without s3:ListBucket' },
  { name: 'empties a bucket without the tag of the verification', file: 'test/aws/verify/clean-up.ts', find: 'if (found && !found.some(', replace: 'if (false && !found!.some(', tests: ['test/aws/verify/clean-up.test.ts'] },
];

/** No test can kill these mutants, since nobody could observe the difference. */
export const EQUIVALENT: { readonly name: string; readonly why: string }[] = [
  {
    name: 'writes a shorter ledger part over a longer one',
    why: 'a part is written with a condition, so the lines of the longer one are read and kept: one request more, nothing lost',
  },
  {
    name: 'does not select the uploads of its own key from the listing of its prefix',
    why: 'the abort names our key, and S3 knows no upload of another key under it: one request in vain, nothing aborted',
  },
  {
    name: 'reads the first page of the parts of an interrupted upload only',
    why: 'the parts of the other pages are copied again, to the same numbers and with the same bytes',
  },
];
