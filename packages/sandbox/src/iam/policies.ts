import { type Rule, toRules, RuleSet } from './rules';
import type { ForeignResource } from '../assembly/foreign-resources';
import type { App, Located, StackScope } from '../assembly/scope';
import { isObject, toList } from '../common/json';

/** A role of the templates. */
export interface Role {
  /** Construct path, `Stack/Nightly/PlanRun/Role/Resource`. */
  readonly path: string;
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly rules: RuleSet;
  /** Rules that say who may assume it. */
  readonly trust: RuleSet;
  /**
   * Policies that are not in the templates, such as AWS managed ones: their statements are unknown.
   */
  readonly unknownPolicies: readonly string[];
}

/** All policies of an app: those of its roles, and those of resources by ARN. */
export interface Policies {
  readonly roles: ReadonlyMap<string, Role>;
  /**
   * A resource without a policy has an empty set; a resource that is not in the templates has none.
   */
  readonly resources: ReadonlyMap<string, RuleSet>;
  /** The accounts of buckets, by ARN: theirs are not in the ARN. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Statements and resources that the sandbox cannot evaluate and therefore leaves out. */
  readonly unknown: readonly string[];
}

/** Resource types that attach a policy to roles. */
const ATTACHED = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'];

/**
 * @param foreign what is known of resources that are not in the templates
 * @param bucketPolicies policies that replace those of buckets, by name
 */
export function readPolicies(
  app: App,
  foreign: readonly ForeignResource[] = [],
  bucketPolicies: Readonly<Record<string, object>> = {},
): Policies {
  const unknown: string[] = [];
  const reader = new Reader(app, unknown);
  const resources = readResources(reader, foreign);
  for (const [name, policy] of Object.entries(bucketPolicies)) {
    const arn =
      [...resources.keys()].find((each) => each.endsWith(`:s3:::${name}`)) ??
      `arn:aws:s3:::${name}`;
    resources.set(
      arn,
      new RuleSet(
        toRules(policy, (what) => unknown.push(`the policy of the bucket ${name}: ${what}`)),
      ),
    );
  }
  return { roles: readRoles(reader), resources, accounts: readAccounts(app, foreign), unknown };
}

function readAccounts(app: App, foreign: readonly ForeignResource[]): Map<string, string> {
  const ofTemplates = app.resolvable(
    'AWS::S3::Bucket',
    ({ scope, logicalId }) =>
      [String(scope.attribute(logicalId, 'Arn')), scope.stack.environment.account] as const,
  );
  return new Map([
    ...ofTemplates,
    ...foreign.flatMap(({ resource, account }) =>
      account === undefined ? [] : [[resource, account] as const],
    ),
  ]);
}

/** A resource with its properties resolved. */
interface Resolved {
  readonly scope: StackScope;
  readonly logicalId: string;
  readonly properties: Record<string, unknown>;
}

/** Reads the resources that can be resolved; the archiver may not need the others. */
class Reader {
  constructor(
    readonly app: App,
    private readonly unknown: string[],
  ) {}

  resources(type: string): Generator<Resolved> {
    const resolve = ({ scope, logicalId }: Located) => ({
      scope,
      logicalId,
      properties: scope.properties(logicalId),
    });
    return this.app.resolvable(type, resolve, ({ scope, logicalId }, reason) =>
      this.unknown.push(`${scope.constructPath(logicalId)}: ${reason}`),
    );
  }

  rules(document: unknown, { scope, logicalId }: Resolved): Rule[] {
    return toRules(document, (what) =>
      this.unknown.push(`${scope.constructPath(logicalId)}: ${what}`),
    );
  }
}

function readRoles(reader: Reader): Map<string, Role> {
  const { ofRole, managed } = separatePolicies(reader);
  const roles = new Map<string, Role>();
  for (const resolved of reader.resources('AWS::IAM::Role')) {
    const { scope, logicalId, properties } = resolved;
    const arn = String(scope.attribute(logicalId, 'Arn'));
    const name = scope.physicalName(logicalId);
    const { account } = scope.stack.environment;
    const attached = toList(properties.ManagedPolicyArns).map(String);
    roles.set(arn, {
      arn,
      name,
      account,
      path: scope.constructPath(logicalId),
      rules: new RuleSet([
        ...toList(properties.Policies).flatMap((policy) =>
          reader.rules(isObject(policy) ? policy.PolicyDocument : undefined, resolved),
        ),
        ...attached.flatMap((policy) => managed.get(policy) ?? []),
        ...(ofRole.get(`${account}/${name}`) ?? []),
      ]),
      trust: new RuleSet(reader.rules(properties.AssumeRolePolicyDocument, resolved)),
      unknownPolicies: attached.filter((policy) => !managed.has(policy)),
    });
  }
  return roles;
}

