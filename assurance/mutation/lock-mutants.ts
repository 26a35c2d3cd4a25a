/**
 * These mutants break the code of locks, retention, annotations and restores from Glacier in one
 * way each, and tests must see it:
 *
 *   npx tsx assurance/mutation/lock-mutants.ts [TEXT]   those whose name contains TEXT
 */
import { runMutants, type TestedMutant } from './tested-mutants';

const LOCK = 'src/lambda/attributes/lock.ts';
const HEAD = 'src/contract/object-attributes.ts';
const COPY = 'src/lambda/move/copy-version.ts';
const RETENTION = 'src/features/retention/lambda/retention.ts';
const ANNOTATIONS = 'src/lambda/attributes/annotations.ts';
const RESTORES = 'src/lambda/move/restore-source.ts';
const STATE = 'src/features/glacier/lambda/restore-state.ts';
const BUDGET = 'src/features/glacier/lambda/restore-budget.ts';
const GATE = 'src/features/glacier/lambda/source-restores.ts';
const VAIN = 'src/features/glacier/lambda/vain-restores.ts';
const UPDATE = 'src/lambda/s3/update-json.ts';
const GLACIER = 'test/unit/features/glacier/batch';
const BUDGET_TEST = 'test/unit/features/glacier/restore-budget';
const MOVE = 'test/unit/lambda/move/move-object';
const ANNOTATED = 'test/unit/lambda/attributes/annotations';

