import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { shortenReferences } from '../places/shorten-references';

/**
 * The name of the policy in each role. It is not the name of the policy resource that earlier versions had: CloudFormation deletes that
 * resource after it has updated the role, and so would delete a policy of the same name.
 */
const NAME = 'Permissions';

/**
 * Makes the default policy of each role in the scope a part of the role: a stack may have 500 resources, and each policy was one of them.
 * Statements that are added later become part of the role as well. References are shortened in all policies.
 *
 * The policy of a role that uses a KMS key stays a resource. The policy of that key may name the role, and the role must not name the key
 * then, because each would have to be created before the other.
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
