/**
 * Throws unless a prefix is empty or ends with a slash.
 *
 * The construct checks its props with this function, and the handlers check them again, because a prop may be a token
 * whose value is known only at run time.
 */
export function checkPrefix(prop: string, prefix: string): void {
  if (prefix === '' || prefix.endsWith('/')) { return; }
  throw new Error(`${prop} "${prefix}" must be empty or end with "/", because "${prefix}" would also match "${prefix}x/": write "${prefix}/"`);
}
