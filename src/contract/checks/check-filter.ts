import { parseGlob } from './parse-glob';
import type { FilterSettings } from '../payloads/settings';

/** The names of the filters, in the order in which they are applied. */
export const FILTERS = ['include', 'exclude', 'minSize', 'maxSize', 'minAge'] as const;
export type FilterName = (typeof FILTERS)[number];

/**
 * Bytes of JSON. Lambda has 4 KB for all environment variables:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const MAX_BYTES = 2_048;

export function checkFilter(filter: FilterSettings): void {
  for (const name of ['include', 'exclude'] as const) {
    checkPatterns(`filter.${name}`, name, filter[name]);
  }
  const { minSize, maxSize, minAge } = filter;
  for (const [name, bytes] of Object.entries({ minSize, maxSize })) {
    if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0)) {
      continue;
    }
    throw new Error(
      `filter.${name} ${bytes} bytes must be a whole number of bytes, at least 0: use ` +
        'Size.bytes with a whole number, or a larger unit',
    );
  }
  if (minSize !== undefined && maxSize !== undefined && minSize > maxSize) {
    throw new Error(
      `filter.minSize ${minSize} bytes must not be greater than filter.maxSize ${maxSize} ` +
        'bytes, because no object would pass both: swap them, or omit one',
    );
  }
  if (minAge !== undefined && !(Number.isInteger(minAge) && minAge >= 1)) {
    throw new Error(
      `filter.minAge ${minAge} seconds must be a whole number of seconds, at least 1, because ` +
        'S3 states times in seconds: round it, or omit minAge',
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(filter));
  if (bytes > MAX_BYTES) {
    throw new Error(
      `filter has ${bytes} bytes as JSON and must have at most ${MAX_BYTES}, because Lambda ` +
        'limits environment variables: ' +
        'join patterns with braces, as in **/*.{csv,json}, or use several archivers',
    );
  }
}

function checkPatterns(
  prop: string,
  name: 'include' | 'exclude',
  patterns: readonly string[] | undefined,
): void {
  if (patterns?.length === 0) {
    throw new Error(
      `${prop} is an empty list, which could mean everything or nothing: list globs, such as ` +
        `"**/*.csv", or omit ${name}`,
    );
  }
  for (const pattern of patterns ?? []) {
    parseGlob(pattern, `${prop} pattern`);
    if (pattern.startsWith('/')) {
      throw new Error(
        `${prop} pattern "${pattern}" must not start with "/", because it matches the key after ` +
          `prefix: write "${pattern.replace(/^\/+/, '')}", or "\\${pattern}" if the names of ` +
          'folders are empty',
      );
    }
    if (pattern.endsWith('/')) {
      throw new Error(
        `${prop} pattern "${pattern}" matches only folder markers, which are never archived: ` +
          `write "${pattern}**" for all objects of the folder`,
      );
    }
  }
}
