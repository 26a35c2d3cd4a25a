/**
 * Why a request is not allowed, in the words of "Troubleshoot access denied error messages",
 * troubleshoot_access-denied.
 */
export type Reason =
  | 'no identity-based policy'
  | 'no resource-based policy'
  | 'identity-based deny'
  | 'resource-based deny';

/** A request that the policies do not allow. */
export class AccessDenied extends Error {
  /**
   * @param unknownPolicies that the caller's role has, and that the sandbox does not know: AWS
   * might allow it
   */
  constructor(
    caller: string,
    action: string,
    resource: string,
    reason: Reason,
    unknownPolicies: readonly string[] = [],
  ) {
    const message =
      `User: ${caller} is not authorized to perform: ${spelled(action)} on resource: ` +
      `${quoted(action, resource)} ${because(reason, action)}`;
    super(
      unknownPolicies.length === 0
        ? message
        : `${message} (the sandbox does not know ${unknownPolicies.join(', ')})`,
    );
    this.name = 'AccessDenied';
  }
}

function because(reason: Reason, action: string): string {
  if (reason === 'identity-based deny') {
    return 'with an explicit deny in an identity-based policy';
  }
  if (reason === 'resource-based deny') {
    return 'with an explicit deny in a resource-based policy';
  }
  return `because ${reason} allows the ${spelled(action)} action`;
}

/** SNS writes its own name in capitals, S3 puts ARNs in quotes. */
function spelled(action: string): string {
  return action.replace(/^sns:/, 'SNS:');
}

function quoted(action: string, resource: string): string {
  return action.startsWith('s3:') ? `"${resource}"` : resource;
}
