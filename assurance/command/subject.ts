/** An S3 double with the soak's objects, and the command as processes that can be disturbed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { toFlags, toVariables } from './setups';
import type { CommandSummary } from '../../packages/command/src/run/summarize-run';
import { type Fault, type S3Call, type S3Double, startS3 } from '../../packages/s3-double/src';
import { BucketState } from '../soak/bucket-state';
import { type Before, beginRun, findBrokenInvariants } from '../soak/invariants';
import { findContradictions, type RunResult } from '../soak/ledger-evidence';
import { randomOf } from '../soak/random';
import { DAY, PREFIX, type Setup } from '../soak/setup';
import { findFalseLedgers } from '../soak/truth';

export interface Ended extends RunResult {
  /** Null: it was killed. */
  readonly status: number | null;
  readonly summary?: CommandSummary;
  readonly output: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

export interface Hooks {
  before?: (call: S3Call) => Fault | undefined | Promise<Fault | undefined>;
  after?: (call: S3Call) => void | Promise<void>;
}

export interface SubjectOptions {
  /** The folder of the bundles. */
  readonly bundles: string;
  readonly setup: Setup;
  readonly seed: number;
  readonly objects: number;
}

interface DryRun {
  readonly id: string;
  readonly key: string;
  readonly content: string;
}

/** By their settings. */
const DRY_RUNS = new Map<string, DryRun>();

const ACCOUNT = '123456789012';
const RUN_FOLDER = /^runs\/\d{4}-\d\d-\d\d\/([^/]+)\//;

export async function openSubject(options: SubjectOptions): Promise<Subject> {
  const subject = new Subject(options);
  await subject.prepare();
  return subject;
}

