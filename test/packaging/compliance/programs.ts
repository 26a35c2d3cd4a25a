import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.resolve(__dirname, '../../..');

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

export interface Where {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs a program until it ends. */
export function tryProgram(program: string, args: string[], { cwd, env }: Where = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error) {
    throw error;
  }
  return { status, output: stdout + stderr };
}

/** Runs a program that must succeed. */
export function runProgram(program: string, args: string[], where: Where = {}): string {
  const { status, output } = tryProgram(program, args, where);
  if (status !== 0) {
    throw new Error(`${[program, ...args].join(' ')} ended with ${status}:\n${output}`);
  }
  return output;
}

/** Returns the path of a program in this repository's own node_modules. */
export function ownModule(...parts: string[]): string {
  return path.join(ROOT, 'node_modules', ...parts);
}

/** Creates a folder outside the repository and installs packages in it. */
export function installPackages(folder: string, dependencies: Record<string, string>): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies }),
  );
  runProgram('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}

/** Returns the tarball that would be published: the given one, or one of the compiled files. */
export function tarball(folder: string, given?: string): string {
  fs.mkdirSync(folder, { recursive: true });
  if (given) {
    // The name has no @, because npm might read it as the start of a version.
    const copy = path.join(folder, 'cdk-s3-dated-archiver.tgz');
    fs.copyFileSync(given, copy);
    return copy;
  }
  const name = runProgram('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT })
    .trim()
    .split('\n')
    .pop()!;
  return path.join(folder, name);
}
