import { Annotations, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { describeResource, getRoleName, toJson, withPrincipal } from './other-account';
import { groupBy } from '../../contract/group-by';
import { addInfo } from '../places/annotations';
import { areKnownToDiffer, isInOtherAccount } from '../places/place';
import { createStatement } from '../places/statements';

/** Services that call KMS on behalf of their callers, and that tell KMS so. */
type Via = 's3' | 'sns' | 'sqs' | 'states';

export interface KeyUse {
  readonly role: iam.IRole;
  readonly key?: kms.IKey;
  readonly actions: string[];
  /**
   * The services that use the key for the role. Unset: Lambda and Step Functions use it with the
   * role itself, and no page says which service KMS then sees.
   */
  readonly via?: readonly Via[];
}

/**
 * One statement for each role and key for what services do for the role, and one for the rest.
 * CDK's `grantEncrypt` and `grantEncryptDecrypt` would allow `GenerateDataKey*` and `ReEncrypt*`.
 */
export function grantKeyUses(scope: Construct, uses: KeyUse[]): void {
  for (const usesOfKey of groupBy(
    uses.filter((use) => use.key),
    (use) => use.key!.keyArn,
  ).values()) {
    const key = usesOfKey[0].key!;
    const isForeign = isInOtherAccount(scope, key);
    const isInOtherEnvironment =
      Resource.isOwnedResource(key) &&
      (isForeign || areKnownToDiffer(key.env.region, Stack.of(scope).region));
    const grants = Array.from(
      groupBy(withoutRepeats(usesOfKey), ({ role, via }) => `${role.node.path} ${!via}`).values(),
      (same) => {
        const { role } = same[0];
        const actions = [...new Set(same.flatMap((use) => use.actions))].sort();
        const services = [...new Set(same.flatMap(({ via = [] }) => via))].sort();
        const conditions = services.length > 0 ? createViaService(key, services) : undefined;
        const grantee = conditions ? new ConditionalRole(role, conditions) : role;
        // CDK's own grant would name the role in the key's policy, and two stacks would depend on
        // each other.
        const success = isInOtherEnvironment
          ? grantee.addToPrincipalPolicy(createStatement(actions, key.keyArn)).statementAdded
          : key.grant(grantee, ...actions).success;
        return { role, actions, conditions, success };
      },
    );
    if (Resource.isOwnedResource(key) && !isForeign) {
      continue;
    }

    const statements = grants.map(toKeyStatement);
    if (isForeign) {
      if (grants.every(({ role }) => getRoleName(role) !== undefined)) {
        describeResource(scope, {
          resource: toJson(scope, key.keyArn),
          account: key.env.account,
          statements,
        });
      }
      Annotations.of(scope).addWarningV2(
        'cdk-s3-dated-archiver:keyOfOtherAccount',
        `key ${key.node.path} is in account ${key.env.account}, so its key policy must allow ` +
          `this archiver to use it: add ${JSON.stringify(statements)}`,
      );
    } else if (grants.every(({ success }) => success)) {
      addInfo(
        scope,
        'cdk-s3-dated-archiver:importedKey',
        `key ${key.node.path} is imported, so its key policy cannot be changed from this app: ` +
          'unless it already delegates to the IAM policies of this account, add ' +
          `${JSON.stringify(statements)}`,
      );
    } else {
      Annotations.of(scope).addWarningV2(
        'cdk-s3-dated-archiver:keyWithoutGrant',
        `the use of ${key.node.path} cannot be granted, since an imported alias does not tell ` +
          'its key: pass the key itself, for example from Key.fromKeyArn, or add ' +
          `${JSON.stringify(statements)} to its key policy`,
      );
    }
  }
}

/** Drops uses through services that the role also has directly. */
function withoutRepeats(uses: readonly KeyUse[]): KeyUse[] {
  const mayItself = ({ role }: KeyUse, action: string) =>
    uses.some((use) => !use.via && use.role === role && use.actions.includes(action));
  return uses
    .map((use) =>
      use.via ? { ...use, actions: use.actions.filter((each) => !mayItself(use, each)) } : use,
    )
    .filter(({ actions }) => actions.length > 0);
}

/**
 * Limits the use of a key to requests that these services make for a principal: an attacker who
 * obtains the credentials cannot call KMS with them. A service uses only keys of its region. An
 * imported ARN that is a token does not tell the region.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function createViaService(key: kms.IKey, via: readonly Via[]): iam.Conditions {
  const { region } = key.env;
  const stack = Stack.of(key);
  const known = Token.isUnresolved(region) && region !== stack.region ? '*' : region;
  const services = via.map((service) => `${service}.${known}.${stack.urlSuffix}`);
  return { StringLike: { 'kms:ViaService': services } };
}

/**
 * A role whose statements have conditions. CDK's grants of keys take none, and
 * `PrincipalWithConditions` adds them to the policies of resources only.
 */
class ConditionalRole extends iam.PrincipalWithConditions {
  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    statement.addConditions(this.conditions);
    return super.addToPrincipalPolicy(statement);
  }
}

interface KeyGrant {
  readonly role: iam.IRole;
  readonly actions: string[];
  readonly conditions?: iam.Conditions;
}

/**
 * Returns a statement for the policy of a key. A role has a name before the deployment only if it
 * uses a source in another account.
 */
function toKeyStatement({ role, actions, conditions }: KeyGrant): object {
  if (getRoleName(role) === undefined) {
    return toJson(role, {
      Effect: 'Allow',
      Principal: { AWS: `<ARN of the role ${role.node.path}>` },
      Action: actions,
      Resource: '*',
      ...(conditions && { Condition: conditions }),
    });
  }
  const statement = withPrincipal(createStatement(actions, '*'), role);
  statement.addConditions(conditions ?? {});
  return toJson(role, statement.toStatementJson() as object);
}
