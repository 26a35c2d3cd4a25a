/**
 * What happens to an object if the destination already has other content, metadata or tags under
 * its key.
 *
 * Neither policy overwrites. The same content at the destination is not a conflict: it completes
 * the move.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export enum ConflictPolicy {
  /** Leave the object at its source and report it as conflicting. */
  REPORT = 'REPORT',

  /**
   * Archive the object under another name: `stem~<first 8 characters of its ETag>.ext`.
   *
   * The name is the same on every attempt. The object counts as archived.
   */
  RENAME = 'RENAME',
}
