/**
 * What comes back of a verification: `verify-report.json` and `.md`, without anything that belongs
 * to the account.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { keepHeaders, redactAll } from './redact';
import { allPassed, countRows, describeRows, type Row } from '../table';

export const REPORT_VERSION = 1;

export interface Report {
  readonly version: number;
  /** The day, and the commit that was checked. */
  readonly date: string;
  readonly commit: string;
  readonly region: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The options of the command that say what was played. */
  readonly played: string;
  readonly minutes: number;
  readonly passed: number;
  readonly total: number;
  readonly summary: string;
  /** Of a verification whose process was killed: while it did what. */
  readonly killed?: string;
  /** Of an emulator in place of AWS: what its rows are worth. */
  readonly emulator?: string;
  readonly rows: readonly Row[];
}

export interface Facts {
  readonly started: string;
  readonly ended: number;
  readonly commit: string;
  readonly region: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly played: string;
  readonly killed?: string;
  readonly emulator?: string;
  /** What must not be in the report, by what stands there instead. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
}

export function createReport(
  { started, ended, secrets, ...facts }: Facts,
  rows: readonly Row[],
): Report {
  const kept = rows.map(({ answers, ...row }) => ({
    ...row,
    ...(answers && {
      answers: answers.map((each) => ({ ...each, headers: keepHeaders(each.headers) })),
    }),
  }));
  return redactAll(
    {
      version: REPORT_VERSION,
      date: started.slice(0, 10),
      ...facts,
      minutes: Math.round((ended - Date.parse(started)) / 6_000) / 10,
      passed: rows.filter(({ status }) => status === 'passed').length,
      total: rows.length,
      summary: countRows(rows),
      rows: kept,
    },
    secrets,
  );
}

export function describeReport(report: Report): string {
  const { commit, played, minutes, summary, killed, emulator, rows, versions } = report;
  return `# ${titleOf(report)}

${summary}, in ${minutes} minutes, at commit ${commit}. Played: ${played}.
${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ')}.
${[killed, emulator].map((text) => (text === undefined ? '' : `\n**${text}**\n`)).join('')}
\`\`\`
${describeRows(rows)}
\`\`\`
${describeAnswers(rows)}`;
}

const titleOf = ({ emulator, region, date }: Report) =>
  `verify:aws ${emulator === undefined ? '' : 'of an emulator, '}in ${region} on ${date}`;

function describeAnswers(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ name, answers = [] }) =>
    answers.map(
      ({ call, status, code, headers }) =>
        `- ${name}: ${call}: ${status ?? 'no status'} ${code} ${JSON.stringify(headers)}`,
    ),
  );
  return lines.length === 0 ? '' : `\n## What AWS answered\n\n${lines.join('\n')}\n`;
}

const ISSUES = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/issues/new';
/** GitHub refuses longer addresses. A longer report is attached by hand. */
const MAX_URL = 7_500;

/** An issue that is filled in. The person sends it, or not. */
export function linkToIssue(report: Report): string {
  const { rows } = report;
  const link = (body: string) =>
    `${ISSUES}?${new URLSearchParams({ title: `${titleOf(report)}: ${report.summary}`, body }).toString()}`;
  const whole = link(describeReport(report));
  if (whole.length <= MAX_URL) {
    return whole;
  }
  const wrong = describeReport({
    ...report,
    rows: rows.filter(({ status }) => status !== 'passed').map(({ answers, ...row }) => row),
  });
  const short = link(`${wrong}\nPlease attach verify-report.json.`);
  return short.length <= MAX_URL
    ? short
    : link(`${report.summary}\n\nPlease attach verify-report.json.`);
}

/** Writes the report and says what is in it, before a user sends it. */
export function writeReport(
  directory: string,
  report: Report,
  tell: (text: string) => void,
  name = 'verify-report',
): void {
  const markdown = describeReport(report);
  const files = {
    [`${name}.json`]: `${JSON.stringify(report, null, 2)}\n`,
    [`${name}.md`]: markdown,
  };
  for (const [file, text] of Object.entries(files)) {
    fs.writeFileSync(path.join(directory, file), text);
  }
  tell(
    `\nThe report, in ${Object.keys(files)
      .map((file) => path.join(directory, file))
      .join(' and ')}, is this, and nothing else:\n\n${markdown}`,
  );
  tell(
    'It has no account, no ARN and no name of a bucket. ' +
      `${allPassed(report.rows) ? 'AWS has not been seen often' : 'What is different or unknown helps most'}: ` +
      'please send it, if you like. This address opens an issue that is filled ' +
      `in:\n${linkToIssue(report)}`,
  );
}
