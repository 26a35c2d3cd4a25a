/** What the npm tarball may hold: what an app loads when it synthesises, the bundles, and papers. Nothing else. */
import * as path from 'node:path';
import * as ts from 'typescript';

/** Path in the package -> text. */
export type Files = ReadonlyMap<string, string>;

const HANDLERS = ['archive-batch', 'explain-failure', 'plan-run', 'report-run'];
const PAPERS = [
  'package.json', '.jsii', '.jsii.tabl.json', 'README.md', 'API.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE', 'THIRD_PARTY_LICENSES', 'sbom.cdx.json',
];

/** One sentence a problem. */
export function problems(files: Files): string[] {
  const needed = new Set([
    ...PAPERS,
    ...HANDLERS.flatMap((name) => [`assets/lambda/${name}/${name}.lambda/index.js`, `assets/lambda/${name}/${name}.lambda/index.js.map`]),
    ...reachable(files, 'lib/index.js', '.js'),
    ...reachable(files, 'lib/index.d.ts', '.d.ts'),
  ]);
  return [
    ...[...needed].filter((file) => !files.has(file)).map((file) => `${file} is missing`),
    ...[...files.keys()].filter((file) => !needed.has(file)).map((file) => `${file} is needed by nobody`),
    ...foreignImports(files),
  ].sort();
}

/** What `from` loads, itself first, through its relative imports. Files that are not there are named and not followed. */
export function reachable(files: Files, from: string, extension: '.js' | '.d.ts'): Set<string> {
  const seen = new Set<string>();
  const waiting = [from];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (seen.has(file)) { continue; }
    seen.add(file);
    const folder = path.posix.dirname(file);
    waiting.push(...imports(files.get(file) ?? '').filter((name) => name.startsWith('.')).map((name) => path.posix.join(folder, `${name}${extension}`)));
  }
  return seen;
}

/** The package has no dependencies of its own: its code may load the peers and what Node.js has. */
function foreignImports(files: Files): string[] {
  const allowed = /^(\.|node:|constructs$|aws-cdk-lib($|\/)|fs$|path$|crypto$)/;
  return [...files].filter(([file]) => file.startsWith('lib/')).flatMap(([file, text]) => imports(text)
    .filter((name) => !allowed.test(name)).map((name) => `${file} loads ${name}, which a consumer does not have`));
}

function imports(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}
