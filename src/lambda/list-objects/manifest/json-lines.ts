import { type FilePlace, manifestError } from './manifest-error';
import { type Field, type Fields, toField } from './parse-line';
import type { Records } from './split-records';
import { parseJsonObject } from '../../text/parse-json';

const JSON_FIELDS: readonly Field[] = ['key', 'etag', 'size', 'date', 'lastmodified', 'storageclass'];

/** Returns the fields of each line that is not empty, and the number of the line. */
export function parseJsonLines(file: FilePlace, { text, line }: Records): { fields: Fields[]; lineOf: (index: number) => number } {
  const fields: Fields[] = [];
  const lines: number[] = [];
  text.split('\n').forEach((each, index) => {
    if (each.trim() === '') { return; }
    fields.push(parseLine(file, each, line + index));
    lines.push(line + index);
  });
  return { fields, lineOf: (index) => lines[index] };
}

function parseLine(file: FilePlace, text: string, line: number): Fields {
  const object = parseJsonObject(text);
  if (!object) { throw manifestError(file, 'it is no JSON object, and each line must be one', line); }
  const fields: { [field in Field]?: unknown } = {};
  for (const name in object) {
    const field = toField(name, JSON_FIELDS);
    if (!field) { continue; }
    if (Object.hasOwn(fields, field)) { throw manifestError(file, `it has two fields ${field}`, line); }
    fields[field] = object[name];
  }
  return fields;
}
