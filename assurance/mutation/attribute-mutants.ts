import type { RaceMutant } from './race-mutants';

const ANNOTATIONS = 'src/lambda/move/annotations.ts';
const COPY = 'src/lambda/move/copy-version.ts';
const INDEX_LINE = 'src/lambda/packing/index-line.ts';
const LARGE = 'src/lambda/move/multipart-copy.ts';
const MOVE = 'src/lambda/move/move-object.ts';
const RESTORE_MEMBER = 'src/lambda/packing/restore-member.ts';
const RESTORE_SOURCE = 'src/lambda/move/restore-source.ts';
const SAME = 'src/lambda/move/same-object.ts';

/**
 * Each breaks the code so that something is lost that belongs to an object besides its bytes, or so
 * that S3 is asked twice to restore it. The exploration must find them as it does those of races.
 */
export const ATTRIBUTE_MUTANTS: readonly RaceMutant[] = [
  {
    name: 'forgets the annotations of a large object',
    file: LARGE,
    find: 'if (!(await copyAnnotations(source, { bucket, key, etag: answer.ETag! }))) {',
    replace: 'void copyAnnotations;\n    if (answer.ETag === undefined) {',
    race: 'attributes-in-parts-report-plain',
  },
  {
    name: 'takes a copy in parts for complete whose attempt died before it wrote the annotations',
    file: MOVE,
    find: '(!isCopiedInParts(existingHead) ||',
    replace: '(isCopiedInParts(existingHead) ||',
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
    find: '    if (existing) {\n      return payload.equals(await read(copy, existing));\n    }\n',
    replace: '',
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
    file: SAME,
    find: 'if (!isRecorded && !keepsLock(',
    replace: 'if (isRecorded && !keepsLock(',
    race: 'locks-weaker',
  },
  {
    name: 'copies an object without its lock',
    file: COPY,
    find: 'head && sourceLocks ? getLock(head, now) : {}',
    replace: '(void [head, getLock], {})',
    race: 'locks-copied',
  },
  {
    name: 'packs an object without its tags',
    file: INDEX_LINE,
    find: 'tags: tags ? Object.fromEntries(new URLSearchParams(tags)) : undefined,',
    replace: 'tags: tags === undefined ? undefined : undefined,',
    race: 'pack-report',
  },
  {
    name: 'packs an object without its metadata',
    file: INDEX_LINE,
    find: 'metadata: Object.keys(answer.Metadata ?? {}).length > 0 ? answer.Metadata : undefined,',
    replace: 'metadata: undefined,',
    race: 'pack-report',
  },
  {
    name: 'restores a member without its metadata',
    file: RESTORE_MEMBER,
    find: '    Metadata: line.metadata,\n',
    replace: '',
    race: 'packed-restore-report',
  },
  {
    name: 'restores a member without its tags',
    file: RESTORE_MEMBER,
    find: "    ...(tags.length > 0 && { Tagging: tags.join('&') }),\n",
    replace: '    ...(tags.length < 0 && {}),\n',
    race: 'packed-restore-report',
  },
  {
    name: 'asks S3 again to restore what it restores already',
    file: RESTORE_SOURCE,
    find: '      if (!isNew) {\n        return outcome;\n      }\n',
    replace: '      void isNew;\n',
    race: 'glacier-frozen-report-plain-nothing',
  },
  {
    name: 'takes a restore that goes on for one that has ended',
    file: RESTORE_SOURCE,
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
