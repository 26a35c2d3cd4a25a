import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const DIST = path.join(ROOT, 'dist');

/**
 * Returns what `npx projen package` and `npx projen package:python` have built, by installer and
 * package name.
 */
export function builtPackages(dist = DIST): Record<string, string> {
  return {
    'npm:cdk-s3-dated-archiver': only(path.join(dist, 'js'), '.tgz'),
    'npm:cdk-s3-dated-archiver-sandbox': only(path.join(dist, 'sandbox'), '.tgz'),
    'pip:cdk-s3-dated-archiver': only(path.join(dist, 'python'), '.whl'),
  };
}

/** Returns the files of the table in the README, "Install", that are not in dist/. */
export function missingOfReadme(root = ROOT): string[] {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/\.\.\/cdk-s3-dated-archiver\/(dist\/[^`\s]+)/g)].map(
    ([, file]) => file!,
  );
  if (named.length !== Object.keys(builtPackages(path.join(root, 'dist'))).length) {
    throw new Error(`the README names ${named.length} files of dist/ to install`);
  }
  return named.filter((file) => !existsSync(path.join(root, file)));
}

function only(folder: string, ending: string): string {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith(ending))
    : [];
  if (files.length !== 1) {
    throw new Error(
      `${folder} has ${files.length} files *${ending} and must have one: run npx projen package ` +
        'and npx projen package:python',
    );
  }
  return path.join(folder, files[0]);
}
