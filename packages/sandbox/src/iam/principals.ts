import { isObject, toList } from '../common/json';

/** The principal of a statement in a resource's policy. */
export interface Principal {
  readonly named?: unknown;
  readonly excepted?: unknown;
}

/** The caller of a request: a role's session, or an AWS service. */
export type Caller = RoleSession | ServiceCaller;

export interface RoleSession {
  readonly kind: 'role';
  readonly account: string;
  readonly roleArn: string;
  /** `arn:aws:sts::123456789012:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
}

export interface ServiceCaller {
  readonly kind: 'service';
  /** `events.amazonaws.com`; messages show it in place of an ARN. */
  readonly arn: string;
}

/**
 * Whether a principal is the caller itself, or the caller's account, which leaves it to the
 * account's identity policies ("AWS JSON policy elements: Principal",
 * reference_policies_elements_principal).
 */
export function matchPrincipal(
  { named, excepted }: Principal,
  caller: Caller,
): 'itself' | 'account' | undefined {
  if (named === undefined) {
    return matchNamed(excepted, caller) ? undefined : 'itself';
  }
  return matchNamed(named, caller);
}

function matchNamed(principal: unknown, caller: Caller): 'itself' | 'account' | undefined {
  if (principal === '*') {
    return 'itself';
  }
  if (!isObject(principal)) {
    return undefined;
  }
  if (has(principal.AWS, ['*'])) {
    return 'itself';
  }
  if (caller.kind === 'service') {
    return has(principal.Service, [caller.arn]) ? 'itself' : undefined;
  }
  if (has(principal.AWS, [caller.roleArn, caller.arn])) {
    return 'itself';
  }
  const [, partition] = caller.roleArn.split(':');
  return has(principal.AWS, [caller.account, `arn:${partition}:iam::${caller.account}:root`])
    ? 'account'
    : undefined;
}

function has(values: unknown, wanted: string[]): boolean {
  return toList(values).some((value) => wanted.includes(String(value)));
}
