import { createHash } from 'node:crypto';

/** The id of the only version that a key of an unversioned bucket has. */
export const NULL_VERSION = 'null';

/** Creates the id with a number: opaque, and as S3's, recognizable as one that S3 made. */
export function createId(number: number): string {
  const text = digest(`id ${number}`).slice(0, 24);
  return text + toCheck(text);
}

/** S3 refuses ids that it cannot have made. */
export function isVersionId(id: string): boolean {
  return id === NULL_VERSION || (id.length === 32 && id.slice(24) === toCheck(id.slice(0, 24)));
}

function toCheck(text: string): string {
  return digest(text).slice(0, 8);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
