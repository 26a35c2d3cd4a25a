import type { ConditionKeys } from 'cdk-s3-dated-archiver-s3-double';
import { AccessDenied, type Reason } from './denied';
import type { Policies, Role } from './policies';
import type { Caller, RoleSession } from './principals';
import { type Rule, RuleSet, type Verdict } from './rules';

/** An action on a resource, as a service checks it with IAM. */
export interface Requirement {
  readonly action: string;
  readonly resource: string;
  /**
   * Condition keys of this request besides the global ones. Evaluated only if a condition uses
   * them.
   */
  readonly keys?: () => RequestKeys;
}

export type RequestKeys = Iterable<readonly [name: string, value: string]>;

/** An allowed request, and the rules that allow it. */
export interface Use {
  readonly caller: Caller;
  readonly requirement: Requirement;
  /** Rules of the caller's role. */
  readonly identity: readonly Rule[];
  /** Rules of the resource's policy, or of the role's trust policy. */
  readonly resource: readonly Rule[];
  /** Whether both must allow it, because the resource is in another account. */
  readonly needsBoth: boolean;
}

const NO_RULES = new RuleSet([]);

/**
 * What the policies of the templates allow, by IAM's rules ("Policy evaluation logic",
 * reference_policies_evaluation-logic): an explicit deny wins; within one account an allow of
 * either side is enough, but a key's policy must allow, or leave it to identity policies ("Key
 * policies in AWS KMS", key-policies); across accounts both sides must allow ("Cross-account policy
 * evaluation logic", reference_policies_evaluation-logic-cross-account).
 */
export class Access {
  /** Called for every request that was allowed. */
  onUse?: (use: Use) => void;
  private readonly sessions = new Map<string, RoleSession>();
  private readonly keysOfCallers = new WeakMap<Caller, ReadonlyMap<string, string>>();

  /** @param organizations their ids, by account */
  constructor(
    readonly policies: Policies,
    private readonly organizations: Readonly<Record<string, string>> = {},
  ) {}

  /** Registers a caller: requests that are signed with this access key have this role. */
  addCaller(accessKeyId: string, roleArn: string, sessionName: string): void {
    const role = this.policies.roles.get(roleArn);
    // The policies of a role that is not in the templates are unknown: its callers may do
    // everything.
    if (role) {
      this.sessions.set(accessKeyId, toSession(role, sessionName));
    }
  }

  caller(accessKeyId: string | undefined): RoleSession | undefined {
    return accessKeyId === undefined ? undefined : this.sessions.get(accessKeyId);
  }

  /** Throws unless the policies allow it. Unknown callers may do everything. */
  demand(accessKeyId: string | undefined, requirement: Requirement): void {
    const caller = this.caller(accessKeyId);
    if (caller) {
      this.demandOf(caller, requirement);
    }
  }

  /** Whether the policies allow it. */
  allows(accessKeyId: string | undefined, requirement: Requirement): boolean {
    const caller = this.caller(accessKeyId);
    return !caller || this.reasonAgainst(caller, requirement) === undefined;
  }

  demandOf(caller: Caller, requirement: Requirement): void {
    const reason = this.reasonAgainst(caller, requirement);
    if (!reason) {
      return;
    }
    const unknown =
      caller.kind === 'role' ? this.policies.roles.get(caller.roleArn)!.unknownPolicies : [];
    throw new AccessDenied(caller.arn, requirement.action, requirement.resource, reason, unknown);
  }

  /** Whether a service may assume a role. */
  demandTrust(service: string, roleArn: string, keys: RequestKeys): void {
    const role = this.policies.roles.get(roleArn);
    if (!role) {
      return;
    }
    const caller = { kind: 'service', arn: service } as const;
    const requirement = { action: 'sts:AssumeRole', resource: roleArn, keys: () => keys };
    const { denied, allowing } = role.trust.judge(
      requirement.action,
      roleArn,
      () => this.keysOf(caller, requirement),
      caller,
    );
    if (denied || allowing.length === 0) {
      throw new AccessDenied(
        service,
        requirement.action,
        roleArn,
        denied ? 'resource-based deny' : 'no resource-based policy',
      );
    }
    this.onUse?.({ caller, requirement, identity: [], resource: allowing, needsBoth: false });
  }

  /** The session of a role that a service has assumed. */
  toSession(roleArn: string, sessionName: string): RoleSession | undefined {
    const role = this.policies.roles.get(roleArn);
    return role && toSession(role, sessionName);
  }

  /** Whether a condition of any policy uses a key that begins so, in lower case. */
  usesKey(prefix: string): boolean {
    const { roles, resources } = this.policies;
    return [...[...roles.values()].map(({ rules }) => rules), ...resources.values()].some(
      ({ all }) =>
        all.some(({ conditions }) => conditions.some(({ key }) => key.startsWith(prefix))),
    );
  }

