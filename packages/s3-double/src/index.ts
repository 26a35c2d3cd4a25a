export type { Bill } from './server/bill';
export { type S3Double, type S3DoubleOptions, startS3 } from './server/start';
export {
  type Fault,
  FaultInjector,
  FAULT_KINDS,
  type FaultKind,
  type FaultPlan,
  type FaultRule,
} from './faults/faults';
export type { DenyRule } from './store/denials';
export { Throttle, type Throttling } from './faults/throttle';
export type { S3Call } from './http/call';
export { Body } from './store/body';
export type { BucketOptions, Versioning } from './store/bucket';
export {
  DEFAULT_ATTRIBUTES,
  type Encryption,
  type LockDefaults,
  type StoredObject,
} from './store/stored-object';
export type { ObjectStore, PutOptions } from './store/store';
// Internal: what the sandbox needs to hold requests to IAM policies, and to be a proxy in front of
// another S3.
export * from './internal';
