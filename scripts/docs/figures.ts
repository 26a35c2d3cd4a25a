/**
 * Prints how much code ships, by folder, and how many files elsewhere import each folder: the
 * figures of CONTRIBUTING.md. They have no limit.
 *
 * usage: figures.ts [ROOT]
 *   ROOT: the checkout to look at; default: this one. An older commit: `git worktree add`
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const [root = path.resolve(__dirname, '../..')] = process.argv.slice(2);
const SRC = path.join(root, 'src');

interface SourceFile {
  /** Relative to `src`. */
  readonly name: string;
  readonly tokens: number;
  readonly imports: readonly string[];
}

function findEntries(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name === 'index.ts' || name.endsWith('.lambda.ts'));
}

function countTokens(text: string): number {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  let count = 0;
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken) {
    count += 1;
  }
  return count;
}

function read(name: string): SourceFile {
  const text = fs.readFileSync(path.join(SRC, name), 'utf8');
  const imports = ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.join(path.dirname(name), fileName))
    .map((file) => [`${file}.ts`, path.join(file, 'index.ts')].find(exists))
    .filter((file) => file !== undefined);
  return { name, tokens: countTokens(text), imports };
}

function exists(name: string): boolean {
  return fs.existsSync(path.join(SRC, name));
}

/** All files that the entries import, and the entries. */
function walk(entries: readonly string[]): SourceFile[] {
  const files = new Map<string, SourceFile>();
  const waiting = [...entries];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (!files.has(name)) {
      const file = read(name);
      files.set(name, file);
      waiting.push(...file.imports);
    }
  }
  return [...files.values()];
}

/** `features/packing`, `lambda/s3`, or `contract`. */
function toFolder(name: string): string {
  const parts = path.dirname(name).split(path.sep);
  return parts[0] === '.'
    ? 'the props, the construct class and the index'
    : parts.slice(0, 2).join('/');
}

function groupFiles(files: readonly SourceFile[]): Record<string, SourceFile[]> {
  const groups: Record<string, SourceFile[]> = {};
  for (const file of files) {
    (groups[toFolder(file.name)] ??= []).push(file);
  }
  return groups;
}

const shipped = walk(findEntries(SRC));
const folders = Object.entries(groupFiles(shipped)).sort(([a], [b]) => a.localeCompare(b));
console.log('| folder | files | tokens | files elsewhere that import it |');
console.log('| --- | --: | --: | --: |');
for (const [folder, files] of folders) {
  const names = new Set(files.map(({ name }) => name));
  const users = shipped.filter(
    ({ name, imports }) => !names.has(name) && imports.some((each) => names.has(each)),
  );
  const tokens = files.reduce((sum, file) => sum + file.tokens, 0);
  console.log(`| ${folder} | ${files.length} | ${tokens.toLocaleString('en')} | ${users.length} |`);
}
const total = shipped.reduce((sum, { tokens }) => sum + tokens, 0);
console.log(`| **all** | **${shipped.length}** | **${total.toLocaleString('en')}** | |`);
