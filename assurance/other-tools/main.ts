/**
 * Runs the commands of docs/coming-from.md, and this package, on the same objects: once
 * undisturbed, once while S3 fails, and once killed halfway and run again. `--write` writes the
 * table of the page.
 *
 * usage: main.ts [--write]
 *
 * The programs are those of benchmark/install-peers.sh. One that is not installed is left out.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ArchiverOptions, ArchiverResult } from './archiver';
import { findProgram } from '../../benchmark/contenders';
import { BUCKET, selectedNames, type Shape } from '../../benchmark/dataset';
import { type BenchServer, startServer } from '../../benchmark/server';
import { machine, replaceBetween } from '../../benchmark/write-docs';
import type { FaultPlan } from '../../packages/s3-double/src';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = 'coming-from.md';
const PEERS = path.join(os.tmpdir(), 'bench-peers');
const SHAPE: Shape = { objects: 400, traps: true };
const FAULTS: FaultPlan = {
  seed: 7,
  rules: (['SlowDown', 'InternalError', 'LostAnswer'] as const).map((kind) => ({
    kind,
    probability: 0.05,
  })),
};

interface Tool {
  readonly name: string;
  /** The program that has to be installed. */
  readonly program?: string;
  /** A line for the shell. */
  readonly command: string;
}

type Column = 'calm' | 'faults' | 'killed';
type Wrong = Readonly<Record<string, number>>;

const tsx = (script: string) =>
  `"${process.execPath}" --import tsx ${path.join('assurance/other-tools', script)}`;

/** Returns the first command of the page that begins so. The page names another bucket. */
function readCommand(beginning: string): string {
  const page = fs.readFileSync(path.join(ROOT, 'docs', PAGE), 'utf8');
  const line = page.split('\n').find((each) => each.startsWith(beginning));
  if (!line) {
    throw new Error(`docs/${PAGE} has no line that begins with '${beginning}'`);
  }
  return line.replace(/(s3:\/\/|s3:)data\//g, `$1${BUCKET}/`);
}

const TOOLS: readonly Tool[] = [
  { name: '`aws s3 mv` in cron', program: 'aws', command: readCommand('aws s3 mv ') },
  { name: '`rclone move`', program: 'rclone', command: readCommand('rclone move ') },
  { name: 'S3 Batch Operations with Lifecycle, replayed', command: tsx('batch-operations.ts') },
  { name: "AWS's sample for compaction, replayed", command: tsx('compaction.ts') },
];

function environment(endpoint: string): NodeJS.ProcessEnv {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'other-tools-'));
  return {
    HOME: home,
    LANG: 'C.UTF-8',
    // The AWS CLI of the peers may be older than AWS_ENDPOINT_URL_S3.
    PATH: [process.env.PATH, path.join(PEERS, 'venv/bin'), path.join(PEERS, 'bin')].join(
      path.delimiter,
    ),
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'benchbench',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_S3_TYPE: 's3',
    RCLONE_CONFIG_S3_PROVIDER: 'Other',
    RCLONE_CONFIG_S3_ACCESS_KEY_ID: 'bench',
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: 'benchbench',
    RCLONE_CONFIG_S3_ENDPOINT: endpoint,
    RCLONE_CONFIG_S3_REGION: 'us-east-1',
    RCLONE_CONFIG_S3_FORCE_PATH_STYLE: 'true',
    RCLONE_S3_NO_CHECK_BUCKET: 'true',
  };
}

function killProcessGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It may have ended just now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/**
 * Runs the command as cron would, and ends it with all of its processes when half of the objects
 * are copied, if it is to be killed.
 */
async function runCommand(
  server: BenchServer,
  { command }: Tool,
  isKilled: boolean,
): Promise<string> {
  const shell = spawn('bash', ['-c', command], {
    cwd: ROOT,
    env: environment(server.endpoint),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    shell.on('close', () => {
      hasEnded = true;
      resolve();
    }),
  );
  const half = selectedNames(SHAPE).length / 2;
  while (isKilled && !hasEnded) {
    const { CopyObject = 0, GetObject = 0 } = (await server.usage()).requests;
    if (Math.max(CopyObject, GetObject) >= half) {
      killProcessGroup(shell.pid!);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await ended;
  return said;
}

async function runTool(tool: Tool, column: Column): Promise<{ wrong: Wrong; requests: number }> {
  const server = await startServer({
    latencyMs: 0,
    faults: column === 'calm' ? undefined : FAULTS,
  });
  try {
    await server.seed(SHAPE);
    let said = await runCommand(server, tool, column === 'killed');
    const { requests } = await server.usage();
    if (column === 'killed') {
      said += await runCommand(server, tool, false);
    }
    const sum = Object.values(requests).reduce((total, count) => total + count, 0);
    if (sum < 10) {
      throw new Error(`${tool.name} did nothing: ${said}`);
    }
    return { wrong: await server.judge(SHAPE), requests: sum / selectedNames(SHAPE).length };
  } finally {
    await server.close();
  }
}

async function runArchiver(column: Column): Promise<{ wrong: Wrong; requests: number }> {
  const options: ArchiverOptions = {
    shape: SHAPE,
    faults: column === 'calm' ? undefined : FAULTS,
    isKilled: column === 'killed',
  };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, 'archiver.ts'), JSON.stringify(options)],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  const { wrong, requests } = JSON.parse(said.trimEnd().split('\n').at(-1)!) as ArchiverResult;
  return {
    wrong,
    requests:
      Object.values(requests).reduce((total, count) => total + count, 0) /
      selectedNames(SHAPE).length,
  };
}

function describe(wrong: Wrong): string {
  const found = Object.entries(wrong).map(([what, count]) => `${what}: ${count}`);
  return found.length > 0 ? found.join('; ') : 'nothing';
}

async function main(): Promise<void> {
  const rows: string[] = [];
  const counts = { passed: 0, failed: 0 };
  const measure = async (
    name: string,
    run: (column: Column) => Promise<{ wrong: Wrong; requests: number }>,
  ) => {
    const cells: string[] = [];
    let requests = 0;
    for (const column of ['calm', 'faults', 'killed'] as const) {
      const result = await run(column);
      cells.push(describe(result.wrong));
      if (column === 'calm') {
        ({ requests } = result);
      }
      counts.passed++;
    }
    rows.push(`| ${[name, ...cells, requests.toFixed(2)].join(' | ')} |`);
    console.log(rows.at(-1));
    return cells;
  };
  const cells = await measure('**This package**', runArchiver);
  if (cells.some((cell) => cell !== 'nothing')) {
    counts.failed++;
  }
  for (const tool of TOOLS) {
    if (tool.program && !findProgram(tool.program, PEERS)) {
      console.log(`${tool.name}: ${tool.program} is not installed`);
      continue;
    }
    await measure(tool.name, (column) => runTool(tool, column));
  }
  if (process.argv.includes('--write')) {
    replaceBetween(
      PAGE,
      'other tools',
      [
        `${machine()} ${selectedNames(SHAPE).length + 1} objects of the day among ` +
          `${SHAPE.objects + 6}.`,
        '',
        '| | Wrong afterwards, if nothing fails | if S3 refuses or loses 15 % of the requests | ' +
          'if it is killed halfway, and run again | Requests per object |',
        '| --- | --- | --- | --- | --: |',
        ...rows,
      ].join('\n'),
    );
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

void main();
