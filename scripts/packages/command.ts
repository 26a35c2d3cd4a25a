/**
 * Builds the command's own npm package, which has no dependencies: `dist/command/*.tgz`.
 *
 * usage: tsx scripts/packages/command.ts
 */
import { pack, writePackage } from './published';

const NAME = 'command';

/** Writes the package into a folder. */
export function buildCommand(folder: string): void {
  writePackage(
    {
      name: NAME,
      entries: { cli: 'src/bin/command.ts' },
      licenseIntroduction: 'cli.js is a bundle. It contains',
    },
    folder,
  );
}

if (require.main === module) {
  pack(NAME, buildCommand);
}
