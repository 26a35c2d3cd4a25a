import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Resources } from './grants';
import { addInfo, atSynth } from '../places/annotations';
import { areInSameBucket, areKnownToDiffer, type Place } from '../places/place';

/**
 * A function in a VPC reaches buckets of other regions only around VPC endpoints for S3 ("Gateway
 * endpoints for Amazon S3").
 */
export function annotateRegions(
  scope: Construct,
  source: Place,
  destination: Place,
  isInVpc: boolean,
): void {
  if (!isInVpc) {
    return;
  }
  const refused =
    'VPC endpoints for S3 refuse requests to buckets of other regions, copies included';
  const needed = 'the subnets need a NAT gateway, or the archiver must run without vpc';
  const warnIfElsewhere = (id: string, prop: string, bucket: s3.IBucket) => {
    const { region } = bucket.env;
    if (!areKnownToDiffer(region, Stack.of(scope).region)) {
      return false;
    }
    Annotations.of(scope).addWarningV2(
      `cdk-s3-dated-archiver:${id}`,
      `${prop} is in region ${region}, and ${refused}: ${needed}`,
    );
    return true;
  };
  warnIfElsewhere('vpcAndSourceOfOtherRegion', 'bucket', source.bucket);
  if (
    areInSameBucket(source, destination) ||
    warnIfElsewhere('vpcAndOtherRegion', 'destinationBucket', destination.bucket)
  ) {
    return;
  }
  if (!Resource.isOwnedResource(destination.bucket)) {
    addInfo(
      scope,
      'cdk-s3-dated-archiver:vpcAndImportedDestination',
      `destinationBucket is imported and vpc is given: ${refused}, so if the bucket is in ` +
        `another region, ${needed}`,
    );
  }
}

/**
 * Warns about bucket policies that allow only some networks. Step Functions lists the source and
 * writes results from its own network, and functions without a VPC call from Lambda's network.
 */
export function annotateNetworkPolicies(
  scope: Construct,
  resources: Resources,
  isInVpc: boolean,
): void {
  const { source, destination, reports, stateMachine, functions } = resources;
  const { listObjects, archiveBatch, restoreBatch, reportRun } = functions;
  const getRoles = (...callers: (lambda.IFunction | undefined)[]) =>
    isInVpc ? [] : callers.flatMap((each) => (each ? [each.role!] : []));
  // Without allowRestore, it does nothing at the source.
  const movesBack = source.allowsRestore ? restoreBatch : undefined;
  const movers = getRoles(archiveBatch, movesBack, reportRun);
  const readers = [
    ...movers,
    ...getRoles(movesBack ? undefined : restoreBatch, functions.verifyBatch),
  ];
  const listers = listObjects ? getRoles(listObjects) : [stateMachine.role];
  const affected = [
    ['bucket', source, [...listers, ...movers]],
    ['destinationBucket', destination, readers],
    ['reportBucket', reports, [stateMachine.role, ...getRoles(listObjects), ...readers]],
  ] as const;
  atSynth(scope, () => {
    for (const [prop, { bucket }, roles] of affected) {
      const document =
        bucket.policy &&
        (Stack.of(bucket.policy).resolve(bucket.policy.document) as
          { Statement?: Statement[] } | undefined);
      if (roles.length === 0 || !document?.Statement?.some(deniesOtherNetworks)) {
        continue;
      }
      const exception = {
        ArnNotEquals: {
          'aws:PrincipalArn': roles.map(({ node }) => `<ARN of the role ${node.path}>`),
        },
      };
      Annotations.of(scope).addWarningV2(
        `cdk-s3-dated-archiver:networkPolicyOf-${prop}`,
        `the policy of ${prop} denies requests that do not come from certain networks, such as ` +
          'a VPC endpoint, and this archiver also calls from networks of AWS: ' +
          `add ${JSON.stringify(exception)} to the Condition of that statement`,
      );
    }
  });
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const NETWORK_KEYS = ['aws:sourcevpce', 'aws:sourcevpc', 'aws:vpcsourceip', 'aws:sourceip'];

/**
 * Returns true if a statement denies all networks but some. A statement that also depends on the
 * principal may exempt the archiver's roles, so it returns false.
 */
function deniesOtherNetworks({ Effect, Principal, Condition = {} }: Statement): boolean {
  const keys = Object.values(Condition)
    .flatMap((each) => Object.keys(each))
    .map((key) => key.toLowerCase());
  const isForEverybody =
    Principal === '*' || (Principal as { AWS?: unknown } | undefined)?.AWS === '*';
  return (
    Effect === 'Deny' &&
    isForEverybody &&
    keys.some((key) => NETWORK_KEYS.includes(key)) &&
    !keys.some((key) => /^aws:(principalarn|userid|principaltag)/.test(key))
  );
}
