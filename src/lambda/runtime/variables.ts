/**
 * Schemas for environment variables. Their messages name props, because a prop may be a token whose value the construct
 * could not check.
 */
import * as v from 'valibot';
import { checkPrefix } from '../../contract/checks/check-prefix';
import { ErrorName, namedError } from '../../contract/errors';

export type Environment = { readonly [name: string]: string | undefined };

/** Reads variables, or throws an error that names everything that is wrong with them. */
export function readVariables<TSchema extends v.GenericSchema>(schema: TSchema, environment: Environment): v.InferOutput<TSchema> {
  const result = v.safeParse(schema, environment);
  if (result.success) { return result.output; }
  throw wrongSettings(result.issues.map((issue) => issue.message).join('; '));
}

/** Runs a check of settings. An error that it throws becomes one about the settings. */
export function checkSettings(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw wrongSettings((error as Error).message);
  }
}

function wrongSettings(problem: string): Error {
  return namedError(ErrorName.INVALID_RUN_INPUT, `the archiver's settings are wrong: ${problem}`);
}

/** Applies a check. An error that it throws becomes the problem with the variable. */
export function checkWith<T>(check: (value: T) => void) {
  return convertWith((value: T) => {
    check(value);
    return value;
  });
}

/** Applies a check or a conversion. An error that it throws becomes the problem with the variable. */
export function convertWith<TInput, TOutput>(convert: (input: TInput) => TOutput) {
  return v.rawTransform<TInput, TOutput>(({ dataset, addIssue, NEVER }) => {
    try {
      return convert(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
      return NEVER;
    }
  });
}

/** A text that must not be empty. */
export function text(what: string) {
  const message = `${what} is missing`;
  return v.pipe(v.string(message), v.nonEmpty(message));
}

/** A text that may be missing. An empty text counts as missing. */
export function optionalText() {
  return v.pipe(v.optional(v.string()), v.transform((value) => value || undefined));
}

export function prefix(prop: string) {
  return v.pipe(v.string(`${prop} is missing`), checkWith((value) => checkPrefix(prop, value)));
}

export function number(prop: string, allowed: string, isAllowed: (value: number) => boolean) {
  return v.pipe(v.string(`${prop} is missing`), convertWith((given) => {
    const value = given.trim() === '' ? NaN : Number(given);
    if (Number.isFinite(value) && isAllowed(value)) { return value; }
    throw new Error(`${prop} "${given}" must be ${allowed}`);
  }));
}

export function json<TSchema extends v.GenericSchema>(prop: string, schema: TSchema) {
  return v.pipe(v.string(`${prop} is missing`), v.parseJson({}, `${prop} is not JSON`), schema);
}
