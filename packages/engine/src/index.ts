/**
 * Runs a state machine's definition, with its functions in processes, as Step Functions and Lambda
 * would. It knows neither where the definition comes from nor which S3 it works on.
 */
export { ApiError } from './common/api-error';
export { UsageError } from './common/errors';
export { type Json, type JsonObject, utf8Length } from './common/json';
export { Fleet, type FunctionFinder } from './lambda/fleet';
export type { FunctionSpec } from './lambda/function-spec';
export { heapFlags } from './lambda/heap-flags';
export {
  FunctionHost,
  type FunctionUsage,
  type HostOptions,
  type InvocationHook,
} from './lambda/host';
export type { Answer, FunctionError } from './lambda/instance';
export {
  allStates,
  type Definition,
  type DistributedMapState,
  isDistributedMap,
  readerOf,
  type State,
} from './states-language/definition';
export { StateError } from './states-language/errors';
export { isSupported } from './states-language/integrations';
export { STEP_FUNCTIONS_ACTIONS, type StepFunctionsBackend } from './step-functions/api';
export { compile } from './step-functions/compile';
export { type ExecutionEvents, Executions } from './step-functions/executions';
export { History } from './step-functions/history';
export { DistributedMaps } from './step-functions/map/distributed-map';
export { MAX_EVENT_PAYLOAD_BYTES, MAX_RESULT_FILE_BYTES } from './step-functions/quotas';
export {
  errorOf,
  type ExecutionRecord,
  type ExecutionStatus,
  type MapRunRecord,
  Records,
} from './step-functions/records';
export { redriveStatus } from './step-functions/redrive';
export { createS3Client } from './step-functions/s3-client';
export { type MessageAttribute, serviceCalls } from './step-functions/service-integrations';
export type { MapProgress, Meter, World } from './step-functions/world';
