/**
 * Validates a report against docs/report.schema.json or docs/verification.schema.json, and lines of
 * a ledger against docs/ledger.schema.json. A field that the schema does not know is an error too.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

export const SCHEMA = readSchema('report');
export const VERIFICATION_SCHEMA = readSchema('verification');
export const LEDGER_SCHEMA = readSchema('ledger');

// The schemas also have a pattern for each format.
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  validateFormats: false,
});
const validateLine = ajv.compile(closed(LEDGER_SCHEMA) as object);
const validateReport = ajv.compile(closed(SCHEMA) as object);
const validateVerification = ajv.compile(closed(VERIFICATION_SCHEMA) as object);

/** @param schema of the report's action */
export function schemaErrors(report: unknown, schema = SCHEMA): string[] {
  return errorsOf(schema === SCHEMA ? validateReport : validateVerification, report);
}

/** @param line a line of a ledger, parsed */
export function lineErrors(line: unknown): string[] {
  return errorsOf(validateLine, line);
}

/** Expects that all lines of a ledger are as docs/ledger.schema.json describes them. */
export function expectSchema(lines: readonly unknown[]): void {
  expect(
    lines.flatMap((line) => lineErrors(line).map((error) => `${error}: ${JSON.stringify(line)}`)),
  ).toEqual([]);
}

function errorsOf(validate: ValidateFunction, value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function readSchema(name: string): { readonly $id: string } {
  return JSON.parse(
    fs.readFileSync(path.resolve(__dirname, `../../docs/${name}.schema.json`), 'utf8'),
  ) as { $id: string };
}

/** Readers ignore unknown fields, but a test must not. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(closed);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const entries = Object.entries(schema).map(([name, value]) => [
    name,
    name === 'allOf' ? value : closed(value),
  ]);
  return {
    ...Object.fromEntries(entries),
    ...('properties' in schema ? { additionalProperties: false } : {}),
  };
}
