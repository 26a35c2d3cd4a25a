/**
 * These mutants break the code of packs in one way each, and tests must see it:
 *
 *   npx tsx assurance/mutation/pack-mutants.ts [TEXT]   those whose name contains TEXT
 */
import { runMutants, type TestedMutant } from './tested-mutants';

const BATCH = 'test/unit/features/packing/pack-batch';
const PLAN = 'test/unit/features/packing/plan-packs';
const NAMES = 'test/unit/features/packing/member-name';
const RESTORE = 'test/unit/features/packing/restore-member';
const OPEN = 'test/unit/features/packing/open-pack';
const PACKS = 'test/unit/actions/restore/packs';
const BY_DAYS = 'test/unit/lambda/report-run/by-days';
const VERIFY = 'test/unit/features/packing/compare-pack';
const INPUT = 'test/unit/lambda/runtime/run-input';
const ERASER = 'tools/erase_packed_object.py';

export const PACK_MUTANTS: readonly TestedMutant[] = [
  {
    name: 'reads whatever is at the source now',
    file: 'src/features/packing/lambda/pack/read-object.ts',
    find: ', IfMatch: Etag',
    replace: '',
    test: BATCH,
  },
  {
    name: 'believes a body that its ETag contradicts',
    file: 'src/features/packing/lambda/pack/read-object.ts',
    find: "isMd5(answer as ObjectHead) && hash('md5', bytes) !== unquote(etag)",
    replace: "false && isMd5(answer as ObjectHead) && hash('md5', bytes) !== unquote(etag)",
    test: BATCH,
  },
  {
    name: 'confirms a pack by its name alone',
    file: 'src/features/packing/lambda/pack/put-pack.ts',
    find: `
    head?.ChecksumSHA256 === checksum &&
    head.ContentLength === size &&
    head.ChecksumType !== 'COMPOSITE'`,
    replace: ' head !== undefined && checksum !== undefined && size > 0',
    test: BATCH,
  },
  {
    name: 'overwrites what has the name of the pack',
    file: 'src/features/packing/lambda/pack/put-pack.ts',
    find: "IfNoneMatch: '*',",
    replace: '',
    test: BATCH,
  },
  {
    name: 'does not look at the pack before it deletes',
    file: 'src/features/packing/lambda/pack/delete-proven.ts',
    find: 'if (problem) {',
    replace: 'if (problem && !problem) {',
    test: BATCH,
  },
  {
    name: 'packs an object of another day',
    file: 'src/features/packing/lambda/pack/pack-batch.ts',
    find: 'if (group.folder === folder && group.day === day) {',
    replace: '{',
    test: BATCH,
  },
  {
    name: 'says where a member is, one byte off',
    file: 'src/features/packing/lambda/pack/zip-writer.ts',
    find: 'return getDataOffset(this.length, Buffer.byteLength(name));',
    replace: 'return getDataOffset(this.length, Buffer.byteLength(name)) + 1;',
    test: BATCH,
  },
  {
    name: 'packs where tags may not be read',
    file: 'src/features/packing/lambda/pack/read-object.ts',
    find: "if (read.is === 'unreadable') {",
    replace: "if (read.is === 'unreadable' && !read.error) {",
    test: BATCH,
  },
  {
    name: 'packs where objects have locks',
    file: 'src/features/packing/lambda/pack/pack-batch.ts',
    find: 'if (worker.sourceLocks) {',
    replace: 'if (worker.sourceLocks && !worker.sourceLocks) {',
    test: BATCH,
  },
  {
    name: 'says that a pack has what it has lost',
    file: 'src/lambda/batch/batch-round.ts',
    find: '    this.recorder.retract(gone);\n',
    replace: '',
    test: BATCH,
  },
  {
    name: 'lets an extractor see a way out of the folder',
    file: 'src/features/packing/lambda/pack/member-name.ts',
    find: "segment.replace(DROPPED_BY_WINDOWS, '') === ''",
    replace: "segment === ''",
    test: NAMES,
  },
  {
    name: 'packs what leaves its folder on Windows',
    file: 'src/features/packing/lambda/pack/member-name.ts',
    find: '!isEmpty && !leavesFolder',
    replace: '!isEmpty && (true || leavesFolder)',
    test: NAMES,
  },
  {
    name: 'packs two names that are one file',
    file: 'src/features/packing/lambda/pack/name-filter.ts',
    find: 'this.has(own.file) || this.has(own.folder) || ',
    replace: '',
    test: PLAN,
  },
  {
    name: 'packs two names that Windows takes for one',
    file: 'src/features/packing/lambda/pack/member-name.ts',
    find: "\n    .replace(DROPPED_BY_WINDOWS, '');",
    replace: ';',
    test: PLAN,
  },
  {
    name: 'spends a digest on each of very many folders',
    file: 'src/features/packing/lambda/pack/name-filter.ts',
    find: 'segments.length > MAX_FOLDERS + 1',
    replace: 'segments.length > 1_000_000',
    test: NAMES,
  },
  {
    name: 'archives what has the name of a pack',
    file: 'src/lambda/batch/batch-hooks.ts',
    find: 'settings.packing && { refuse',
    replace: 'false && { refuse',
    test: 'test/unit/lambda/batch/reserved-names',
  },
  {
    name: 'lets something else get among the indexes',
    file: 'src/construct/props/validate-places.ts',
    find: 'if (packing) {',
    replace: 'if (false && packing) {',
    test: 'test/unit/features/packing/construct.test',
  },
  {
    name: 'lets the AWS CLI fetch a key',
    file: 'src/lambda/alerts/cli-commands.ts',
    find: " || key.includes('://')",
    replace: '',
    test: 'test/unit/lambda/alerts/cli-commands',
  },
  {
    name: 'erases before the others are proven',
    file: ERASER,
    find: '        if rest:\n            self.assert_kept(rest, kept, get_day(index))\n',
    replace: '',
    test: 'test/unit/tools',
  },
  {
    name: 'erases the index before its pack',
    file: ERASER,
    find: 'for key in (pack_key, index.key):\n            delete_versions',
    replace: 'for key in (index.key, pack_key):\n            delete_versions',
    test: 'test/unit/tools',
  },
  {
    name: 'believes a pack that its index contradicts',
    file: ERASER,
    find: 'if said != [',
    replace: 'if False and said != [',
    test: 'test/unit/tools',
  },
  {
    name: 'erases a version that is not the pack',
    file: ERASER,
    find: 'if not key.endswith("/pack-%s.zip" % sha256(data)[:16]):',
    replace: 'if False:',
    test: 'test/unit/tools',
  },
  {
    name: 'believes an index that the pack does not name',
    file: 'src/features/packing/lambda/unpack/open-pack.ts',
    find: 'file?.name === last.name ? file.lines',
    replace: 'file ? file.lines',
    test: OPEN,
  },
  {
    name: 'restores bytes that are not those of the object',
    file: 'src/features/packing/lambda/unpack/restore-member.ts',
    find: 'return sha256(bytes) === member.sha256 ?',
    replace: 'return sha256(bytes) ?',
    test: RESTORE,
  },
  {
    name: 'restores over what is at the old key',
    file: 'src/features/packing/lambda/unpack/restore-member.ts',
    find: "    IfNoneMatch: '*',\n",
    replace: '',
    test: RESTORE,
  },
  {
    name: 'does not read members when it verifies deeply',
    file: 'src/features/packing/lambda/unpack/compare-pack.ts',
    find: '    deep && found\n',
    replace: '    deep && false && found\n',
    test: VERIFY,
  },
  {
    name: 'takes all that is at one destination for one object',
    file: 'src/lambda/ledger/identity.ts',
    find: 'return JSON.stringify([key, destination, archivedEtag, proof, ...(member ? [member.name] : [])]);',
    replace: 'void [key, member, proof];\n  return JSON.stringify([destination, archivedEtag]);',
    test: VERIFY,
  },
  {
    name: 'believes the ETag of a pack in a deep verification',
    file: 'src/features/packing/lambda/unpack/compare-pack.ts',
    find: 'await compareMembers(archive, packed, found)',
    replace:
      'await (async () => {\n' +
      '          const ofPacks = await comparePacks(archive, packed, found, deep);\n' +
      '          const proven = packed.filter((version) => !ofPacks.get(version));\n' +
      '          return new Map([...ofPacks, ...(await compareMembers(archive, proven, found))]);\n' +
      '        })()',
    test: VERIFY,
  },
  {
    name: 'reads whatever the pack has become',
    file: 'src/features/packing/lambda/unpack/compare-pack.ts',
    find: 'readBytes(s3, bucket, key, { from, to, etag })',
    replace: 'readBytes(s3, bucket, key, { from, to, ...(false && { etag }) })',
    test: VERIFY,
  },
  {
    name: 'counts an object for each pack that it is in',
    file: 'src/lambda/ledger/identity.ts',
    find: 'return JSON.stringify([key, member?.sha256 ?? etag]);',
    replace: 'return JSON.stringify([key, etag, member, Math.random()]);',
    test: BY_DAYS,
  },
  {
    name: 'counts an object in a pack and beside one as two',
    file: 'src/actions/restore/lambda/count-restored.ts',
    find: 'return this.digests.get(name) ?? name;',
    replace: 'return name;',
    test: BY_DAYS,
  },
  {
    name: 'gives back the earliest content of a key',
    file: 'src/lambda/plan-run/latest-versions.ts',
    find: 'const isLater = at > known.at ||',
    replace: 'const isLater = at < known.at ||',
    test: BY_DAYS,
  },
  {
    name: 'puts back what a later run has replaced',
    file: 'src/actions/restore/lambda/restore-batch.ts',
    find: '  if (isReplaced) {',
    replace: '  if (false && isReplaced) {',
    test: BY_DAYS,
  },
  {
    name: 'takes the packs of another archiver for ours',
    file: 'src/features/packing/lambda/unpack/own-lines.ts',
    find: 'bucket === sourceBucket && key.startsWith(sourcePrefix)',
    replace: 'bucket.length + key.length + sourceBucket.length + sourcePrefix.length > 0',
    test: PACKS,
  },
  {
    name: 'takes a cut index for a short one',
    file: 'src/features/packing/lambda/unpack/packs-of-batch.ts',
    find: 'const lines = opened?.members.values() ?? file?.lines ?? [];',
    replace: 'const lines = file?.lines ?? opened?.members.values() ?? [];',
    test: PACKS,
  },
  {
    name: 'does not look for packs without an index',
    file: 'src/features/packing/lambda/unpack/find-packs.ts',
    find: 'return [...this.left.values()];',
    replace: 'return [];',
    test: BY_DAYS,
  },
  {
    name: 'restores into the folder of another run',
    file: 'src/lambda/plan-run/claim-folder.ts',
    find: "getTarget(facts) !== 'reports' ||",
    replace: "getTarget(facts) !== 'reports' || true ||",
    test: BY_DAYS,
  },
  {
    name: 'lets an index lead back to the source',
    file: 'src/actions/restore/lambda/restore-batch.ts',
    find: '  if (readsPacks(run)) {',
    replace: "  if (run.action === 'restore') {",
    test: PACKS,
  },
  {
    name: 'accepts an input that leads an index back to the source',
    file: 'src/lambda/runtime/run-input.ts',
    find: "lines === 'packs' && target !== 'reports',",
    replace: "false && lines === 'packs' && target !== 'reports',",
    test: INPUT,
  },
];

if (require.main === module) {
  runMutants(PACK_MUTANTS, process.argv[2]);
}
