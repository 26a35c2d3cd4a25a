import type { IConstruct } from 'constructs';

/**
 * Runs a validation. If it throws, puts the path of the construct before the message, since an app may have several
 * archivers.
 */
export function withConstructPath<T>(scope: IConstruct, validate: () => T): T {
  try {
    return validate();
  } catch (error) {
    throw new Error(`${scope.node.path}: ${(error as Error).message}`, { cause: error });
  }
}
