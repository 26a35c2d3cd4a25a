/**
 * These mutants take away what is done for one attribute of objects, on one of the ways that they
 * go, and the parity test must see it:
 *
 *   npx tsx assurance/mutation/attribute-mutants.ts [TEXT]   those whose name contains TEXT
 */
import { runMutants, type TestedMutant } from './tested-mutants';

const PARTS = 'src/lambda/move/multipart-copy.ts';
const SAME = 'src/lambda/move/same-object.ts';
const INDEX = 'src/lambda/packing/index-line.ts';
const READ = 'src/lambda/throughput/fast-read.ts';
const MEMBER = 'src/lambda/packing/restore-member.ts';
const PACK = 'src/lambda/packing/read-object.ts';

/** Takes a text away. `way` is part of the name of the way on which something is lost then. */
function without(
  name: string,
  file: string,
  way: string,
  find: string,
  replace = '',
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

const IN_PARTS = 'copy in parts$';
const PACKED = 'pack, restored$';
const FOUND = 'KEEP, then DELETE';

const HEADERS = [
  ['CacheControl', 'cacheControl', 'cache-control'],
  ['ContentDisposition', 'contentDisposition', 'content-disposition'],
  ['ContentEncoding', 'contentEncoding', 'content-encoding'],
  ['ContentLanguage', 'contentLanguage', 'content-language'],
  ['ContentType', 'contentType', 'content-type'],
] as const;

export const ATTRIBUTE_MUTANTS: readonly TestedMutant[] = [
  ...HEADERS.flatMap(([field, line, header]) => [
    without(`copies in parts without ${field}`, PARTS, IN_PARTS, `    ${field}: head.${field},\n`),
    without(`finds the same with another ${field}`, SAME, FOUND, `    head.${field},\n`),
    without(`indexes no ${field}`, INDEX, PACKED, `    ${line}: answer.${field},\n`),
    without(`reads no ${field} for packs`, READ, PACKED, `  ['${header}', '${field}'],\n`),
    without(`restores members without ${field}`, MEMBER, PACKED, `    ${field}: line.${line},\n`),
  ]),
  without(
    'copies in parts without Expires',
    PARTS,
    IN_PARTS,
    ', head.ExpiresString)),',
    ', undefined)),',
  ),
  without('finds the same with another Expires', SAME, FOUND, '    head.ExpiresString,\n'),
  without('indexes no Expires', INDEX, PACKED, '    expires: answer.ExpiresString,\n'),
  without('reads no Expires for packs', READ, PACKED, "  ['expires', 'ExpiresString'],\n"),
  without(
    'restores members without Expires',
    MEMBER,
    PACKED,
    ', contents.line.expires)',
    ', undefined)',
  ),
  without('copies in parts without metadata', PARTS, IN_PARTS, '    Metadata: head.Metadata,\n'),
  without('finds the same with other metadata', SAME, FOUND, '    metadata,\n'),
  without(
    'indexes no metadata',
    INDEX,
    PACKED,
    '? answer.Metadata : undefined',
    '? undefined : undefined',
  ),
  without(
    'reads no metadata for packs',
    READ,
    PACKED,
    '      metadata[name.slice(METADATA.length)] = value;\n',
  ),
  without('restores members without metadata', MEMBER, PACKED, '    Metadata: line.metadata,\n'),
  without('copies in parts without tags', PARTS, IN_PARTS, '    Tagging: tags || undefined,\n'),
  without(
    'finds the same with other tags',
    SAME,
    FOUND,
    ' || !(await hasSameTags(source, archived))',
    ' || !hasSameTags',
  ),
  without(
    'reads no tags for packs',
    PACK,
    PACKED,
    'answer.TagCount ?',
    'answer.TagCount && false ?',
  ),
  without('indexes no tags', INDEX, PACKED, 'tags: tags ?', 'tags: tags && false ?'),
  without(
    'restores members without tags',
    MEMBER,
    PACKED,
    'tags.length > 0 &&',
    'tags.length > 99 &&',
  ),
  without(
    'restores members to STANDARD',
    MEMBER,
    PACKED,
    '    StorageClass: storageClass as',
    '    StorageClass: undefined as',
  ),
  without(
    'copies in parts without annotations',
    PARTS,
    IN_PARTS,
    'if (!(await copyAnnotations(',
    'if (false && !(await copyAnnotations(',
  ),
  without(
    'copies in parts without a lock',
    'src/lambda/move/copy-version.ts',
    IN_PARTS,
    'head && sourceLocks ? getLock(head, now) : {}',
    '{ ...(head && sourceLocks && now < 0 ? getLock(head, now) : {}) }',
  ),
  without(
    'finds the same with a weaker lock',
    SAME,
    FOUND,
    'if (!isRecorded && !keepsLock(',
    'if (false && !keepsLock(',
  ),
];

if (require.main === module) {
  runMutants(ATTRIBUTE_MUTANTS, process.argv[2]);
}
