/**
 * Two archivers, restores, verifications, deployments, another writer and a user who removes
 * archived copies, all at random moments, through the sandbox: the synthesized state machines and
 * the built functions.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ARCHIVERS,
  type ArchiverName,
  type Assemblies,
  BUCKETS,
  PREFIX,
  type Variant,
} from './archivers';
import { History } from './history';
import { type EndedRun, Judge, type RunInput } from './judge';
import { LONGEST_HOLD, Storm, type Toll } from './storm';
import { type BucketOptions, type S3Double, startS3 } from '../../../packages/s3-double/src';
import { openSandbox, type Sandbox } from '../../../packages/sandbox/src/internal';
import type { Random } from '../random';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'];
/**
 * Only of these days something is removed from the archive. Of the others, every verification must
 * be fine.
 */
const SABOTAGED_DAYS = DAYS.slice(2);
const FOLDERS = ['a', 'b', 'c/d'];
const ACTORS = 3;

const FORMS: readonly BucketOptions[] = [
  {},
  { versioning: 'Enabled' },
  {
    encryption: {
      algorithm: 'aws:kms',
      kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/default',
    },
  },
];

export const ACTIONS = [
  'archive',
  'restore',
  'verify',
  'deploy',
  'upload',
  'rewrite',
  'sabotage',
] as const;
const WEIGHTS: Record<(typeof ACTIONS)[number], number> = {
  archive: 6,
  restore: 5,
  verify: 5,
  deploy: 2,
  upload: 5,
  rewrite: 2,
  sabotage: 2,
};
const CHOICES = ACTIONS.flatMap((action) => Array<typeof action>(WEIGHTS[action]).fill(action));

export interface CampaignReport {
  readonly violations: readonly string[];
  readonly counts: Record<string, number>;
}

/** An archiver as it is deployed now. Runs of an earlier deployment go on with its code. */
interface Deployment {
  readonly variant: Variant;
  readonly sandbox: Sandbox;
  readonly storm: Storm;
  running: number;
}

export class Campaign {
  /** Acts until it is time, and then looks at everything in a calm. */
  static async run(
    random: Random,
    assemblies: Assemblies,
    label: string,
    until: number,
  ): Promise<CampaignReport> {
    const s3 = await startS3({ minPartBytes: 1 });
    const campaign = new Campaign(random, assemblies, s3, label);
    try {
      for (const name of ARCHIVERS) {
        await campaign.deploy(name);
      }
      for (let i = 0; i < 4; i++) {
        campaign.upload();
      }
      const weather = campaign.changeWeather(until);
      await Promise.all(Array.from({ length: ACTORS }, () => campaign.actUntil(until)));
      await weather;
      await campaign.conclude();
    } finally {
      for (const { sandbox } of campaign.deployed.values()) {
        await sandbox.close();
      }
      await Promise.all(campaign.closing);
      await s3.close();
    }
    return campaign.report();
  }

  private readonly toll: Toll = { faults: 0, kills: 0, holds: 0, disturbances: 0 };
  private readonly counts: Record<string, number> = {};
  private readonly violations: string[] = [];
  private readonly deployed = new Map<ArchiverName, Deployment>();
  private readonly closing = new Set<Promise<void>>();
  private readonly ended: EndedRun[] = [];
  private readonly history: History;
  private readonly judge: Judge;
  private names = 0;
  private objects = 0;
  private sabotages = 0;
  private isRaging = false;

  private constructor(
    private readonly random: Random,
    private readonly assemblies: Assemblies,
    private readonly s3: S3Double,
    private readonly label: string,
  ) {
    const form = random.pick(FORMS);
    s3.store.createBucket(BUCKETS.source, form);
    s3.store.createBucket(BUCKETS.archive, form);
    s3.store.createBucket(BUCKETS.reports);
    this.history = new History(s3.store);
    this.judge = new Judge(this.history, this.ended);
  }

  private report(): CampaignReport {
    const { history, toll, judge, counts, objects, violations } = this;
    const { disturbances: _, ...met } = toll;
    return {
      violations: [...violations, ...history.violations],
      counts: {
        ...counts,
        objects,
        copied: history.archivedObjects.count,
        restored: history.restoredObjects.count,
        ...judge.verdicts,
        ...met,
      },
    };
  }

