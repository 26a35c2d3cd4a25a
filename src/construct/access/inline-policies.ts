import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { shortenReferences } from '../places/shorten-references';

/** Not the name of the policy resource that earlier versions had: CloudFormation deletes that after the update, and would delete this one. */
const NAME = 'Permissions';

/**
 * Makes the default policy of each role in the scope a part of the role, statements that come later included: a stack may have 500 resources,
 * and each policy was one of them. The policy of a role that uses a KMS key stays a resource, because the key's policy may name the role, and
 * each would have to be created before the other.
 */
export function moveIntoRoles(scope: Construct): void {
  for (const policy of scope.node.findAll().filter((node) => node instanceof iam.Policy)) {
    const policyDocument = shortenReferences(policy.document);
    const role = policy.node.id === 'DefaultPolicy' ? policy.node.scope!.node.defaultChild : undefined;
    if (role instanceof iam.CfnRole && !usesKey(policy)) {
      policy.node.tryRemoveChild('Resource');
      role.policies = [{ policyName: NAME, policyDocument }];
    } else {
      (policy.node.defaultChild as iam.CfnPolicy).policyDocument = policyDocument;
    }
  }
}

function usesKey({ document }: iam.Policy): boolean {
  return JSON.stringify(document.toJSON()).includes('"kms:');
}

/** Returns the policies in a role. An app may have set more of them. */
export function getInlineDocuments({ policies }: iam.CfnRole): unknown[] {
  return ([policies].flat() as (iam.CfnRole.PolicyProperty | undefined)[]).flatMap((each) => each?.policyDocument ?? []);
}
