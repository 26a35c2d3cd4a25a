/**
 * The reports that people sent, as this repository keeps them. They are text of strangers: it is
 * read as text, redacted again, and escaped.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import { redactAll } from './redact';
import { type Report, REPORT_VERSION } from './report';

export const KEPT = path.resolve(__dirname, '../../../../docs/results/aws');

const MAX_ROWS = 500;
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const texts = v.pipe(v.array(text(2_000)), v.maxLength(100));
const Answered = v.object({
  call: text(100),
  status: v.optional(v.number()),
  code: text(200),
  headers: v.record(text(100), text(500)),
});
const Row = v.object({
  name: text(200),
  status: v.picklist(['passed', 'differs', 'unknown', 'skipped']),
  seconds: v.optional(v.number()),
  details: texts,
  notes: v.optional(texts),
  answers: v.optional(v.pipe(v.array(Answered), v.maxLength(100))),
});
const Schema = v.object({
  version: v.literal(REPORT_VERSION),
  date: v.pipe(v.string(), v.isoDate()),
  commit: v.pipe(v.string(), v.regex(/^([0-9a-f]{40}|unknown)$/)),
  region: v.pipe(v.string(), v.regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/)),
  versions: v.record(text(50), text(50)),
  played: text(200),
  minutes: v.number(),
  passed: v.number(),
  total: v.number(),
  summary: text(200),
  killed: v.optional(text(1_000)),
  emulator: v.optional(text(1_000)),
  rows: v.pipe(v.array(Row), v.maxLength(MAX_ROWS)),
});

/** Throws if it is no report. The counts are counted again. */
export function parseReport(json: string): Report {
  const report = redactAll(v.parse(Schema, JSON.parse(json))) as Report;
  const passed = report.rows.filter(({ status }) => status === 'passed').length;
  return { ...report, passed, total: report.rows.length };
}

export const fileOf = ({ date, region, commit }: Report) =>
  `${date}-${region}-${commit.slice(0, 8)}.json`;

/** The latest first. */
export function readKept(folder = KEPT): Report[] {
  if (!fs.existsSync(folder)) {
    return [];
  }
  const files = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .reverse();
  return files.map((file) => parseReport(fs.readFileSync(path.join(folder, file), 'utf8')));
}

/** A text in a cell of a table in Markdown, with no markup of its own. */
export function toCell(given: string): string {
  return given
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|<>&~@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
