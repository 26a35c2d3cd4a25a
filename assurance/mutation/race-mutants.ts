/**
 * These are the semantic mutants: each breaks the code in one way that concerns a race. The
 * exploration of interleavings must find it in the scenarios whose names begin with `race`. Stryker
 * makes the mutants that change one condition or one operator (stryker.json).
 */
export interface RaceMutant {
  /** This says what the broken code does. */
  readonly name: string;
  readonly file: string;
  /** This text appears exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The names of the scenarios that show it begin with this text. */
  readonly race: string;
}

const OUTCOMES = 'src/lambda/batch/batch-outcomes.ts';
const BATCH = 'src/lambda/batch/batch-round.ts';
const RECORDER = 'src/lambda/batch/outcome-recorder.ts';
const LEDGER = 'src/lambda/ledger/batch-ledger.ts';
const PART = 'src/lambda/ledger/ledger-part.ts';
const MERGE = 'src/lambda/ledger/merge-lines.ts';
const VERSIONS = 'src/lambda/ledger/read-parts.ts';
const COPY = 'src/lambda/move/copy-version.ts';
const DECIDE = 'src/lambda/move/decide.ts';
const DELETE = 'src/lambda/move/delete-sources.ts';
const FIND_COPY = 'src/lambda/move/find-copy.ts';
const MOVE = 'src/lambda/move/move-object.ts';
const LARGE = 'src/lambda/move/multipart-copy.ts';
const SAME = 'src/lambda/move/is-same.ts';
const PACK = 'src/features/packing/lambda/pack/pack-batch.ts';
const RESTORE_MEMBER = 'src/features/packing/lambda/unpack/restore-member.ts';
const PUT_PACK = 'src/features/packing/lambda/pack/put-pack.ts';
const CHECK = 'src/lambda/plan-run/ledger-check.ts';
const RUNS = 'src/actions/verify/lambda/verified-runs.ts';
const RECONCILE = 'src/lambda/report-run/reconcile-batch.ts';
const EXPLAIN = 'src/lambda/report-run/explain-findings.ts';
const RESTORED = 'src/actions/restore/lambda/restore-batch.ts';
const VERIFY = 'src/actions/verify/lambda/compare-archived.ts';

