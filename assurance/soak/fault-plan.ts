import { setTimeout as sleep } from 'node:timers/promises';
import type { BucketState } from './bucket-state';
import { type Denial, DENIALS } from './denials';
import { type Random, randomOf } from './random';
import { type WriterAct, Writer } from './writer';
import type { Fault, FaultKind, FaultRule, S3Call } from '../../packages/s3-double/src';
import { FaultInjector } from '../../packages/s3-double/src/faults/faults';
import { Throttle } from '../../packages/s3-double/src/faults/throttle';
import type { InvocationHook } from '../../packages/sandbox/src/internal';

/** After these answers, the operation may or may not have been done. */
const UNCLEAR = ['CutXml', 'ProxyPage', 'EmptyAnswer', 'KeyUnnamed', 'StaleAnswer'] as const;
type Unclear = (typeof UNCLEAR)[number];

/** This is everything that can go wrong. The soak counts each kind. */
export type Trouble =
  | Exclude<FaultKind, 'Latency'>
  | `${Unclear}Unexecuted`
  | 'LatencySpike'
  | 'Throttled'
  | WriterAct
  | Denial
  | 'Kill'
  | 'TimeOut'
  | 'StoppedExecution'
  | 'KilledRun'
  | 'TwoRunsAtOnce'
  | 'NewRunOverHalfFinished'
  | 'RestartOverAbandoned'
  | 'Redrive';

export const TROUBLES: readonly Trouble[] = [
  'SlowDown',
  'InternalError',
  'ErrorIn200',
  'KeySlowDown',
  'KeyInternalError',
  'Conflict',
  'ExpiredToken',
  'ResetBefore',
  'LostAnswer',
  'HalfAnswer',
  'LateAnswer',
  'LateOperation',
  ...UNCLEAR,
  ...UNCLEAR.map((kind) => `${kind}Unexecuted` as const),
  'LatencySpike',
  'Throttled',
  'RewriteSource',
  'RewriteOnAnotherDay',
  'DeleteSource',
  'RecreateSource',
  'PreemptDestination',
  'WriteDestination',
  ...DENIALS,
  'Kill',
  'TimeOut',
  'StoppedExecution',
  'KilledRun',
  'TwoRunsAtOnce',
  'NewRunOverHalfFinished',
  'RestartOverAbandoned',
  'Redrive',
];

export type Count = (trouble: Trouble, times?: number) => void;

/** Each of these faults hits requests with a given probability. */
export const RULES: readonly FaultKind[] = [
  'SlowDown',
  'InternalError',
  'ErrorIn200',
  'KeySlowDown',
  'KeyInternalError',
  'Conflict',
  'ResetBefore',
  'LostAnswer',
  'HalfAnswer',
  'LateAnswer',
  ...UNCLEAR,
];
/**
 * Only something between a function and S3 causes these faults. Step Functions sends its own
 * requests inside AWS.
 */
const OF_THE_WAY: ReadonlySet<FaultKind | 'Error'> = new Set<FaultKind>(['LateAnswer', ...UNCLEAR]);
const OF_THE_MOVE = [
  'CopyObject',
  'DeleteObjects',
  'DeleteObject',
  'HeadObject',
  'CreateMultipartUpload',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'GetObjectTagging',
  'PutObject',
  'RestoreObject',
];

/** A plan says what may go wrong in a schedule. It is data, so that a property can shrink it. */
export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
  /** This is the probability that another writer acts, for each call that concerns an object. */
  readonly writer: number;
  /** This is the probability of a wait, for each call. */
  readonly spike: number;
  /** This is the probability that an invocation ends before its time. */
  readonly killing: number;
  /** The credentials have expired during these calls. */
  readonly expiry?: { readonly from: number; readonly to: number };
  readonly throttling?: { readonly writesPerSecond: number; readonly burst: number };
}

const LONGEST_SPIKE = 300;
/**
 * The functions wait longer for an answer. So only an invocation that ends meanwhile does not get
 * it.
 */
const LATE = 500;

/**
 * Holds the disturbances of one schedule: S3's faults, another writer, and kills and timeouts of
 * functions.
 */
export class Disturbances {
  private readonly random: Random;
  private readonly injector: FaultInjector;
  private readonly throttle?: Throttle;
  private readonly writer: Writer;
  /** Tells what befell which call, for the developer who investigates a violation. */
  readonly log: string[] = [];
  /** Tells, for each function, after how many calls its invocation ends. */
  private readonly doomed = new Map<string, { calls: number; end: () => void }>();
  private calls = 0;
  private call?: S3Call;
  /** The access keys of functions. */
  private readonly functions = new Set(['archiver']);
  private readonly running = new Map<string, InvocationHook>();
  private isKilling = false;
  private readonly late = new Set<Promise<void>>();

  constructor(
    private readonly plan: FaultPlan,
    state: BucketState,
    private readonly onTrouble: Count,
  ) {
    this.random = randomOf(plan.seed);
    this.injector = new FaultInjector({ seed: plan.seed, rules: [...plan.rules] });
    this.throttle = plan.throttling && new Throttle(plan.throttling);
    this.writer = new Writer(state, this.random, plan.writer, (act) => this.count(act));
  }