export class Subject {
  readonly violations: string[] = [];
  /** All runs, the latest last. */
  readonly runs: Ended[] = [];
  readonly log: string[] = [];
  hooks: Hooks = {};
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'attacked-'));
  private readonly children = new Set<ChildProcess>();
  private readonly offsets = new Float64Array(2);
  private readonly known = new Set<string>();
  private s3!: S3Double;
  private readonly claimed = new Set<string>();
  state!: BucketState;
  private confirmation!: string;

  constructor(private readonly options: SubjectOptions) {}

  /** Fills the buckets, and does the dry run. */
  async prepare(): Promise<void> {
    const { setup, seed, objects } = this.options;
    this.jump(0, 0);
    copyFileSync(path.join(__dirname, 'clock.cjs'), path.join(this.folder, 'clock.cjs'));
    this.s3 = await startS3({
      now: () => new Date(Date.now() + this.offsets[0]),
      hooks: {
        before: (call) => {
          this.note(`${call.operation} ${(call.keys ?? [call.key ?? '']).join(' ')}`);
          return this.hooks.before?.(call);
        },
        after: (call) => this.hooks.after?.(call),
      },
    });
    const buckets = {
      source: 'source',
      destination: setup.destination ? 'archive' : 'source',
      report: 'reports',
    };
    this.state = new BucketState(this.s3.store, buckets, setup, randomOf(seed));
    this.state.seed(objects);
    this.state.release();
    this.state.denied = undefined;
    this.confirmation = await this.confirm();
  }

  /** A dry run of the same settings over other objects can be confirmed, too. */
  private async confirm(): Promise<string> {
    const { setup } = this.options;
    const key = JSON.stringify(setup);
    const { store } = this.s3;
    const known = DRY_RUNS.get(key);
    if (known) {
      store.put('reports', known.key, known.content);
      return known.id;
    }
    const { summary, output } = await this.start(['--dry-run']).ended;
    if (!summary) {
      throw new Error(`the dry run failed: ${output}`);
    }
    const found = store.keys('reports').find((each) => each.endsWith('/dry-run.json'))!;
    const content = store.get('reports', found)!.body.bytes().toString();
    DRY_RUNS.set(key, { id: summary.id, key: found, content });
    return summary.id;
  }

  /** For the log of an attempt with violations. */
  note(text: string): void {
    this.log.push(text);
  }

  get endpoint(): string {
    return this.s3.endpoint;
  }

  /** Starts the run that was confirmed. */
  archive(flags: readonly string[] = [], environment: Record<string, string> = {}): Started {
    return this.start(['--confirm', this.confirmation, ...flags], environment);
  }

  /** Moves the clocks of all processes and of the double. */
  jump(wall: number, monotonic: number): void {
    this.offsets[0]! += wall;
    this.offsets[1]! += monotonic;
    writeFileSync(path.join(this.folder, 'offsets'), new Uint8Array(this.offsets.buffer));
  }

  /** Begins what `check` ends. */
  begin(): Before {
    return beginRun(this.state);
  }

  /** Checks the promises after runs that were at the same time. */
  check(when: string, before: Before, ended: readonly Ended[]): void {
    this.runs.push(...ended);
    const { state } = this;
    const found = [
      ...findBrokenInvariants(state, before),
      ...findContradictions(state, before, ended, true),
      ...findFalseLedgers(state, this.runs),
      ...ended.flatMap((run) => this.findWrongReport(run)),
    ];
    // A hole in a ledger stays after every later run.
    for (const violation of found.filter((each) => !this.known.has(each))) {
      this.known.add(violation);
      this.violations.push(`${when}: ${violation}`);
    }
  }

  async close(): Promise<void> {
    for (const child of this.children) {
      killGroup(child.pid!);
    }
    await this.s3.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Dry runs have no ledger, and no sign of life. */
  private start(flags: readonly string[], environment: Record<string, string> = {}): Started {
    const { bundles, setup } = this.options;
    const clock = path.join(this.folder, 'clock.cjs');
    const destination = `s3://${setup.destination ? 'archive' : 'source'}/archive/`;
    const child = spawn(
      process.execPath,
      [
        ...['--require', clock, path.join(bundles, 'process.js'), 'archive'],
        ...[`s3://source/${PREFIX}`, destination, '--reports', 's3://reports/runs/'],
        ...['--date', DAY, '--json', '--endpoint', this.s3.endpoint, '--path-style'],
        ...['--expected-owner', ACCOUNT, ...toFlags(setup), ...flags],
      ],
      {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          SANDBOX_PRELOAD: clock,
          VARIABLES: JSON.stringify(toVariables(setup)),
          AWS_ACCESS_KEY_ID: 'key',
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_REGION: 'us-east-1',
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
          ...environment,
        },
      },
    );
    this.children.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (status) => {
        this.children.delete(child);
        resolve(this.toEnded(status, stdout, stderr));
      }),
    );
    return { pid: child.pid!, ended };
  }

  private toEnded(status: number | null, stdout: string, stderr: string): Ended {
    const summary = stdout.startsWith('{') ? (JSON.parse(stdout) as CommandSummary) : undefined;
    // A run that was killed has said nothing. Two of them are never killed at the same time.
    const name = summary?.id ?? this.listRuns().find((each) => !this.claimed.has(each)) ?? '';
    this.claimed.add(name);
    const isUnbalanced = stderr.includes('LedgerUnbalanced');
    return {
      name,
      status,
      summary,
      output: stdout + stderr,
      counts: (summary?.counts ?? null) as Ended['counts'],
      ...(isUnbalanced && { error: 'LedgerUnbalanced', cause: stderr }),
    };
  }

  private listRuns(): string[] {
    const names = this.s3.store
      .keys('reports')
      .filter((key) => key.endsWith('/heartbeat'))
      .map((key) => RUN_FOLDER.exec(key)![1]!);
    return [...new Set(names)];
  }

  /** The report says what the command says. */
  private findWrongReport({ name, counts }: Ended): string[] {
    if (!counts) {
      return [];
    }
    const { store } = this.s3;
    const key = store
      .keys('reports')
      .find((each) => each.endsWith(`/${name}/report.json`) && RUN_FOLDER.test(each));
    const text = key && store.get('reports', key)!.body.bytes().toString();
    const report = text ? (JSON.parse(text) as { readonly counts?: object }) : undefined;
    return JSON.stringify(report?.counts) === JSON.stringify(counts)
      ? []
      : [
          `the report of ${name} says ${JSON.stringify(report?.counts)}, not ${JSON.stringify(counts)}`,
        ];
  }
}

/** Also if some of it is asleep. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** The function processes of a command, the one that was started last at the end. */
export function listChildren(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
