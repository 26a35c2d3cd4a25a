/**
 * Writes THIRD_PARTY_LICENSES and sbom.cdx.json.
 *
 * usage: tsx scripts/release/third-party.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as licenses from 'spdx-license-list/full';
import { findBundledPackages, readMetafiles } from './bundled';
import { renderLicenseFile } from './license-file';
import { toSbom } from './sbom';

const ROOT = path.resolve(__dirname, '../..');

/** Returns the content of each file by its name, for the bundles as they were last built. */
export function renderThirdPartyFiles(root = ROOT): Record<string, string> {
  const packages = findBundledPackages(readMetafiles(path.join(root, 'assets')), root);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return {
    THIRD_PARTY_LICENSES: renderLicenseFile(packages, standardText),
    'sbom.cdx.json': `${JSON.stringify(
      toSbom(manifest, packages, (bundle) => `assets/lambda/${bundle}/${bundle}.lambda`),
      undefined,
      2,
    )}\n`,
  };
}

const standardText = (license: string): string => licenses[license].licenseText.trim();

if (require.main === module) {
  for (const [file, content] of Object.entries(renderThirdPartyFiles())) {
    writeFileSync(path.join(ROOT, file), content);
  }
}