export const LOCK_MUTANTS: readonly TestedMutant[] = [
  // A field of a lock that does not go with the object.
  {
    name: 'copies no retention',
    file: LOCK,
    find: '...(isRetained && {',
    replace: '...(false && isRetained && {',
    test: MOVE,
  },
  {
    name: 'copies no legal hold',
    file: LOCK,
    find: "...(ObjectLockLegalHoldStatus === 'ON' &&",
    replace: '...(false &&',
    test: MOVE,
  },
  {
    name: 'copies no event hold',
    file: LOCK,
    find: "...(ObjectLockEventHold === 'ON' &&",
    replace: '...(false &&',
    test: MOVE,
  },
  {
    name: 'copies an event hold without its days',
    file: LOCK,
    find: `...(ObjectLockEventHold === 'ON' && {
      ObjectLockEventHold,
      ObjectLockEventHoldDurationDays,`,
    replace: `...(ObjectLockEventHold === 'ON' && {
      ObjectLockEventHold,`,
    test: MOVE,
  },
  {
    name: 'copies an event hold without its years',
    file: LOCK,
    find: `...(ObjectLockEventHold === 'ON' && {
      ObjectLockEventHold,
      ObjectLockEventHoldDurationDays,
      ObjectLockEventHoldDurationYears,`,
    replace: `...(ObjectLockEventHold === 'ON' && {
      ObjectLockEventHold,
      ObjectLockEventHoldDurationDays,`,
    test: MOVE,
  },
  // A field that is not compared.
  {
    name: 'takes a laxer retention for as strict',
    file: LOCK,
    find: 'return isAsStrict && ',
    replace: 'return true && ',
    test: MOVE,
  },
  {
    name: 'takes a shorter retention for as long',
    file: LOCK,
    find: '&& toSeconds(archived.ObjectLockRetainUntilDate) >= toSeconds(until);',
    replace: '&& until !== undefined;',
    test: MOVE,
  },
  {
    name: 'does not compare legal holds',
    file: LOCK,
    find: "!lock.ObjectLockLegalHoldStatus || archived.ObjectLockLegalHoldStatus === 'ON';",
    replace: 'Boolean(archived);',
    test: MOVE,
  },
  {
    name: 'does not compare event holds',
    file: LOCK,
    find: `archived.ObjectLockEventHold === 'ON' &&
    isAsLong('ObjectLockEventHoldDurationDays') &&
   `,
    replace: "isAsLong('ObjectLockEventHoldDurationDays') &&",
    test: 'test/unit/lambda/attributes/lock',
  },
  {
    name: 'does not compare the days of event holds',
    file: LOCK,
    find: `
    isAsLong('ObjectLockEventHoldDurationDays') &&
   `,
    replace: '',
    test: MOVE,
  },
  {
    name: 'does not compare the years of event holds',
    file: LOCK,
    find: `
    isAsLong('ObjectLockEventHoldDurationDays') &&
    isAsLong('ObjectLockEventHoldDurationYears'`,
    replace: " isAsLong('ObjectLockEventHoldDurationDays'",
    test: MOVE,
  },
  // The guard.
  {
    name: 'ignores a lock that it does not know',
    file: LOCK,
    find: 'if (unknown.length === 0) {',
    replace: 'if (unknown.length >= 0) {',
    test: MOVE,
  },
  {
    name: 'does not look for locks that it does not know',
    file: HEAD,
    find: '!NAMED.has(header) &&',
    replace: `!NAMED.has(header) &&
    !header.includes('lock') &&`,
    test: MOVE,
  },
  // Retention.
  {
    name: 'retains nothing',
    file: COPY,
    find: 'given?.lock?.merge(own, { day, now }) ?? own',
    replace: '(void [given, day], own)',
    test: MOVE,
  },
  {
    name: 'shortens the lock of the source',
    file: LOCK,
    find: '      ? one.ObjectLockRetainUntilDate',
    replace: '      ? other.ObjectLockRetainUntilDate',
    test: MOVE,
  },
  {
    name: 'weakens the mode of the source',
    file: LOCK,
    find: `[one.ObjectLockMode, other.ObjectLockMode].includes('COMPLIANCE')
      ? 'COMPLIANCE'
      : 'GOVERNANCE'`,
    replace: 'other.ObjectLockMode',
    test: MOVE,
  },
  {
    name: 'sets a date that has passed',
    file: RETENTION,
    find: `ObjectLockRetainUntilDate.getTime() > now
      ? { ObjectLockMode, ObjectLockRetainUntilDate }
     `,
    replace: 'now > 0 ? { ObjectLockMode, ObjectLockRetainUntilDate }',
    test: 'test/unit/features/retention/lambda',
  },
  {
    name: 'counts the retention in UTC',
    file: RETENTION,
    find: 'days), timeZone)',
    replace: "days), timeZone && 'UTC')",
    test: 'test/unit/features/retention/lambda',
  },
  {
    name: 'packs what is retained longer than the first object',
    file: 'src/features/packing/lambda/pack/pack-batch.ts',
    find: 'group.folder === folder && group.day === day',
    replace: 'group.folder === folder',
    test: 'test/unit/features/packing/pack-batch',
  },
  // Annotations.
  {
    name: 'leaves the annotations of a copy in parts behind',
    file: ANNOTATIONS,
    find: `  const wanted = await listAnnotations(source);
  if (wanted.size === 0) {`,
    replace: `  const wanted = await listAnnotations(source);
  if (wanted.size >= 0) {`,
    test: ANNOTATED,
  },
  {
    name: 'annotates whatever is at the destination now',
    file: ANNOTATIONS,
    find: `      ObjectIfMatch: copy.etag,
`,
    replace: '',
    test: ANNOTATED,
  },
  {
    name: 'overwrites an annotation of somebody else',
    file: ANNOTATIONS,
    find: `      return undefined;
    }
  }
  return lacking;`,
    replace: `      lacking.push(annotation);
    }
  }
  return lacking;`,
    test: ANNOTATED,
  },
  {
    name: 'does not look whether the annotations changed meanwhile',
    file: ANNOTATIONS,
    find: 'isComplete && toText(now) === toText(wanted)',
    replace: 'isComplete && toText(now) !== undefined',
    test: ANNOTATED,
  },
  {
    name: 'believes each answer to the write of an annotation',
    file: ANNOTATIONS,
    find: 'isComplete && toText(now) === toText(wanted)',
    replace: '(isComplete || true) && toText(now) === toText(wanted)',
    test: ANNOTATED,
  },
  {
    name: 'takes any answer for a list of no annotations',
    file: 'src/lambda/s3/readable-answers.ts',
    find: "  ListObjectAnnotationsCommand: ['Annotations|AnnotationCount|Bucket|Key'],\n",
    replace: '',
    test: ANNOTATED,
  },
  {
    name: 'takes any answer for the text of an annotation',
    file: ANNOTATIONS,
    find: 'if (payload.length === Size) {',
    replace: 'if (payload.length >= 0) {',
    test: ANNOTATED,
  },
  {
    name: 'takes a copy for complete that an earlier attempt did not annotate',
    file: 'src/lambda/move/is-same.ts',
    find: `  if (lacking.length === 0) {
    return true;`,
    replace: `  if (lacking.length >= 0) {
    return true;`,
    test: ANNOTATED,
  },
  {
    name: 'takes annotations that it may not list for none',
    file: ANNOTATIONS,
    find: '$metadata?.httpStatusCode === 405 ||',
    replace: '$metadata?.httpStatusCode === 403 || $metadata?.httpStatusCode === 405 ||',
    test: ANNOTATED,
  },
  // Sources in Glacier.
  {
    name: 'asks for what S3 restores already',
    file: STATE,
    find: "if (restore !== '') {",
    replace: "if (restore === 'never') {",
    test: GLACIER,
  },
  {
    name: 'copies what S3 still restores',
    file: STATE,
    find: 'restore.includes(\'ongoing-request="false"\')',
    replace: "restore.includes('ongoing-request')",
    test: GLACIER,
  },
  {
    name: 'believes a refusal without a look',
    file: RESTORES,
    find: "kind === 'ambiguous' || code",
    replace: "kind === 'ambiguous' && code",
    test: GLACIER,
  },
  {
    name: 'fails what expired before its copy',
    file: RESTORES,
    find: '((await restoreSource(context, object)) ?? outcome)',
    replace: 'outcome',
    test: GLACIER,
  },
  {
    name: 'restores what the archive holds already',
    file: RESTORES,
    find: 'isReadable || isTaken ||',
    replace: 'isReadable ||',
    test: GLACIER,
  },
  {
    name: 'calls a removed object failed',
    file: RESTORES,
    find: "'missing'",
    replace: "'transient'",
    test: GLACIER,
  },
  {
    name: 'does not count what is restored in a batch that did not answer',
    file: 'src/lambda/report-run/reconcile-batch.ts',
    find: 'skippedCount: restoring.length + ',
    replace: 'skippedCount: ',
    test: GLACIER,
  },
  {
    name: 'counts what is restored as an attempt',
    file: 'src/lambda/batch/batch-outcomes.ts',
    find: "lines.filter(({ status }) => status !== 'restoring')",
    replace: "lines.filter(({ status }) => status !== 'restored')",
    test: GLACIER,
  },
  // Limits of restores, and the memory of those in vain.
  {
    name: 'restores more objects than the limit',
    file: BUDGET,
    find: 'left.objects + 1 > this.limits.maxObjects',
    replace: 'left.objects > this.limits.maxObjects',
    test: BUDGET_TEST,
  },
  {
    name: 'restores more bytes than the limit',
    file: BUDGET,
    find: 'left.bytes + size > this.limits.maxBytes',
    replace: 'left.bytes > this.limits.maxBytes',
    test: BUDGET_TEST,
  },
  {
    name: 'reserves again after a lost answer',
    file: BUDGET,
    find: 'used.latest.includes(id)',
    replace: 'false',
    test: BUDGET_TEST,
  },
  {
    name: 'gives back twice',
    file: BUDGET,
    find: 'others >= 0 && others < KEPT_IDS',
    replace: 'others >= 0',
    test: BUDGET_TEST,
  },
  {
    name: 'loses what another batch has reserved',
    file: UPDATE,
    find: '{ IfMatch: version.etag }',
    replace: '{}',
    test: BUDGET_TEST,
  },
  {
    name: 'begins with a limit of its own',
    file: UPDATE,
    find: "{ IfNoneMatch: '*' }",
    replace: '{}',
    test: BUDGET_TEST,
  },
  {
    name: 'restores what the limit refuses',
    file: RESTORES,
    find: "if ('limit' in refusal) {",
    replace: "if ('limit' in refusal) { return undefined;",
    test: GLACIER,
  },
  {
    name: 'gives back what S3 may have restored',
    file: RESTORES,
    find: 'this.admitted !== undefined && !this.mayBeDone',
    replace: 'this.admitted !== undefined',
    test: GLACIER,
  },
  {
    name: 'gives nothing back',
    file: GATE,
    find: 'objects > 0 && this.budget',
    replace: 'objects < 0 && this.budget',
    test: GLACIER,
  },
  {
    name: 'restores if nobody knows what is left',
    file: GATE,
    find: 'throw prepared.error;',
    replace: 'return undefined;',
    test: GLACIER,
  },
  {
    name: 'restores again what was restored in vain',
    file: VAIN,
    find: '(await this.read(reports, source.day)).entries.get(this.toName(source))',
    replace: 'undefined',
    test: GLACIER,
  },
  {
    name: 'never restores again what was restored in vain',
    file: VAIN,
    find: 'at > oldest',
    replace: "at > ''",
    test: GLACIER,
  },
  {
    name: 'does not restore what somebody asks for',
    file: VAIN,
    find: 'if (this.options.asksAgain) {',
    replace: 'if (false) {',
    test: GLACIER,
  },
  {
    name: 'takes an object for another version of it',
    file: VAIN,
    find: 'JSON.stringify([this.options.sourceBucket, key, etag])',
    replace: 'JSON.stringify([this.options.sourceBucket, key, etag && 0])',
    test: GLACIER,
  },
  {
    name: 'takes a lack of capacity for throttling',
    file: 'src/lambda/s3/s3-error.ts',
    find: 'if (name === NO_EXPEDITED_CAPACITY) {',
    replace: "if (name === 'none') {",
    test: 'test/unit/lambda/throughput/write-rates',
  },
];

if (require.main === module) {
  runMutants(LOCK_MUTANTS, process.argv[2]);
}
