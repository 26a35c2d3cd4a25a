/**
 * What befalls the functions of one archiver: faults of S3, requests that are executed much later,
 * and kills.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Fault,
  FaultInjector,
  type FaultKind,
  type S3Call,
} from '../../../packages/s3-double/src';
import type { InvocationHook } from '../../../packages/sandbox/src/internal';
import type { Random } from '../random';

/** The proxy between the sandbox and S3 cannot repeat an earlier answer. */
const KINDS: readonly FaultKind[] = [
  'SlowDown',
  'InternalError',
  'ErrorIn200',
  'KeySlowDown',
  'KeyInternalError',
  'Conflict',
  'ResetBefore',
  'LostAnswer',
  'HalfAnswer',
  'CutXml',
  'EmptyAnswer',
  'KeyUnnamed',
];
const WRITES = new Set(['CopyObject', 'DeleteObjects', 'CompleteMultipartUpload']);
/** Longer than a round of the fast archiver needs. */
export const LONGEST_HOLD = 4_000;

/** Everything that all storms of a soak count. */
export interface Toll {
  faults: number;
  kills: number;
  holds: number;
  /** Faults and kills, also in a calm that follows them: what was held may be executed then. */
  disturbances: number;
}

export class Storm {
  isRaging = false;
  private readonly injector: FaultInjector;
  private readonly functions = new Set<string>();
  private readonly doomed = new Map<string, { calls: number; end: () => void }>();

  constructor(
    private readonly random: Random,
    private readonly toll: Toll,
  ) {
    const rules = KINDS.map((kind) => ({
      kind,
      probability: 0.01 * random.next(),
      executed: random.chance(0.5),
    }));
    this.injector = new FaultInjector({ seed: random.integer(2 ** 31), rules });
  }

  /** Runs before each request that a function or the state machine sends. */
  async before(call: S3Call): Promise<Fault | undefined> {
    const { random } = this;
    const isOfFunction = this.functions.has(call.accessKeyId ?? '');
    // In a calm, too: no time is too long for S3.
    if (isOfFunction && WRITES.has(call.operation) && random.chance(0.05)) {
      this.toll.holds += 1;
      await sleep(random.integer(LONGEST_HOLD));
    }
    if (isOfFunction && (await this.endDoomed(call.accessKeyId!))) {
      return { kind: 'ResetBefore' };
    }
    if (!this.isRaging || !isOfFunction) {
      return undefined;
    }
    const [fault] = this.injector.faultsFor(call);
    if (fault) {
      this.toll.faults += 1;
      this.toll.disturbances += 1;
    }
    return fault;
  }

  onInvoke(invocation: InvocationHook): void {
    this.functions.add(invocation.logicalId);
    if (!this.isRaging || !this.random.chance(0.15)) {
      return;
    }
    const isTimeout = this.random.chance(0.5);
    const end = () => {
      if (isTimeout) {
        invocation.timeOut();
      } else {
        invocation.kill();
      }
    };
    this.doomed.set(invocation.logicalId, { calls: this.random.integer(25), end });
  }

  /**
   * Ends an invocation whose calls are used up. Its last request reaches S3 at once, much later, or
   * never.
   */
  private async endDoomed(logicalId: string): Promise<boolean> {
    const doomed = this.doomed.get(logicalId);
    if (!doomed || doomed.calls-- > 0) {
      return false;
    }
    this.doomed.delete(logicalId);
    this.toll.kills += 1;
    this.toll.disturbances += 1;
    doomed.end();
    const wait = this.random.pick([undefined, 0, this.random.integer(LONGEST_HOLD)]);
    if (wait) {
      await sleep(wait);
    }
    this.toll.disturbances += 1;
    return wait === undefined;
  }
}
