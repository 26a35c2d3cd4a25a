/** The versions of the documents that the site has. */

export interface SiteVersion {
  readonly name: string;
  /** A branch or tag. */
  readonly ref: string;
  /**
   * The folder below the site's root. The version that a reader should get first is the root
   * itself.
   */
  readonly folder: string;
}

const RELEASES = 5;

/**
 * Returns the versions for the tags of releases: the newest release, what comes next, and older
 * minor versions.
 */
export function versionsOf(tags: readonly string[]): SiteVersion[] {
  const releases = tags
    .flatMap((tag) => {
      const [, major, minor, patch] = /^v(\d+)\.(\d+)\.(\d+)$/.exec(tag) ?? [];
      return major === undefined
        ? []
        : [{ tag, numbers: [Number(major), Number(minor), Number(patch)] as const }];
    })
    .sort(
      (a, b) =>
        b.numbers[0] - a.numbers[0] || b.numbers[1] - a.numbers[1] || b.numbers[2] - a.numbers[2],
    );
  const minors = new Map<string, string>();
  for (const {
    tag,
    numbers: [major, minor],
  } of releases) {
    const name = `${major}.${minor}`;
    if (!minors.has(name)) {
      minors.set(name, tag);
    }
  }
  const [newest, ...older] = [...minors].slice(0, RELEASES);
  const main = { name: 'main', ref: 'main' };
  if (!newest) {
    return [{ ...main, folder: '' }];
  }
  return [
    { name: newest[0], ref: newest[1], folder: '' },
    { ...main, folder: 'main/' },
    ...older.map(([name, ref]) => ({ name, ref, folder: `${name}/` })),
  ];
}
