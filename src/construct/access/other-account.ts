import { Annotations, Names, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { type Access, createDestinationAccess, createSourceAccess } from './place-access';
import {
  RESOURCE_POLICY_METADATA,
  type ResourcePolicyMetadata,
} from '../../contract/published/resource-policies';
import type { Functions } from '../functions/functions';
import { addInfo } from '../places/annotations';
import { areInSameBucket, areKnownToDiffer, isInOtherAccount, type Place } from '../places/place';

/** The name of a role has at most 64 characters, and that of a region at most 14. */
const MAX_NAME_LENGTH = 64 - 1 - 14;

/**
 * A name that CloudFormation makes up comes too late for the policy of a bucket in another account.
 * Roles are global, so it has the region.
 */
export function nameSourceRoles(
  scope: Construct,
  source: Place,
  destination: Place,
  functions: Functions,
): void {
  if (!isInOtherAccount(scope, source.bucket)) {
    return;
  }
  const { region } = Stack.of(scope);
  for (const { role } of getUsers(functions, getAccess(source, destination))) {
    const name = Names.uniqueResourceName(role, { maxLength: MAX_NAME_LENGTH, separator: '-' });
    const resource = role.node.defaultChild;
    // An app that calls `Role.customizeRoles` has roles that are not created.
    if (resource instanceof iam.CfnRole) {
      resource.roleName = Token.isUnresolved(region) ? name : `${name}-${region}`;
    }
  }
}

function getAccess(source: Place, destination: Place): Access[] {
  return [
    createSourceAccess(source),
    ...(areInSameBucket(source, destination) ? [createDestinationAccess(source, destination)] : []),
  ];
}

function getUsers(
  functions: Functions,
  access: readonly Access[],
): { role: iam.IRole; statements: iam.PolicyStatement[] }[] {
  const names = new Set(access.flatMap((each) => Object.keys(each) as (keyof Functions)[]));
  return [...names].flatMap((name) => {
    const statements = access.flatMap((each) => each[name]?.() ?? []);
    const role = functions[name]?.role;
    return role && statements.length > 0 ? [{ role, statements }] : [];
  });
}

/**
 * Allows the archiver to use a source in another account, if this app has the bucket. Else a
 * warning has the statements to add.
 */
export function allowAtSource(
  scope: Construct,
  source: Place,
  destination: Place,
  functions: Functions,
): void {
  const { bucket } = source;
  const { account } = bucket.env;
  if (!isInOtherAccount(scope, bucket)) {
    if (!Token.isUnresolved(account) && Token.isUnresolved(Stack.of(scope).account)) {
      addInfo(
        scope,
        'cdk-s3-dated-archiver:sourceOfKnownAccount',
        `bucket is in account ${account}, and that of the archiver's stack is unknown: if it is ` +
          'another one, set env of the stack, so that the roles get names and the statements for ' +
          'the bucket policy can be printed',
      );
    }
    describeBucket(scope, bucket, []);
    return;
  }
  const users = getUsers(functions, getAccess(source, destination));
  const statements = users.flatMap((user) =>
    user.statements.map((each) => withPrincipal(each, user.role)),
  );
  const json = toJson(
    scope,
    statements.map((each) => each.toStatementJson() as object),
  );
  if (Resource.isOwnedResource(bucket)) {
    for (const statement of statements) {
      bucket.addToResourcePolicy(statement);
    }
  } else {
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:sourceOfOtherAccount',
      `bucket is in account ${account}, so its bucket policy must allow this archiver to use ` +
        `it: add ${JSON.stringify(json)}; ` +
        'leave actions on annotations out if S3 refuses them as unknown, unless objects have ' +
        'annotations; ' +
        'if the bucket has ACLs enabled, its policy does not cover what other accounts own: set ' +
        'its Object Ownership to BucketOwnerEnforced',
    );
  }
  describeBucket(scope, bucket, json);
}

/**
 * Prints the statements for the policy of a destination bucket in another account. The roles have
 * names only after the deployment.
 */