  /** Storms and calms follow each other. */
  private async changeWeather(until: number): Promise<void> {
    while (Date.now() < until) {
      await sleep(Math.min(4_000 + this.random.integer(12_000), Math.max(0, until - Date.now())));
      this.rage(!this.isRaging);
    }
    this.rage(false);
  }

  private rage(isRaging: boolean): void {
    this.isRaging = isRaging;
    for (const { storm } of this.deployed.values()) {
      storm.isRaging = isRaging;
    }
  }

  private async actUntil(until: number): Promise<void> {
    while (Date.now() < until) {
      const action = this.random.pick(CHOICES);
      switch (action) {
        case 'archive':
          await this.start(this.random.pick(ARCHIVERS), { action, date: this.random.pick(DAYS) });
          break;
        case 'restore':
        case 'verify':
          await this.look(action);
          break;
        case 'deploy':
          await this.deploy(this.random.pick(ARCHIVERS));
          break;
        case 'upload':
          this.upload();
          break;
        case 'rewrite':
          this.rewrite();
          break;
        case 'sabotage':
          this.sabotage();
          break;
      }
      await sleep(this.random.integer(200));
    }
  }

  /**
   * Restores or verifies a run, or a day, of which an archiver has a ledger, mostly one with
   * objects.
   */
  private async look(action: 'restore' | 'verify'): Promise<void> {
    const known = this.ended.filter(({ input, archiver, variant, status }) => {
      const deployed = this.deployed.get(archiver)!.variant;
      const isReadable =
        variant.reportPrefix === deployed.reportPrefix &&
        (action === 'verify' || deployed.allowRestore);
      return input.action === 'archive' && status === 'SUCCEEDED' && isReadable;
    });
    const telling = known.filter(({ name }) =>
      [...this.history.parts.keys()].some((key) => key.includes(`/run=${name}/`)),
    );
    const choice = telling.length > 0 ? telling : known;
    if (choice.length === 0) {
      return;
    }
    const {
      name,
      archiver,
      input: { date },
    } = this.random.pick(choice);
    const which = this.random.chance(0.5) ? { run: name } : { date };
    await this.start(archiver, {
      action,
      ...which,
      ...(action === 'verify' && this.random.chance(0.3) && { deep: true }),
    });
  }

  private async start(archiver: ArchiverName, input: RunInput): Promise<void> {
    const deployment = this.deployed.get(archiver)!;
    const { sandbox, variant } = deployment;
    const name = `${input.action}-${++this.names}-${this.label}`;
    const from = this.history.begin(name);
    const before = {
      disturbances: this.toll.disturbances,
      sabotages: this.sabotages,
      messages: sandbox.published.length,
    };
    const wasRaging = this.isRaging;
    this.counts[input.action] = (this.counts[input.action] ?? 0) + 1;
    deployment.running += 1;
    const { status, error, cause, counts } = await sandbox.run({ input, name });
    if (process.env.SOAK_VERBOSE) {
      console.log(
        name,
        archiver,
        JSON.stringify({ input, variant, status, error, counts, wasRaging }),
      );
    }
    deployment.running -= 1;
    this.history.end(name, 2 * LONGEST_HOLD);
    const run: EndedRun = {
      name,
      archiver,
      variant,
      input,
      status,
      error,
      cause,
      messages: sandbox.published
        .slice(before.messages)
        .filter(({ message }) => message.includes(name)),
      from,
      to: this.history.now,
      isDisturbed: wasRaging || this.isRaging || this.toll.disturbances > before.disturbances,
      isSabotaged: this.sabotages > before.sabotages,
    };
    this.counts[`${input.action} ${status}`] = (this.counts[`${input.action} ${status}`] ?? 0) + 1;
    this.counts.calm = (this.counts.calm ?? 0) + (run.isDisturbed ? 0 : 1);
    this.ended.push(run);
    this.violations.push(...this.judge.judge(run), ...this.history.lost());
  }

