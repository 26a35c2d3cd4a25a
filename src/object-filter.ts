import type { Duration, Size } from 'aws-cdk-lib';

/**
 * Which of the objects of a run's days are archived. An object must pass every filter that is
 * given. Objects that do not pass stay at the source and count as skipped. The report says how many
 * objects each filter left out.
 *
 * **Globs.** They match the part of the key after the archiver's `prefix`, from its first to its
 * last character:
 * - `*` matches any characters but `/`, or none, and `?` one character but `/`.
 * - `**` matches any characters, `/` included, or none: `eu/**`. As the whole name of a folder
 *   before a `/`, it matches any number of folders, or none.
 * - `[abc]` and `[a-z]` match one of these characters, `[!abc]` and `[^abc]` one other character
 *   but `/`.
 * - `{csv,json}` matches one of these patterns, which may be empty and contain braces.
 * - A backslash takes the special meaning from the next character: `\*`.
 *
 * Everything else stands for itself. Case matters, and a dot at the start of a name is like any
 * other character. Matching takes time that is linear in the length of the key.
 *
 * @see https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/filters.md
 */
export interface ObjectFilter {
  /**
   * Only objects that match at least one of these globs are archived: `['eu/**', '*.{csv,json}']`.
   * @default - all objects
   */
  readonly include?: string[];

  /**
   * Objects that match one of these globs are not archived, even if they match `include`:
   * `['eu/tmp-*', 'old/**']`.
   * @default - no object is left out
   */
  readonly exclude?: string[];

  /**
   * Only objects of at least this size are archived.
   * @default - any size
   */
  readonly minSize?: Size;

  /**
   * Only objects of at most this size are archived.
   * @default - any size
   */
  readonly maxSize?: Size;

  /**
   * Only objects whose last modification was at least this long before the run are archived, in
   * whole seconds.
   *
   * The age is counted up to the scheduled time of a run, or to its start if it was not scheduled,
   * so retries and redrives select the same objects. S3 rounds the time of the last modification
   * down to the second. An object that is too young stays at the source. A later run archives it
   * only if its day is among the days of that run, so choose a `selection` of several days.
   * @default - any age
   */
  readonly minAge?: Duration;
}
