import { measuredPageProblems } from '../../../scripts/release/measured-pages';

const pageOf = (origin: string) =>
  `# Performance\n\n<!-- bench 0 ms -->\n${origin}\n\n| a |\n<!-- end of bench 0 ms -->\n`;
const changes = new Map([
  ['1bebf32f', []],
  ['62c713c4', ['src/lambda/a.ts']],
  ['c12df7ba', ['src/lambda/a.ts', 'src/dates/b.ts', 'src/dates/c.ts']],
]);

test.each([
  ['2026-11-30, commit 1bebf32f, 2 cores.', []],
  ['2026-11-30, 2 cores.', ['names no commit']],
  ['| a | b |', ['names no commit']],
  ['2026-11-30, commit 1bebf32f, 2 cores.\n2026-12-01, commit 1bebf32f, 2 cores.', []],
  [
    '2026-11-30, commit 1bebf32f, 2 cores.\n2026-12-01, commit 62c713c4, 2 cores.',
    ['was measured on 62c713c4. Files that changed since then: 1, the first is src/lambda/a.ts'],
  ],
  ['2026-11-30, commit 1bebf32f, 2 cores.\n2026-12-01, 2 cores.', ['names no commit']],
  [
    '2026-11-30, commit 1bebf32f-dirty, 2 cores.',
    ['was measured on changes to 1bebf32f that were not committed'],
  ],
  [
    '2026-11-30, commit 62c713c4, 2 cores.',
    ['was measured on 62c713c4. Files that changed since then: 1, the first is src/lambda/a.ts'],
  ],
  [
    '2026-11-30, commit c12df7ba, 2 cores.',
    ['was measured on c12df7ba. Files that changed since then: 3, the first is src/lambda/a.ts'],
  ],
  [
    '2026-11-30, commit abcdef01, 2 cores.',
    ['was measured on abcdef01, which is not in this history'],
  ],
])('a table of %s', (origin, problems) => {
  expect(measuredPageProblems(pageOf(origin), (commit) => changes.get(commit))).toEqual(
    problems.map(
      (why) =>
        `the table "bench 0 ms" of docs/results/performance.md ${why}: measure it again ` +
        '(benchmark/README.md), or take it out',
    ),
  );
});
