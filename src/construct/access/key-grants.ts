import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { describeResource, getRoleName, toJson, withPrincipal } from './other-account';
import { groupBy } from '../../contract/group-by';
import { addInfo } from '../places/annotations';
import { areKnownToDiffer, isInOtherAccount } from '../places/place';
import { createStatement } from '../places/statements';

export interface KeyUse {
  readonly role: iam.IRole;
  readonly key?: kms.IKey;
  readonly actions: string[];
}

/**
 * One statement for each role and key. CDK's `grantEncrypt` and `grantEncryptDecrypt` would allow
 * `GenerateDataKey*` and `ReEncrypt*`.
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
      groupBy(usesOfKey, (use) => use.role.node.path).values(),
      (usesOfRole) => {
        const { role } = usesOfRole[0];
        const actions = [...new Set(usesOfRole.flatMap((use) => use.actions))].sort();
        // CDK's own grant would name the role in the key's policy, and two stacks would depend on
        // each other.
        const success = isInOtherEnvironment
          ? role.addToPrincipalPolicy(createStatement(actions, key.keyArn)).statementAdded
          : key.grant(role, ...actions).success;
        return { role, actions, success };
      },
    );
    if (Resource.isOwnedResource(key) && !isForeign) {
      continue;
    }

    const statements = grants.map(({ role, actions }) => toKeyStatement(role, actions));
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

/**
 * Returns a statement for the policy of a key. A role has a name before the deployment only if it
 * uses a source in another account.
 */
function toKeyStatement(role: iam.IRole, actions: string[]): object {
  return getRoleName(role) === undefined
    ? {
        Effect: 'Allow',
        Principal: { AWS: `<ARN of the role ${role.node.path}>` },
        Action: actions,
        Resource: '*',
      }
    : (toJson(
        role,
        withPrincipal(createStatement(actions, '*'), role).toStatementJson(),
      ) as object);
}
