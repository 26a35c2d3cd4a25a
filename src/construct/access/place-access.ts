import type * as iam from 'aws-cdk-lib/aws-iam';
import { PACKS_FOLDER } from '../../contract/packs';
import type { Functions } from '../functions/functions';
import { areInSameBucket, isInOtherAccount, type Place } from '../places/place';
import {
  createListStatement,
  createStatement,
  getDestinationActions,
  getObjectArns,
  getReadActions,
  mayStateLocks,
} from '../places/statements';

type CreateStatements = () => iam.PolicyStatement[];

/**
 * The permissions of each function at a place. They go into the policy of its role, and into the
 * policy of a bucket in another account.
 */
export type Access = { readonly [name in keyof Functions]?: CreateStatements };

interface SourceAccess extends Access {
  readonly listObjects: CreateStatements;
  readonly archiveBatch: CreateStatements;
  readonly reportRun: CreateStatements;
  readonly restoreBatch: CreateStatements;
}

interface DestinationAccess extends Access {
  readonly archiveBatch: CreateStatements;
  readonly verifyBatch: CreateStatements;
  readonly reportRun: CreateStatements;
  readonly restoreBatch: CreateStatements;
  readonly planRun: CreateStatements;
}

/**
 * @see
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function createSourceAccess(source: Place): SourceAccess {
  const list = () => createListStatement(source);
  const readLocks = () => createLockStatement(source);
  const actions = [
    ...getReadActions(source),
    ...(source.keepsObjects ? [] : ['s3:DeleteObject']),
    ...(source.restoresObjects ? ['s3:RestoreObject'] : []),
  ];
  return {
    listObjects: () => [list()],
    archiveBatch: () => [createStatement(actions, getObjectArns(source)), list(), readLocks()],
    reportRun: () => [list()],
    restoreBatch: () =>
      source.allowsRestore ? [readLocks(), ...createCopyStatements(source, source, false)] : [],
  };
}

/** @param source unset: the sources are unknown, so they may have locks */
export function createDestinationAccess(
  source: Place | undefined,
  destination: Place,
): DestinationAccess {
  const list = () => createListStatement(destination);
  return {
    archiveBatch: () => [
      ...createCopyStatements(source, destination),
      ...(mayStateLocks(source, destination) ? [createLockStatement(destination)] : []),
    ],
    verifyBatch: () => [list(), createStatement(['s3:GetObject'], getObjectArns(destination))],
    reportRun: () => [list()],
    // It also reads bytes of packs.
    restoreBatch: () => [
      createStatement(
        source && !source.allowsRestore ? ['s3:GetObject'] : getReadActions(destination),
        getObjectArns(destination),
      ),
      list(),
    ],
    // It lists packs, and reads their indexes.
    planRun: () =>
      destination.holdsPacks
        ? [
            list(),
            createStatement(['s3:GetObject'], getObjectArns(destination, `${PACKS_FOLDER}*`)),
          ]
        : [],
  };
}

/**
 * Lets a function read whether the bucket has Object Lock, and its default lock. S3 gives the
 * default lock only to objects whose upload states none.
 */
function createLockStatement({ bucket }: Place): iam.PolicyStatement {
  return createStatement(['s3:GetBucketObjectLockConfiguration'], bucket.bucketArn);
}

/**
 * Listing uploads finds what interrupted multipart copies left behind. S3 has no condition key that
 * would limit it to a prefix.
 */
function createCopyStatements(
  source: Place | undefined,
  to: Place,
  comparesLocks = true,
): iam.PolicyStatement[] {
  const copy = createStatement(getDestinationActions(source, to, comparesLocks), getObjectArns(to));
  return [
    copy,
    createListStatement(to),
    createStatement(['s3:ListBucketMultipartUploads'], to.bucket.bucketArn),
  ];
}

/**
 * Adds statements about a bucket to a role. For a bucket in another account, they hold only while
 * that account owns the bucket: if it is deleted, anyone could create a bucket with its name, and
 * would receive the objects of a run. The condition covers every request, so none needs the header
 * `x-amz-expected-bucket-owner`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
export function grantAt(
  role: iam.IRole,
  { bucket }: Place,
  statements: readonly iam.PolicyStatement[],
): void {
  const { account } = bucket.env;
  for (const statement of statements) {
    if (isInOtherAccount(role, bucket)) {
      statement.addCondition('StringEquals', { 'aws:ResourceAccount': account });
    }
    role.addToPrincipalPolicy(statement);
  }
}

/**
 * Adds statements about the destination to a role. A destination in the source bucket may lack the
 * account that the source has.
 */
export function grantAtDestination(
  role: iam.IRole,
  source: Place,
  destination: Place,
  statements: readonly iam.PolicyStatement[],
): void {
  grantAt(role, areInSameBucket(source, destination) ? source : destination, statements);
}
