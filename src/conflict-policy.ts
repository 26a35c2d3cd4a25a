/**
 * What happens to an object whose destination already holds other content, metadata or tags.
 * Neither policy overwrites, and the same content at the destination is no conflict: it completes the move.
 */
export enum ConflictPolicy {
  /** Leave the object at its source and report it as conflicting. */
  REPORT = 'REPORT',

  /**
   * Archive it beside, as `stem~<first 8 characters of its ETag>.ext`: the same name on every attempt.
   * It counts as archived.
   */
  RENAME = 'RENAME',
}
