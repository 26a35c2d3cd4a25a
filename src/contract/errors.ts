/** Names of the errors that fail a state: what the state machine's history and ExplainFailure see. */
export enum ErrorName {
  /** PlanRun refused the execution's input, or a prop whose value is known only at run time. */
  INVALID_RUN_INPUT = 'InvalidRunInput',
  /** Every object that a batch tried failed for one reason that no retry mends: `SystemicFailure`, with the code in its message. */
  SYSTEMIC_FAILURE = 'SystemicFailure',
  /** The ledger does not account for every listed object. */
  LEDGER_UNBALANCED = 'LedgerUnbalanced',
  /** More of the selected objects failed than `toleratedFailurePercentage` allows. */
  TOLERANCE_EXCEEDED = 'ToleranceExceeded',
}

/** An error whose `name` is one of ours: Lambda reports it as the state's error. */
export function namedError(name: ErrorName, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
