/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1_024;

export function checkPrefix(prop: string, prefix: string): void {
  const bytes = Buffer.byteLength(prefix);
  if (bytes >= MAX_KEY_BYTES) {
    throw new Error(
      `${prop} has ${bytes} bytes and must have less than ${MAX_KEY_BYTES}, because no key has ` +
        'more, and names follow the prefix: shorten it',
    );
  }
  const problem = findProblem(prefix);
  if (problem !== undefined) {
    throw new Error(`${prop} "${prefix}" ${problem}: write "${toPrefix(prefix)}"`);
  }
}

function findProblem(prefix: string): string | undefined {
  if (/^(s3|https?):\/\//i.test(prefix)) {
    return 'must be a part of keys, because the bucket has its own prop';
  }
  if (prefix.startsWith('/')) {
    return (
      'must not start with "/", because a bucket has no root folder and keys start with their ' +
      'first folder'
    );
  }
  if (prefix.startsWith('../')) {
    return (
      'must not start with "../", because S3 refuses keys with more ".." than folders before ' +
      'them'
    );
  }
  if (prefix === '' || prefix.endsWith('/')) {
    return undefined;
  }
  if (/\/\*+$/.test(prefix)) {
    return 'must end with "/", because a prefix has no wildcards';
  }
  return `must be empty or end with "/", because "${prefix}" would also match "${prefix}x/"`;
}

function toPrefix(prefix: string): string {
  const path = prefix
    .replace(/^(s3|https?):\/\/[^/]*/i, '')
    .replace(/^(\/|\.\.\/)+/, '')
    .replace(/(^|\/)\*+$/, '$1');
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}
