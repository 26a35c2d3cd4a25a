/** "Step Functions service quotas", service-quotas. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
export const MAX_HISTORY_EVENTS = 25_000;
export const MAX_OPEN_DAYS = 365;
/**
 * "Restarting state machine executions with redrive", redrive-executions, and "Redriving Map Runs",
 * redrive-map-run.
 */
export const REDRIVABLE_DAYS = 14;
export const MAX_MAP_RUN_REDRIVES = 1_000;
/** "Distributed Map", state-map-distributed: the meaning of MaxConcurrency 0, or of none. */
export const MAX_CHILDREN = 10_000;
/** "ResultWriter", input-output-resultwriter: at this size a new file begins. */
export const MAX_RESULT_FILE_BYTES = 5 * 1024 ** 3;
/**
 * "Step Functions Execution Status Change", eventbridge-integration: above it, the input and then
 * the output is omitted.
 */
export const MAX_EVENT_PAYLOAD_BYTES = 248 * 1024;
