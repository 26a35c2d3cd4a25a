import { ErrorName } from '../../contract/errors';

/** An error that Step Functions recorded, in a readable form. */
export interface Cause {
  readonly error: string;
  readonly text: string;
}

/** The cause of a Lambda error is JSON: `{errorType, errorMessage, trace}`. */
export function toCause(error: string | null | undefined, cause: string | null | undefined): Cause {
  const name = error || 'unknown error';
  if (!cause) { return { error: name, text: 'no cause was given' }; }
  try {
    const { errorType, errorMessage } = JSON.parse(cause) as { errorType?: unknown; errorMessage?: unknown };
    if (typeof errorMessage === 'string') {
      return { error: typeof errorType === 'string' && !error ? errorType : name, text: errorMessage };
    }
  } catch {
    // The cause is plain text.
  }
  return { error: name, text: cause };
}

/** The reason code of a systemic failure. Lambda passes on only the name and the message of an error, so the message begins with it. */
export function getReasonCode({ error, text }: Cause): string | undefined {
  return error === ErrorName.SYSTEMIC_FAILURE ? /^([A-Z_]+): /.exec(text)?.[1] : undefined;
}
