import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { statement } from './statements';
import { areKnownToDiffer } from '../place';

/** That a role does something with a key, if there is one. */
export interface KeyUse {
  readonly role: iam.IRole;
  readonly key?: kms.IKey;
  readonly actions: string[];
}

/**
 * Grants what is used, once for each key and role. Where the key's policy is out of reach, says what it needs.
 *
 * Without CDK's grants for encryption, which allow `GenerateDataKey*` and `ReEncrypt*`.
 */
export function grantKeyUses(scope: Construct, uses: KeyUse[]): void {
  for (const ofKey of groupBy(uses, (use) => use.key?.keyArn)) {
    const key = ofKey[0].key!;
    const isForeign = areKnownToDiffer(key.env.account, Stack.of(scope).account);
    const isFar = Resource.isOwnedResource(key) && (isForeign || areKnownToDiffer(key.env.region, Stack.of(scope).region));
    const needed = groupBy(ofKey, (use) => use.role.node.path).map((ofRole) => {
      const { role } = ofRole[0];
      const actions = [...new Set(ofRole.flatMap((use) => use.actions))].sort();
      return { role, actions, success: isFar ? allow(role, key, actions) : key.grant(role, ...actions).success };
    });
    if (Resource.isOwnedResource(key) && !isForeign) { continue; }

    const statements = needed.map(({ role, actions }) => ({
      Effect: 'Allow', Principal: { AWS: `<ARN of the role ${role.node.path}>` }, Action: actions, Resource: '*',
    }));
    if (isForeign) {
      Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:keyOfOtherAccount',
        `the key ${key.node.path} is in account ${key.env.account}, and its policy has to let this archiver use it: add ${JSON.stringify(statements)}`);
    } else if (needed.every(({ success }) => success)) {
      Annotations.of(scope).addInfoV2('cdk-s3-dated-archiver:importedKey',
        `the policy of the imported key ${key.node.path} cannot be changed from here: unless it lets IAM policies of this account decide, add ${JSON.stringify(statements)}`);
    } else {
      Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:keyWithoutGrant',
        `the use of ${key.node.path} cannot be granted, since its key is unknown: give the key, for example by Key.fromKeyArn, instead of an alias, or add ${JSON.stringify(statements)} to the key's policy`);
    }
  }
}

/** CDK's own grant would name the role in the policy of a key of another stack there, and have two stacks wait for each other. */
function allow(role: iam.IRole, key: kms.IKey, actions: string[]): boolean {
  return role.addToPrincipalPolicy(statement(actions, key.keyArn)).statementAdded;
}

/** Groups in the order of their first members; what has no group is left out. */
function groupBy<T>(items: T[], groupOf: (item: T) => string | undefined): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groupOf(item);
    if (group !== undefined) { groups.set(group, [...groups.get(group) ?? [], item]); }
  }
  return [...groups.values()];
}
