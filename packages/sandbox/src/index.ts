export { openSandbox } from './sandbox';
export type { Sandbox, SandboxOptions, RunOptions } from './sandbox';
export type { SandboxSummary } from './summary/summary';
export type { MapProgress } from './step-functions/world';
export type { InvocationHook, FunctionUsage } from './lambda/host';
export type { ExecutionRecord, ExecutionStatus, MapRunRecord } from './step-functions/records';
export { UsageError } from './errors';
