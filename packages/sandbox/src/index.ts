import type { Sandbox, SandboxOptions } from './api';
import * as internal from './open-sandbox';

export type {
  Counts, ObjectStore, RestoreCounts, RunOptions, S3Options, Sandbox, SandboxOptions, SandboxSummary, StoredObject, VerifyCounts,
} from './api';
export { UsageError } from './errors';
export type { FaultKind, FaultPlan, FaultRule } from 'cdk-s3-dated-archiver-s3-double';

/** Reads a cloud assembly and prepares its archiver to be run. */
export function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  return internal.openSandbox(options);
}
