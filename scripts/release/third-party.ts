/** Writes THIRD_PARTY_LICENSES and sbom.cdx.json. usage: tsx scripts/release/third-party.ts */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as licences from 'spdx-license-list/full';
import { bundledPackages, readMetafiles } from './bundled';
import { licenceFile } from './license-file';
import { sbom } from './sbom';

const ROOT = path.resolve(__dirname, '../..');

/** File name -> content, of the bundles as they were last built. */
export function thirdPartyFiles(root = ROOT): Record<string, string> {
  const packages = bundledPackages(readMetafiles(path.join(root, 'assets')), root);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return {
    'THIRD_PARTY_LICENSES': licenceFile(packages, standardText),
    'sbom.cdx.json': `${JSON.stringify(sbom(manifest, packages), undefined, 2)}\n`,
  };
}

const standardText = (licence: string): string => licences[licence].licenseText.trim();

if (require.main === module) {
  for (const [file, content] of Object.entries(thirdPartyFiles())) { writeFileSync(path.join(ROOT, file), content); }
}
