import { App } from '../assembly/scope';
import { isObject } from '../json';
import { Rule, rulesOf, RuleSet } from './rules';

/** A role of the templates. */
export interface Role {
  /** Construct path, `Stack/Nightly/PlanRun/Role/Resource`. */
  readonly path: string;
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly rules: RuleSet;
  /** Who may assume it. */
  readonly trust: RuleSet;
}

/** Every policy of an app: of its roles, and of resources by ARN. */
export interface Policies {
  readonly roles: ReadonlyMap<string, Role>;
  /** Of a resource without a policy the set is empty; of one that is not in the templates there is none. */
  readonly resources: ReadonlyMap<string, RuleSet>;
  /** What the sandbox cannot evaluate, and so leaves out. */
  readonly unknown: readonly string[];
}

/** Resources of templates that attach a policy to roles. */
const ATTACHED = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'];

export function readPolicies(app: App): Policies {
  const unknown: string[] = [];
  const read = (document: unknown, of: string) => rulesOf(document, (what) => unknown.push(`${of}: ${what}`));
  return { roles: readRoles(app, read, unknown), resources: readResources(app, read), unknown };
}

type Read = (document: unknown, of: string) => Rule[];

function readRoles(app: App, read: Read, unknown: string[]): Map<string, Role> {
  const attached = attachedRules(app, read);
  const roles = new Map<string, Role>();
  for (const { scope, logicalId } of app.resources('AWS::IAM::Role')) {
    const { Policies: inline, ManagedPolicyArns: managed, AssumeRolePolicyDocument: trust } = scope.properties(logicalId);
    const path = scope.constructPath(logicalId);
    const arn = String(scope.attribute(logicalId, 'Arn'));
    const name = scope.physicalName(logicalId);
    const { account } = scope.stack.environment;
    const inlineRules = listOf(inline).flatMap((policy) => read(isObject(policy) ? policy.PolicyDocument : undefined, path));
    for (const policy of listOf(managed)) unknown.push(`${path}: managed policy ${String(policy)}`);
    roles.set(arn, {
      path,
      arn,
      name,
      account,
      rules: new RuleSet([...inlineRules, ...attached.get(`${account}/${name}`) ?? []]),
      trust: new RuleSet(read(trust, `${path} (trust)`)),
    });
  }
  return roles;
}

/** Rules of separate policy resources, by account and name of the role. */
function attachedRules(app: App, read: Read): Map<string, Rule[]> {
  const found = new Map<string, Rule[]>();
  for (const type of ATTACHED) {
    for (const { scope, logicalId } of app.resources(type)) {
      const { PolicyDocument, Roles, RoleName } = scope.properties(logicalId);
      const rules = read(PolicyDocument, scope.constructPath(logicalId));
      for (const name of [...listOf(Roles), ...listOf(RoleName)]) {
        const role = `${scope.stack.environment.account}/${String(name)}`;
        found.set(role, [...found.get(role) ?? [], ...rules]);
      }
    }
  }
  return found;
}

function readResources(app: App, read: Read): Map<string, RuleSet> {
  const rules = new Map<string, Rule[]>();
  const add = (arn: string, more: Rule[]) => rules.set(arn, [...rules.get(arn) ?? [], ...more]);
  for (const type of ['AWS::S3::Bucket', 'AWS::SNS::Topic', 'AWS::KMS::Key', 'AWS::Lambda::Function']) {
    for (const { scope, logicalId, resource } of app.resources(type)) {
      const arn = String(scope.attribute(logicalId, 'Arn'));
      add(arn, type === 'AWS::KMS::Key' ? read(scope.resolve(resource.Properties?.KeyPolicy), scope.constructPath(logicalId)) : []);
    }
  }
  for (const { scope, logicalId } of app.resources('AWS::S3::BucketPolicy')) {
    const { Bucket, PolicyDocument } = scope.properties(logicalId);
    add(`arn:${scope.stack.environment.partition}:s3:::${String(Bucket)}`, read(PolicyDocument, scope.constructPath(logicalId)));
  }
  for (const { scope, logicalId } of app.resources('AWS::SNS::TopicPolicy')) {
    const { Topics, PolicyDocument } = scope.properties(logicalId);
    for (const topic of listOf(Topics)) add(String(topic), read(PolicyDocument, scope.constructPath(logicalId)));
  }
  for (const { scope, logicalId } of app.resources('AWS::Lambda::Permission')) {
    const permission = scope.properties(logicalId);
    for (const arn of functionArns(app, String(permission.FunctionName))) add(arn, read(permissionDocument(permission, arn), scope.constructPath(logicalId)));
  }
  return new Map([...rules].map(([arn, all]) => [arn, new RuleSet(all)]));
}

/** A function is named by ARN or by name. */
function functionArns(app: App, nameOrArn: string): string[] {
  return [...app.resources('AWS::Lambda::Function')]
    .filter(({ scope, logicalId }) => [scope.physicalName(logicalId), String(scope.attribute(logicalId, 'Arn'))].includes(nameOrArn))
    .map(({ scope, logicalId }) => String(scope.attribute(logicalId, 'Arn')));
}

/** The statement that Lambda makes of a permission: API_AddPermission. */
function permissionDocument({ Action, Principal, SourceArn, SourceAccount }: Record<string, unknown>, arn: string): object {
  const isService = String(Principal).includes('.amazonaws.com');
  return {
    Statement: {
      Effect: 'Allow',
      Principal: isService ? { Service: Principal } : { AWS: Principal },
      Action,
      Resource: arn,
      Condition: {
        ...SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } },
        ...SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } },
      },
    },
  };
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
