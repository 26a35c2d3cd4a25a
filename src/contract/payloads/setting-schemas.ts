/** Schemas of single settings. Each message begins with the name of a prop. */
import * as v from 'valibot';
import { checkPrefix } from '../checks/check-prefix';

export function checkWith<T>(check: (value: T) => void) {
  return convertWith((value: T) => {
    check(value);
    return value;
  });
}

/** Applies a conversion. An error that it throws becomes the problem with the setting. */
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

export function text(prop: string, check: (prop: string, value: string) => void = () => undefined) {
  return v.pipe(
    v.string(),
    v.nonEmpty(`${prop} is missing`),
    checkWith((value) => check(prop, value)),
  );
}

export function optionalText(check: (value: string) => void = () => undefined) {
  return v.optional(
    v.pipe(
      v.string(),
      convertWith((value) => {
        if (value === '') {
          return undefined;
        }
        check(value);
        return value;
      }),
    ),
  );
}

export function prefix(prop: string) {
  return v.pipe(
    v.string(),
    checkWith((value) => checkPrefix(prop, value)),
  );
}

export function choice<const T extends readonly string[]>(prop: string, allowed: T) {
  return v.picklist(
    allowed,
    ({ received }) =>
      `${prop} ${received} must be ${allowed.map((each) => `"${each}"`).join(' or ')}`,
  );
}

export function number(prop: string, allowed: string, isAllowed: (value: number) => boolean) {
  const explain = ({ input }: { readonly input: unknown }) =>
    `${prop} "${String(input)}" must be ${allowed}`;
  return v.pipe(
    v.number(explain),
    v.check((value) => Number.isFinite(value) && isAllowed(value), explain),
  );
}

export function object<T extends v.ObjectEntries>(prop: string, entries: T) {
  return v.object(
    entries,
    ({ input }) => `${prop} ${typeof input === 'string' ? 'is not JSON' : 'lacks a field'}`,
  );
}
