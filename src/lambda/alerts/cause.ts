/** An error as Step Functions records it, in a form to be read. */
export interface Cause {
  readonly error: string;
  readonly text: string;
}

/** Lambda's errors arrive as JSON `{errorType, errorMessage, trace}` in the cause. */
export function toCause(error: string | null | undefined, cause: string | null | undefined): Cause {
  const name = error || 'unknown error';
  if (!cause) { return { error: name, text: 'no cause was given' }; }
  try {
    const { errorType, errorMessage } = JSON.parse(cause) as { errorType?: unknown; errorMessage?: unknown };
    if (typeof errorMessage === 'string') {
      return { error: typeof errorType === 'string' && !error ? errorType : name, text: errorMessage };
    }
  } catch {
    // A cause in plain words.
  }
  return { error: name, text: cause };
}
