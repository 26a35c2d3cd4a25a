/**
 * Translates examples from TypeScript into Python with jsii-rosetta, as Construct Hub does, so that
 * nobody writes them twice.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { TargetLanguage, Translator, type TypeScriptSnippet } from 'jsii-rosetta';

/**
 * The pages with examples that compile in the fixture (`test/packaging/docs/readme.test.ts`
 * compiles them).
 */
const PAGES = [
  'README.md',
  'docs/recipes.md',
  'docs/filters.md',
  'docs/packing.md',
  'docs/runbook.md',
];
const FIXTURE = 'rosetta/default.ts-fixture';

/** Returns the examples of a version, except for those that stand next to the same in Python. */
export function examplesOf(files: string): string[] {
  return PAGES.map((page) => path.join(files, page))
    .filter((page) => fs.existsSync(page))
    .flatMap((page) =>
      [...fs.readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!),
    );
}

/** Returns each example in Python. Throws if one does not compile or cannot be translated. */
export function translate(files: string, examples: readonly string[]): Map<string, string> {
  // The package's sources say which object is a struct, so that nothing has to be built first.
  const fixture = fs
    .readFileSync(path.join(files, FIXTURE), 'utf8')
    .replace("'cdk-s3-dated-archiver'", "'./src/index'");
  const translator = new Translator(true);
  const snippets = examples.map((code, at): TypeScriptSnippet => ({
    visibleSource: code,
    completeSource:
      '/// ' + `!hide\n${fixture.replace('/// here', () => `/// !show\n${code}\n/// !hide\n`)}`,
    location: { api: { api: 'file', fileName: `example${at}` } },
    parameters: { $directory: files },
  }));
  const translations = translator.translateSnippets(snippets, [TargetLanguage.PYTHON]);
  const [problem] = translator.diagnostics;
  if (problem) {
    throw new Error(`an example cannot be translated into Python: ${problem.formattedMessage}`);
  }
  return new Map(
    translations.map((each, at) => [
      examples[at]!,
      `${each.get(TargetLanguage.PYTHON)!.source.trim()}\n`,
    ]),
  );
}
