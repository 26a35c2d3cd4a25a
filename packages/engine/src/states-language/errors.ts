/** An error with a name of the States Language; the message is the cause. */
export class StateError extends Error {
  /** aws-local-stepfunctions reads these before it matches `Retry` and `Catch`. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, options: { readonly fatal?: boolean } = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = this.isCatchable = !options.fatal;
  }
}

/**
 * An error for a payload above the quota. "Error handling in Step Functions workflows",
 * concepts-error-handling, says that `States.ALL` does not catch it; if a task's result is too
 * large, it does (docs/aws-recorded.md).
 */
export function dataLimitExceeded(what: string, { fatal = true } = {}): StateError {
  return new StateError(
    'States.DataLimitExceeded',
    `${what} with a size exceeding the maximum number of bytes service limit.`,
    { fatal },
  );
}
