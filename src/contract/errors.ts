/**
 * The names of the errors that make a state fail, as the execution's history and ExplainFailure see
 * them.
 */
export enum ErrorName {
  /**
   * PlanRun rejected the execution's input or name, or a prop whose value is known only at run
   * time.
   */
  INVALID_RUN_INPUT = 'InvalidRunInput',
  /** PlanRun planned an action that the state machine has no branch for. */
  UNKNOWN_ACTION = 'UnknownAction',
  /**
   * Every object that a batch tried failed for the same reason, and a retry cannot help. The
   * message has the reason's code.
   */
  SYSTEMIC_FAILURE = 'SystemicFailure',
  LEDGER_UNBALANCED = 'LedgerUnbalanced',
  TOLERANCE_EXCEEDED = 'ToleranceExceeded',
  /** The ledger of another run changed after it was planned to read it. */
  LEDGER_CHANGED = 'LedgerChanged',
  /** A file of the run's plan is gone, or is not what was planned. */
  PLAN_CHANGED = 'PlanChanged',
  /** A verification found archived objects that are changed or missing. */
  OBJECTS_UNACCOUNTED = 'ObjectsUnaccounted',
}

export function namedError(name: ErrorName, message: string): Error {
  return Object.assign(new Error(message), { name });
}
