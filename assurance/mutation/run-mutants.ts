/** Mutants of what keeps whole runs apart: a restore that deletes nothing, and a verification that claims only what is proven. */
import type { Mutant } from './mutants';

const RESTORE = 'src/lambda/restore-batch/restore-batch.ts';
const VERSIONS = 'src/lambda/ledger/read-parts.ts';
const COMPARE = 'src/lambda/verify-batch/compare-archived.ts';
const EXPLAIN = 'src/lambda/report-run/explain-findings.ts';
const RUNS = 'src/lambda/plan-run/verified-runs.ts';
const CHECK = 'src/lambda/plan-run/ledger-check.ts';

/** The exploration finds each of these in the scenarios whose names begin with the text. */
const mutant = (name: string, race: string, file: string, find: string, replace: string): Mutant => {
  return { name, file, find, replace, race, tests: ['assurance/model-checking/interleavings.test.ts'], only: race };
};

const DELETES = ['      keepsSources: true,\n', '      keepsSources: false,\n'] as const;

export const RUN_MUTANTS: Mutant[] = [
  mutant('loses an object, because a restore deletes beside another archiver', 'runs-loss', RESTORE, ...DELETES),
  mutant('loses an object, because a restore deletes the copy of two keys', 'runs-one-copy-loss', RESTORE, ...DELETES),
  mutant('lets a restore delete in the archive', 'runs-archived-report', RESTORE, ...DELETES),
  mutant('restores an earlier version where the line has its own', 'verify-both', VERSIONS, 'new Map(recorded.map(', 'new Map([...recorded].reverse().map('),
  mutant('restores what only size and time speak for', 'verify-size', VERSIONS, 'return proof === undefined && archivedEtag !== undefined;', 'return proof !== undefined || archivedEtag !== undefined;'),
  mutant('says present of what nothing proves', 'verify-no-etag-report-kms', COMPARE, '  if (decision === \'same\') { return undefined; }\n', '  if (decision !== \'different\') { return undefined; }\n'),
  mutant('says present of what a listing does not prove', 'verify-no-etag-report-kms', COMPARE, 'decide(listed, recorded) === \'same\'', 'decide(listed, recorded) !== \'different\''),
  mutant('verifies only the last version of a line', 'verify-both', 'src/lambda/ledger/read-parts.ts', 'return getArchivedVersions(line).map(', 'return getArchivedVersions(line).slice(-1).map('),
  mutant('explains a loss by a restore of another line', 'verify-restored-elsewhere', EXPLAIN, 'parts.has(origin) && ', ''),
  mutant('explains a loss by a restore whose object is gone again', 'verify-restored-report', EXPLAIN,
    'found && suspect.restored.find(({ restoredEtag }) => isVersion(found, suspect.line, restoredEtag))?.by', 'suspect.restored[0]?.by; void [found, isVersion]'),
  mutant('is fine about a run without a report', 'verify-without-report', RUNS, '    if (!check) { found.withoutReport.push(toNamedRun(run)); }\n', ''),
  mutant('is fine about a ledger that lacks lines', 'verify-without-part', CHECK, 'if (lost > 0) {', 'if (lost < 0) {'),
  mutant('is fine about a ledger whose list of parts is gone', 'verify-without-list', CHECK, 'left.parts === 0 && left.lines === 0', 'left.parts >= 0'),
  mutant('says denied without a second look', 'forbidden', 'src/lambda/move/move-object.ts', '      if (!isUnchanged) { return { next: \'copy-again\' }; }\n', '      void isUnchanged;\n'),
];
