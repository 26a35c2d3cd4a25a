import type { IConstruct } from 'constructs';

export function withConstructPath<T>(scope: IConstruct, validate: () => T): T {
  try {
    return validate();
  } catch (error) {
    if (error instanceof Error) {
      const message = `${scope.node.path}: ${error.message}`;
      // Node.js prints the stack, which has a copy of the message.
      error.stack = error.stack?.replace(error.message, () => message);
      error.message = message;
    }
    throw error;
  }
}
