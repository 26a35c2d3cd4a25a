import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { createListStatement, createStatement, DESTINATION_BUCKET_ACTIONS, getDestinationActions, getObjectArns, READ_SOURCE_ACTIONS, SOURCE_ACTIONS } from './statements';
import { areKnownToDiffer, type Place } from '../place';

/**
 * Returns what each function may do at the source. The policies of the roles and that of a bucket in another account say the same,
 * because across accounts both must allow a request.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function createSourceStatements(source: Place, keepsSources = false): { readonly [name in SourceFunction]: () => iam.PolicyStatement[] } {
  const list = () => createListStatement(source);
  const readLocks = () => createStatement(['s3:GetBucketObjectLockConfiguration'], source.bucket.bucketArn);
  return {
    listObjects: () => [list()],
    archiveBatch: () => [createStatement(keepsSources ? READ_SOURCE_ACTIONS : SOURCE_ACTIONS, getObjectArns(source)), list(), readLocks()],
    reportRun: () => [list()],
    restoreBatch: () => [
      readLocks(),
      createStatement(getDestinationActions(source), getObjectArns(source)),
      list(),
      createStatement(DESTINATION_BUCKET_ACTIONS, source.bucket.bucketArn),
    ],
  };
}

/** The functions that send requests to the source. */
export type SourceFunction = 'listObjects' | 'archiveBatch' | 'reportRun' | 'restoreBatch';

/**
 * Adds statements about the source to a role. If the source is in another account, they hold only for buckets of that account:
 * should the bucket be deleted there, anybody could create one with its name, and would get what a restore writes.
 *
 * The condition covers every request, also the read of a copy. The header `x-amz-expected-bucket-owner` would do the same if no
 * request were sent without it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
export function grantAtSource(role: iam.IRole, { bucket }: Place, statements: readonly iam.PolicyStatement[]): void {
  const { account } = bucket.env;
  for (const statement of statements) {
    if (isInOtherAccount(role, bucket)) { statement.addCondition('StringEquals', { 'aws:ResourceAccount': account }); }
    role.addToPrincipalPolicy(statement);
  }
}

/** Returns true if a bucket or a key is known to be in another account than the stack. */
export function isInOtherAccount(scope: Construct, { env }: { readonly env: { readonly account: string } }): boolean {
  return areKnownToDiffer(env.account, Stack.of(scope).account);
}
