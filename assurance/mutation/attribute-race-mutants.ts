/**
 * Mutants that the exploration of interleavings must find, together with those of race-mutants.ts:
 *
 *   npm run interleavings -- --mutants [TEXT]
 *
 * Each breaks the code so that something is lost that belongs to an object besides its bytes, or so
 * that S3 is asked twice to restore it. Those that one mover without any race shows are in
 * attribute-mutants.ts.
 */
import type { RaceMutant } from './race-mutants';

const ANNOTATIONS = 'src/lambda/attributes/annotations.ts';
const COPY = 'src/lambda/move/copy-version.ts';
const HEADERS = 'src/lambda/attributes/headers.ts';
const LARGE = 'src/lambda/move/multipart-copy.ts';
const LOCK = 'src/lambda/attributes/lock.ts';
const MEMBER_TAGS = 'src/features/packing/lambda/pack/member-tags.ts';
const READ_OBJECT = 'src/features/packing/lambda/pack/read-object.ts';
const RESTORE_SOURCE = 'src/lambda/move/restore-source.ts';
const SAME = 'src/lambda/move/is-same.ts';
const SUBJECT = 'src/lambda/move/subject.ts';
const TAGS = 'src/lambda/attributes/tags.ts';

export const ATTRIBUTE_RACE_MUTANTS: readonly RaceMutant[] = [
  {
    name: 'does not ask for the annotations of a source whose copy is found',
    file: SAME,
    find: '  if (!(await hasAnnotations(source, copy, options))) {\n    return false;\n  }\n',
    replace: '  void [hasAnnotations, options];\n',
    race: 'attributes-found-report-plain',
  },
  {
    name: 'takes annotations that may not be read for none',
    file: ANNOTATIONS,
    find: 'askUnlessDenied(() => listAnnotations(at))',
    replace: 'askUnlessDenied(() => listAnnotations(at).catch(() => undefined))',
    race: 'attributes-unreadable',
  },
  {
    name: 'completes an object in parts that somebody else has annotated',
    file: ANNOTATIONS,
    find: ' && present.size === wanted.size - lacking.length;',
    replace: ' && present.size >= wanted.size - lacking.length;',
    race: 'attributes-of-others',
  },
  {
    name: 'completes an object that nobody has uploaded in parts',
    file: ANNOTATIONS,
    find: 'return isCopiedInParts(head) && present',
    replace: 'void isCopiedInParts(head);\n  return present',
    race: 'attributes-found-report-plain',
  },
  {
    name: 'forgets the annotations of a large object',
    file: LARGE,
    find: '    await copyAnnotations(source, { bucket, key, etag: answer.ETag! });\n',
    replace: '    void copyAnnotations;\n',
    race: 'attributes-in-parts-report-plain',
  },
  {
    name: 'takes a copy for complete whose attempt died before it wrote the annotations',
    file: SAME,
    find: '  if (lacking.length === 0) {\n    return true;',
    replace: '  if (lacking.length >= 0) {\n    return true;',
    race: 'attributes-in-parts-report-plain',
  },
  {
    name: 'annotates what somebody else has put in place of the copy',
    file: ANNOTATIONS,
    find: '      ObjectIfMatch: copy.etag,\n',
    replace: '',
    race: 'attributes-in-parts-report-plain',
  },
  {
    name: 'overwrites the annotation of somebody else',
    file: ANNOTATIONS,
    find: '    if (!existing) {\n      lacking.push(annotation);',
    replace:
      '    if (!existing || existing.ETag !== annotation.ETag) {\n      lacking.push(annotation);',
    race: 'attributes-in-parts-report-plain',
  },
  {
    name: 'deletes a source that was annotated while its annotations were copied',
    file: ANNOTATIONS,
    find: 'if (isComplete && toText(now) === toText(wanted)) {',
    replace: 'void [now, toText];\n  if (isComplete) {',
    race: 'attributes-in-parts-report-plain',
  },
  {
    name: 'takes a copy for locked that has no lock',
    file: LOCK,
    find: 'keeps: (source = {}, copy = {}, now) => keepsLock(source, copy, now),',
    replace: 'keeps: () => keepsLock({}, {}, 0),',
    race: 'locks-weaker',
  },
  {
    name: 'copies an object without its lock',
    file: COPY,
    find: 'head && sourceLocks ? getLock(head, now) : {}',
    replace: '(void [head, sourceLocks, getLock], {})',
    race: 'locks-copied',
  },
  {
    name: 'does not see a lock that is extended while both ends are compared',
    file: SUBJECT,
    find: ', ROWS.lock.of(head)]);',
    replace: ']);',
    race: 'locks-report-plain-the-same',
  },
  {
    name: 'packs an object without its tags',
    file: READ_OBJECT,
    find: '...(read.value && { tags: read.value })',
    replace: '...(read.value && {})',
    race: 'pack-report',
  },
  {
    name: 'takes a missing count of tags for none',
    file: MEMBER_TAGS,
    find: '    if (count === 0) {',
    replace: '    if (count === 0 || count === undefined) {',
    race: 'pack-unreadable',
  },
  {
    name: 'asks one member of all folders for its tags',
    file: MEMBER_TAGS,
    find: "return key.slice(0, key.lastIndexOf('/') + 1);",
    replace: "return key.slice(0, key.indexOf('/') + 1);",
    race: 'pack-folders',
  },
  {
    name: 'packs an object whose tags may not be read, without them',
    file: TAGS,
    find: 'const found = await listTags(at);',
    replace: 'const found = await listTags(at).catch(() => []);',
    race: 'pack-unreadable',
  },
  {
    name: 'writes objects without their metadata',
    file: HEADERS,
    find: '  toInput: (value) => ({ fields: { Metadata: toObject(value) } }),\n',
    replace: '',
    race: 'packed-restore-report',
  },
  {
    name: 'packs objects without their metadata',
    file: HEADERS,
    find: 'return known(entries.length > 0 ? entries',
    replace: 'return known(entries.length < 0 ? entries',
    race: 'pack-report',
  },
  {
    name: 'writes objects without their tags',
    file: TAGS,
    find: '  toInput: (value) => ({ fields: { Tagging: toQuery(value) } }),\n',
    replace: '',
    race: 'packed-restore-report',
  },
  {
    name: 'takes bytes without metadata for a restored member',
    file: SAME,
    find: '  if (!(await haveSame(compared, source, copy))) {\n    return false;\n  }\n',
    replace: '  void compared;\n',
    race: 'packed-restore-bare',
  },
  {
    name: 'asks S3 again to restore what it restores already',
    file: RESTORE_SOURCE,
    find: '    if (!isNew) {\n      return outcome;\n    }\n',
    replace: '    void isNew;\n',
    race: 'glacier-frozen-report-plain-nothing',
  },
  {
    name: 'takes a restore that goes on for one that has ended',
    file: 'src/features/glacier/lambda/restore-state.ts',
    find: `restore.includes('ongoing-request="false"')`,
    replace: "restore !== ''",
    race: 'glacier-frozen-report-plain-nothing',
  },
  {
    name: 'fails an object whose readable copy has expired since it was listed',
    file: RESTORE_SOURCE,
    find: 'return isArchived ? ((await restoreSource(context, object)) ?? outcome) : outcome;',
    replace: 'void isArchived;\n  return outcome;',
    race: 'glacier-readable',
  },
];
