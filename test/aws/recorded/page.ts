/**
 * Renders docs/aws-recorded.md. `npx tsx --tsconfig tsconfig.dev.json test/aws/recorded/page.ts`
 * writes it.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { renderAwaited } from './awaited';
import { readRecordings, type Recordings, toTestId } from './recordings';
import { type Row, toRow } from './replay';
import { REPLAYS } from './replays';
import { readKept } from '../verify/report/kept';
import { renderRows } from '../verify/report/pages';
import type { Report } from '../verify/report/report';

export const PAGE = path.resolve(__dirname, '../../../docs/aws-recorded.md');

const INTRODUCTION = `# AWS, as recorded

Each row is a response of AWS that a public repository recorded: its tests ran on AWS, and their snapshots keep what AWS answered. A test of this repository
([test/aws/recorded](../test/aws/recorded)) sends the same requests to the S3 double or runs the same definition in the sandbox, and compares every field of the response.
So the table says on which recorded facts the double and the sandbox rest, and where they do not follow AWS.

This page is generated from the replays and their recordings: \`npx tsx --tsconfig tsconfig.dev.json test/aws/recorded/page.ts\`. \`test/aws/recorded/extract.ts\` copies the recordings out of a
clone of the repository, and fails if a test or a step is not there.
`;

const UNRECORDED = `## What no public recording shows

- Restores of sources in Glacier (documented: RestoreObject, \`x-amz-restore\` of HeadObject, \`RestoreStatus\` of ListObjectsV2, and the time that each tier typically takes). The double restores within these times, and knows no
  limit of restores per second.
- Event holds (documented: CopyObject, PutObject, HeadObject and S3Control's \`S3ObjectLockEventHoldDuration\`). The double refuses a hold without a duration, and retains what was released in the mode that the object has, else
  GOVERNANCE. The code copies what HeadObject says, and what S3 refuses stays at its source.
- Annotations (documented: the user guide's page, and the four operations).
- A retention that is set by a copy to a bucket with Object Lock is documented and recorded, one with a date that has passed is documented as refused.
- Items of the listObjectsV2 reader were checked on AWS by hand, without a snapshot ([floci-io/floci#3460](https://github.com/floci-io/floci/pull/3460)): paths are allowed in its parameters, it follows the pages of the listing,
  and \`LastModified\` is a number of epoch seconds.
`;

interface PageRow extends Row {
  readonly area: string;
  readonly file: string;
  readonly test: string;
  readonly step: string;
  readonly recorded: string;
}

export function renderPage(
  { repository, commit, tests }: Recordings,
  reports: readonly Report[] = readKept(),
): string {
  const rows = REPLAYS.flatMap(({ area, file, test, rows: steps }): PageRow[] =>
    Object.entries(steps).map(([step, row]) => ({
      ...toRow(row),
      area,
      file,
      test,
      step,
      recorded: tests[toTestId(file, test)]!.recorded,
    })),
  );
  const areas = [...new Set(rows.map(({ area }) => area))];
  const count = (condition: (row: Row) => boolean) => rows.filter(condition).length;
  return [
    INTRODUCTION,
    `**${rows.length} rows.** When they were added, ` +
      `${count(({ fixed, differs }) => fixed === undefined && differs === undefined)} were as ` +
      'recorded. ' +
      `Now ${count(({ differs }) => differs === undefined)} are. Where the last column says ` +
      `**Differs** (${count(({ differs }) => differs !== undefined)}), it gives the reason.\n`,
    `Source of all rows: [${repository}](https://github.com/${repository}), commit ` +
      `\`${commit.slice(0, 12)}\`, licensed under the Apache License 2.0. The column ` +
      'Recorded has ' +
      'the test, the step and the day.\n',
    ...areas.map((area) =>
      renderArea(
        area,
        rows.filter((row) => row.area === area),
        `https://github.com/${repository}/blob/${commit}`,
      ),
    ),
    renderRows(reports),
    renderAwaited(),
    UNRECORDED,
  ].join('\n');
}

function renderArea(area: string, rows: readonly PageRow[], url: string): string {
  return [
    `## ${area}\n`,
    '| Behavior | Recorded | Here |',
    '|---|---|---|',
    ...rows.map(({ behavior, file, test, step, recorded, fixed, differs, except }) => {
      const state = differs
        ? `**Differs**: ${differs}.`
        : fixed
          ? `As recorded. Before: ${fixed}.`
          : 'As recorded.';
      const left = except
        ? ` Not compared: ${except.fields.map((field) => `\`${field}\``).join(', ')}; ` +
          `${except.reason}.`
        : '';
      const name = `${test.split('::').pop()}: ${step}`.replaceAll('|', '\\|');
      return (
        `| ${behavior.replaceAll('|', '\\|')} | [\`${name}\`](${url}/${file}.snapshot.json), ` +
        `${recorded} | ${state}${left} |`
      );
    }),
    '',
  ].join('\n');
}

if (require.main === module) {
  fs.writeFileSync(PAGE, renderPage(readRecordings()));
}
