import { Annotations, CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { atSynth } from './places/at-synth';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_RESOURCES = 500;
/** CDK writes a note from this share on, which says neither what an archiver takes nor what to do. */
const NEAR = 0.8;

const archiversOf = new WeakMap<Stack, Construct[]>();

/** Warns once a stack near CloudFormation's limit of resources, which comes first: forty resources of an archiver have less than 65,000 bytes. */
export function warnAboutStackLimits(scope: Construct): void {
  const stack = Stack.of(scope);
  const archivers = archiversOf.get(stack) ?? [];
  archiversOf.set(stack, archivers);
  if (archivers.push(scope) > 1) { return; }
  atSynth(scope, () => {
    const resources = countResources(stack);
    if (resources < NEAR * MAX_RESOURCES) { return; }
    const ofEach = archivers.reduce((sum, each) => sum + countResources(each), 0) / archivers.length;
    const more = Math.max(0, Math.floor((MAX_RESOURCES - resources) / ofEach));
    Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:stackLimits',
      `the stack has ${resources} of at most ${MAX_RESOURCES} resources, and each of its archivers (${archivers.length}) takes ${Math.ceil(ofEach)}, so ${more} more fit: `
      + 'put others into a NestedStack or another Stack, and let archivers share alertTopic and reportBucket, each with a reportPrefix of its own');
  });
}

/** Counts the resources of a scope without those of stacks that are nested in it. */
function countResources(scope: Construct): number {
  const stack = Stack.of(scope);
  return scope.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
}
