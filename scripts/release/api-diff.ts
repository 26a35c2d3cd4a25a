/**
 * Compares the API with the accepted one, `release/api.json`: nothing that users' code relies on
 * may be removed or changed. Additions are allowed.
 *
 * usage: tsx scripts/release/api-diff.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { BASELINE } from './api-baseline';

const ROOT = path.resolve(__dirname, '../..');

export interface ApiDiff {
  readonly compatible: boolean;
  /** The output of jsii-diff, with the key of each change for .compatignore. */
  readonly report: string;
}

/** `before` and `after` are jsii assemblies of this package. */
export function diffApi(
  before: object,
  after: object,
  ignoreFile = path.join(ROOT, '.compatignore'),
): ApiDiff {
  mkdirSync(path.join(ROOT, '.demo'), { recursive: true });
  // Inside the repository, because jsii-diff resolves the types of aws-cdk-lib from here.
  const directory = mkdtempSync(path.join(ROOT, '.demo/api-'));
  try {
    const folders = Object.entries({ before, after }).map(([name, assembly]) =>
      writeAssembly(path.join(directory, name), assembly),
    );
    const jsiiDiff = require.resolve('jsii-diff/bin/jsii-diff');
    // Below 1.0.0 the package is marked experimental, but a change breaks its users' code all the
    // same.
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [jsiiDiff, ...folders, '--error-on', 'all', '--keys', '--ignore-file', ignoreFile],
      {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
      },
    );
    const report = `${stdout}${stderr}`.trim();
    // If jsii-diff failed without naming any change, jsii-diff itself is broken.
    if (status !== 0 && !/^(err|warn) /m.test(report)) {
      throw new Error(`jsii-diff ended with ${status}: ${report}`);
    }
    return { compatible: status === 0, report };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeAssembly(folder: string, assembly: object): string {
  const { name, version, dependencies } = assembly as {
    name: string;
    version: string;
    dependencies: object;
  };
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name, version, dependencies, jsii: { targets: {} } }),
  );
  writeFileSync(path.join(folder, '.jsii'), JSON.stringify(assembly));
  return folder;
}

if (require.main === module) {
  const [before, after] = [BASELINE, path.join(ROOT, '.jsii')].map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  );
  const { compatible, report } = diffApi(before, after);
  if (report) {
    console.log(report);
  }
  console.log(
    compatible
      ? 'the API is compatible with release/api.json'
      : 'the API breaks code of users: undo it, or say so in VERSIONS.md and add its key to ' +
          '.compatignore',
  );
  process.exitCode = compatible ? 0 : 1;
}
