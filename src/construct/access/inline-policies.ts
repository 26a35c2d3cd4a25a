import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { shortenReferences } from '../places/shorten-references';

/**
 * The name must differ from that of the policy resource of earlier versions: CloudFormation deletes
 * that one after the update, and would delete this one with it.
 */
const NAME = 'Permissions';

/**
 * A stack may have 500 resources. A policy that uses a KMS key stays one: the key's policy may name
 * the role, and each would have to be first.
 */
export function moveIntoRoles(scope: Construct): void {
  for (const policy of scope.node.findAll().filter((node) => node instanceof iam.Policy)) {
    const policyDocument = shortenReferences(policy.document);
    const role =
      policy.node.id === 'DefaultPolicy' ? policy.node.scope!.node.defaultChild : undefined;
    if (
      role instanceof iam.CfnRole &&
      !JSON.stringify(policy.document.toJSON()).includes('"kms:')
    ) {
      policy.node.tryRemoveChild('Resource');
      role.policies = [{ policyName: NAME, policyDocument }];
    } else {
      (policy.node.defaultChild as iam.CfnPolicy).policyDocument = policyDocument;
    }
  }
}
