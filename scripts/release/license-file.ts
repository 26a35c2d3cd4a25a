/** THIRD_PARTY_LICENSES: each bundled package, below the licence text that it came with. */
import type { BundledPackage } from './bundled';

const RULE = '-'.repeat(80);
const HANDLERS = 'The Lambda functions in assets/ are bundles: they hold';
const HEAD = ` code of the npm packages below, each under its own licence.
Where a package came without a licence file, the text is that of the licence that it names.
`;

/** `standardText` gives the text of an SPDX identifier; `holder` begins the sentence that says what holds the code. */
export function licenceFile(packages: readonly BundledPackage[], standardText: (licence: string) => string, holder = HANDLERS): string {
  const groups = new Map<string, BundledPackage[]>();
  for (const bundled of packages) {
    const text = [bundled.licenceText ?? standardText(bundled.licence), bundled.noticeText].filter(Boolean).join('\n\n');
    groups.set(text, [...(groups.get(text) ?? []), bundled]);
  }
  const sections = [...groups].map(([text, members]) => `${RULE}\n${members.map(title).join('\n')}\n${RULE}\n\n${text}\n`);
  return [`${holder}${HEAD}`, ...sections].join('\n');
}

const title = ({ name, version, licence }: BundledPackage) => `${name} ${version} (${licence})`;
