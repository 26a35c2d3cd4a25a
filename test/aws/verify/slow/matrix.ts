/** What is denied and delayed in turn: each call that the sources make. */
import { CALLS } from '../policies/calls';
import { choose } from '../scenarios';

/**
 * The list of calls is that of the sources (policies.test.ts). The CDK CLI makes its calls itself,
 * so it is denied as a whole.
 */
export const MATRIX: readonly string[] = [...Object.keys(CALLS), 'cdk deploy'].sort();

/** Together they make every call. */
export const PLAYED = choose('', ['large', 'athena', 'locks']).filter(({ name }) =>
  /^(the conditions|metadata|an input that is no input|nothing to list|a run that is stopped|objects fail|a map run fails|large|athena|locks)/.test(
    name,
  ),
);

/** These calls are what the clean-up consists of. */
export const NEEDED_TO_CLEAN_UP = new Set([
  'GetCallerIdentity',
  'ListTagsForResource',
  'GetBucketTagging',
  'ListObjectVersions',
  'DeleteObjects',
  'DescribeStacks',
  'DeleteStack',
  'HeadObject',
  'PutObjectLegalHold',
  'PutObjectRetention',
]);

/** Without these, another round of the clean-up still sees that everything is gone. */
export const SEEN_OTHERWISE = new Set(['HeadBucket', 'ListExecutions']);

/** These are not made by the session, but by the test that stands for CloudFormation. */
export const OF_THE_REHEARSAL = new Set(['DeleteBucket']);
