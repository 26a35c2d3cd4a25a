import { readFileSync } from 'node:fs';
import * as path from 'node:path';

/** The major versions of Node.js that VERSIONS.md lists. */
const NODE_VERSIONS = [20, 22, 24];

const { packages } = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../../package-lock.json'), 'utf8'),
) as {
  packages: Record<string, { engines?: { node?: string } }>;
};

/**
 * Returns whether a range has an alternative that starts at this major version, or at a lower one
 * without an upper bound.
 */
function allows(range: string, major: number): boolean {
  return range
    .split('||')
    .map((part) => part.trim())
    .some((part) => {
      const [, operator, digits] = /^(>=|>|\^|~|=)?\s*v?(\d+|\*|x)?/.exec(part)!;
      if (!digits || digits === '*' || digits === 'x') {
        return true;
      }
      return operator?.startsWith('>') ? Number(digits) <= major : Number(digits) === major;
    });
}

/**
 * `npm ci` warns (EBADENGINE) about each package whose `engines` exclude the running version. A
 * warning about a package that works hides the warning that matters. If a dependency dropped a
 * version, pin the last release that runs on it, in .projenrc.ts. If a dependency runs in spite of
 * its `engines`, delete that field from its entry in package-lock.json (docs/decisions.md,
 * "Installing on Node 20").
 */
test.each(NODE_VERSIONS)('npm ci prints no warning about engines on Node.js %i', (major) => {
  const excluded = Object.entries(packages).filter(
    ([, { engines }]) => engines?.node && !allows(engines.node, major),
  );
  expect(excluded.map(([folder, { engines }]) => `${folder} wants ${engines!.node}`)).toEqual([]);
});
