import type { SiteVersion } from './versions';

/** What `build.ts` tells the generator about the version that it builds. */
export interface BuildSettings {
  readonly version: SiteVersion;
  readonly versions: readonly SiteVersion[];
  /** The folder with the version's files. */
  readonly files: string;
  /** The folder with the pages, as they are on the site. */
  readonly pages: string;
  /** A JSON file with pairs: an example in TypeScript, and the same in Python. */
  readonly translations: string;
  readonly out: string;
  /** The address of the version's root on its host. */
  readonly base: string;
}
