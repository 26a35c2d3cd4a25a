/**
 * The arithmetic of multipart copies. Limits:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */

const MiB = 1024 ** 2;
const MIN_PART_BYTES = 5 * MiB;
const MAX_PREFERRED_PART_BYTES = 512 * MiB;
/**
 * Objects that one request could copy are copied in parts because time is short. Smaller parts are
 * copied sooner, more at a time.
 */
const HURRIED_PART_BYTES = 128 * MiB;
const MAX_PARTS = 10_000;
const MAX_COPY_BYTES = 5 * 1024 ** 3;

export const PART_CONCURRENCY = 16;

/**
 * Returns the preferred part size, or a larger one if the object would have more than 10,000 parts.
 */
export function getPartSize(size: number, preferred: number): number {
  return Math.max(
    MIN_PART_BYTES,
    Math.min(preferred, MAX_PREFERRED_PART_BYTES),
    Math.ceil(size / MAX_PARTS / MiB) * MiB,
  );
}

/**
 * Returns the size of the parts of a copy. It depends on nothing that changes between two rounds,
 * so that the next one can continue the copy.
 * @param maxCopyBytes what one request copies at most
 */
export function getCopyPartSize(size: number, maxCopyBytes: number): number {
  return getPartSize(size, size > maxCopyBytes ? maxCopyBytes : HURRIED_PART_BYTES);
}

/**
 * Returns where a part lies in an object. The length is not positive if the object has no such
 * part. Part numbers begin at 1.
 */
export function getPartRange(
  size: number,
  partSize: number,
  part: number,
): { readonly first: number; readonly length: number } {
  const first = (part - 1) * partSize;
  return { first, length: Math.min(partSize, size - first) };
}

export function countCopyRequests(size: number): number {
  return size <= MAX_COPY_BYTES ? 1 : Math.ceil(size / getPartSize(size, MAX_COPY_BYTES)) + 2;
}