/**
 * Rules of separate policy resources: by account and name of the role, and for managed policies by
 * the value of Ref.
 */
function separatePolicies(reader: Reader): {
  ofRole: Map<string, Rule[]>;
  managed: Map<string, Rule[]>;
} {
  const ofRole = new Map<string, Rule[]>();
  const managed = new Map<string, Rule[]>();
  for (const type of ATTACHED) {
    for (const resolved of reader.resources(type)) {
      const {
        scope,
        logicalId,
        properties: { PolicyDocument, Roles, RoleName },
      } = resolved;
      const rules = reader.rules(PolicyDocument, resolved);
      managed.set(String(scope.ref(logicalId)), rules);
      for (const name of [...toList(Roles), ...toList(RoleName)]) {
        const role = `${scope.stack.environment.account}/${String(name)}`;
        ofRole.set(role, [...(ofRole.get(role) ?? []), ...rules]);
      }
    }
  }
  return { ofRole, managed };
}

function readResources(reader: Reader, foreign: readonly ForeignResource[]): Map<string, RuleSet> {
  const rules = new Map<string, Rule[]>();
  const add = (arn: string, more: Rule[]) => rules.set(arn, [...(rules.get(arn) ?? []), ...more]);
  for (const type of [
    'AWS::S3::Bucket',
    'AWS::SNS::Topic',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
  ]) {
    for (const { arn } of named(reader.app, type)) {
      add(arn, []);
    }
  }
  for (const resolved of reader.resources('AWS::KMS::Key')) {
    add(
      String(resolved.scope.attribute(resolved.logicalId, 'Arn')),
      reader.rules(resolved.properties.KeyPolicy, resolved),
    );
  }
  for (const resolved of reader.resources('AWS::S3::BucketPolicy')) {
    const {
      scope,
      properties: { Bucket, PolicyDocument },
    } = resolved;
    add(
      `arn:${scope.stack.environment.partition}:s3:::${String(Bucket)}`,
      reader.rules(PolicyDocument, resolved),
    );
  }
  for (const resolved of reader.resources('AWS::SNS::TopicPolicy')) {
    for (const topic of toList(resolved.properties.Topics)) {
      add(String(topic), reader.rules(resolved.properties.PolicyDocument, resolved));
    }
  }
  for (const resolved of reader.resources('AWS::Lambda::Permission')) {
    for (const arn of functionArns(reader.app, String(resolved.properties.FunctionName))) {
      add(arn, reader.rules(permissionDocument(resolved.properties, arn), resolved));
    }
  }
  for (const { resource, statements, account } of foreign) {
    if (account !== undefined && statements && !rules.has(resource)) {
      add(resource, toRules({ Statement: statements }));
    }
  }
  return new Map([...rules].map(([arn, all]) => [arn, new RuleSet(all)]));
}

/** A function is given by ARN or by name. */
function functionArns(app: App, nameOrArn: string): string[] {
  return [...named(app, 'AWS::Lambda::Function')]
    .filter(({ name, arn }) => [name, arn].includes(nameOrArn))
    .map(({ arn }) => arn);
}

function named(app: App, type: string): Generator<{ name: string; arn: string }> {
  return app.resolvable(type, ({ scope, logicalId }) => ({
    name: scope.physicalName(logicalId),
    arn: String(scope.attribute(logicalId, 'Arn')),
  }));
}

/** The statement that Lambda creates for a permission: API_AddPermission. */
function permissionDocument(
  { Action, Principal, SourceArn, SourceAccount }: Record<string, unknown>,
  arn: string,
): object {
  const isService = String(Principal).includes('.amazonaws.com');
  return {
    Statement: {
      Effect: 'Allow',
      Principal: isService ? { Service: Principal } : { AWS: Principal },
      Action,
      Resource: arn,
      Condition: {
        ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
        ...(SourceAccount === undefined
          ? {}
          : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
      },
    },
  };
}
