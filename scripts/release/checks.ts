/**
 * Checks the version and the changelog of a release. Each function returns one sentence per
 * problem.
 */

/** Returns the text below a heading of CHANGELOG.md, or undefined if there is no such heading. */
export function changelogSection(changelog: string, heading: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find(
    (text) => text.split(/[\s\n]/, 1)[0].replace(/^\[|\]$/g, '') === heading,
  );
  return section?.slice(section.indexOf('\n')).trim();
}

/**
 * Users read the changelog before they upgrade, so its first section must describe the version to
 * be released.
 */
export function changelogProblems(changelog: string, version: string): string[] {
  const first = /^## \[?([^\]\s]+)/m.exec(changelog)?.[1];
  if (first !== version && first !== 'Unreleased') {
    return [
      `CHANGELOG.md begins with ${first ?? 'no section'}; it must begin with ${version} or ` +
        'Unreleased: add what a user notices',
    ];
  }
  return changelogSection(changelog, first)
    ? []
    : [`CHANGELOG.md says nothing below ${first}: add what a user notices`];
}

/**
 * Accepts semantic versions (https://semver.org) without build metadata, because all five
 * registries accept those.
 */
export function versionProblems(version: string, artifacts: readonly string[]): string[] {
  const problems = /^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version)
    ? []
    : [`${version} is no version for all registries; 1.2.3 or 1.2.3-rc.4 is`];
  if (version === '0.0.0') {
    problems.push(
      'the version is 0.0.0, the one of a working copy: commit something that is released ' +
        '(feat, fix)',
    );
  }
  const others = artifacts.filter((file) => !file.includes(version));
  return [...problems, ...others.map((file) => `${file} does not carry the version ${version}`)];
}
