/**
 * The sandbox as this repository's own tests and tools use it. It may change at any time. Other
 * programs use index.ts.
 */
export { openSandbox } from './core/open-sandbox';
export type { RunOptions, SandboxOptions } from './core/options';
export type { Sandbox } from './core/sandbox';
export type { SandboxSummary } from './summary/summary';
export { ProgressLine } from './cli/progress';
export { type Style, styleFor } from './cli/style';
export type { RunProgress } from './summary/run-progress';
export { UsageError } from './common/errors';
export {
  type ExecutionRecord,
  type ExecutionStatus,
  type FunctionUsage,
  heapFlags,
  type InvocationHook,
  type MapRunRecord,
} from 'cdk-s3-dated-archiver-engine';
