/**
 * The rule for the npm tarball: the modules that an app loads at synthesis, the bundles, the
 * documents and the programs for people, nothing else.
 */
import * as path from 'node:path';
import * as ts from 'typescript';

/** Text of each file by its path in the package. */
export type Files = ReadonlyMap<string, string>;

const HANDLERS = [
  'archive-batch',
  'explain-failure',
  'list-objects',
  'plan-run',
  'report-run',
  'restore-batch',
  'verify-batch',
];
const DOCUMENTS = [
  'package.json',
  '.jsii',
  '.jsii.tabl.json',
  'README.md',
  'API.md',
  'CHANGELOG.md',
  'LICENSE',
  'NOTICE',
  'THIRD_PARTY_LICENSES',
  'sbom.cdx.json',
  'tools/erase_packed_object.py',
];

/** Returns one sentence per problem. */
export function problems(files: Files): string[] {
  const needed = new Set([
    ...DOCUMENTS,
    ...HANDLERS.flatMap((name) => [
      `assets/lambda/${name}/${name}.lambda/index.js`,
      `assets/lambda/${name}/${name}.lambda/index.js.map`,
    ]),
    ...reachable(files, 'lib/index.js', '.js'),
    ...reachable(files, 'lib/index.d.ts', '.d.ts'),
  ]);
  return [
    ...[...needed].filter((file) => !files.has(file)).map((file) => `${file} is missing`),
    ...[...files.keys()]
      .filter((file) => !needed.has(file))
      .map((file) => `${file} is needed by nobody`),
    ...foreignImports(files),
  ].sort();
}

/**
 * Returns `from` and every file that it loads through relative imports. Missing files are included
 * but not followed.
 */
export function reachable(files: Files, from: string, extension: '.js' | '.d.ts'): Set<string> {
  const seen = new Set<string>();
  const waiting = [from];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (seen.has(file)) {
      continue;
    }
    seen.add(file);
    const folder = path.posix.dirname(file);
    waiting.push(
      ...imports(files.get(file) ?? '')
        .filter((name) => name.startsWith('.'))
        .map((name) => path.posix.join(folder, `${name}${extension}`)),
    );
  }
  return seen;
}

/**
 * The package has no dependencies, so its code may load only peer dependencies and Node.js modules.
 */
function foreignImports(files: Files): string[] {
  const allowed = /^(\.|node:|constructs$|aws-cdk-lib($|\/)|fs$|path$|crypto$)/;
  return [...files]
    .filter(([file]) => file.startsWith('lib/'))
    .flatMap(([file, text]) =>
      imports(text)
        .filter((name) => !allowed.test(name))
        .map((name) => `${file} loads ${name}, which a consumer does not have`),
    );
}

function imports(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}
