/**
 * Mutants that the parity test (test/integration/parity) must find. Each takes away what the code
 * does for one attribute of an object on one way, such as a copy in parts or a pack:
 *
 *   npx tsx assurance/mutation/attribute-mutants.ts [TEXT]   those whose name contains TEXT
 *
 * Those that only a race or a kill shows are in attribute-race-mutants.ts.
 */
import { runMutants, type TestedMutant } from './tested-mutants';

const TABLE = 'src/contract/object-attributes.ts';
const HEADERS = 'src/lambda/attributes/headers.ts';
const LOCK = 'src/lambda/attributes/lock.ts';
const SAME = 'src/lambda/move/is-same.ts';
const COPY = 'src/lambda/move/copy-version.ts';

/** Ways of the parity test. */
const COPIED = 'copy$';
const IN_PARTS = 'copy in parts$';
const FOUND = 'KEEP, then DELETE';
const PACKED = 'pack, restored$';
const ASKED = 'pack that asks for tags';
const TAKEN = 'pack, whose old key is taken';

function without(
  name: string,
  file: string,
  way: string,
  find: string,
  replace: string,
): TestedMutant {
  return {
    name,
    file,
    find,
    replace,
    test: 'test/integration/parity/parity.test',
    cases: `keeps what belongs to it.*: ${way}`,
  };
}

const WRITTEN = [
  'contentType',
  'cacheControl',
  'contentEncoding',
  'contentDisposition',
  'contentLanguage',
  'expires',
  'metadata',
];

export const ATTRIBUTE_MUTANTS: readonly TestedMutant[] = [
  // A row of the table.
  ...WRITTEN.flatMap((name) => {
    const find = `  ${name}: { ...HEADER, fields`;
    const row = (change: string) => `  ${name}: { ...HEADER, ${change}, fields`;
    return [
      without(`writes no ${name}`, TABLE, IN_PARTS, find, row('isCopied: false')),
      without(`compares no ${name}`, TABLE, FOUND, find, row("found: 'ignored'")),
      without(`packs no ${name}`, TABLE, PACKED, find, row("inPack: 'dropped'")),
    ];
  }),
  without(
    'writes no tags',
    TABLE,
    IN_PARTS,
    "    shown: 'count',\n    isCopied: true,",
    "    shown: 'count',\n    isCopied: false,",
  ),
  without(
    'compares no tags',
    TABLE,
    FOUND,
    "    write: ['s3:PutObjectTagging'],\n    inPack: 'kept',\n    found: 'equal',",
    "    write: ['s3:PutObjectTagging'],\n    inPack: 'kept',\n    found: 'ignored',",
  ),
  without(
    'packs no tags',
    TABLE,
    PACKED,
    "    write: ['s3:PutObjectTagging'],\n    inPack: 'kept',",
    "    write: ['s3:PutObjectTagging'],\n    inPack: 'dropped',",
  ),
  without('compares no lock', TABLE, FOUND, "found: 'as strict',", "found: 'ignored',"),
  without('knows each header', TABLE, PACKED, "header.startsWith('x-amz-') &&", 'false &&'),
  // The code of a row.
  without(
    'takes other headers for the same',
    HEADERS,
    FOUND,
    '    keeps: isEqual,\n    toInput',
    '    keeps: () => true,\n    toInput',
  ),
  without(
    'takes more names for the same',
    HEADERS,
    FOUND,
    'return toSortedText(source) === toSortedText(copy);',
    'return source.every(([name]) => copy.some(([other]) => name === other));',
  ),
  without(
    'keeps names in an object with a prototype',
    HEADERS,
    PACKED,
    'Object.create(null) as Record<string, string>',
    '{} as Record<string, string>',
  ),
  without(
    'reads names into an object with a prototype',
    'src/lambda/s3/all-headers.ts',
    IN_PARTS,
    'Object.create(null) as Record<string, string>',
    '{} as Record<string, string>',
  ),
  without(
    'writes bytes above 0x7E',
    'src/lambda/attributes/write-input.ts',
    PACKED,
    '/^[\\t\\x20-\\x7e]*$/',
    '/^[^]*$/',
  ),
  without(
    'takes tags that may not be read for none',
    'src/lambda/attributes/tags.ts',
    PACKED,
    'const found = await listTags(at);',
    'const found = await listTags(at).catch(() => []);',
  ),
  without(
    'asks for the tags of one object',
    'src/features/packing/lambda/pack/member-tags.ts',
    PACKED,
    'const folder = toFolder(key);',
    "const folder = toFolder('');",
  ),
  without(
    'does not ask each object for its tags',
    'src/features/packing/lambda/pack/member-tags.ts',
    ASKED,
    'count !== undefined || this.asksEach',
    'count !== undefined || (false && this.asksEach)',
  ),
  // Annotations.
  without(
    'compares no annotations',
    SAME,
    FOUND,
    '!(await hasAnnotations(source, copy, options))',
    'false && !(await hasAnnotations(source, copy, options))',
  ),
  without(
    'completes no annotations',
    'src/lambda/move/multipart-copy.ts',
    IN_PARTS,
    '    await copyAnnotations(source, {',
    '    await (async (..._: unknown[]) => copyAnnotations)(source, {',
  ),
  // Locks.
  without('copies no lock', COPY, COPIED, '? getLock(head, now) : {}', '? {} : getLock({}, now)'),
  without('gives no retention', COPY, COPIED, 'given?.lock?.merge(own, { day, now }) ??', ''),
  without(
    'gives no default lock',
    COPY,
    COPIED,
    'isStated && getDefaultLock ?',
    'isStated && getDefaultLock && !isStated ?',
  ),
  without('gives no default event hold', LOCK, COPIED, '...(hold && {', '...(false && hold && {'),
  without(
    'gives no default retention',
    LOCK,
    COPIED,
    '...(retention?.Mode && {',
    '...(false && retention?.Mode && {',
  ),
  // One answer to what is the same.
  without(
    'compares no bytes',
    SAME,
    TAKEN,
    "decision === 'unknown' && !(await haveSameBytes(",
    "decision === 'unknown' && false && !(await haveSameBytes(",
  ),
  without(
    'compares only bytes',
    SAME,
    TAKEN,
    'if (!(await haveSame(compared, source, copy))) {',
    'if (false && !(await haveSame(compared, source, copy))) {',
  ),
];

if (require.main === module) {
  runMutants(ATTRIBUTE_MUTANTS, process.argv[2]);
}
