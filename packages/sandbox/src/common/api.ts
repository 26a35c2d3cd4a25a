import type { FaultPlan } from 'cdk-s3-dated-archiver-s3-double';

// What programs that use the published package may rely on. The tests of this repository use more:
// see internal.ts.

export interface SandboxOptions {
  /** Directory of a cloud assembly (cdk.out). */
  readonly app: string;
  /**
   * Stack of the archiver, or its construct path (Stack/Nightly), if the app has several archivers.
   */
  readonly stack?: string;
  /** URL of any S3. Default: the embedded one. */
  readonly endpoint?: string;
  /**
   * Whether `endpoint` may be S3 on AWS, where a run moves real objects with your credentials.
   * Default: false; an endpoint on AWS is refused.
   */
  readonly allowAwsEndpoint?: boolean;
  /**
   * Whether functions run that are not the archiver's, and that a rule of the app invokes when a
   * run starts or ends. They are as shut in as the archiver's: they can connect to the sandbox
   * only. Default: false.
   */
  readonly runOtherFunctions?: boolean;
  /**
   * Names that replace those in the template, by the logical id of a bucket or of a parameter that
   * holds a bucket's name. Use `STACK/LOGICALID` if several stacks have that logical id.
   */
  readonly buckets?: Record<string, string>;
  /**
   * Policies of buckets, by name, such as the one that a source in another account has. Default:
   * what the templates have, and for a bucket that is not in them the statements that the archiver
   * prints for it.
   */
  readonly bucketPolicies?: Record<string, object>;
  /**
   * The ids of organizations, by account: `{ '111122223333': 'o-exampleorgid' }`. Default: no
   * account is in an organization, so no role has `aws:PrincipalOrgID`.
   */
  readonly organizations?: Record<string, string>;
  /** Whether callers may do only what the policies in the templates allow. Default: true. */
  readonly enforcePolicies?: boolean;
  /** Options of the embedded S3. `faults` also applies to another S3. */
  readonly s3?: S3Options;
  /**
   * Factor for the waits between retries, of states and of asynchronous invocations. Default: 1.
   */
  readonly retryScale?: number;
  /** Directory for one log file per function. */
  readonly logDir?: string;
}

export interface S3Options {
  /** Milliseconds that every request takes longer. */
  latencyMs?: number;
  faults?: FaultPlan;
  /** S3 answers SlowDown to writes beyond this rate, separately for each prefix. */
  throttling?: { writesPerSecond: number };
}

export interface RunOptions {
  /** The execution's input. Default: what the schedule sends, or else nothing. */
  readonly input?: object;
  /**
   * The schedule that starts the run, by the beginning of its logical id, such as
   * `ArchiverVerificationsWeekly`. Default: the one that archives.
   */
  readonly schedule?: string;
  /**
   * The instant of the schedule and of the execution's StartTime, such as
   * 2026-11-25T01:00:00+09:00. Default: now.
   */
  readonly now?: string;
}

/** An archiver that can be run. */
export interface Sandbox {
  /** The embedded S3; undefined with `endpoint`. */
  readonly s3: { readonly store: ObjectStore } | undefined;
  readonly s3Endpoint: string;
  readonly sourceBucket: string;
  readonly destinationBucket: string;
  readonly reportBucket: string;
  /** Name of the bucket with this logical id (or `STACK/LOGICALID`) in the template. */
  bucket(logicalId: string): string;
  run<TCounts = Counts>(options?: RunOptions): Promise<SandboxSummary<TCounts>>;
  close(): Promise<void>;
}

/** The objects of the embedded S3, to seed and to inspect. */
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

/**
 * The outcome of a run. The command writes it with --json. The action decides which counts it has:
 * `VerifyCounts` after a verification, `RestoreCounts` after a restore.
 */
export interface SandboxSummary<TCounts = Counts> {
  /** Status of the execution, such as SUCCEEDED or FAILED. */
  readonly status: string;
  readonly error: string | null;
  readonly cause: string | null;
  /** What the run did; null if it ended before its report. */
  readonly action: 'archive' | 'verify' | 'restore' | null;
  /** Whether the run only counted what it would do. */
  readonly dryRun: boolean;
  /** null if the run ended before its report. */
  readonly counts: TCounts | null;
  readonly bytes: number | null;
  readonly seconds: number;
  /** Number of requests to S3, by operation. */
  readonly requests: Record<string, number>;
  readonly transitions: number;
  readonly children: number;
  readonly invocations: number;
  readonly alerts: { readonly subject: string | null; readonly message: string }[];
  /**
   * The events that the run sent, as EventBridge delivers them to the rules of `onRunCompleted`.
   */
  readonly events: readonly object[];
  readonly report: { readonly bucket: string; readonly key: string } | null;
  /** Cost at list prices, with durations as measured here. */
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

/** listed = restored + skipped + conflicting + failed */
export interface RestoreCounts {
  readonly listed: number;
  readonly restored: number;
  readonly skipped: number;
  readonly conflicting: number;
  readonly failed: number;
}

/** listed = present + changed + missing + unproven + skipped */
export interface VerifyCounts {
  readonly listed: number;
  readonly present: number;
  readonly changed: number;
  readonly missing: number;
  readonly unproven: number;
  readonly skipped: number;
}
