/**
 * Builds what a run of the command starts: the functions with its guard, and the state machine's
 * definition. In a clone, they lie in `packages/command/assets`.
 *
 * usage: tsx scripts/packages/command-functions.ts
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type CfnFunction, Function } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Metafile } from 'esbuild';
import { bundleOf, ROOT } from './published';
import { AlertMode, Listing, S3DatedArchiver } from '../../src';

const NAME = 'command';
export const FUNCTIONS = [
  'plan-run',
  'list-objects',
  'archive-batch',
  'verify-batch',
  'report-run',
] as const;

/** Writes the folder, and returns what its bundles contain, by their names. */
export function buildFunctions(folder: string): Map<string, Metafile> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, listing] of [
    ['map', Listing.distributedMap()],
    ['function', Listing.selective()],
  ] as const) {
    writeFileSync(path.join(folder, `listed-by-${name}.asl`), renderDefinition(listing));
  }
  return new Map(
    FUNCTIONS.map((each) => [
      `functions/${each}`,
      bundleOf(NAME, `src/functions/${each}.ts`, path.join(folder, `${each}.js`)),
    ]),
  );
}

/** The definition of any archiver, with `${NAME}` in place of what differs between two of them. */
function renderDefinition(listing: Listing): string {
  const stack = new Stack(new App({ treeMetadata: false }), 'Command');
  const text = (id: string) => new CfnParameter(stack, id).valueAsString;
  const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
  const toBucket = (id: string) => Bucket.fromBucketName(stack, `${id}Of`, text(id));
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: toBucket('SourceBucket'),
    // Not empty, so that the map lists what PlanRun says.
    prefix: 'any/',
    destinationBucket: toBucket('DestinationBucket'),
    reportBucket: toBucket('ReportBucket'),
    alertTopic: Topic.fromTopicArn(stack, 'Topic', 'arn:command:sns:::terminal'),
    alertMode: AlertMode.EVERY_RUN,
    batchSize: number('BatchSize'),
    toleratedFailurePercentage: number('ToleratedFailurePercentage'),
    listing,
  });
  const [machine] = Object.values(
    Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'),
  );
  const definition = (machine!.Properties.DefinitionString as { 'Fn::Sub': string })['Fn::Sub'];
  const functions = new Map(
    archiver.node
      .findAll()
      .filter((each) => each instanceof Function)
      .map((each) => [
        stack.getLogicalId(each.node.defaultChild as CfnFunction),
        each.node.scope!.node.id,
      ]),
  );
  return definition.replace(/\$\{(\w+)\.Arn\}/g, (whole, id: string) => {
    const name = functions.get(id);
    return name === undefined ? whole : `\${${name}}`;
  });
}

if (require.main === module) {
  buildFunctions(path.join(ROOT, 'packages', NAME, 'assets'));
}
