import { toAction } from './actions';
import { getRequestKeys } from './request-keys';
import { S3Error } from '../common/errors';
import type { Context, S3Request, Step } from '../http/context';
import { readAccessKeyId, header } from '../http/request';
import type { ConditionKeys } from '../policy-language/conditions';

/** Throws AccessDenied if a rule, the bucket's policy or Requester Pays forbids the step. */
export function authorize(context: Context, step: Step): void {
  const { store } = context;
  const { operation, bucket: name, key = '' } = step;
  store.denials.check(operation, name, key);
  context.guard?.authorize(context, step);
  const bucket = store.buckets.get(name);
  if (bucket?.requesterPays && paysUnawares(context.request, operation, bucket.owners)) {
    throw new S3Error('AccessDenied');
  }
  // DeleteObjects is not an action: each of its keys is a DeleteObject.
  if (!bucket?.policy || operation === 'DeleteObjects') {
    return;
  }
  const action = toAction(operation, step.versionId);
  const resource = `arn:aws:s3:::${name}${key && `/${key}`}`;
  if (bucket.policy.denies({ action, resource, keys: getConditionKeys(context, step, action) })) {
    throw new S3Error('AccessDenied', {
      message:
        `User is not authorized to perform: ${action} on resource: "${resource}" with an ` +
        'explicit deny in a resource-based policy',
    });
  }
}

/** Whether the caller may do the step, besides its request. */
export function isAllowed(context: Context, step: Step): boolean {
  try {
    authorize(context, step);
    return true;
  } catch (error) {
    if (error instanceof S3Error && error.code === 'AccessDenied') {
      return false;
    }
    throw error;
  }
}

/**
 * Operations on objects. Only the owner reads and writes a bucket's settings, and the owner pays
 * for that.
 */
const OF_OBJECTS = /Object|Upload|Part/;

/**
 * Page "Using Requester Pays buckets": a caller that is not the owner must confirm that it pays.
 */
function paysUnawares(request: S3Request, operation: string, owners: readonly string[]): boolean {
  return (
    OF_OBJECTS.test(operation) &&
    !operation.includes('LockConfiguration') &&
    !owners.includes(readAccessKeyId(request) ?? '') &&
    (header(request, 'x-amz-request-payer') ?? request.query.get('x-amz-request-payer')) !==
      'requester'
  );
}

function getConditionKeys(context: Context, step: Step, action: string): ConditionKeys {
  return getRequestKeys(context, step, action).set(
    'aws:securetransport',
    String(context.secureTransport),
  );
}
