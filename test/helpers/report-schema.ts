/** Validates a report against docs/report.schema.json. A field that the schema does not know is an error too. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';

export const SCHEMA = JSON.parse(fs.readFileSync(path.resolve(__dirname, '../../docs/report.schema.json'), 'utf8')) as { $id: string };

// The schema also has a pattern for each format.
const validate = new Ajv2020({ allErrors: true, strict: true, validateFormats: false }).compile(closed(SCHEMA) as object);

export function schemaErrors(report: unknown): string[] {
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

/** Readers ignore unknown fields, but a test must not. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) { return schema.map(closed); }
  if (typeof schema !== 'object' || schema === null) { return schema; }
  const entries = Object.entries(schema).map(([name, value]) => [name, closed(value)]);
  return { ...Object.fromEntries(entries), ...('properties' in schema ? { additionalProperties: false } : {}) };
}
