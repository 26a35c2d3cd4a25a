/** What the repository says of the reports that people sent. */
import { toCell } from './kept';
import type { Report } from './report';

const WORDS = {
  passed: 'As the sandbox said',
  differs: '**Differs**',
  unknown: 'Not known',
  skipped: 'Not played',
} as const;
const seen = ({ date, region, commit }: Report) => `${date}, ${region}, \`${commit.slice(0, 8)}\``;

/** docs/results/aws.md: each report as a whole. */
export function renderResults(reports: readonly Report[]): string {
  const sections = reports.map(
    (report) => `## ${report.date}, ${report.region}

Commit \`${report.commit}\`, ${report.minutes} minutes, ${report.passed} of ${report.total} as expected. Played: ${toCell(report.played)}.${report.killed === undefined ? '' : ` ${toCell(report.killed)}`}

| Check | | Seconds | Details |
|---|---|--:|---|
${report.rows
  .map(
    ({ name, status, seconds, details, notes = [] }) =>
      `| ${toCell(name)} | ${WORDS[status]} | ${seconds ?? ''} | ` +
      `${[...details, ...notes].map(toCell).join('<br>')} |`,
  )
  .join('\n')}
`,
  );
  return `# Seen on AWS

<!-- Written by \`npx tsx --tsconfig tsconfig.dev.json test/aws/verify/report/record.ts REPORT\`. -->

What \`npm run verify:aws\` reported to us from accounts of others. [verify-aws.md](../verify-aws.md) says how to run it.

${sections.length === 0 ? 'Nobody has sent a report yet.\n' : sections.join('\n')}`;
}

/** The section of docs/aws-recorded.md: the last answer to each check. */
export function renderRows(reports: readonly Report[]): string {
  const last = new Map<string, string>();
  for (const report of reports) {
    for (const { name, status, details } of report.rows.filter(
      ({ status: state }) => state === 'passed' || state === 'differs',
    )) {
      if (!last.has(name)) {
        last.set(
          name,
          `| ${toCell(name)} | ${seen(report)} | ` +
            `${[WORDS[status], ...details.map(toCell)].join('. ')} |`,
        );
      }
    }
  }
  const table = ['| Check | Seen | Here |', '|---|---|---|', ...last.values()].join('\n');
  return (
    '## Seen by ' +
    `verify:aws\n\n${last.size === 0 ? 'Nobody has sent a report yet ([verify-aws.md](verify-aws.md)).' : table}\n`
  );
}

/** The line of the README. */
export function lastSeen([last]: readonly Report[]): string {
  const what = last
    ? `${last.date}, ${last.region}, commit ${last.commit.slice(0, 8)}, ${last.passed} of ` +
      `${last.total} checks as expected`
    : 'never yet';
  return `**Last seen on AWS: ${what}.**`;
}

export const LAST_SEEN = /\*\*Last seen on AWS: [^*]*\*\*/;
