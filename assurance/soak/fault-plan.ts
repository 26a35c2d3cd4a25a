import { setTimeout as sleep } from 'node:timers/promises';
import type { BucketState } from './bucket-state';
import { type Random, randomOf } from './random';
import { type WriterAct, Writer } from './writer';
import type { Fault, FaultKind, FaultRule, S3Call } from '../../packages/s3-double/src';
import { FaultInjector } from '../../packages/s3-double/src/faults/faults';
import { Throttle } from '../../packages/s3-double/src/faults/throttle';
import type { InvocationHook } from '../../packages/sandbox/src/internal';

/** Everything that goes wrong. The soak counts each. */
export type Trouble = Exclude<FaultKind, 'Latency'> | 'LatencySpike' | 'Throttled' | WriterAct
  | 'Kill' | 'TimeOut' | 'StoppedExecution' | 'TwoRunsAtOnce' | 'RunOverHalfFinished';

export const TROUBLES: readonly Trouble[] = [
  'SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'Conflict', 'ExpiredToken', 'ResetBefore', 'LostAnswer', 'HalfAnswer', 'LatencySpike', 'Throttled',
  'RewriteSource', 'DeleteSource', 'RecreateSource', 'PreemptDestination', 'WriteDestination',
  'Kill', 'TimeOut', 'StoppedExecution', 'TwoRunsAtOnce', 'RunOverHalfFinished',
];

export type Count = (trouble: Trouble, times?: number) => void;

/** Kinds that befall one request in so many. */
export const RULES: readonly FaultKind[] = ['SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'Conflict', 'ResetBefore', 'LostAnswer', 'HalfAnswer'];
const OF_THE_MOVE = [
  'CopyObject', 'DeleteObjects', 'DeleteObject', 'HeadObject', 'CreateMultipartUpload', 'UploadPartCopy', 'CompleteMultipartUpload', 'AbortMultipartUpload', 'GetObjectTagging', 'PutObject',
];

/** What may go wrong in a schedule. Data, so that a property can shrink it. */
export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
  /** Probability that another writer acts, for each call that concerns an object. */
  readonly writer: number;
  /** Probability of a wait, for each call. */
  readonly spike: number;
  /** Probability that an invocation ends before its time. */
  readonly killing: number;
  /** During which calls the credentials have run out. */
  readonly expiry?: { readonly from: number; readonly to: number };
  readonly throttling?: { readonly writesPerSecond: number; readonly burst: number };
}

const LONGEST_SPIKE = 300;

/** The troubles of one schedule: S3's faults, another writer, and what befalls functions. */
export class Disturbances {
  private readonly random: Random;
  private readonly injector: FaultInjector;
  private readonly throttle?: Throttle;
  private readonly writer: Writer;
  /** For how many calls of a function the end of an invocation is put off. */
  private readonly doomed = new Map<string, { calls: number; end: () => void }>();
  private calls = 0;

  constructor(private readonly plan: FaultPlan, state: BucketState, private readonly count: Count) {
    this.random = randomOf(plan.seed);
    this.injector = new FaultInjector({ seed: plan.seed, rules: [...plan.rules] });
    this.throttle = plan.throttling && new Throttle(plan.throttling);
    this.writer = new Writer(state, this.random, plan.writer, count);
  }

  /** Before each request to S3. */
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

  /** Its last request reaches S3, or does not. */
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

/** At a rate that retries can cope with, mostly. */
function drawRule(random: Random, kind: FaultKind): FaultRule {
  const most = ['KeySlowDown', 'KeyInternalError', 'ErrorIn200', 'Conflict'].includes(kind) ? 0.3 : 0.12;
  return { kind, probability: random.next() * most, operations: random.chance(0.6) ? OF_THE_MOVE : undefined };
}
