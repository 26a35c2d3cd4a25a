import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export interface Summary {
  readonly status: string;
  readonly error: string | null;
  readonly counts: Record<
    'listed' | 'archived' | 'skipped' | 'conflicting' | 'failed',
    number
  > | null;
  readonly bytes: number;
  readonly seconds: number;
  readonly requests: Record<string, number>;
  readonly transitions: number;
  readonly children: number;
  readonly invocations: number;
  readonly alerts: { readonly subject: string; readonly message: string }[];
  readonly report: { readonly bucket: string; readonly key: string } | null;
  readonly estimate: { readonly usd: number };
}

export interface Ended {
  readonly exit: number | null;
  readonly output: string;
  readonly summary?: Summary;
}

const REPOSITORY = path.resolve(__dirname, '../..');

/** Runs the sandbox's command as a user types it. */
export async function sandbox(...args: string[]): Promise<Ended> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'foreign-'));
  const json = path.join(folder, 'out.json');
  try {
    const { exit, output } = await run('npm', [
      'run',
      '--silent',
      'sandbox',
      '--',
      ...args,
      '--json',
      json,
    ]);
    return {
      exit,
      output,
      summary: fs.existsSync(json)
        ? (JSON.parse(fs.readFileSync(json, 'utf8')) as Summary)
        : undefined,
    };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Does the same, but the command writes no summary. */
export function sandboxAsTyped(...args: string[]): Promise<Ended> {
  return run('npm', ['run', '--silent', 'sandbox', '--', ...args]);
}

function run(command: string, args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (exit) => resolve({ exit, output }));
  });
}
