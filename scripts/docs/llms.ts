/**
 * Writes llms.txt, one page from which an assistant can write an app: what the construct is, all
 * props, date formats and inputs, and five examples. Its parts are those of the docs.
 * https://llmstxt.org
 *
 * usage: npx tsx --tsconfig tsconfig.dev.json scripts/docs/llms.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const EXAMPLES = [
  'daily-cron',
  'hive-for-athena',
  'cross-bucket-kms',
  'few-of-many',
  'small-files',
];
/** A reader of the page alone cannot follow relative links. */
const DOCS = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/';
const PAGES: ReadonlyArray<readonly [file: string, contents: string]> = [
  ['start.md', 'from an empty folder to a first run'],
  ['recipes.md', 'recipes for props that work together'],
  ['safety.md', 'why no object can be lost'],
  ['costs.md', 'what a run costs'],
  ['packing.md', 'zip files of many small objects'],
  ['runbook.md', 'what to do about each message'],
];

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

export function renderLlms(): string {
  const [summary] = read('README.md').split('\n').slice(2);
  const configuration = read('docs/configuration.md')
    .replace(/^# Configuration\n/, '')
    .replace(/^## /gm, '### ')
    .replace(/\]\((?!https:|#)([^)]+)\)/g, (_, link: string) => `](${DOCS}${link})`);
  const examples = EXAMPLES.map(
    (name) =>
      `### ${name}\n\n\`\`\`ts\n${read(`examples/typescript/${name}/app.ts`).trim()}\n\`\`\``,
  );
  const pages = PAGES.map(([file, contents]) => `- [${file}](${DOCS}${file}): ${contents}`);
  return [
    '# cdk-s3-dated-archiver',
    `> ${summary}`,
    'TypeScript: `import { S3DatedArchiver } from "cdk-s3-dated-archiver"`. Python: ' +
      '`from cdk_s3_dated_archiver import S3DatedArchiver`, with names in snake_case. It needs ' +
      'aws-cdk-lib 2.223.0 or later. It is not published yet: install it from a clone, as start.md ' +
      'says.',
    '## Configuration',
    configuration.trim(),
    '## Examples',
    ...examples,
    '## Other pages',
    pages.join('\n'),
    '',
  ].join('\n\n');
}

if (require.main === module) {
  writeFileSync(path.join(ROOT, 'llms.txt'), renderLlms());
}