export const RACE_MUTANTS: readonly RaceMutant[] = [
  {
    name: 'copies whatever is at the source now',
    file: COPY,
    find: '    CopySourceIfMatch: etag,\n',
    replace: '',
    race: 'one-report-kms',
  },
  {
    name: 'overwrites what is at the destination',
    file: COPY,
    find: "    IfNoneMatch: '*',\n",
    replace: '',
    race: 'one-report-plain',
  },
  {
    name: 'deletes a source that was rewritten after its copy',
    file: DELETE,
    find: '({ Key: key, ETag: etag })',
    replace: '({ Key: key })',
    race: 'one-report-plain',
  },
  {
    name: 'deletes one by one without a condition',
    file: DELETE,
    find: ', IfMatch: etag }',
    replace: ' }',
    race: 'odd-key',
  },
  {
    name: 'takes a failed copy for a copy',
    file: MOVE,
    find: 'if (isFinal(context, failure) || inspections',
    replace: `if (failure.kind === 'transient') { return { status: 'copied', destination, etag, size }; }
      if (isFinal(context, failure) || inspections`,
    race: 'time-up-report',
  },
  {
    name: 'takes any 412 for success',
    file: MOVE,
    find: `if (found.next === 'finish') {
        return found.outcome;
      }`,
    replace: "return { status: 'copied', destination, etag, size };",
    race: 'one-report-plain',
  },
  {
    name: 'takes other content for the same',
    file: MOVE,
    find: `  if (!isCopy) {
    return { next: 'resolve-conflict' };
  }`,
    replace: '  void isCopy;',
    race: 'one-report-plain',
  },
  {
    name: 'does not compare tags',
    file: SAME,
    find: `if (!(await haveSame(COUNTED, source, copy))) {
    return false;
  }`,
    replace: 'void COUNTED;',
    race: 'one-report-plain-a-twin',
  },
  {
    name: 'believes ETags of KMS objects',
    file: DECIDE,
    find: "ServerSideEncryption === 'AES256'",
    replace: 'ServerSideEncryption !== undefined',
    race: 'one-report-kms',
  },
  {
    name: 'calls a vanished object archived',
    file: FIND_COPY,
    find: "return { status: 'source-gone' };",
    replace:
      "return { status: 'archived', destination: pinned.destination, etag: pinned.etag, size: " +
      'pinned.size };',
    race: 'one-report-plain',
  },
  {
    name: 'believes size alone',
    file: FIND_COPY,
    find: 'lastModified >= Math.floor(runStart / 1000) * 1000',
    replace: 'lastModified >= 0 || runStart === 0',
    race: 'one-report-plain',
  },
  {
    name: 'ignores errors of single keys in a bulk delete',
    file: DELETE,
    find: `    if (failure.kind === 'missing') {
      results.set(deletion, 'gone');`,
    replace: `    if (Code) {
      results.set(deletion, 'gone');`,
    race: 'one-report-plain',
  },
  {
    name: 'does not pin the parts of a large copy',
    file: LARGE,
    find: '        CopySourceIfMatch: source.head.ETag,\n',
    replace: '',
    race: 'large-report-plain',
  },
  {
    name: 'completes a large copy over what is there',
    file: LARGE,
    find: "      IfNoneMatch: '*',\n",
    replace: '',
    race: 'large-report-plain',
  },
  {
    name: 'loses tags of large objects',
    file: LARGE,
    find: `...fields,
    ChecksumAlgorithm`,
    replace: `...fields,
    Tagging: undefined,
    ChecksumAlgorithm`,
    race: 'large-report-plain',
  },
  {
    name: 'loses metadata of large objects',
    file: LARGE,
    find: `...fields,
    ChecksumAlgorithm`,
    replace: `...fields,
    Metadata: undefined,
    ChecksumAlgorithm`,
    race: 'large-report-plain',
  },
  {
    name: 'loses what is left at the deadline',
    file: OUTCOMES,
    find: '      ({ outcome }, index) => index >= this.before.cursor && !outcome,',
    replace: '      ({ outcome }, index) => index >= this.before.cursor && outcome === null,',
    race: 'batch-of-two-report-plain-nothing',
  },
  {
    name: 'counts what lies behind an open object twice',
    file: BATCH,
    find: 'const finished = this.rangeTo(cursor);',
    replace: 'const finished = this.rangeTo(items.length);',
    race: 'batch-of-two-report-plain-nothing',
  },
  {
    name: 'takes a destination that is still empty for a copy',
    file: MOVE,
    find: `    return failure.kind === 'final'
      ? finish(failed(destinationKey, failure.code, failure.message))
      : { next: 'copy-again' };`,
    replace: "    return finish({ status: 'copied', destination: destinationKey, etag, size });",
    race: 'one-report-plain',
  },
  {
    name: "believes tags that may be another object's",
    file: SAME,
    find: `  await source.assertUnchanged();
  await copy.assertUnchanged();
`,
    replace: '',
    race: 'one-report-plain',
  },
  {
    name: 'forgets what was listed once it has pinned another version',
    file: FIND_COPY,
    find: 'pinned.etag === listed.etag ? [pinned] : [pinned, listed]',
    replace: '[pinned]',
    race: 'one-report-plain-the-same',
  },
  {
    name: "keeps the old version's name for a new one",
    file: MOVE,
    find: '        request = version;\n      }',
    replace: '        request = { ...version, destination };\n      }',
    race: 'one-rename-plain-other',
  },
  {
    name: 'looks for a renamed object at the taken place first',
    file: FIND_COPY,
    find: '[...otherNames, ...ownNames]',
    replace: '[...ownNames, ...otherNames]',
    race: 'one-rename-plain-a-twin',
  },
  {
    name: "takes another version's name beside for its own",
    file: FIND_COPY,
    find: `
          key: renamed(version.destination, version.etag),
          versions: [version],
       `,
    replace: ' key: renamed(version.destination, version.etag), versions',
    race: 'one-rename-kms-other',
  },
  {
    name: 'calls a deleted source failed when the answer is lost',
    file: DELETE,
    find: `  await verifyDeletions(
    source,
    left.map((deletion) => [deletion, results.get(deletion)!]),
    results,
  );
`,
    replace: '',
    race: 'time-up-report',
  },
  {
    name: 'takes a 409 for a rewritten source',
    file: DELETE,
    find: "isChanged = (error as Error).name === 'PreconditionFailed'",
    replace: "isChanged = failure.kind === 'ambiguous'",
    race: 'odd-key',
  },
  {
    name: 'deletes before the copies are confirmed',
    file: OUTCOMES,
    find: `outcome?.status === 'copied'
        ? [{ ...outcome, index, key: this.items[index].Key }`,
    replace: `outcome && outcome.status !== 'skipped'
        ? [
            {
              destination: '',
              size: this.items[index].Size,
              ...outcome,
              status: 'copied' as const,
              etag: this.items[index].Etag,
              index,
              key: this.items[index].Key,
            },
          `,
    race: 'batch-report',
  },
  {
    name: 'renames where it is to report',
    file: MOVE,
    find: "context.conflictPolicy === 'REPORT' || ",
    replace: '',
    race: 'one-report-plain-other',
  },
  {
    name: "calls its own delete somebody's rewriting",
    file: DELETE,
    find: `{
      return 'gone';
    }`,
    replace: 'return assumed;',
    race: 'time-up-report',
  },
  {
    name: 'copies parts of a version that was not asked for',
    file: COPY,
    find: 'if (head?.ETag === etag) {',
    replace: 'if (head) {',
    race: 'large-report-plain',
  },
  {
    name: 'goes on with a multipart copy of another version',
    file: LARGE,
    find: 'resume.key === destination.key && resume.etag === source.head.ETag',
    replace: 'resume.key === destination.key',
    race: 'batch-large',
  },
  {
    name: 'looks at a destination that an upload may still be completed to',
    file: MOVE,
    find: `if (resume) {
    await abortUpload(context.destination, resume);
  }`,
    replace: 'void resume;',
    race: 'batch-large',
  },
  {
    name: 'counts in every round from the beginning',
    file: OUTCOMES,
    find: 'counts.listed += cursor - before.cursor;',
    replace: 'counts.listed += cursor;',
    race: 'batch-of-two-report-plain-nothing',
  },
  {
    name: 'deletes what the ledger does not say is archived',
    file: BATCH,
    find: '    await recorder.record(reports, this.rangeTo(firstOpen), copiedUntil);\n',
    replace: '',
    race: 'batch-report',
  },
  {
    name: 'deletes behind the cursor what the ledger does not say is archived',
    file: BATCH,
    find: `await recorder.record(
      reports,
      copies.map(({ index }) => index).filter((index) => index >= firstOpen),
      copiedUntil,
    )`,
    replace: 'void copies',
    race: 'batch-of-two-report-plain-nothing',
  },
  {
    name: 'says archived of a source that it could not delete',
    file: BATCH,
    find: 'let lines = await recorder.record(reports, finished, copiedUntil);',
    replace:
      'let lines = finished.flatMap((index) => outcomes.toLedgerLine(index, copiedUntil) ?? []);',
    race: 'denied-delete',
  },
  {
    name: 'forgets what an attempt that died has archived',
    file: BATCH,
    find: '        await this.resolveMissing(reports, context);',
    replace: '        void reports;',
    race: 'batch-resized',
  },
  {
    name: 'lets a dead attempt write after its answer, because it has no line',
    file: RECORDER,
    find: 'isDecisive ? this.ledger.seal(reports, this.partKeys) : this.ledger.load(reports)',
    replace: 'void isDecisive, this.ledger.load(reports)',
    race: 'dead-batch',
  },
  {
    name: 'lets a dead attempt of ReportRun write after the report',
    file: RECONCILE,
    find: `await ledger.seal(
    reports,
    wasStarted(batch) ? [...toLedgerPartKeys(run, items, 0), reconciled] : [reconciled],
  `,
    replace: '(void toLedgerPartKeys, await ledger.load(reports)',
    race: 'dead-reconcile',
  },
  {
    name: 'writes a part again under the ETag that it had',
    file: PART,
    find: 'this.text.length - this.text.trimEnd().length',
    replace: '0 * this.text.length',
    race: 'dead-reconcile',
  },
  {
    name: 'does not confirm its deletes',
    file: BATCH,
    find: 'clock.now() - since > promptDeletes',
    replace: 'clock.now() - since > Infinity && promptDeletes > 0',
    race: 'abandoned',
  },
  {
    name: 'confirms its deletes without reading what another attempt wrote',
    file: LEDGER,
    find: 'part.etag !== ETag',
    replace: '(void ETag, part.etag === undefined)',
    race: 'abandoned',
  },
  {
    name: 'confirms its deletes with the time before them',
    file: RECORDER,
    find: '({ ...line, at: toTime(line) })',
    replace: '({ at: toTime(line), ...line })',
    race: 'abandoned',
  },
  {
    name: 'confirms its deletes with a time before that of the doubt',
    file: RECORDER,
    find: ', (counting.get(key)?.at ?? -Infinity) + 1)',
    replace: ', void [key, counting] ?? -Infinity)',
    race: 'abandoned',
  },
  {
    name: 'overwrites what another attempt wrote',
    file: PART,
    find: '      ...condition,',
    replace: '      ...(void condition, {}),',
    race: 'abandoned',
  },
  {
    name: 'forgets the lines of another attempt that wrote first',
    file: PART,
    find: '      this.isWrittenByOthers = true;\n',
    replace: '      this.isWrittenByOthers = true;\n      this.others = [];\n',
    race: 'abandoned',
  },
  {
    name: 'drops what another attempt says is archived',
    file: MERGE,
    find: 'collectVersions(linesOf.get(line.key)!)',
    replace: 'collectVersions([line])',
    race: 'abandoned',
  },
  {
    name: 'does not look for an archived version behind the line that counts',
    file: LEDGER,
    find: `for (const version of getArchivedVersions(line)) {
          archived.set(line.key, version`,
    replace: `void getArchivedVersions;
        if (line.status === 'archived') {
          archived.set(line.key, line`,
    race: 'abandoned',
  },
  // These concern packs.
  {
    name: 'packs whatever is at the source now',
    file: 'src/features/packing/lambda/pack/read-object.ts',
    find: `Key, IfMatch: Etag, ChecksumMode: 'ENABLED' as const };
  const answer: FullAnswer = await s3.send(withAllHeaders(new GetObjectCommand(input)));
  return source.readBody(async () => {
    const bytes = await answer.Body!.transformToByteArray();
    assertIsVersion(answer, bytes, Etag, Size);`,
    replace: `Key };
  const answer: FullAnswer = await s3.send(withAllHeaders(new GetObjectCommand(input)));
  return source.readBody(async () => {
    const bytes = await answer.Body!.transformToByteArray();
    void [assertIsVersion, Etag, Size];`,
    race: 'pack-report',
  },
  {
    name: 'confirms a pack by its name alone',
    file: PUT_PACK,
    find: `
    head?.ChecksumSHA256 === checksum &&
    head.ContentLength === size &&
    head.ChecksumType !== 'COMPOSITE'`,
    replace: ' head !== undefined && checksum !== undefined && size > 0',
    race: 'pack-report',
  },
  {
    name: 'overwrites what has the name of the pack',
    file: PUT_PACK,
    find: "IfNoneMatch: '*',",
    replace: '',
    race: 'pack-report',
  },
  {
    name: 'deletes without a look at the pack',
    file: 'src/features/packing/lambda/pack/delete-proven.ts',
    find: 'if (problem) {',
    replace: 'if (problem && !problem) {',
    race: 'pack-report',
  },
  {
    name: 'deletes what was to be packed, and not what is in memory',
    file: PACK,
    find: '    return members.map(({ index }) => index);\n',
    replace: `    const [{ name, offset, sha256, item: { Size: size } }] = members;
    const member = { name, offset, size, sha256, packSize: pack.bytes.length };
    const all = this.listGroups().flatMap(({ candidates }) => candidates);
    for (const { index, item } of all.filter((each) => !members.some((other) => other.index === each.index))) {
      this.options.outcomes.setDay(index, pack.day);
      this.options.outcomes.set(index, { status: 'copied', destination: pack.key, etag: item.Etag, size: item.Size, archived: { ...result.facts, member } });
    }
    return all.map(({ index }) => index);
`,
    race: 'pack-of-four',
  },
  {
    name: 'says where a member is, one byte off',
    file: 'src/features/packing/lambda/pack/zip-writer.ts',
    find: 'return getDataOffset(this.length, Buffer.byteLength(name));',
    replace: 'return getDataOffset(this.length, Buffer.byteLength(name)) + 1;',
    race: 'pack-report',
  },
  {
    name: 'deletes the sources of a part before the ledger has it',
    file: BATCH,
    find: '    await this.recorder.record(reports, indexes, began);\n',
    replace: '    void [reports, began];\n',
    race: 'parts-report',
  },
  {
    name: 'forgets what S3 answered to the copy of an attempt that died',
    file: MERGE,
    find: 'line.proof === own.proof ? line : toProvenLine(line, own)',
    replace: 'line',
    race: 'parts-report-kms',
  },
  {
    name: 'deletes members before the ledger has them',
    file: BATCH,
    find: '    await this.recorder.record(reports, indexes, began);\n',
    replace: '    void [reports, began];\n',
    race: 'pack-report',
  },
  {
    name: 'records one pack, and deletes what is in two',
    file: BATCH,
    find: 'await this.recorder.record(reports, indexes, began);',
    replace: 'await this.recorder.record(reports, indexes.slice(0, 1), began);',
    race: 'pack-each',
  },
  {
    name: 'looks at one pack, and deletes what is in two',
    file: 'src/features/packing/lambda/pack/delete-proven.ts',
    find: 'orderedMap(packs, HEADS_AT_ONCE,',
    replace: 'orderedMap(packs.slice(0, 1), HEADS_AT_ONCE,',
    race: 'pack-each',
  },
  {
    name: 'looks at the packs while it deletes what is in them',
    file: 'src/features/packing/lambda/pack/delete-proven.ts',
    find: 'const problems = await findProblems(context, copies);',
    replace:
      'const looks = findProblems(context, copies);\n' +
      '  looks.catch(() => undefined);\n' +
      '  const problems = new Map<string, Failed>();',
    race: 'pack-each',
  },
  {
    name: 'overwrites the old key with what a pack holds',
    file: RESTORE_MEMBER,
    find: "    IfNoneMatch: '*',\n",
    replace: '',
    race: 'packed-restore',
  },
  {
    name: 'takes a member for restored that has other content',
    file: RESTORE_MEMBER,
    find: 'if (await isSame(ofMember(line), there, context)) {',
    replace: 'if ((void [isSame, ofMember, there], head.ContentLength === version.size)) {',
    race: 'packed-restore',
  },
  {
    name: 'says that the members of a pack are present that somebody replaced',
    file: 'src/features/packing/lambda/unpack/compare-pack.ts',
    find: 'const ofPack = await compareArchived(archive, members[0], found, deep);',
    replace:
      'const ofPack = found ? undefined : await compareArchived(archive, members[0], found, deep);',
    race: 'packed-verify',
  },
  // These concern whole runs: a restore that deletes nothing, and a verification that claims only
  // what is proven.
  {
    name: 'loses an object, because a restore deletes beside another archiver',
    file: RESTORED,
    find: `      isKept: true,
      origin: readsPacks(run) ? part : getBatchPrefix(part),`,
    replace: `      isKept: false,
      origin: readsPacks(run) ? part : getBatchPrefix(part),`,
    race: 'runs-loss',
  },
  {
    name: 'loses an object, because a restore deletes the copy of two keys',
    file: RESTORED,
    find: `      isKept: true,
      origin: readsPacks(run) ? part : getBatchPrefix(part),`,
    replace: `      isKept: false,
      origin: readsPacks(run) ? part : getBatchPrefix(part),`,
    race: 'runs-one-copy-loss',
  },
  {
    name: 'lets a restore delete in the archive',
    file: RESTORED,
    find: `      isKept: true,
      origin: readsPacks(run) ? part : getBatchPrefix(part),`,
    replace: `      isKept: false,
      origin: readsPacks(run) ? part : getBatchPrefix(part),`,
    race: 'runs-archived-report',
  },
  {
    name: 'restores an earlier version where the line has its own',
    file: VERSIONS,
    find: 'new Map(recorded.map(',
    replace: 'new Map([...recorded].reverse().map(',
    race: 'verify-both',
  },
  {
    name: 'restores what only size and time speak for',
    file: VERSIONS,
    find: '=== undefined &&',
    replace: '!== undefined ||',
    race: 'verify-size',
  },
  {
    name: 'says present of what nothing proves',
    file: VERIFY,
    find: "  if (decision === 'same') {",
    replace: "  if (decision !== 'different') {",
    race: 'verify-no-etag-report-kms',
  },
  {
    name: 'says present of what a listing does not prove',
    file: VERIFY,
    find: "decide(listed, recorded) === 'same'",
    replace: "decide(listed, recorded) !== 'different'",
    race: 'verify-no-etag-report-kms',
  },
  {
    name: 'verifies only the last version of a line',
    file: VERSIONS,
    find: 'return getArchivedVersions(line).map(',
    replace: 'return getArchivedVersions(line).slice(-1).map(',
    race: 'verify-both',
  },
  {
    name: 'explains a loss by a restore of another line',
    file: EXPLAIN,
    find: 'parts.has(origin) && ',
    replace: '',
    race: 'verify-restored-elsewhere',
  },
  {
    name: 'explains a loss by a restore whose object is gone again',
    file: EXPLAIN,
    find: `
      found &&
      suspect.restored.find(({ restoredEtag }) => isVersion(found, suspect.line, restoredEtag))?.by`,
    replace: ` suspect.restored[0]?.by;
    void [found, isVersion]`,
    race: 'verify-restored-report',
  },
  {
    name: 'is fine about a run without a report',
    file: RUNS,
    find: 'withoutReport: ended.filter(({ check }) => !check).map(({ run }) => toNamedRun(run)),',
    replace: 'withoutReport: [],',
    race: 'verify-without-report',
  },
  {
    name: 'is fine about a ledger that lacks lines',
    file: CHECK,
    find: 'if (lost > 0) {',
    replace: 'if (lost < 0) {',
    race: 'verify-without-part',
  },
  {
    name: 'is fine about a ledger whose list of parts is gone',
    file: CHECK,
    find: 'left.parts === 0 && left.lines === 0',
    replace: 'left.parts >= 0',
    race: 'verify-without-list',
  },
  {
    name: 'says denied without a second look',
    file: MOVE,
    find: `if (!isUnchanged) {
    return { next: 'copy-again' };
  }`,
    replace: 'void isUnchanged;',
    race: 'forbidden',
  },
];
