import { CHECKS } from './checks';
import { idOf, type Result, type Results } from './results';
import { CONTENDERS } from './servers';

const DOCUMENTATION = 'https://docs.aws.amazon.com/AmazonS3/latest/';

/** The move is not safe without these refusals. */
const RELIED_ON = [
  {
    what: 'A copy of a source that changed',
    id: 'copies: copy-source-if-match with another ETag is 412 and copies nothing',
  },
  {
    what: 'A copy over an object that is there',
    id: 'copies: If-None-Match:* is 412 where something is, and leaves it',
  },
  {
    what: 'A delete of a source that changed',
    id: 'deletes: a bulk delete with another ETag leaves that object and tells so inside the 200',
  },
];

/**
 * Returns the page `docs/results/conformance.md`.
 *
 * @param notes what was looked up, in Markdown
 */
export function renderTable(results: Results, notes: string): string {
  const columns = CONTENDERS.filter(({ name }) => results[name]);
  return [
    '# Conformance of S3 servers',
    '',
    '<!-- Written by `npm run conformance`. The notes are in ' +
      'packages/s3-double/test/conformance/notes.md. -->',
    '',
    `${total()} behaviors of S3, each resting on a page of its documentation, checked with the ` +
      'SDK and real signatures (SigV4) against the S3 double',
    'of the sandbox and against servers that are not ours.',
    '',
    '```',
    'npm run conformance             the double, moto and ministack',
    'npm run conformance -- --all    Ceph and SeaweedFS too',
    'npm run conformance -- --check  writes nothing; status 1 if this page would change, or the ' +
      'double fails a check',
    '```',
    '',
    'A server that is not there keeps the column of its last run. The status is 1 if the double ' +
      'fails a check.',
    '',
    '| | version | passed | what it is |',
    '|---|---|---|---|',
    ...columns.map(
      ({ name, about }) =>
        `| ${name} | ${results[name].version} | ${passedOf(results[name])} of ${total()} | ` +
        `${about} |`,
    ),
    '',
    notes.trim(),
    '',
    '## What a run against them cannot show',
    '',
    'The archiver relies on three refusals. Where a server lacks one, a run against it does not ' +
      'show that nothing is lost in that case.',
    '',
    ...RELIED_ON.map(
      ({ what, id }) =>
        `- ${what}: refused by ${namesOf(results, id, 'passed')}; not by ` +
        `${namesOf(results, id, 'failed')}.`,
    ),
    '',
    ...Object.keys(CHECKS).flatMap((group) => [
      ...groupTable(
        group,
        columns.map(({ name }) => results[name]),
        columns.map(({ name }) => name),
      ),
      '',
    ]),
    ...links(),
    '',
  ].join('\n');
}

function groupTable(group: string, results: Result[], names: string[]): string[] {
  const sums = results.map(
    (result) =>
      CHECKS[group].filter((check) => result.passed.includes(idOf({ group, check }))).length,
  );
  return [
    `## ${group[0].toUpperCase()}${group.slice(1)}`,
    '',
    `| ${CHECKS[group].length} checks | page | ${names.join(' | ')} |`,
    `|---|---|${':-:|'.repeat(names.length)}`,
    ...CHECKS[group].map((check) => {
      const marks = results.map((result) => markOf(result, idOf({ group, check })));
      return `| ${escape(check.name)} | [${titleOf(check.page)}] | ${marks.join(' | ')} |`;
    }),
    `| **passed** | | ${sums.join(' | ')} |`,
  ];
}

function markOf(result: Result, id: string): string {
  if (result.passed.includes(id)) {
    return '✓';
  }
  return result.failed.includes(id) ? '✗' : '?';
}

function links(): string[] {
  const pages = [
    ...new Set(
      Object.values(CHECKS)
        .flat()
        .map(({ page }) => page),
    ),
  ].sort();
  return pages.map((page) => `[${titleOf(page)}]: ${DOCUMENTATION}${page}`);
}

/** Returns the title of a page. For example, `API/API_CopyObject.html` is the page CopyObject. */
function titleOf(page: string): string {
  return page.replace(/^.*\/(API_)?/, '').replace('.html', '');
}

function escape(text: string): string {
  return text.replace(/[|*<>_]/g, '\\$&');
}

function namesOf(results: Results, id: string, outcome: 'passed' | 'failed'): string {
  const names = CONTENDERS.map(({ name }) => name).filter((name) =>
    results[name]?.[outcome].includes(id),
  );
  return names.join(', ') || 'none';
}

function total(): number {
  return Object.values(CHECKS).flat().length;
}

function passedOf(result: Result): number {
  return Object.entries(CHECKS).flatMap(([group, checks]) =>
    checks.filter((check) => result.passed.includes(idOf({ group, check }))),
  ).length;
}
