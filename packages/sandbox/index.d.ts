/** What of the sandbox a program may count on. The sandbox itself is held against it by packages/sandbox/test/package.test.ts. */

export interface SandboxOptions {
  /** Directory of a cloud assembly (cdk.out). */
  readonly app: string;
  /** Stack, or construct path below it (Stack/Nightly), of the archiver, where the app has several. */
  readonly stack?: string;
  /** Any S3; default: the embedded one. */
  readonly endpoint?: string;
  /**
   * Names of buckets by logical id, in place of those of the template; also of parameters that hold a bucket's name.
   * By `STACK/LOGICALID` where several stacks have one of that logical id.
   */
  readonly buckets?: Record<string, string>;
  /** Whether callers may do what the policies of the templates allow, and nothing else. Default: true. */
  readonly enforcePolicies?: boolean;
  /** Of the embedded S3; `faults` also before another. */
  readonly s3?: S3Options;
  /** Factor for the waits between retries. Default: 1. */
  readonly retryScale?: number;
  /** A log file for each function goes there. */
  readonly logDir?: string;
}

export interface S3Options {
  /** What every request takes longer. */
  latencyMs?: number;
  faults?: FaultPlan;
  /** SlowDown for writes beyond it, prefix by prefix. */
  throttling?: { writesPerSecond: number };
}

/** Whether a request meets a fault depends on the seed, the operation and the key: a plan can be replayed. */
export interface FaultPlan {
  seed: number;
  rules: FaultRule[];
}

export interface FaultRule {
  kind: 'SlowDown' | 'InternalError' | 'ErrorIn200' | 'KeySlowDown' | 'KeyInternalError' | 'Conflict' | 'ResetBefore' | 'LostAnswer' | 'Latency';
  /** From 0 to 1, for each request (for each key with the `Key...` kinds). */
  probability: number;
  /** As the SDK calls them: `CopyObject`. */
  operations?: string[];
  bucket?: string;
  keyPrefix?: string;
  /** How often at most. */
  limit?: number;
  /** Latency only. */
  ms?: number;
}

export interface RunOptions {
  /** The execution's input. Default: what the schedule sends, else nothing. */
  readonly input?: object;
  /** The instant that the schedule and StartTime have, as 2026-11-25T01:00:00+09:00. Default: the present. */
  readonly now?: string;
}

export interface Sandbox {
  /** The embedded S3; undefined with `endpoint`. */
  readonly s3: { readonly store: ObjectStore } | undefined;
  readonly s3Endpoint: string;
  readonly sourceBucket: string;
  readonly destinationBucket: string;
  readonly reportBucket: string;
  /** Name of the bucket with a logical id (`STACK/LOGICALID`) in the template. */
  bucket(logicalId: string): string;
  run(options?: RunOptions): Promise<SandboxSummary>;
  close(): Promise<void>;
}

export interface ObjectStore {
  put(bucket: string, key: string, content: string | Buffer): unknown;
  get(bucket: string, key: string): StoredObject | undefined;
  /** In UTF-8 byte order. */
  keys(bucket: string, prefix?: string): string[];
  delete(bucket: string, key: string): void;
}

export interface StoredObject {
  readonly body: { bytes(): Buffer };
  readonly attributes: { readonly storageClass: string };
}

export interface SandboxSummary {
  readonly status: string;
  readonly error: string | null;
  readonly cause: string | null;
  /** null where the run ended before its report. */
  readonly counts: Counts | null;
  readonly bytes: number | null;
  readonly seconds: number;
  /** Requests to S3 by operation. */
  readonly requests: Record<string, number>;
  readonly transitions: number;
  readonly children: number;
  readonly invocations: number;
  readonly alerts: { readonly subject: string | null; readonly message: string }[];
  readonly report: { readonly bucket: string; readonly key: string } | null;
  readonly estimate: { readonly usd: number };
}

/** listed = archived + skipped + conflicting + failed */
export interface Counts {
  readonly listed: number;
  readonly archived: number;
  readonly skipped: number;
  readonly conflicting: number;
  readonly failed: number;
}

/** Reads a cloud assembly and sets its archiver up to be run. */
export declare function openSandbox(options: SandboxOptions): Promise<Sandbox>;

/** What was given is wrong. */
export declare class UsageError extends Error {}
