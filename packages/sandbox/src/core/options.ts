import type { InvocationHook, Records } from 'cdk-s3-dated-archiver-engine';
import type { S3DoubleOptions } from 'cdk-s3-dated-archiver-s3-double';
import type * as api from '../common/api';
import { UsageError } from '../common/errors';
import type { RunProgress } from '../summary/run-progress';

export interface SandboxOptions extends api.SandboxOptions {
  /** Options of the embedded double. `faults` and `hooks` also apply to another S3. */
  readonly s3?: S3DoubleOptions;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called for every invocation; may kill its instance. */
  readonly onInvoke?: (invocation: InvocationHook) => void;
  /** Maximum number of concurrent processes per function; further invocations wait. Default: 16. */
  readonly maxInstances?: number;
  /** Replaces the state machine's TimeoutSeconds. */
  readonly timeoutSeconds?: number;
  /**
   * Of a sandbox with an earlier deployment of the same state machine, whose executions AWS would
   * still know.
   */
  readonly records?: Records;
  /** Size at which the result writer begins a new file. Default: 5 GiB, as on AWS. */
  readonly maxResultFileBytes?: number;
}

export interface RunOptions extends api.RunOptions {
  /** Name of the execution. */
  readonly name?: string;
}

/** Reads `RunOptions.now`. */
export function toInstant(now: string): Date {
  const instant = new Date(now);
  if (Number.isNaN(instant.getTime()) || !/(Z|[+-]\d\d:\d\d)$/.test(now)) {
    throw new UsageError(
      `now is '${now}', but must be an instant with its offset, as 2026-11-24T16:00:00Z`,
    );
  }
  return instant;
}
