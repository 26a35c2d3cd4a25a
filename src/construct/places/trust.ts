import { ArnFormat, CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/**
 * Returns Lambda as the principal, on the condition that it runs functions of this account.
 *
 * Functions in a VPC have no condition: Lambda creates the first one's network interfaces without
 * stating the source, and the deployment would fail. A function that is fed from a queue has none
 * until `npm run verify:aws` has seen it work: no public page says whether Lambda's poller states
 * the source, and if it does not, CloudFormation cannot create the event source mapping. Only AWS
 * can tell: poller-trust.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
 * https://github.com/aws/aws-parallelcluster/pull/6926
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function createLambdaPrincipal(
  scope: Construct,
  use: { readonly isInVpc: boolean; readonly isPolling: boolean },
): iam.IPrincipal {
  const conditions = use.isInVpc || use.isPolling ? undefined : createAccountCondition(scope);
  return new iam.ServicePrincipal('lambda.amazonaws.com', { conditions });
}

/**
 * Only for state machines of this account and region ("Confused deputy"), as in newer versions of
 * CDK. A name would depend on the role.
 */
export function restrictStateMachineTrust(stateMachine: sfn.StateMachine): void {
  const role = stateMachine.role.node.defaultChild;
  // An app that calls `Role.customizeRoles` has roles that are not created.
  if (!CfnResource.isCfnResource(role)) {
    return;
  }
  const sourceArn = Stack.of(stateMachine).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Condition', {
    ArnLike: { 'aws:SourceArn': sourceArn },
    ...createAccountCondition(stateMachine),
  });
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
function createAccountCondition(scope: Construct): iam.Conditions {
  return { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
}
