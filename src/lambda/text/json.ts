import * as v from 'valibot';
import { toAsciiJson } from './escape';

/** Returns `undefined` if the text is not JSON, or does not match the schema. */
export function parseAs<T extends v.GenericSchema>(
  schema: T,
  json: string,
): v.InferOutput<T> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(json));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

const JsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export function parseJsonObject(json: string): Record<string, unknown> | undefined {
  return parseAs(JsonObject, json);
}

export function toJsonLines(values: readonly object[]): string {
  return values.map((value) => `${toAsciiJson(value)}\n`).join('');
}

export function parseJsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
