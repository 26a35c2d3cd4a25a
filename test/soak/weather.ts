import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random';
import type { World } from './world';
import { type WriterAct, Writer } from './writer';
import type { InvocationHook } from '../../sandbox';
import type { Fault, FaultKind, FaultRule, S3Call } from '../../sandbox/s3';
import { FaultInjector } from '../../sandbox/s3/faults';
import { Throttle } from '../../sandbox/s3/throttle';

/** Everything that goes wrong. The soak counts each. */
export type Trouble = Exclude<FaultKind, 'Latency'> | 'LatencySpike' | 'Throttled' | WriterAct
  | 'Kill' | 'TimeOut' | 'StoppedExecution' | 'TwoRunsAtOnce' | 'RunOverHalfFinished';

export const TROUBLES: readonly Trouble[] = [
  'SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'Conflict', 'ExpiredToken', 'ResetBefore', 'LostAnswer', 'HalfAnswer', 'LatencySpike', 'Throttled',
  'RewriteSource', 'DeleteSource', 'RecreateSource', 'PreemptDestination', 'WriteDestination',
  'Kill', 'TimeOut', 'StoppedExecution', 'TwoRunsAtOnce', 'RunOverHalfFinished',
];

export type Count = (trouble: Trouble, times?: number) => void;

const ANYWHERE: FaultKind[] = ['SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'Conflict', 'ResetBefore', 'LostAnswer', 'HalfAnswer'];
const OF_THE_MOVE = [
  'CopyObject', 'DeleteObjects', 'DeleteObject', 'HeadObject', 'CreateMultipartUpload', 'UploadPartCopy', 'CompleteMultipartUpload', 'AbortMultipartUpload', 'GetObjectTagging', 'PutObject',
];

export interface WeatherOptions {
  /** Ends invocations: not for code that runs in this process. */
  readonly kills: boolean;
  /** Waits in the middle of things, in milliseconds; 0: none. */
  readonly spikes: number;
}

/** The troubles of one schedule: S3's faults, another writer, and what befalls functions. Drawn from a seed; kills hit what happens to be under way. */
export class Weather {
  private readonly injector: FaultInjector;
  private readonly throttle?: Throttle;
  private readonly writer: Writer;
  private readonly spike: number;
  private readonly killing: number;
  /** For how many calls of a function the end of an invocation is put off. */
  private readonly doomed = new Map<string, { calls: number; end: () => void }>();
  private readonly expiry?: { from: number; to: number };
  private calls = 0;

  constructor(private readonly random: Random, world: World, private readonly count: Count, private readonly options: WeatherOptions) {
    this.injector = new FaultInjector({ seed: random.integer(2 ** 31), rules: drawRules(random) });
    this.throttle = random.chance(0.15) ? new Throttle({ writesPerSecond: 40 + random.integer(60), burst: 5 + random.integer(20) }) : undefined;
    this.writer = new Writer(world, random.chance(0.6) ? random.pick([0.01, 0.05, 0.15]) : 0, count);
    this.spike = random.chance(0.3) ? 0.05 : 0;
    this.killing = options.kills && random.chance(0.4) ? random.pick([0.2, 0.5]) : 0;
    const from = random.integer(150);
    if (random.chance(0.15)) this.expiry = { from, to: from + 2 + random.integer(30) };
  }

  /** Before each request to S3. */
  async before(call: S3Call): Promise<Fault | undefined> {
    this.calls++;
    this.writer.before(call);
    if (this.spike > 0 && this.options.spikes > 0 && this.random.chance(this.spike)) {
      this.count('LatencySpike');
      await sleep(this.random.integer(this.options.spikes));
    }
    const ended = this.endDoomed(call);
    if (ended) return ended;
    if (this.expiry && this.calls >= this.expiry.from && this.calls < this.expiry.to) {
      this.count('ExpiredToken');
      return { kind: 'ExpiredToken' };
    }
    const throttled = this.throttle?.faultsFor(call)[0];
    if (throttled) {
      this.count('Throttled', throttled.keys?.length);
      return throttled;
    }
    const [fault] = this.injector.faultsFor(call);
    if (fault) this.count(fault.kind as Trouble, fault.keys?.length);
    return fault;
  }

  onInvoke(invocation: InvocationHook): void {
    if (!this.random.chance(this.killing)) return;
    const timeOut = this.random.chance(0.5);
    this.doomed.set(invocation.logicalId, {
      calls: this.random.integer(25),
      end: () => {
        this.count(timeOut ? 'TimeOut' : 'Kill');
        if (timeOut) invocation.timeOut();
        else invocation.kill();
      },
    });
  }

  /** Its last request reaches S3, or does not. */
  private endDoomed({ accessKeyId = '' }: S3Call): Fault | undefined {
    const doomed = this.doomed.get(accessKeyId);
    if (!doomed || doomed.calls-- > 0) return undefined;
    this.doomed.delete(accessKeyId);
    doomed.end();
    return this.random.chance(0.5) ? { kind: 'ResetBefore' } : undefined;
  }
}

/** Some kinds, each at a rate that retries can cope with. */
function drawRules(random: Random): FaultRule[] {
  return ANYWHERE.filter(() => random.chance(0.4)).map((kind) => ({
    kind,
    probability: random.next() * (kind.startsWith('Key') || kind === 'ErrorIn200' || kind === 'Conflict' ? 0.3 : 0.12),
    operations: random.chance(0.6) ? OF_THE_MOVE : undefined,
  }));
}
