import { createHash } from 'node:crypto';
import { isAnsweredInXml } from './unreadable';
import type { S3Call } from '../http/call';

export const FAULT_KINDS = [
  /** 503 before the operation. */
  'SlowDown',
  /** 500 before the operation. */
  'InternalError',
  /** CopyObject and CompleteMultipartUpload: status 200 with an error as body, nothing done. */
  'ErrorIn200',
  /** DeleteObjects: a key refused inside the 200. */
  'KeySlowDown',
  'KeyInternalError',
  /** Conditional writes and deletes: 409 because of a concurrent request, nothing done. */
  'Conflict',
  /** The caller's session token has expired: 400, nothing done. */
  'ExpiredToken',
  /** Connection reset, nothing done. */
  'ResetBefore',
  /** The operation is done, then the connection is reset. */
  'LostAnswer',
  /** The operation is done, then the connection is reset in the middle of the answer. */
  'HalfAnswer',
  /** The XML of a 2xx answer ends in the middle, although its length is as announced. */
  'CutXml',
  /** 200 with a proxy's HTML page, and without S3's headers, in place of a 2xx answer. */
  'ProxyPage',
  /** 200 without a body, and without S3's headers, in place of a 2xx answer. */
  'EmptyAnswer',
  /** DeleteObjects: the 200 does not name the key. */
  'KeyUnnamed',
  /** The request gets the answer to the request before it on the same connection, as behind a broken middlebox. */
  'StaleAnswer',
  /** The operation is done, and its answer is held back until the client has given up. */
  'LateAnswer',
  /** The operation is done after the client has given up. */
  'LateOperation',
  /** The request waits. */
  'Latency',
] as const;

export type FaultKind = typeof FAULT_KINDS[number];

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
  /** `Latency`: how long. `LateAnswer`, `LateOperation`: the longest wait for the client to give up. Default: no limit. */
  ms?: number;
  /** `CutXml`, `ProxyPage`, `EmptyAnswer`, `KeyUnnamed`, `StaleAnswer`: whether the operation is done. Default: true. */
  executed?: boolean;
}

/**
 * Faults to inject. Whether a request meets one depends on the seed, the operation, the key and how often that
 * operation had this key before, but not on the order of unrelated requests. So a plan can be replayed although
 * requests run concurrently.
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
export const KEY_FAULTS: Partial<Record<Fault['kind'], string>> = { KeySlowDown: 'SlowDown', KeyInternalError: 'InternalError' };

/** Whether a fault concerns single keys of a DeleteObjects. */
export const isKeyFault = (kind: Fault['kind']): boolean => kind in KEY_FAULTS || kind === 'KeyUnnamed';

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
    const occurrence = this.occurrence(call.operation, call.bucket, call.key ?? call.keys?.[0] ?? '');
    let settled = false;
    this.plan.rules.forEach((rule, index) => {
      if (!applies(rule, call)) {
        return;
      }
      const { kind, ms, executed } = rule;
      if (isKeyFault(kind)) {
        const keys = (call.keys ?? []).filter((key) => this.keyDraws(rule, index, call, key));
        if (keys.length > 0) { faults.push({ kind, keys, executed }); }
      } else if ((kind === 'Latency' || !settled) && this.draws(rule, index, occurrence)) {
        faults.push({ kind, ms, executed });
        settled ||= kind !== 'Latency';
      }
    });
    return faults;
  }

  private keyDraws(rule: FaultRule, index: number, call: S3Call, key: string): boolean {
    return key.startsWith(rule.keyPrefix ?? '') && this.draws(rule, index, this.occurrence(`key${index}`, call.bucket, key));
  }

  private draws(rule: FaultRule, index: number, occurrence: string): boolean {
    if (this.injected[index] >= (rule.limit ?? Infinity) || uniform(`${this.plan.seed}/${index}/${occurrence}`) >= rule.probability) {
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
  return (!rule.operations || rule.operations.includes(call.operation))
    && (!rule.bucket || rule.bucket === call.bucket)
    && (rule.kind !== 'ErrorIn200' || ERROR_IN_200.has(call.operation))
    && (rule.kind !== 'Conflict' || call.conditional === true)
    && (rule.kind !== 'CutXml' || isAnsweredInXml(call.operation))
    && (rule.kind !== 'StaleAnswer' || call.follows === true)
    && (isKeyFault(rule.kind) || (call.key ?? '').startsWith(rule.keyPrefix ?? ''));
}

/** A number from 0 up to 1 that the text determines. */
function uniform(text: string): number {
  return createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
