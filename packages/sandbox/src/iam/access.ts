import type { ConditionKeys } from 'cdk-s3-dated-archiver-s3-double';
import { AccessDenied, type Reason } from './denied';
import type { Policies, Role } from './policies';
import type { Caller, RoleSession } from './principals';
import { type Rule, RuleSet, type Verdict } from './rules';

/** An action on a resource, as a service asks IAM. */
export interface Requirement {
  readonly action: string;
  readonly resource: string;
  /** Keys of this request beside the global ones. Asked for only if a condition wants them. */
  readonly keys?: () => RequestKeys;
}

export type RequestKeys = Iterable<readonly [name: string, value: string]>;

/** An allowed request, and the rules that allow it. */
export interface Use {
  readonly caller: Caller;
  readonly requirement: Requirement;
  /** Of the caller's role. */
  readonly identity: readonly Rule[];
  /** Of the resource's policy, or of the role's trust policy. */
  readonly resource: readonly Rule[];
}

const NO_RULES = new RuleSet([]);

/**
 * What the policies of the templates allow, by IAM's rules ("Policy evaluation logic",
 * reference_policies_evaluation-logic): an explicit deny wins; within one account an allow of either
 * side is enough, but a key's policy must allow, or leave it to identity policies
 * ("Key policies in AWS KMS", key-policies).
 */
export class Access {
  /** Sees every request that was allowed. */
  onUse?: (use: Use) => void;
  private readonly sessions = new Map<string, RoleSession>();

  constructor(readonly policies: Policies) {}

  /** Makes a caller known: who signs with this access key has this role. */
  addCaller(accessKeyId: string, roleArn: string, sessionName: string): void {
    const role = this.policies.roles.get(roleArn);
    // The policies of a role that is not in the templates are unknown.
    if (role) { this.sessions.set(accessKeyId, sessionOf(role, sessionName)); }
  }

  caller(accessKeyId: string | undefined): RoleSession | undefined {
    return accessKeyId === undefined ? undefined : this.sessions.get(accessKeyId);
  }

  /** Throws unless the policies allow it. Whoever is not known may do everything. */
  demand(accessKeyId: string | undefined, requirement: Requirement): void {
    const caller = this.caller(accessKeyId);
    if (caller) { this.demandOf(caller, requirement); }
  }

  /** The same without an error. */
  allows(accessKeyId: string | undefined, requirement: Requirement): boolean {
    const caller = this.caller(accessKeyId);
    return !caller || this.reasonAgainst(caller, requirement) === undefined;
  }

  demandOf(caller: Caller, requirement: Requirement): void {
    const reason = this.reasonAgainst(caller, requirement);
    if (!reason) { return; }
    const unknown = caller.kind === 'role' ? this.policies.roles.get(caller.roleArn)!.unknownPolicies : [];
    throw new AccessDenied(caller.arn, requirement.action, requirement.resource, reason, unknown);
  }

  /** Whether a service may assume a role. */
  demandTrust(service: string, roleArn: string, keys: RequestKeys): void {
    const role = this.policies.roles.get(roleArn);
    if (!role) { return; }
    const caller = { kind: 'service', arn: service } as const;
    const requirement = { action: 'sts:AssumeRole', resource: roleArn, keys: () => keys };
    const { denied, allowing } = role.trust.judge(requirement.action, roleArn, () => keysOf(caller, requirement), caller);
    if (denied || allowing.length === 0) {
      throw new AccessDenied(service, requirement.action, roleArn, denied ? 'resource-based deny' : 'no resource-based policy');
    }
    this.onUse?.({ caller, requirement, identity: [], resource: allowing });
  }

  /** The session of a role that a service has assumed. */
  sessionOf(roleArn: string, sessionName: string): RoleSession | undefined {
    const role = this.policies.roles.get(roleArn);
    return role && sessionOf(role, sessionName);
  }

  private reasonAgainst(caller: Caller, requirement: Requirement): Reason | undefined {
    const keys = lazily(() => keysOf(caller, requirement));
    const { action, resource } = requirement;
    const onResource = this.rulesOfResource(action, resource)?.judge(action, resource, keys, caller);
    const onIdentity = caller.kind === 'role' ? this.policies.roles.get(caller.roleArn)!.rules.judge(action, resource, keys) : undefined;
    const reason = reasonOf(action, onIdentity, onResource);
    if (!reason) {
      this.onUse?.({ caller, requirement, identity: onIdentity?.allowing ?? [], resource: onResource?.allowing ?? [] });
    }
    return reason;
  }

  /** Undefined where the resource, or that of a key, is not in the templates. */
  private rulesOfResource(action: string, resource: string): RuleSet | undefined {
    const { resources } = this.policies;
    if (action.startsWith('s3:')) {
      const slash = resource.indexOf('/');
      return resources.get(slash < 0 ? resource : resource.slice(0, slash));
    }
    return action.startsWith('states:') ? NO_RULES : resources.get(resource);
  }
}

function reasonOf(action: string, onIdentity: Verdict | undefined, onResource: Verdict | undefined): Reason | undefined {
  if (onIdentity?.denied) { return 'identity-based deny'; }
  if (onResource?.denied) { return 'resource-based deny'; }
  if (onResource && onResource.allowing.length > 0) { return undefined; }
  // Of a resource that is not in the templates the policy is unknown: it is taken not to stand in the way.
  if (!onIdentity) { return onResource ? 'no resource-based policy' : undefined; }
  if (action.startsWith('kms:') && onResource && onResource.delegating.length === 0) {
    return 'no resource-based policy';
  }
  return onIdentity.allowing.length > 0 ? undefined : 'no identity-based policy';
}

function sessionOf({ arn, name, account }: Role, sessionName: string): RoleSession {
  const [, partition] = arn.split(':');
  return { kind: 'role', account, roleArn: arn, arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}` };
}

/**
 * "AWS global condition context keys", reference_policies_condition-keys; plain HTTP on loopback counts as secure.
 * Those of the request are asked for only if the key is none of the caller's: nearly every statement wants aws:SecureTransport alone.
 */
function keysOf(caller: Caller, requirement: Requirement): ConditionKeys {
  const ofCaller = callersKeys(caller);
  const ofRequest = lazily(() => new Map([...requirement.keys?.() ?? []].map(([name, value]) => [name.toLowerCase(), value])));
  return { get: (name) => ofCaller.get(name) ?? ofRequest().get(name) };
}

const keysOfCallers = new WeakMap<Caller, ReadonlyMap<string, string>>();

function callersKeys(caller: Caller): ReadonlyMap<string, string> {
  const known = keysOfCallers.get(caller);
  if (known) { return known; }
  const keys = new Map([
    ['aws:securetransport', 'true'],
    ['aws:principalisawsservice', String(caller.kind === 'service')],
    ...caller.kind === 'service'
      ? [['aws:principalservicename', caller.arn]] as const
      : [['aws:principalarn', caller.roleArn], ['aws:principalaccount', caller.account], ['kms:calleraccount', caller.account]] as const,
  ]);
  keysOfCallers.set(caller, keys);
  return keys;
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
