import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { createViaService } from './key-grants';
import { toJson } from './other-account';
import { createDestinationAccess } from './place-access';
import { groupBy } from '../../contract/group-by';
import type { GrantOrganizationOptions } from '../../grant-organization-options';
import type { Place } from '../places/place';
import { withConstructPath } from '../props/construct-path';
import { BUCKET, validateKind, validateOptions } from '../props/kinds';
import { GRANT_ORGANIZATION_OPTIONS } from '../props/prop-kinds';

const METHOD = 'S3DatedArchiver.grantOrganization()';

/** Lets all archivers of an organization use a bucket as their destination. */
export function grantOrganization(bucket: s3.IBucket, options: GrantOrganizationOptions): void {
  validateKind(`${METHOD}: the bucket`, bucket, BUCKET);
  withConstructPath(bucket, () => {
    validateOptions(METHOD, options, GRANT_ORGANIZATION_OPTIONS);
    const { organizationId, destinationPrefix = 'archive/' } = options;
    const statements = createStatements({ bucket, prefix: destinationPrefix }).map((each) =>
      withOrganization(each, bucket, organizationId),
    );
    addOrWarn(bucket, 'organizationBucket', 'the policy of the bucket', statements, (each) =>
      bucket.addToResourcePolicy(each),
    );
    const key = bucket.encryptionKey;
    if (key) {
      const use = new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        // In a key policy, '*' is that key.
        resources: ['*'],
        conditions: createViaService(key, ['s3']),
      });
      addOrWarn(
        bucket,
        'organizationKey',
        'the policy of its key',
        [withOrganization(use, bucket, organizationId)],
        (each) => key.addToResourcePolicy(each, true),
      );
    }
  });
}

/**
 * Statements for all actions that archivers take at a destination, with any props. PlanRun reads
 * indexes of packs, which the statement for all objects covers.
 */
function createStatements(destination: Place): iam.PolicyStatement[] {
  const { planRun: _, ...access } = createDestinationAccess(undefined, destination);
  const statements = Object.values(access).flatMap((create) => create());
  const groups = groupBy(statements, ({ resources, conditions }) =>
    JSON.stringify([resources, conditions]),
  );
  return Array.from(groups.values(), (same) => {
    const [{ resources, conditions }] = same;
    const actions = [...new Set(same.flatMap((each) => each.actions))].sort();
    return new iam.PolicyStatement({ actions, resources, conditions });
  });
}

/**
 * Limits a statement to roles of the other accounts of the organization. Across accounts, the
 * policy of the role must allow a request, too. Within one account, the statement alone would let
 * any role do it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 *
 * Roles have names that CloudFormation makes up, so no pattern fits those of archivers alone. S3
 * does not take the policy for public, because the id of the organization is a fixed value.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
function withOrganization(
  statement: iam.PolicyStatement,
  bucket: s3.IBucket,
  organizationId: string,
): iam.PolicyStatement {
  statement.addPrincipals(new iam.OrganizationPrincipal(organizationId));
  statement.addCondition('StringNotEquals', { 'aws:PrincipalAccount': bucket.env.account });
  statement.addCondition('ArnLike', {
    'aws:PrincipalArn': `arn:${Stack.of(bucket).partition}:iam::*:role/*`,
  });
  return statement;
}

function addOrWarn(
  bucket: s3.IBucket,
  id: string,
  what: string,
  statements: readonly iam.PolicyStatement[],
  add: (statement: iam.PolicyStatement) => iam.AddToResourcePolicyResult,
): void {
  const refused = statements.filter((each) => !add(each).statementAdded);
  if (refused.length === 0) {
    return;
  }
  const json = toJson(
    bucket,
    refused.map((each) => each.toStatementJson() as object),
  );
  Annotations.of(bucket).addWarningV2(
    `cdk-s3-dated-archiver:${id}`,
    `${what} cannot be changed from this app, and the archivers of the organization can use the ` +
      `bucket only if it allows them to: add ${JSON.stringify(json)}`,
  );
}