export function warnAboutDestination(
  scope: Construct,
  source: Place,
  destination: Place,
  functions: Functions,
): void {
  const { bucket } = destination;
  // If source and destination are in one bucket, allowAtSource has printed all statements.
  if (areInSameBucket(source, destination) || !isInOtherAccount(scope, bucket)) {
    return;
  }
  const users = getUsers(functions, [createDestinationAccess(source, destination)]);
  const statements = users.flatMap(({ role, statements: each }) =>
    each.map((statement) => ({
      ...(statement.toStatementJson() as object),
      Principal: { AWS: `<ARN of the role of ${role.node.scope!.node.id}>` },
    })),
  );
  Annotations.of(scope).addWarningV2(
    'cdk-s3-dated-archiver:destinationOfOtherAccount',
    `destinationBucket is in account ${bucket.env.account}, so its bucket policy must allow ` +
      `this archiver to use it: add ${JSON.stringify(toJson(scope, statements))} ` +
      'with the ARNs of the roles, which exist once the stack is deployed; ' +
      'if both accounts are in one organization, S3DatedArchiver.grantOrganization() adds what ' +
      'all of its archivers need, once, in the app that has the bucket; ' +
      'leave s3:PutObjectAnnotation out if S3 refuses it as unknown, unless objects have ' +
      'annotations; ' +
      'if the bucket has ACLs enabled, its owner cannot read what arrives: set its Object ' +
      'Ownership to BucketOwnerEnforced',
  );
}

export function describeBucket(
  scope: Construct,
  bucket: Place['bucket'],
  statements?: object[],
): void {
  const { account, region } = bucket.env;
  if (!isInOtherAccount(scope, bucket) && !areKnownToDiffer(region, Stack.of(scope).region)) {
    return;
  }
  describeResource(scope, {
    resource: toJson(scope, bucket.bucketArn),
    ...(!Token.isUnresolved(account) && { account }),
    ...(!Token.isUnresolved(region) && { region }),
    ...(statements && { statements }),
  });
}

/**
 * Tells programs that read the cloud assembly, such as the sandbox, about a resource that no
 * template has.
 */
export function describeResource(scope: Construct, data: ResourcePolicyMetadata): void {
  scope.node.addMetadata(RESOURCE_POLICY_METADATA, data);
}

/**
 * Limits a statement to a role, by a condition on the account. If the statement named the role as
 * its principal, it would not hold for a role of the same name that is created again later.
 */
export function withPrincipal(
  statement: iam.PolicyStatement,
  role: iam.IRole,
): iam.PolicyStatement {
  const toArn = (resource: string) =>
    `arn:${getPseudoParameters(role)['AWS::Partition']}:iam::${Stack.of(role).account}:${resource}`;
  statement.addPrincipals(new iam.ArnPrincipal(toArn('root')));
  statement.addCondition('ArnEquals', { 'aws:PrincipalArn': toArn(`role/${getRoleName(role)}`) });
  return statement;
}

export function getRoleName(role: iam.IRole): string | undefined {
  const { defaultChild } = role.node;
  const name = defaultChild instanceof iam.CfnRole ? defaultChild.roleName : undefined;
  return Token.isUnresolved(name) ? undefined : name;
}

/** Those of the commercial regions, unless the region is known. */
function getPseudoParameters(scope: Construct): { readonly [name: string]: string } {
  const { region } = Stack.of(scope);
  const known = Token.isUnresolved(region) ? undefined : RegionInfo.get(region);
  return {
    'AWS::Partition': known?.partition ?? 'aws',
    'AWS::URLSuffix': known?.domainSuffix ?? 'amazonaws.com',
  };
}

/**
 * Resolves a value to JSON that can be pasted: functions of CloudFormation become the texts that
 * they return.
 */
export function toJson<T>(scope: Construct, value: T): T {
  const pseudoParameters = getPseudoParameters(scope);
  return JSON.parse(
    JSON.stringify(Stack.of(scope).resolve(value)),
    (_, each: { Ref?: string; 'Fn::Join'?: [string, unknown[]] } | null) => {
      const known = each?.Ref === undefined ? undefined : pseudoParameters[each.Ref];
      if (known !== undefined) {
        return known;
      }
      const [separator, parts] = each?.['Fn::Join'] ?? [];
      return parts?.every((part) => typeof part === 'string') ? parts.join(separator) : each;
    },
  ) as T;
}
