import { Construct, type IConstruct } from 'constructs';

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

/**
 * Returns the child with this id, so that what is created in it may have any ids, or that of more
 * than one call.
 */
export function getScope(parent: Construct, id: string): Construct {
  return (parent.node.tryFindChild(id) as Construct | undefined) ?? new Construct(parent, id);
}