  /** Deploys an archiver, for the first time or with other props. */
  private async deploy(name: ArchiverName): Promise<void> {
    const { random } = this;
    const before = this.deployed.get(name);
    const variant: Variant = {
      allowRestore: random.chance(0.7),
      reportPrefix: random.chance(0.7) ? 'runs/' : 'other/',
    };
    const storm = new Storm(random, this.toll);
    storm.isRaging = this.isRaging;
    const sandbox = await openSandbox({
      app: this.assemblies.of(variant),
      stack: name,
      endpoint: this.s3.endpoint,
      retryScale: 0.01,
      maxInstances: 2,
      // It is the same state machine, so its executions are known.
      records: before?.sandbox.records,
      s3: { hooks: { before: (call) => storm.before(call) } },
      onInvoke: (invocation) => storm.onInvoke(invocation),
    });
    this.deployed.set(name, { variant, sandbox, storm, running: 0 });
    if (!before) {
      return;
    }
    this.counts.deployments = (this.counts.deployments ?? 0) + 1;
    const closed = this.close(before).finally(() => this.closing.delete(closed));
    this.closing.add(closed);
  }

  private async close(deployment: Deployment): Promise<void> {
    while (deployment.running > 0) {
      await sleep(100);
    }
    await deployment.sandbox.close();
  }

  private upload(): void {
    const { random, history } = this;
    for (let i = 0; i < 12; i++) {
      const day = random.pick(DAYS);
      const base = `f${++this.objects}-${day}.csv`;
      const content = `content ${this.objects}`.padEnd(random.pick([0, 0, 0, 400]), '.');
      history.write(
        `${PREFIX}${random.pick(FOLDERS)}/${base}`,
        content,
        random.chance(0.3) ? { n: String(this.objects) } : undefined,
      );
      // With a flat layout, both have one destination.
      if (random.chance(0.15)) {
        history.write(`${PREFIX}twin/${base}`, content);
      }
    }
  }

  /**
   * Another writer replaces or deletes what is at the source, or writes to a key that was archived.
   */
  private rewrite(): void {
    const { random, history, s3 } = this;
    const keys = [...new Set([...s3.store.keys(BUCKETS.source, PREFIX), ...this.knownKeys()])];
    if (keys.length === 0) {
      return;
    }
    const key = random.pick(keys);
    if (random.chance(0.3)) {
      history.asStranger(() => s3.store.delete(BUCKETS.source, key));
    } else {
      history.write(key, `rewritten ${++this.objects}`);
    }
    this.counts.rewrites = (this.counts.rewrites ?? 0) + 1;
  }

  private knownKeys(): string[] {
    return [...this.history.parts.values()].flatMap(({ lines }) => lines.map(({ key }) => key));
  }

  /** A user removes or replaces an archived copy, or removes a part of a ledger. */
  private sabotage(): void {
    const {
      random,
      history,
      s3: { store },
    } = this;
    const day = random.pick(SABOTAGED_DAYS);
    const copies = store.keys(BUCKETS.archive, `archive/${day.replaceAll('-', '/')}/`);
    const parts = [...history.parts]
      .filter(([key, { removedAt }]) => removedAt === undefined && key.includes(`/day=${day}/`))
      .map(([key]) => key);
    const isOfLedger = random.chance(0.3);
    const targets = isOfLedger ? parts : copies;
    if (targets.length === 0) {
      return;
    }
    const target = random.pick(targets);
    history.asStranger(() => {
      if (isOfLedger) {
        store.delete(BUCKETS.reports, target);
      } else if (random.chance(0.5)) {
        store.delete(BUCKETS.archive, target);
      } else {
        store.put(BUCKETS.archive, target, `damage ${++this.objects}`);
      }
    });
    this.sabotages += 1;
    this.counts.sabotages = (this.counts.sabotages ?? 0) + 1;
  }

  /**
   * In the end everything is archived and verified, and each content that no other writer removed
   * is at one of the ends.
   */
  private async conclude(): Promise<void> {
    await Promise.all(this.closing);
    for (const action of ['archive', 'verify'] as const) {
      await Promise.all(
        ARCHIVERS.map(async (archiver) => {
          for (const date of DAYS) {
            await this.start(archiver, { action, date });
          }
        }),
      );
    }
    this.violations.push(...this.history.lost());
  }
}
