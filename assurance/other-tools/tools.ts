/** The tools of docs/coming-from.md, with the commands that the page shows. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { How } from './results';
import { BUCKET } from '../../benchmark/dataset';

export const ROOT = path.resolve(__dirname, '../..');
export const PAGE = 'coming-from.md';

/** One row of the table. */
export interface Tool {
  readonly name: string;
  /** The program that has to be installed. */
  readonly program?: string;
  /** That of a sample that is replayed. Other programs are asked for theirs. */
  readonly version?: string;
  readonly how: How;
  /** The lines of the page. They name another bucket. */
  readonly shown?: string;
  /** Lines for the shell. */
  readonly command: string;
}

/**
 * Returns the first code of the section, one command for each comment in it: first with defaults,
 * and then with the safest flags.
 */
function readCommands(section: string): Record<'defaults' | 'safest', string> {
  const page = fs.readFileSync(path.join(ROOT, 'docs', PAGE), 'utf8');
  const [, text = ''] = page.split(`\n## From ${section}\n`);
  const [, code = ''] = /^```sh\n([^]*?)^```$/m.exec(text) ?? [];
  const [before, defaults, safest, ...more] = code.split(/^# .*\n/m);
  if (before !== '' || !defaults || !safest || more.length > 0) {
    throw new Error(`docs/${PAGE}, "From ${section}" does not begin with two commands`);
  }
  return { defaults, safest };
}

function twoRows(name: string, program: string): Tool[] {
  const commands = readCommands(name);
  return (['defaults', 'safest'] as const).map((how) => ({
    name,
    program,
    how,
    shown: commands[how],
    command: commands[how].replace(/(s3:\/\/|s3:|\bs3\/)data\//g, `$1${BUCKET}/`),
  }));
}

/** @param version the commit of the sample that the script replays */
function replayed(name: string, script: string, version?: string): Tool {
  const file = path.join('assurance/other-tools', script);
  const command = `"${process.execPath}" --import tsx ${file}`;
  return { name, version, how: 'replayed', command };
}

export function readTools(): Tool[] {
  return [
    ...twoRows('`aws s3 mv`', 'aws'),
    ...twoRows('`rclone move`', 'rclone'),
    ...twoRows('`s5cmd mv`', 's5cmd'),
    ...twoRows('`mc mv`', 'mc'),
    ...twoRows('`s7cmd mv`', 's7cmd'),
    replayed('S3 Batch Operations with Lifecycle', 'batch-operations.ts'),
    replayed("AWS's sample for CloudFront's logs", 'cloudfront-logs.ts', '7e6e42a'),
    replayed("AWS's sample for compaction", 'compaction.ts', 'cefe992'),
  ];
}

/** Returns the versions that `install-peers.sh` has listed, by program. */
export function readVersions(peers: string): Map<string, string> {
  const file = path.join(peers, 'versions');
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}
