export { openSandbox } from './sandbox';
export type { Sandbox, SandboxOptions, RunOptions } from './sandbox';
export type { SandboxSummary } from './summary';
export type { MapProgress } from './engine/world';
export type { InvocationHook, FunctionUsage } from './lambda/host';
export type { ExecutionRecord, ExecutionStatus, MapRunRecord } from './engine/records';
export { UsageError } from './errors';
