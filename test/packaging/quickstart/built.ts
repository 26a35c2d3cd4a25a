import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';

const DIST = path.resolve(__dirname, '../../../dist');

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
