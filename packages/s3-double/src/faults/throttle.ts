import { performance } from 'node:perf_hooks';
import type { Fault } from './faults';
import type { S3Call } from '../http/call';

/**
 * Request rates that S3 lets through for each prefix (page "Best practices design patterns:
 * optimizing Amazon S3 performance"): 3,500 writes a second, less while it spreads a prefix over
 * more servers.
 */
export interface Throttling {
  /** PUT, COPY, POST and DELETE requests a second; each key of a DeleteObjects is one. */
  writesPerSecond: number;
  /** Number of writes that a prefix accepts at once after a pause. Default: those of one second. */
  burst?: number;
  /**
   * Number of leading segments of a key that make up its prefix. Default: all up to the last slash.
   */
  prefixSegments?: number;
  /** The rate is halved for the last `forSeconds` of every `everySeconds`. */
  halving?: { everySeconds: number; forSeconds: number };
  /** Called for each write, and for each key of a DeleteObjects. */
  onWrite?: (operation: string, isGranted: boolean) => void;
  /**
   * A clock in seconds that runs even if the double's own does not. Default: seconds since the
   * process started.
   */
  seconds?: () => number;
}

const WRITES = new Set([
  'PutObject',
  'CopyObject',
  'DeleteObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'PutObjectTagging',
  'DeleteObjectTagging',
  'PutObjectRetention',
  'PutObjectLegalHold',
]);

interface TokenBucket {
  tokens: number;
  filledAt: number;
}

export class Throttle {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly seconds: () => number;
  private readonly start: number;

  constructor(private readonly throttling: Throttling) {
    this.seconds = throttling.seconds ?? (() => performance.now() / 1000);
    this.start = this.seconds();
  }

  /**
   * SlowDown for a write beyond the rate of its prefix; inside the 200 for keys of a DeleteObjects.
   */
  faultsFor(call: S3Call): Fault[] {
    if (call.operation === 'DeleteObjects') {
      const keys = (call.keys ?? []).filter((key) => !this.takes(call, key));
      return keys.length > 0 ? [{ kind: 'KeySlowDown', keys }] : [];
    }
    return WRITES.has(call.operation) && !this.takes(call, call.key ?? '')
      ? [{ kind: 'SlowDown' }]
      : [];
  }

  private takes({ operation, bucket }: S3Call, key: string): boolean {
    const bucketOfTokens = this.filled(`${bucket}/${this.getPrefix(key)}`);
    const isGranted = bucketOfTokens.tokens >= 1;
    if (isGranted) {
      bucketOfTokens.tokens -= 1;
    }
    this.throttling.onWrite?.(operation, isGranted);
    return isGranted;
  }

  private filled(prefix: string): TokenBucket {
    const { writesPerSecond, burst = writesPerSecond } = this.throttling;
    const now = this.seconds();
    const known = this.buckets.get(prefix);
    if (!known) {
      const full = { tokens: burst, filledAt: now };
      this.buckets.set(prefix, full);
      return full;
    }
    known.tokens = Math.min(burst, known.tokens + (now - known.filledAt) * this.rateAt(now));
    known.filledAt = now;
    return known;
  }

  private rateAt(now: number): number {
    const { writesPerSecond, halving } = this.throttling;
    const halved =
      halving &&
      (now - this.start) % halving.everySeconds >= halving.everySeconds - halving.forSeconds;
    return halved ? writesPerSecond / 2 : writesPerSecond;
  }

  private getPrefix(key: string): string {
    const segments = key.split('/').slice(0, -1);
    return segments.slice(0, this.throttling.prefixSegments).join('/');
  }
}
