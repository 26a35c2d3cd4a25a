import { setTimeout as sleep } from 'node:timers/promises';
import type { BucketState } from './bucket-state';
import { type Random, randomOf } from './random';
import { type WriterAct, Writer } from './writer';
import type { Fault, FaultKind, FaultRule, S3Call } from '../../packages/s3-double/src';
import { FaultInjector } from '../../packages/s3-double/src/faults/faults';
import { Throttle } from '../../packages/s3-double/src/faults/throttle';
import type { InvocationHook } from '../../packages/sandbox/src/internal';

/** This is everything that can go wrong. The soak counts each kind. */
export type Trouble = Exclude<FaultKind, 'Latency'> | 'LatencySpike' | 'Throttled' | WriterAct
  | 'Kill' | 'TimeOut' | 'StoppedExecution' | 'TwoRunsAtOnce' | 'RunOverHalfFinished';

export const TROUBLES: readonly Trouble[] = [
  'SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'Conflict', 'ExpiredToken', 'ResetBefore', 'LostAnswer', 'HalfAnswer', 'LatencySpike', 'Throttled',
  'RewriteSource', 'DeleteSource', 'RecreateSource', 'PreemptDestination', 'WriteDestination',
  'Kill', 'TimeOut', 'StoppedExecution', 'TwoRunsAtOnce', 'RunOverHalfFinished',
];

export type Count = (trouble: Trouble, times?: number) => void;

/** Each of these faults hits requests with a given probability. */
export const RULES: readonly FaultKind[] = ['SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'Conflict', 'ResetBefore', 'LostAnswer', 'HalfAnswer'];
const OF_THE_MOVE = [
  'CopyObject', 'DeleteObjects', 'DeleteObject', 'HeadObject', 'CreateMultipartUpload', 'UploadPartCopy', 'CompleteMultipartUpload', 'AbortMultipartUpload', 'GetObjectTagging', 'PutObject',
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

/** Holds the disturbances of one schedule: S3's faults, another writer, and kills and timeouts of functions. */
export class Disturbances {
  private readonly random: Random;
  private readonly injector: FaultInjector;
  private readonly throttle?: Throttle;
  private readonly writer: Writer;
  /** Tells, for each function, after how many calls its invocation ends. */
  private readonly doomed = new Map<string, { calls: number; end: () => void }>();
  private calls = 0;

  constructor(private readonly plan: FaultPlan, state: BucketState, private readonly count: Count) {
    this.random = randomOf(plan.seed);
    this.injector = new FaultInjector({ seed: plan.seed, rules: [...plan.rules] });
    this.throttle = plan.throttling && new Throttle(plan.throttling);
    this.writer = new Writer(state, this.random, plan.writer, count);
  }

  /** This runs before each request to S3. */
  async before(call: S3Call): Promise<Fault | undefined> {
    this.calls++;
    this.writer.before(call);
    if (this.random.chance(this.plan.spike)) {
      this.count('LatencySpike');
      await sleep(this.random.integer(LONGEST_SPIKE));
    }
    const ended = this.endDoomed(call);
    if (ended) { return ended; }
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
    const [fault] = this.injector.faultsFor(call);
    if (fault) { this.count(fault.kind as Trouble, fault.keys?.length); }
    return fault;
  }

  onInvoke(invocation: InvocationHook): void {
    if (!this.random.chance(this.plan.killing)) { return; }
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

  /** Ends an invocation whose calls are used up. Its last request may or may not reach S3. */
  private endDoomed({ accessKeyId = '' }: S3Call): Fault | undefined {
    const doomed = this.doomed.get(accessKeyId);
    if (!doomed || doomed.calls-- > 0) { return undefined; }
    this.doomed.delete(accessKeyId);
    doomed.end();
    return this.random.chance(0.5) ? { kind: 'ResetBefore' } : undefined;
  }
}

export function drawFaultPlan(random: Random): FaultPlan {
  const from = random.integer(150);
  return {
    seed: random.integer(2 ** 31),
    rules: RULES.filter(() => random.chance(0.4)).map((kind) => drawRule(random, kind)),
    writer: random.pick([0, 0.01, 0.05, 0.15]),
    spike: random.pick([0, 0, 0.05]),
    killing: random.pick([0, 0, 0.3, 0.6]),
    expiry: random.chance(0.15) ? { from, to: from + 2 + random.integer(30) } : undefined,
    throttling: random.chance(0.25) ? { writesPerSecond: 20 + random.integer(60), burst: 2 + random.integer(10) } : undefined,
  };
}

/** Draws a rate that retries can handle in most cases. */
function drawRule(random: Random, kind: FaultKind): FaultRule {
  const most = ['KeySlowDown', 'KeyInternalError', 'ErrorIn200', 'Conflict'].includes(kind) ? 0.3 : 0.12;
  return { kind, probability: random.next() * most, operations: random.chance(0.6) ? OF_THE_MOVE : undefined };
}
