/**
 * Writes the tables of docs/producers.md: the names that programs document for what they write, and
 * the props that read their day. The tests run each of them, so the page says nothing untested.
 *
 * usage: npx tsx --tsconfig tsconfig.dev.json scripts/docs/producers.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Producer, WELL_KNOWN } from '../../test/helpers/producers';
import { AWS_PRODUCERS } from '../../test/helpers/producers-of/aws';
import { BACKUPS } from '../../test/helpers/producers-of/backups';
import { DATA } from '../../test/helpers/producers-of/data';
import { LOGS } from '../../test/helpers/producers-of/logs';

export const PAGE = path.resolve(__dirname, '../../docs/producers.md');

const GROUPS: ReadonlyArray<readonly [title: string, producers: readonly Producer[]]> = [
  ['Those that people name first', WELL_KNOWN],
  ['Other services of AWS', AWS_PRODUCERS],
  ['Logs', LOGS],
  ['Backups and databases', BACKUPS],
  ['Data and builds', DATA],
];
const BEGIN = '<!-- producers -->';
const END = '<!-- end of producers -->';

function code(text: string): string {
  return `\`${text.replace(/\|/g, '\\|')}\``;
}

function toFactory({ dateSource }: Producer): string {
  const { kind } = dateSource;
  const formats = 'formats' in dateSource ? dateSource.formats : [];
  const args = formats.map((format) => (format.includes("'") ? `"${format}"` : `'${format}'`));
  return `DateSource.${kind}(${args.join(', ')})`;
}

function toRow(each: Producer): string {
  const name = `[${each.producer}](${each.page})`;
  return `| ${name} | ${code(each.key)} | ${code(each.prefix)} | ${code(toFactory(each))} |`;
}

export function renderProducers(page: string): string {
  const tables = GROUPS.map(([title, producers]) =>
    [
      `## ${title}`,
      '',
      '| Producer | A key of 2026-11-24 | `prefix` | `dateSource` |',
      '| --- | --- | --- | --- |',
      ...producers.map(toRow),
    ].join('\n'),
  );
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest.split(END);
  return `${before}${BEGIN}\n${tables.join('\n\n')}\n${END}${after}`;
}

if (require.main === module) {
  writeFileSync(PAGE, renderProducers(readFileSync(PAGE, 'utf8')));
}