  private reasonAgainst(caller: Caller, requirement: Requirement): Reason | undefined {
    const { action, resource } = requirement;
    const account = this.accountOf(resource);
    const isForeign = caller.kind === 'role' && account !== undefined && account !== caller.account;
    const keys = lazily(() => this.keysOf(caller, requirement, account));
    const onResource = this.rulesOfResource(action, resource)?.judge(
      action,
      resource,
      keys,
      caller,
    );
    const onIdentity =
      caller.kind === 'role'
        ? this.policies.roles.get(caller.roleArn)!.rules.judge(action, resource, keys)
        : undefined;
    const reason = isForeign
      ? getForeignReason(onIdentity!, onResource)
      : getReason(action, onIdentity, onResource);
    if (!reason) {
      const { allowing = [], delegating = [] } = onResource ?? {};
      const identity = onIdentity?.allowing ?? [];
      this.onUse?.({
        caller,
        requirement,
        identity,
        resource: isForeign ? [...allowing, ...delegating] : allowing,
        needsBoth: isForeign,
      });
    }
    return reason;
  }

  /**
   * "AWS global condition context keys", reference_policies_condition-keys; plain HTTP on loopback
   * counts as secure. Keys of the request are evaluated only if the caller has no such key: nearly
   * every statement uses aws:SecureTransport alone.
   */
  private keysOf(
    caller: Caller,
    requirement: Requirement,
    resourceAccount?: string,
  ): ConditionKeys {
    const ofCaller = this.keysOfCaller(caller);
    const ofRequest = lazily(
      () =>
        new Map(
          [...(requirement.keys?.() ?? [])].map(([name, value]) => [name.toLowerCase(), value]),
        ),
    );
    // Without another account, a resource is of the caller's.
    const account = resourceAccount ?? (caller.kind === 'role' ? caller.account : undefined);
    return {
      get: (name) =>
        name === 'aws:resourceaccount' || name === 's3:resourceaccount'
          ? account
          : (ofCaller.get(name) ?? ofRequest().get(name)),
    };
  }

  private keysOfCaller(caller: Caller): ReadonlyMap<string, string> {
    const known = this.keysOfCallers.get(caller);
    if (known) {
      return known;
    }
    const organization = caller.kind === 'role' ? this.organizations[caller.account] : undefined;
    const keys = new Map([
      ['aws:securetransport', 'true'],
      ['s3:tlsversion', '1.3'],
      ['aws:principalisawsservice', String(caller.kind === 'service')],
      ...(caller.kind === 'service'
        ? ([['aws:principalservicename', caller.arn]] as const)
        : ([
            ['aws:principalarn', caller.roleArn],
            ['aws:principalaccount', caller.account],
            ['kms:calleraccount', caller.account],
          ] as const)),
      ...(organization === undefined ? [] : ([['aws:principalorgid', organization]] as const)),
    ]);
    this.keysOfCallers.set(caller, keys);
    return keys;
  }

  /** Undefined if it is not known. */
  private accountOf(resource: string): string | undefined {
    const [, , service, , account, name = ''] = resource.split(':');
    if (service !== 's3') {
      return account || undefined;
    }
    return this.policies.accounts.get(
      resource.slice(0, resource.length - name.length) + name.split('/', 1)[0]!,
    );
  }

  /** Undefined if the resource is not in the templates. */
  private rulesOfResource(action: string, resource: string): RuleSet | undefined {
    const { resources } = this.policies;
    if (action.startsWith('s3:')) {
      const slash = resource.indexOf('/');
      return resources.get(slash < 0 ? resource : resource.slice(0, slash));
    }
    return action.startsWith('states:') ? NO_RULES : resources.get(resource);
  }
}

function getReason(
  action: string,
  onIdentity: Verdict | undefined,
  onResource: Verdict | undefined,
): Reason | undefined {
  if (onIdentity?.denied) {
    return 'identity-based deny';
  }
  if (onResource?.denied) {
    return 'resource-based deny';
  }
  if (onResource && onResource.allowing.length > 0) {
    return undefined;
  }
  // The policy of a resource that is not in the templates is unknown: it is assumed to allow the
  // request.
  if (!onIdentity) {
    return onResource ? 'no resource-based policy' : undefined;
  }
  if (action.startsWith('kms:') && onResource && onResource.delegating.length === 0) {
    return 'no resource-based policy';
  }
  return onIdentity.allowing.length > 0 ? undefined : 'no identity-based policy';
}

/**
 * Across accounts, the policy of a resource that is not in the assembly is unknown: it is assumed
 * to allow the request.
 */
function getForeignReason(
  onIdentity: Verdict,
  onResource: Verdict | undefined,
): Reason | undefined {
  if (onIdentity.denied) {
    return 'identity-based deny';
  }
  if (onResource?.denied) {
    return 'resource-based deny';
  }
  if (onIdentity.allowing.length === 0) {
    return 'no identity-based policy';
  }
  return !onResource || onResource.allowing.length + onResource.delegating.length > 0
    ? undefined
    : 'no resource-based policy';
}

function toSession({ arn, name, account }: Role, sessionName: string): RoleSession {
  const [, partition] = arn.split(':');
  return {
    kind: 'role',
    account,
    roleArn: arn,
    arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
