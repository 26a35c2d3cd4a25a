/**
 * Prints the kind of the next version. projen's bump task runs it. VERSIONS.md has the policy.
 *
 * usage: VERSION=0.3.1 SUGGESTED_BUMP=major tsx scripts/release/next-version.ts
 */

/**
 * Returns the next version, or an empty string to accept projen's own suggestion.
 *
 * @param suggested the kind of bump that the commits since the last tag call for
 */
export function nextVersion(version: string, suggested: string): string {
  // There is no tag yet to count commits from.
  if (version === '0.0.0') {
    return '0.1.0';
  }
  // Below 1.0.0 a minor version may contain breaking changes. A person decides about 1.0.0, by
  // changing this line.
  if (version.startsWith('0.') && suggested === 'major') {
    return 'minor';
  }
  return '';
}

if (require.main === module) {
  process.stdout.write(nextVersion(process.env.VERSION ?? '', process.env.SUGGESTED_BUMP ?? ''));
}
