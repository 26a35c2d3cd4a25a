import { createHash } from 'node:crypto';
import { isAnsweredInXml } from './unreadable';
import type { S3Call } from '../http/call';

/** Kinds of faults, and what each does. */
export const FAULT_KINDS = {
  SlowDown: '503, nothing done',
  InternalError: '500, nothing done',
  ErrorIn200: 'CopyObject, CompleteMultipartUpload: 200 with an error as its body, nothing done',
  KeySlowDown: 'DeleteObjects, each key: SlowDown inside the 200',
  KeyInternalError: 'DeleteObjects, each key: InternalError inside the 200',
  Conflict: 'conditional writes and deletes: 409, as after a concurrent request, nothing done',
  NoExpeditedCapacity: 'RestoreObject: 503, as where S3 has no capacity for it, nothing done',
  ExpiredToken: '400, as after the end of a session, nothing done',
  ResetBefore: 'the connection is closed, nothing done',
  LostAnswer: 'done, then the connection is closed',
  HalfAnswer: 'done, then the connection is closed in the middle of the answer',
  CutXml: 'the XML of a 2xx ends in the middle, and its length is as announced',
  ProxyPage: "200 with a proxy's HTML page in place of a 2xx",
  EmptyAnswer: "200 without a body and without S3's headers in place of a 2xx",
  KeyUnnamed: 'DeleteObjects, each key: the 200 does not name it',
  StaleAnswer: 'the answer to the request before it on the same connection',
  LateAnswer: 'done, and answered once the client has given up',
  LateOperation: 'done once the client has given up',
  Latency: 'the request waits for the milliseconds of "ms"',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export interface FaultRule {
  kind: FaultKind;
  /** From 0 to 1, for each request (for each key with the `Key...` kinds). */
  probability: number;
  /** As the SDK calls them, such as `CopyObject`. Default: all. */
  operations?: string[];
  bucket?: string;
  keyPrefix?: string;
  /** Maximum number of faults of this rule. */
  limit?: number;
  /**
   * `Latency`: how long. `LateAnswer`, `LateOperation`: the longest wait for the client to give up.
   * Default: no limit.
   */
  ms?: number;
  /**
   * `CutXml`, `ProxyPage`, `EmptyAnswer`, `KeyUnnamed`, `StaleAnswer`: whether the operation is
   * done. Default: true.
   */
  executed?: boolean;
}

/**
 * Faults to inject. Whether a request meets one depends on the seed, the operation, the key and how
 * often that operation had this key before, but not on the order of unrelated requests. So a plan
 * can be replayed although requests run concurrently.
 */
export interface FaultPlan {
  seed: number;
  rules: FaultRule[];
}

/** A fault for one request, from a hook. */
export interface Fault {
  kind: FaultKind | 'Error';
  ms?: number;
  executed?: boolean;
  /** `Key...` kinds: the keys that are refused; all if left out. */
  keys?: string[];
  /** `Error`: any error of S3's, as `{status: 403, code: 'ExpiredToken'}`. */
  status?: number;
  code?: string;
  message?: string;
}

/** Error codes of the faults that refuse single keys. */
export const KEY_FAULTS: Partial<Record<Fault['kind'], string>> = {
  KeySlowDown: 'SlowDown',
  KeyInternalError: 'InternalError',
};

/** Whether a fault concerns single keys of a DeleteObjects. */
export const isKeyFault = (kind: Fault['kind']): boolean =>
  kind in KEY_FAULTS || kind === 'KeyUnnamed';

const ERROR_IN_200 = new Set(['CopyObject', 'CompleteMultipartUpload']);

export class FaultInjector {
  private readonly seen = new Map<string, number>();
  private readonly injected: number[];

  constructor(private readonly plan: FaultPlan) {
    this.injected = plan.rules.map(() => 0);
  }

  /** Faults of this request: any latency, the keys to refuse, and at most one other. */
  faultsFor(call: S3Call): Fault[] {
    const faults: Fault[] = [];
    const occurrence = this.occurrence(
      call.operation,
      call.bucket,
      call.key ?? call.keys?.[0] ?? '',
    );
    let settled = false;
    this.plan.rules.forEach((rule, index) => {
      if (!applies(rule, call)) {
        return;
      }
      const { kind, ms, executed } = rule;
      if (isKeyFault(kind)) {
        const keys = (call.keys ?? []).filter((key) => this.keyDraws(rule, index, call, key));
        if (keys.length > 0) {
          faults.push({ kind, keys, executed });
        }
      } else if ((kind === 'Latency' || !settled) && this.draws(rule, index, occurrence)) {
        faults.push({ kind, ms, executed });
        settled ||= kind !== 'Latency';
      }
    });
    return faults;
  }

  private keyDraws(rule: FaultRule, index: number, call: S3Call, key: string): boolean {
    return (
      key.startsWith(rule.keyPrefix ?? '') &&
      this.draws(rule, index, this.occurrence(`key${index}`, call.bucket, key))
    );
  }

  private draws(rule: FaultRule, index: number, occurrence: string): boolean {
    if (
      this.injected[index] >= (rule.limit ?? Infinity) ||
      uniform(`${this.plan.seed}/${index}/${occurrence}`) >= rule.probability
    ) {
      return false;
    }
    this.injected[index] += 1;
    return true;
  }

  /** What identifies this request among all of a run. */
  private occurrence(operation: string, bucket: string, key: string): string {
    const name = `${operation}/${bucket}/${key}`;
    const count = (this.seen.get(name) ?? 0) + 1;
    this.seen.set(name, count);
    return `${count}/${name}`;
  }
}

function applies(rule: FaultRule, call: S3Call): boolean {
  return (
    (!rule.operations || rule.operations.includes(call.operation)) &&
    (!rule.bucket || rule.bucket === call.bucket) &&
    (rule.kind !== 'ErrorIn200' || ERROR_IN_200.has(call.operation)) &&
    (rule.kind !== 'NoExpeditedCapacity' || call.operation === 'RestoreObject') &&
    (rule.kind !== 'Conflict' || call.conditional === true) &&
    (rule.kind !== 'CutXml' || isAnsweredInXml(call.operation)) &&
    (rule.kind !== 'StaleAnswer' || call.follows === true) &&
    (isKeyFault(rule.kind) || (call.key ?? '').startsWith(rule.keyPrefix ?? ''))
  );
}

/** A number from 0 up to 1 that the text determines. */
function uniform(text: string): number {
  return createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
