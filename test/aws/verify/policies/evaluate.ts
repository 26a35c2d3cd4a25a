import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Need } from './calls';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}
export interface Policy {
  readonly Statement: readonly Statement[];
}

export function readPolicy(name: 'person' | 'cloudformation'): Policy {
  return JSON.parse(fs.readFileSync(path.join(__dirname, `${name}.json`), 'utf8')) as Policy;
}

/**
 * `*` stands for any characters, and `?` for one: reference_policies_elements_resource. Names of
 * actions are without case.
 */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** The statements that allow it, under the condition keys that the request would have. */
export function allowing(
  { Statement }: Policy,
  { action, resource }: Need,
  keys: Readonly<Record<string, string>> = {},
): Statement[] {
  return Statement.filter(
    (statement) =>
      statement.Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      statement.Resource.some((pattern) => matches(pattern, resource)) &&
      Object.values(statement.Condition ?? {}).every((tests) =>
        Object.entries(tests).every(
          ([key, values]) =>
            keys[key] !== undefined && [values].flat().some((value) => matches(value, keys[key]!)),
        ),
      ),
  );
}
