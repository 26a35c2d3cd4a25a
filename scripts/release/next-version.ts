/**
 * What is released next: the command that projen's bump asks. VERSIONS.md has the policy.
 * usage: VERSION=0.3.1 SUGGESTED_BUMP=major tsx scripts/release/next-version.ts
 */

/** `suggested` is what the commits since the last tag ask for. Empty: as projen thinks, which counts them itself. */
export function nextVersion(version: string, suggested: string): string {
  // Without a tag there is nothing to count from.
  if (version === '0.0.0') { return '0.1.0'; }
  // Below 1.0.0 a minor version may break; 1.0.0 itself is decided by a person, here.
  if (version.startsWith('0.') && suggested === 'major') { return 'minor'; }
  return '';
}

if (require.main === module) {
  process.stdout.write(nextVersion(process.env.VERSION ?? '', process.env.SUGGESTED_BUMP ?? ''));
}
