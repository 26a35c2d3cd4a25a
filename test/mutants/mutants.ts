/** Ways to break the promise, each of which a test has to notice. */
export interface Mutant {
  /** What the code then does. */
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files that must go red. */
  readonly tests: string[];
  /** Concerns a race: the exploration of interleavings has to find it, too, in the scenarios whose names begin so (test/interleavings/mutants.ts). */
  readonly race?: string;
}

const MOVE = 'src/core/move.ts';
const DELETE = 'src/core/bulk-delete.ts';
const LARGE = 'src/core/copy-large.ts';
const BATCH = 'src/core/archive-batch.ts';
const SAME = 'src/core/same-content.ts';
const move = ['test/core/move.test.ts'];
const bulk = ['test/core/bulk-delete.test.ts'];
const large = ['test/core/copy-large.test.ts'];
const batch = ['test/core/archive-batch.test.ts'];
const interleavings = ['test/interleavings/interleavings.test.ts'];

export const MUTANTS: Mutant[] = [
  { name: 'copies whatever is at the source now', file: MOVE, find: '      CopySourceIfMatch: object.etag,\n', replace: '', tests: move, race: 'one-report-plain' },
  { name: 'overwrites what is at the destination', file: MOVE, find: '      IfNoneMatch: \'*\',\n', replace: '', tests: move, race: 'one-report-plain' },
  { name: 'deletes a source that was rewritten after its copy', file: DELETE, find: '({ Key: key, ETag: etag })', replace: '({ Key: key })', tests: bulk, race: 'one-report-plain' },
  { name: 'deletes one by one without a condition', file: DELETE, find: ', IfMatch: etag }', replace: ' }', tests: bulk, race: 'odd-key' },
  { name: 'takes a failed copy for a copy', file: MOVE, find: 'if (failure.kind === \'final\' || failure.kind === \'transient\') return failed(', replace: 'if (failure.kind === \'final\' || failure.kind === \'transient\') return { status: \'copied\', destination, etag, size }; if (false) return failed(', tests: move, race: 'time-up-report' },
  { name: 'takes any 412 for success', file: MOVE, find: 'if (scene.next === \'end\') return scene.end;', replace: 'return { status: \'copied\', destination, etag, size };', tests: move, race: 'one-report-plain' },
  { name: 'takes other content for the same', file: MOVE, find: 'if (!same) return { next: \'conflict\' };', replace: '', tests: move, race: 'one-report-plain' },
  { name: 'does not compare tags', file: SAME, find: 'if (!bytes || !await sameTags(s3, patience, a, b)) return false;', replace: 'if (!bytes) return false; void sameTags;', tests: move, race: 'one-report-plain-a-twin' },
  { name: 'does not compare metadata', file: SAME, find: '    metadata, sight.ContentType', replace: '    [], sight.ContentType', tests: move },
  { name: 'believes ETags of KMS objects', file: SAME, find: '    && !sight.ServerSideEncryption?.startsWith(\'aws:kms\')\n', replace: '', tests: move, race: 'one-report-kms' },
  { name: 'calls a vanished object archived', file: MOVE, find: 'return { status: \'vanished\' };', replace: 'return { status: \'archived\', destination: object.destination, etag: object.etag, size: object.size };', tests: move, race: 'one-report-plain' },
  { name: 'believes size alone', file: MOVE, find: 'return there.ContentLength === object.size && writtenByRun;', replace: 'return there.ContentLength === object.size || writtenByRun;', tests: move, race: 'one-report-plain' },
  { name: 'reads a 403 as gone', file: 'src/core/look.ts', find: 'if (kind === \'denied\' && !(await isListed(s3, patience, bucket, key, signal))) return undefined;', replace: 'if (kind === \'denied\') return undefined;', tests: move },
  { name: 'ignores errors of single keys in a bulk delete', file: DELETE, find: 'else if (Code === \'PreconditionFailed\') {settle(Key!, \'changed\');}', replace: 'else if (Code) {settle(Key!, \'gone\');}', tests: bulk, race: 'one-report-plain' },
  { name: 'does not try a refused key again', file: DELETE, find: 'if (open.size > 0 && (attempt >= MOST_ATTEMPTS', replace: 'if (open.size > 0 && (attempt >= 0', tests: bulk },
  { name: 'does not pin the parts of a large copy', file: LARGE, find: '        CopySourceIfMatch: source.sight.ETag,\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'completes a large copy over what is there', file: LARGE, find: ', IfNoneMatch: \'*\', ...wholeChecksum', replace: ', ...wholeChecksum', tests: large, race: 'large-report-plain' },
  { name: 'loses tags of large objects', file: LARGE, find: '    Tagging: tags || undefined,\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'loses metadata of large objects', file: LARGE, find: '    Metadata: sight.Metadata,\n', replace: '', tests: large, race: 'large-report-plain' },
  { name: 'leaves failed uploads behind', file: LARGE, find: '    await abortUpload(s3, patience, destination.bucket, { key: destination.key, uploadId: upload.uploadId });\n', replace: '', tests: large },
  { name: 'loses what is left at the deadline', file: BATCH, find: 'return open === -1 ? outcomes.length : open;', replace: 'return outcomes.length;', tests: batch, race: 'batch-of-two-report-plain-nothing' },
  { name: 'counts what lies behind an open object twice', file: BATCH, find: 'for (let index = from; index < to; index++) {\n    const outcome = outcomes[index]!;', replace: 'for (let index = from; index < outcomes.length; index++) {\n    const outcome = outcomes[index] ?? { status: \'skipped\' as const };', tests: batch, race: 'batch-of-two-report-plain-nothing' },
  { name: 'never looks at the clock', file: BATCH, find: ' && clock.now() < until', replace: '', tests: batch },
  { name: 'goes on with a hopeless batch', file: BATCH, find: ' && !hopeless', replace: '', tests: batch },
  { name: 'moves in a dry run', file: BATCH, find: 'if (run.dryRun) return', replace: 'if (run.dryRun && false) return', tests: batch },
  { name: 'does not write the ledger of a retried round over', file: 'src/core/ledger.ts', find: 'update(items[0].Key)', replace: 'update(items[0].Key + Math.random())', tests: batch },
  // Found by exploring every interleaving of the calls.
  { name: 'takes a destination that is still empty for a copy', file: MOVE, find: 'if (!there) return { next: \'again\' };', replace: 'if (!there) return { next: \'end\', end: { status: \'copied\', destination: object.destination, etag: object.etag, size: object.size } };', tests: interleavings, race: 'one-report-plain' },
  { name: 'believes tags that may be another object\'s', file: SAME, find: '  for (const each of [a, b]) await demandUnchanged(s3, patience, each, signal);\n', replace: '  void demandUnchanged;\n', tests: move, race: 'one-report-plain' },
  { name: 'forgets what was listed once it has pinned another version', file: MOVE, find: 'object.etag === listed.etag ? [object] : [object, listed]', replace: '[object]', tests: move, race: 'one-report-plain-the-same' },
  { name: 'keeps the old version\'s name for a new one', file: MOVE, find: '        ({ destination } = listed);\n', replace: '', tests: interleavings, race: 'one-rename-plain-other' },
  { name: 'looks for a renamed object at the taken place first', file: MOVE, find: '[...beside, { destination: listed.destination, candidates: versions }]', replace: '[{ destination: listed.destination, candidates: versions }, ...beside]', tests: move, race: 'one-rename-plain-a-twin' },
  { name: 'takes another version\'s name beside for its own', file: MOVE, find: 'candidates: [version] }', replace: 'candidates: versions }', tests: move, race: 'one-rename-multipart-other' },
  { name: 'calls a deleted source failed when the answer is lost', file: DELETE, find: '  if (failure.kind !== \'transient\') return failure;\n', replace: '  if (failure) return failure;\n', tests: bulk, race: 'time-up-report' },
  { name: 'takes a 409 for a rewritten source', file: DELETE, find: 'if ((error as Error).name === \'PreconditionFailed\') return \'changed\';', replace: 'if (failure.kind === \'look\') return \'changed\';', tests: bulk, race: 'odd-key' },
  { name: 'deletes before the copies are confirmed', file: BATCH, find: 'outcome?.status === \'copied\' ? [{ ...outcome, index, key: items[index].Key }] : []', replace: 'outcome && outcome.status !== \'skipped\' ? [{ destination: \'\', size: items[index].Size, ...outcome, status: \'copied\' as const, etag: items[index].Etag, index, key: items[index].Key }] : []', tests: batch, race: 'batch-report' },
];
