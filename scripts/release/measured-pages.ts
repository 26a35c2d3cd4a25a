/**
 * Refuses a release whose page of results was measured on other code: people compare what they read there with what they install.
 *
 * usage: tsx scripts/release/measured-pages.ts
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = 'docs/results/performance.md';
/** What the functions are made of. Dependencies are not looked at: most of them are tools. */
const MEASURED = ['src/contract', 'src/dates', 'src/lambda'];

/**
 * Returns one sentence for each table that names no commit, or one whose code differs from the released one.
 *
 * @param changesSince returns the measured files that differ from those of the commit, or undefined if there is no such commit
 */
export function measuredPageProblems(page: string, changesSince: (commit: string) => readonly string[] | undefined): string[] {
  const tables = [...page.matchAll(/<!-- (?!end of )(.+?) -->\n(.*)/g)];
  return tables.flatMap(([, name, origin]) => {
    const [, commit, isDirty] = /, commit ([0-9a-f]{7,40})(-dirty)?,/.exec(origin) ?? [];
    const changed = commit && !isDirty ? changesSince(commit) : undefined;
    if (changed?.length === 0) { return []; }
    const why = commit === undefined ? 'names no commit' : isDirty ? `was measured on changes to ${commit} that were not committed`
      : changed ? `is of ${commit}, since when ${changed.length === 1 ? changed[0] : `${changed[0]} and ${changed.length - 1} more files`} changed` : `is of ${commit}, which is not in this history`;
    return [`the table "${name}" of ${PAGE} ${why}: measure it again (benchmark/README.md), or take it out`];
  });
}

function findChanges(commit: string): string[] | undefined {
  const { status, stdout } = spawnSync('git', ['diff', '--name-only', commit, 'HEAD', '--', ...MEASURED], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter((file) => file !== '') : undefined;
}

if (require.main === module) {
  const problems = measuredPageProblems(readFileSync(path.join(ROOT, PAGE), 'utf8'), findChanges);
  problems.forEach((problem) => console.error(problem));
  process.exitCode = problems.length === 0 ? 0 : 1;
}
