/** A copy of the repository in a temporary folder, to which a patch can be applied. */
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '../..');

export interface Output {
  readonly text: string;
  readonly status: number | null;
}

/** Copies the files that git knows or would add, as they are now, and commits them there. */
export function copyRepository(folder: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0')) {
    // A file that is deleted and not yet committed is still listed.
    if (file !== '' && fs.existsSync(path.join(ROOT, file))) {
      fs.cpSync(path.join(ROOT, file), path.join(folder, file));
    }
  }
  linkModules(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  git('init', '--quiet');
  // A merge needs the files as they were when a patch was made.
  const objects = execFileSync('git', ['rev-parse', '--git-path', 'objects'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const alternates = path.resolve(ROOT, objects.trim());
  fs.writeFileSync(path.join(folder, '.git/objects/info/alternates'), `${alternates}\n`);
  git('add', '--all');
  const author = ['-c', 'user.name=probe', '-c', 'user.email=probe@example.com'];
  git(...author, '-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '-m', 'the repository');
}

/** The links of workspaces are relative, so that they lead to the packages of the copy. */
function linkModules(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, link] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.name.startsWith('@')) {
      linkModules(source, link);
    } else {
      fs.symlinkSync(entry.isSymbolicLink() ? fs.readlinkSync(source) : source, link);
    }
  }
}

/** Runs a command in the copy, with the commands of the dependencies. */
export function run(folder: string, command: string, args: readonly string[]): Promise<Output> {
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      // projen neither installs nor writes files that only its dependencies would tell.
      PROJEN_DISABLE_POST: '1',
      PATH: `${path.join(folder, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ text, status }));
  });
}
