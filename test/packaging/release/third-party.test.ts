import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Metafile } from 'esbuild';
import { findBundledPackages, readMetafiles } from '../../../scripts/release/bundled';
import { renderLicenseFile } from '../../../scripts/release/license-file';
import { renderThirdPartyFiles } from '../../../scripts/release/third-party';

const ROOT = path.resolve(__dirname, '../../..');
const BUNDLES = ['archive-batch', 'explain-failure', 'plan-run', 'report-run'];

/**
 * Returns the names of the packages in a bundle's source map. This source is independent of
 * esbuild's metafile.
 */
function mappedPackages(bundle: string): string[] {
  const map = JSON.parse(
    readFileSync(path.join(ROOT, `assets/lambda/${bundle}/${bundle}.lambda/index.js.map`), 'utf8'),
  );
  const names = (map.sources as string[]).map(
    (source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}

describe('of the bundles as they are', () => {
  const files = renderThirdPartyFiles();

  test.each(['THIRD_PARTY_LICENSES', 'sbom.cdx.json'])('%s is up to date', (file) => {
    expect(readFileSync(path.join(ROOT, file), 'utf8')).toBe(files[file]);
  });

  test.each(BUNDLES)('both name every package that the source map of %s points into', (bundle) => {
    const bom = JSON.parse(files['sbom.cdx.json']);
    const refs: string[] = bom.dependencies.find(
      ({ ref }: { ref: string }) => ref === `assets/lambda/${bundle}/${bundle}.lambda`,
    ).dependsOn;
    const listed = refs.map(
      (ref) => bom.components.find((component: { purl: string }) => component.purl === ref).name,
    );
    expect(listed).toEqual(expect.arrayContaining(mappedPackages(bundle)));
    for (const name of listed) {
      expect(files.THIRD_PARTY_LICENSES).toContain(`\n${name} `);
    }
  });

  test('names of scopes are encoded, and no component is twice', () => {
    const purls: string[] = JSON.parse(files['sbom.cdx.json']).components.map(
      ({ purl }: { purl: string }) => purl,
    );
    const { version } = JSON.parse(
      readFileSync(path.join(ROOT, 'node_modules/@aws-sdk/client-s3/package.json'), 'utf8'),
    );
    expect(purls).toContain(`pkg:npm/%40aws-sdk/client-s3@${version}`);
    expect(new Set(purls).size).toBe(purls.length);
  });
});

describe('of other bundles', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'bundled-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function install(name: string, license: string, files: Record<string, string> = {}): void {
    const folder = path.join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name: name.split('node_modules/').pop(), version: '1.2.3', license }),
    );
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(path.join(folder, file), text);
    }
  }

  const metafile = (inputs: Record<string, number>): Metafile => ({
    inputs: {},
    outputs: {
      'assets/a.lambda/index.js': {
        bytes: 1,
        imports: [],
        exports: [],
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([file, bytesInOutput]) => [file, { bytesInOutput }]),
        ),
      },
    },
  });

  test('code that was shaken off is not listed, a package inside of another is', () => {
    install('kept', 'MIT', { 'license.md': 'of kept', NOTICE: 'notice of kept' });
    install('kept/node_modules/@inner/most', 'Apache-2.0');
    install('shaken', 'MIT');
    const packages = findBundledPackages(
      new Map([
        [
          'a',
          metafile({
            'src/a.lambda.ts': 9,
            'node_modules/kept/x.js': 1,
            'node_modules/kept/node_modules/@inner/most/y.js': 1,
            'node_modules/shaken/z.js': 0,
          }),
        ],
      ]),
      root,
    );
    expect(packages.map(({ name, bundles }) => [name, bundles])).toEqual([
      ['@inner/most', ['a']],
      ['kept', ['a']],
    ]);
    expect(renderLicenseFile(packages, (license) => `text of ${license}`)).toMatch(
      /@inner\/most 1\.2\.3 \(Apache-2\.0\)[^]*text of Apache-2\.0[^]*of kept\n\nnotice of kept/,
    );
  });

  test('a license that does not allow it is refused', () => {
    install('strict', 'AGPL-3.0-only');
    expect(() =>
      findBundledPackages(new Map([['a', metafile({ 'node_modules/strict/x.js': 1 })]]), root),
    ).toThrow(
      /^strict@1\.2\.3 is bundled under AGPL-3\.0-only; allowed are Apache-2\.0, .*: do without it, or allow its license$/,
    );
  });

  test('without bundles it says what to do', () => {
    expect(() => readMetafiles(path.join(root, 'assets'))).toThrow(
      /no metafile in .*: run it first$/,
    );
  });
});
