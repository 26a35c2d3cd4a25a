/**
 * Whole runs of one day, one after the other, with the code of their functions: what PlanRun plans,
 * children do, in any order, and ReportRun counts.
 */
import { listSource, testWorker } from './batch-fixtures';
import { TWO_BUCKETS } from './environment';
import { type Harness, startHarness } from './harness';
import { PACKING, packed } from './packed-batches';
import { createClock } from './simulated-time';
import { restoreBatch } from '../../src/actions/restore/lambda/restore-batch';
import type { PartsItem, Plan, Progress } from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { RunInput } from '../../src/contract/payloads/run';
import { moveBatch } from '../../src/lambda/batch/batch-round';
import { createPlanPorts } from '../../src/lambda/plan-run/plan-ports';
import { initialProgress, planRun } from '../../src/lambda/plan-run/plan-run';
import type { Report } from '../../src/lambda/report-run/report/report';
import { reportRun } from '../../src/lambda/report-run/report-run';
import { readSettings } from '../../src/lambda/runtime/environment';

export const DAY = '2026-11-24';
const SECOND = 1_000;

export interface MovedRun {
  readonly plan: Plan;
  readonly report: Report;
  readonly items: readonly PartsItem[];
}

export class RunsByDays {
  static async open(environment: { readonly [name: string]: string } = {}): Promise<RunsByDays> {
    const now = { current: () => Date.now() };
    const harness = await startHarness({ now: () => new Date(now.current()) });
    harness.store.createBucket('reports');
    const all = { ...TWO_BUCKETS, ...PACKING, ALLOW_RESTORE: 'true', ...environment };
    return new RunsByDays(harness, all, now);
  }

  /** Each step puts the clock ahead, so that no two steps are in the same second. */
  private readonly time = { ahead: 0 };
  readonly clock = createClock(this.time, 0);
  private runs = 0;

  private constructor(
    readonly harness: Harness,
    private environment: { readonly [name: string]: string },
    now: { current: () => number },
  ) {
    now.current = () => this.clock.now();
  }

  /** Step Functions forgets names after 90 days, so that runs may have them again. */
  forgetRuns(): void {
    this.runs = 1;
  }

  tick(): void {
    this.time.ahead += 10 * SECOND;
  }

  /** @param instant not before the present one */
  goTo(instant: string): void {
    this.time.ahead += Date.parse(instant) - this.clock.now();
  }

  deploy(environment: { readonly [name: string]: string }): void {
    this.environment = { ...this.environment, ...environment };
  }

  /** Archives what is there, and returns the report. */
  async night(input: RunInput): Promise<Report> {
    const plan = await this.plan(input);
    const items = listSource(this.harness, 'in/');
    const event = { BatchInput: { run: plan.run, progress: initialProgress() }, Items: items };
    const results =
      items.length > 0 ? [await moveBatch(this.worker(plan.run), event, 600 * SECOND)] : [];
    return this.report(plan, results);
  }

  /** @param packSize so many objects go into a pack; 0: none */
  async archive(packSize: number): Promise<void> {
    const { run } = await this.plan({ date: DAY });
    const worker = this.worker(run);
    const listed = listSource(this.harness, 'in/');
    if (listed.length === 0) {
      return;
    }
    const items = packSize > 0 ? packed(listed, packSize) : listed;
    let progress: Progress = initialProgress();
    while (!progress.finished) {
      const event = { BatchInput: { run, progress }, Items: items };
      progress = await moveBatch(worker, event, 600 * SECOND);
    }
  }

  /** @param order in which the children end */
  async move(
    input: RunInput,
    order: (items: readonly PartsItem[]) => readonly PartsItem[] = (items) => items,
  ): Promise<MovedRun> {
    const plan = await this.plan(input);
    const { run } = plan;
    const items = this.readLines(plan.partsKey!) as PartsItem[];
    const results: Progress[] = [];
    for (const { parts } of order(items)) {
      let progress: Progress = initialProgress();
      while (!progress.finished) {
        const event = { parts: [...parts], BatchInput: { run, progress } };
        progress = await restoreBatch(this.worker(run), event, 600 * SECOND);
      }
      results.push(progress);
    }
    return { plan, items, report: await this.report(plan, results) };
  }

  lines({ run }: Plan): LedgerLine[] {
    return this.harness.store
      .keys('reports', run.ledgerPrefix)
      .flatMap((key) => this.readLines(key) as LedgerLine[]);
  }

  readLines(key: string): unknown[] {
    const text = this.harness.read('reports', key)!;
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }

  async plan(input: RunInput): Promise<Plan> {
    this.tick();
    const { harness, clock } = this;
    const settings = readSettings(this.environment);
    const runId = `run-${String(++this.runs).padStart(3, '0')}`;
    const event = {
      input,
      runId,
      startTime: new Date(clock.now()).toISOString(),
      executionId: `arn:aws:states:us-east-1:111122223333:execution:archiver:${runId}`,
    };
    const clients = {
      s3: harness.s3,
      isRunning: async () => false,
      budget: { clock, deadline: clock.now() + 60 * SECOND },
      onUnread: (error: Error) => {
        throw error;
      },
    };
    return planRun(event, settings, createPlanPorts(clients, settings, event));
  }

  private worker(run: Plan['run']) {
    const { clock, environment } = this;
    return testWorker({ s3: this.harness.s3, clock, run, environment });
  }

  private async report({ run }: Plan, results: readonly Progress[]): Promise<Report> {
    const { harness, clock } = this;
    const { store } = harness;
    const file = `${run.reportPrefix}map-run/0f/SUCCEEDED_0.jsonl`;
    const text = results.map((each) => `${JSON.stringify(each)}\n`).join('');
    const manifest = `${run.reportPrefix}map-run/0f/manifest.json`;
    store.put('reports', file, text);
    store.put(
      'reports',
      manifest,
      JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: file }], FAILED: [], PENDING: [] } }),
    );
    const worker = this.worker(run);
    await reportRun(
      {
        s3: harness.s3,
        clock,
        settings: worker.settings,
        select: worker.select,
        readInput: async () => undefined,
      },
      {
        run,
        executionId: `arn:aws:states:us-east-1:111122223333:execution:archiver:${run.id}`,
        map: { ResultWriterDetails: { Bucket: 'reports', Key: manifest } },
      },
    );
    return JSON.parse(harness.read('reports', `${run.reportPrefix}report.json`)!) as Report;
  }
}
