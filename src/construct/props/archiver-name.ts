import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * With a stack name (at most 128 characters) and the name of a saved query, it fits into 255
 * characters, as CDK wants dimensions to.
 */
const MAX_PATH_LENGTH = 90;

/**
 * Unique in its account and region, because stack names are, and never changed. A path that metric
 * dimensions cannot have becomes an address.
 */
export function getArchiverName(scope: IConstruct): string {
  const stack = Stack.of(scope);
  const path = scope.node.scopes
    .slice(stack.node.scopes.length)
    .map((child) => child.node.id)
    .join('/');
  // Neither characters that JSON escapes nor braces, which Step Functions intrinsic functions
  // reserve.
  const isName =
    path.length <= MAX_PATH_LENGTH && /^[\x20-\x7e]+$/.test(path) && !/["\\{}]/.test(path);
  return `${stack.stackName}/${isName ? path : scope.node.addr}`;
}