  /** This runs before each request to S3. */
  async before(call: S3Call): Promise<Fault | undefined> {
    this.calls++;
    this.call = call;
    this.writer.before(call);
    if (this.random.chance(this.plan.spike)) {
      this.count('LatencySpike');
      await this.delay(this.random.integer(LONGEST_SPIKE));
    }
    this.call = call;
    if (await this.endDoomed(call)) {
      return { kind: 'ResetBefore' };
    }
    this.call = call;
    const { expiry } = this.plan;
    if (expiry && this.calls >= expiry.from && this.calls < expiry.to) {
      this.count('ExpiredToken');
      return { kind: 'ExpiredToken' };
    }
    const throttled = this.throttle?.faultsFor(call)[0];
    if (throttled) {
      this.count('Throttled', throttled.keys?.length);
      return throttled;
    }
    const fault = this.injector
      .faultsFor(call)
      .find(({ kind }) => !OF_THE_WAY.has(kind) || this.functions.has(call.accessKeyId ?? ''));
    if (fault) {
      this.count(toTrouble(fault), fault.keys?.length);
    }
    return fault;
  }

  /** Ends all invocations, and those that are about to begin. */
  killAll(): void {
    this.isKilling = true;
    for (const invocation of this.running.values()) {
      invocation.kill();
    }
  }

  /** Invocations that begin from now on are not ended at once. */
  endKilling(): void {
    this.isKilling = false;
  }

  /** Waits until requests of ended invocations have reached S3, or never will. */
  async settled(): Promise<void> {
    while (this.late.size > 0) {
      await Promise.all(this.late);
    }
  }

  private count(trouble: Trouble, times?: number): void {
    this.onTrouble(trouble, times);
    const { operation, key, keys } = this.call!;
    this.log.push(`${this.calls} ${trouble}: ${operation} ${JSON.stringify(key ?? keys)}`);
  }

  onInvoke(invocation: InvocationHook): void {
    this.functions.add(invocation.logicalId);
    if (this.isKilling) {
      invocation.kill();
    }
    this.running.set(invocation.requestId, invocation);
    if (!this.random.chance(this.plan.killing)) {
      return;
    }
    const timeOut = this.random.chance(0.5);
    this.doomed.set(invocation.logicalId, {
      calls: this.random.integer(15),
      end: () => {
        this.count(timeOut ? 'TimeOut' : 'Kill');
        if (timeOut) {
          invocation.timeOut();
        } else {
          invocation.kill();
        }
      },
    });
  }

  /**
   * Ends an invocation whose calls are used up. Its last request reaches S3 at once, or later, when
   * the next invocation does the same work, or never. Returns whether it never does.
   */
  private async endDoomed({ accessKeyId = '' }: S3Call): Promise<boolean> {
    const doomed = this.doomed.get(accessKeyId);
    if (!doomed || doomed.calls-- > 0) {
      return false;
    }
    this.doomed.delete(accessKeyId);
    doomed.end();
    const wait = this.random.pick([undefined, undefined, 0, this.random.integer(LATE), LATE * 3]);
    if (wait) {
      this.count('LateOperation');
      await this.delay(wait);
    }
    return wait === undefined;
  }

  /** Delays a request, which may reach S3 after its function has ended. `settled` waits for it. */
  private async delay(milliseconds: number): Promise<void> {
    const waiting = sleep(milliseconds);
    // The operation follows in the same turn of the event loop.
    const done = waiting.then(() => sleep(1)).finally(() => this.late.delete(done));
    this.late.add(done);
    await waiting;
  }
}

const toTrouble = ({ kind, executed }: Fault): Trouble =>
  executed === false ? `${kind as Unclear}Unexecuted` : (kind as Trouble);

export function drawFaultPlan(random: Random): FaultPlan {
  const from = random.integer(150);
  return {
    seed: random.integer(2 ** 31),
    rules: RULES.filter(() => random.chance(0.25)).map((kind) => drawRule(random, kind)),
    writer: random.pick([0, 0.01, 0.05, 0.15]),
    spike: random.pick([0, 0, 0.05]),
    killing: random.pick([0, 0, 0.3, 0.6]),
    expiry: random.chance(0.15) ? { from, to: from + 2 + random.integer(30) } : undefined,
    throttling: random.chance(0.25)
      ? { writesPerSecond: 20 + random.integer(60), burst: 2 + random.integer(10) }
      : undefined,
  };
}

/** Draws a rate that retries can handle in most cases. */
function drawRule(random: Random, kind: FaultKind): FaultRule {
  const most = ['KeySlowDown', 'KeyInternalError', 'KeyUnnamed', 'ErrorIn200', 'Conflict'].includes(
    kind,
  )
    ? 0.3
    : 0.12;
  const isUnclear = (UNCLEAR as readonly FaultKind[]).includes(kind);
  const operations = random.chance(0.6) ? OF_THE_MOVE : undefined;
  return {
    kind,
    probability: random.next() * most,
    operations,
    ...(isUnclear && { executed: random.chance(0.5) }),
    ...(kind === 'LateAnswer' && { ms: LATE }),
  };
}
