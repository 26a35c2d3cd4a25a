import type { Sandbox, SandboxOptions } from './common/api';
import * as internal from './core/open-sandbox';

export type {
  Counts,
  ObjectStore,
  RestoreCounts,
  RunOptions,
  S3Options,
  Sandbox,
  SandboxOptions,
  SandboxSummary,
  StoredObject,
  VerifyCounts,
} from './common/api';
export { UsageError } from './common/errors';
export type { FaultKind, FaultPlan, FaultRule } from 'cdk-s3-dated-archiver-s3-double';

/** Reads a cloud assembly and prepares its archiver to be run. */
export function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  return internal.openSandbox(options);
}
