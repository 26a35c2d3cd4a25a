export const INTEGRATION = /^arn:[^:]+:states:::([^:]+:[^:]+)$/;
export const FUNCTION = /^arn:[^:]+:lambda:/;

/** Whether the sandbox supports a Task state's resource. */
export function isSupported(resource: string): boolean {
  return (
    FUNCTION.test(resource) ||
    ['lambda:invoke', 'sns:publish', 'events:putEvents'].includes(
      INTEGRATION.exec(resource)?.[1] ?? '',
    )
  );
}
