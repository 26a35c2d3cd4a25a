/**
 * An S3 double with the soak's objects, and the command as processes that can be disturbed. A
 * deployed archiver may have the same buckets.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { toFlags, toVariables } from './setups';
import type { CommandSummary } from '../../packages/command/src/run/summarize-run';
import { type Fault, type S3Call, type S3Double, startS3 } from '../../packages/s3-double/src';
import { type Rehearsal, rehearse } from '../../test/helpers/run-in-sandbox';
import { BucketState } from '../soak/bucket-state';
import { type Before, beginRun, findBrokenInvariants } from '../soak/invariants';
import { findContradictions, type RunResult } from '../soak/ledger-evidence';
import { randomOf } from '../soak/random';
import { type Buckets, DAY, PREFIX, propsOf, type Setup } from '../soak/setup';
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
  /** Whether there is a deployed archiver, too. */
  readonly isDeployed?: boolean;
}

interface DryRun {
  readonly id: string;
  readonly key: string;
  readonly content: string;
}

/** By their settings. */
const DRY_RUNS = new Map<string, DryRun>();

const ACCOUNT = '123456789012';
/** Of the command. */
export const ACCESS_KEY = 'key';
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
  deployed?: Rehearsal;
  private confirmation!: string;

  constructor(private readonly options: SubjectOptions) {}

  /** Fills the buckets, and does the dry run. */
  async prepare(): Promise<void> {
    const { setup, seed, objects } = this.options;
    this.jump(0, 0);
    copyFileSync(path.join(__dirname, 'clock.cjs'), path.join(this.folder, 'clock.cjs'));
    const buckets = await this.openBuckets();
    this.state = new BucketState(this.s3.store, buckets, setup, randomOf(seed));
    this.state.seed(objects);
    this.state.release();
    this.state.denied = undefined;
    this.confirmation = await this.confirm();
  }

  private async openBuckets(): Promise<Buckets> {
    const { setup, isDeployed } = this.options;
    const hooks: Hooks = {
      before: (call) => {
        this.note(`${call.operation} ${(call.keys ?? [call.key ?? '']).join(' ')}`);
        return this.hooks.before?.(call);
      },
      after: (call) => this.hooks.after?.(call),
    };
    if (!isDeployed) {
      const now = () => new Date(Date.now() + this.offsets[0]!);
      this.s3 = await startS3({ now, hooks });
      const destination = setup.destination ? 'archive' : 'source';
      return { source: 'source', destination, report: 'reports' };
    }
    this.deployed = await rehearse(propsOf(setup), {
      environment: toVariables(setup),
      s3: { hooks },
      stackProps: { env: { account: ACCOUNT, region: 'us-east-1' } },
      maxInstances: 2,
    });
    const { sandbox } = this.deployed;
    this.s3 = sandbox.s3!;
    const { sourceBucket: source, destinationBucket: destination, reportBucket: report } = sandbox;
    return { source, destination, report };
  }

  /** A dry run of the same settings over other objects can be confirmed, too. */
  private async confirm(): Promise<string> {
    const { setup } = this.options;
    const { report } = this.state.buckets;
    const key = JSON.stringify([setup, this.state.buckets]);
    const { store } = this.s3;
    const known = DRY_RUNS.get(key);
    if (known) {
      store.put(report, known.key, known.content);
      return known.id;
    }
    const { summary, output } = await this.start(['--dry-run']).ended;
    if (!summary) {
      throw new Error(`the dry run failed: ${output}`);
    }
    const found = store.keys(report).find((each) => each.endsWith('/dry-run.json'))!;
    const content = store.get(report, found)!.body.bytes().toString();
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

  /** Starts a run of the deployed archiver. */
  async archiveDeployed(): Promise<Ended> {
    const { sandbox } = this.deployed!;
    const { status, counts, error, cause } = await sandbox.run({ input: { date: DAY } });
    const { name } = sandbox.lastExecution!;
    const output = `${error}: ${cause}`;
    return { name, status: status === 'SUCCEEDED' ? 0 : 1, counts, error, cause, output };
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
    await (this.deployed ?? this.s3).close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Dry runs have no ledger, and no sign of life. */
  private start(flags: readonly string[], environment: Record<string, string> = {}): Started {
    const { bundles, setup } = this.options;
    const { source, destination, report } = this.state.buckets;
    const clock = path.join(this.folder, 'clock.cjs');
    const child = spawn(
      process.execPath,
      [
        ...['--require', clock, path.join(bundles, 'process.js'), 'archive'],
        ...[`s3://${source}/${PREFIX}`, `s3://${destination}/archive/`],
        ...['--reports', `s3://${report}/runs/`],
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
          AWS_ACCESS_KEY_ID: ACCESS_KEY,
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
      .keys(this.state.buckets.report)
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
    const { report: bucket } = this.state.buckets;
    const key = store
      .keys(bucket)
      .find((each) => each.endsWith(`/${name}/report.json`) && RUN_FOLDER.test(each));
    const text = key && store.get(bucket, key)!.body.bytes().toString();
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
