/** The page of slips: what is said about each, now and at an earlier commit. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

export const PAGE = path.resolve(__dirname, '../../../../docs/results/slips.md');
const BEFORE = path.join(__dirname, 'before.json');

/** What is said about a slip, by the group of slips. */
export type Said = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function renderTables(said: Said): string {
  const before = JSON.parse(readFileSync(BEFORE, 'utf8')) as Said;
  return Object.entries(said)
    .map(([group, sentences]) => {
      const rows = Object.entries(sentences).map(([slip, sentence]) => {
        const earlier = before[group]?.[slip];
        const first = earlier === sentence ? 'the same' : cell(earlier);
        return `| ${slip} | ${first} | ${cell(sentence)} |`;
      });
      return [`## ${group}\n`, '| Slip | At 609d8407 | Now |', '| --- | --- | --- |', ...rows].join(
        '\n',
      );
    })
    .join('\n\n');
}

function cell(sentence: string | undefined): string {
  if (sentence === undefined) {
    return 'not measured';
  }
  return sentence === '' ? '*nothing*' : sentence.replace(/[\\`*_<>[\]{}|]/g, '\\$&');
}
