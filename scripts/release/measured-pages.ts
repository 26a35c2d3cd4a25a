/**
 * Refuses a release whose page of results was measured on other code: people compare what they read
 * there with what they install.
 *
 * usage: tsx scripts/release/measured-pages.ts
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = 'docs/results/performance.md';
/** What the functions are made of. Dependencies are not looked at: most of them are tools. */
const MEASURED = ['src/contract', 'src/dates', 'src/lambda', 'src/features', 'src/actions'];

/**
 * Returns one sentence for each table that names no commit, or one whose code differs from the
 * released one.
 *
 * @param changesSince returns the measured files that differ from those of the commit, or undefined
 * if there is no such commit
 */
export function measuredPageProblems(page: string, changesSince: ChangesSince): string[] {
  // The rows of a table may have been measured on several commits. Each has a line before it.
  const tables = [...page.matchAll(/<!-- (?!end of )(.+?) -->\n([^]*?)\n\n/g)];
  return tables.flatMap(([, name, origins]) => {
    const [problem] = origins.split('\n').flatMap((line) => findProblem(line, changesSince) ?? []);
    return problem
      ? [
          `the table "${name}" of ${PAGE} ${problem}: measure it again (benchmark/README.md), ` +
            'or take it out',
        ]
      : [];
  });
}

type ChangesSince = (commit: string) => readonly string[] | undefined;

function findProblem(origin: string, changesSince: ChangesSince): string | undefined {
  const [, commit, isDirty] = /, commit ([0-9a-f]{7,40})(-dirty)?,/.exec(origin) ?? [];
  if (commit === undefined) {
    return 'names no commit';
  }
  if (isDirty) {
    return `was measured on changes to ${commit} that were not committed`;
  }
  const changed = changesSince(commit);
  if (!changed) {
    return `was measured on ${commit}, which is not in this history`;
  }
  return changed.length === 0
    ? undefined
    : `was measured on ${commit}. Files that changed since then: ${changed.length}, the first is ` +
        `${changed[0]}`;
}

function findChanges(commit: string): string[] | undefined {
  const { status, stdout } = spawnSync(
    'git',
    ['diff', '--name-only', commit, 'HEAD', '--', ...MEASURED],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return status === 0 ? stdout.split('\n').filter((file) => file !== '') : undefined;
}

if (require.main === module) {
  const problems = measuredPageProblems(readFileSync(path.join(ROOT, PAGE), 'utf8'), findChanges);
  problems.forEach((problem) => console.error(problem));
  process.exitCode = problems.length === 0 ? 0 : 1;
}
