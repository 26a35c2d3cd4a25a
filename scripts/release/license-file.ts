/** Renders THIRD_PARTY_LICENSES: every bundled package with the license text that it came with. */
import type { BundledPackage } from './bundled';

const RULE = '-'.repeat(80);
const HANDLERS = 'The Lambda functions in assets/ are bundles. They contain';
const HEAD = ` code of the npm packages below, each under its own license.
For a package without a license file, the text is the standard text of the license that it names.
`;

/**
 * Renders the file.
 *
 * @param standardText returns the text of an SPDX identifier
 * @param holder beginning of the first sentence, which says where the code is
 */
export function renderLicenseFile(
  packages: readonly BundledPackage[],
  standardText: (license: string) => string,
  holder = HANDLERS,
): string {
  const groups = new Map<string, BundledPackage[]>();
  for (const bundled of packages) {
    const text = [bundled.licenseText ?? standardText(bundled.license), bundled.noticeText]
      .filter(Boolean)
      .join('\n\n');
    groups.set(text, [...(groups.get(text) ?? []), bundled]);
  }
  const sections = [...groups].map(
    ([text, members]) => `${RULE}\n${members.map(title).join('\n')}\n${RULE}\n\n${text}\n`,
  );
  return [`${holder}${HEAD}`, ...sections].join('\n');
}

const title = ({ name, version, license }: BundledPackage) => `${name} ${version} (${license})`;
