import { UsageError } from '../common/errors';

/** A value, or undefined if it depends on something that cannot be resolved here. */
export function ifResolvable<T>(
  resolve: () => T,
  otherwise: (reason: string) => void = () => undefined,
): T | undefined {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    otherwise(error.message);
    return undefined;
  }
}
