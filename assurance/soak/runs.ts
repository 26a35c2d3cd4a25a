/** Starts the runs of a schedule, and checks the promises after each of them. */
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { BucketState } from './bucket-state';
import type { Count, Disturbances } from './fault-plan';
import { type Before, beginRun, findBrokenInvariants } from './invariants';
import { findContradictions, type RunResult } from './ledger-evidence';
import { DAY } from './setup';
import { findFalseLedgers, findMiscount } from './truth';
import type { Fault, S3Call } from '../../packages/s3-double/src';
import type { InvocationHook, Sandbox } from '../../packages/sandbox/src/internal';
import { toRunSummary } from '../../packages/sandbox/src/summary/summary';

/** The hooks of a sandbox read this. A schedule sets its faults here during a run. */
export interface Hooks {
  faults?: {
    before(call: S3Call): Promise<Fault | undefined>;
    onInvoke(invocation: InvocationHook): void;
  };
}

/**
 * How a user ends an execution. After StopExecution, its invocations continue. `kill`: they end,
 * too. `restart`: a new run begins by hand while they continue.
 */
export type Ending = 'stop' | 'kill' | 'restart';

export interface RunOptions {
  readonly faults?: Disturbances;
  readonly atOnce?: number;
  /** The number of the call to S3 at which a user ends the execution, and how. */
  readonly end?: { readonly atCall: number; readonly how: Ending };
}

/** One run, or several at the same time. */
interface Round {
  readonly when: string;
  readonly before: Before;
  readonly takenBefore: number;
  readonly results: EndedRun[];
  readonly faults?: Disturbances;
}

type EndedRun = RunResult & { readonly status: string };

const input = { date: DAY };

export class Runs {
  readonly violations: string[] = [];
  readonly all: EndedRun[] = [];
  private last!: Round;
  private readonly known = new Set<string>();
  private names = 0;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly hooks: Hooks,
    private readonly state: BucketState,
    private readonly seed: number,
    private readonly count: Count,
  ) {}

  /** Does one run, or several at the same time. Then it checks the buckets and the ledgers. */
  async run(when: string, { atOnce = 1, faults, end }: RunOptions = {}): Promise<EndedRun> {
    const before = beginRun(this.state);
    const takenBefore = this.state.taken.length;
    const names = Array.from({ length: atOnce }, () => this.nextName());
    const runs: Promise<EndedRun>[] = [];
    let calls = 0;
    faults?.endKilling();
    this.hooks.faults = faults && {
      before: (call) => {
        if (
          ++calls === end?.atCall &&
          this.end(names[0], faults, end.how) &&
          end.how === 'restart'
        ) {
          runs.push(this.start(this.nextName()));
        }
        return faults.before(call);
      },
      onInvoke: (invocation) => faults.onInvoke(invocation),
    };
    runs.push(...names.map((name) => this.start(name)));
    const results: EndedRun[] = [];
    // Another run may be added while this waits.
    for (let i = 0; i < runs.length; i++) {
      results.push(await runs[i]);
    }
    await faults?.settled();
    this.hooks.faults = undefined;
    this.all.push(...results);
    this.last = { when, before, takenBefore, results, faults };
    this.check(this.last);
    return results[0];
  }

  /** Continues the last run's execution if it ended before its report, as the runbook says. */
  async redrive(): Promise<void> {
    const {
      results: [failed],
      faults,
    } = this.last;
    if (failed.counts) {
      return;
    }
    this.count('Redrive');
    faults?.endKilling();
    this.hooks.faults = faults;
    const sfn = new SFNClient({
      endpoint: this.sandbox.awsEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'operator', secretAccessKey: 'soak' },
    });
    const executionArn = `${this.sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:${failed.name}`;
    try {
      await sfn.send(new RedriveExecutionCommand({ executionArn }));
    } catch (error) {
      // A run that ended because of its input, or before its first state, cannot be redriven.
      if ((error as Error).name !== 'ExecutionNotRedrivable') {
        throw error;
      }
    } finally {
      sfn.destroy();
    }
    await this.sandbox.settled();
    await faults?.settled();
    this.hooks.faults = undefined;
    const record = this.sandbox.records.executions.get(executionArn)!;
    const { status, error, cause } = record;
    const redriven: EndedRun = {
      name: failed.name,
      status,
      counts: (toRunSummary(record)?.counts as EndedRun['counts'] | undefined) ?? null,
      error,
      cause,
    };
    this.all.splice(this.all.indexOf(failed), 1, redriven);
    // It is the same run: what the run found at its begin, and what it moved before it failed,
    // counts.
    this.last = {
      ...this.last,
      when: `${this.last.when}, redriven`,
      results: [redriven, ...this.last.results.slice(1)],
    };
    this.check(this.last);
  }

  private nextName(): string {
    return `schedule-${this.seed}-${++this.names}`;
  }

  private async start(name: string): Promise<EndedRun> {
    const { status, counts, error, cause } = await this.sandbox.run({ input, name });
    return { name, status, counts, error, cause };
  }

  private end(name: string, faults: Disturbances, how: Ending): boolean {
    if (!this.sandbox.stop(name)) {
      return false;
    }
    this.count(
      ({ stop: 'StoppedExecution', kill: 'KilledRun', restart: 'RestartOverAbandoned' } as const)[
        how
      ],
    );
    if (how === 'kill') {
      faults.killAll();
    }
    return true;
  }

  private check({ when, before, takenBefore, results, faults }: Round): void {
    const found = [
      ...findBrokenInvariants(this.state, before),
      // If an invocation was given up or ended, another one may have done the same work again.
      ...findContradictions(this.state, before, results, faults !== undefined),
      ...findFalseLedgers(this.state, this.all),
      ...(results.length === 1 ? findMiscount(this.state, takenBefore, results[0]) : []),
    ];
    for (const violation of found) {
      // A hole in a ledger stays after every later run.
      if (!this.known.has(violation)) {
        this.violations.push(`${when}: ${violation}`);
      }
      this.known.add(violation);
    }
  }
}
