/**
 * Not in the process that runs the map: an App of the CDK records each synchronous call of node:fs,
 * and a million records take more than 100 MiB.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { PREFIX } from './folder-s3';
import { DEFINITION_FILE } from './plan-parts-phases';
import { findArchiver } from '../../packages/sandbox/src/assembly/archiver';
import { readAssembly } from '../../packages/sandbox/src/assembly/read';
import { App as AppScope } from '../../packages/sandbox/src/assembly/scope';
import { Listing, S3DatedArchiver } from '../../src';

/** Writes the synthesized definition into the folder, reduced to the map that archives. */
export function writeMap(folder: string): void {
  const app = new App({ outdir: path.join(folder, 'cdk.out') });
  const stack = new Stack(app, 'Scale');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source'),
    prefix: PREFIX,
    listing: Listing.selective(),
  });
  const { definition } = findArchiver(new AppScope(readAssembly(app.synth().directory)));
  const { Next: _, ...map } = definition.States.ArchiveObjects;
  fs.writeFileSync(
    path.join(folder, DEFINITION_FILE),
    JSON.stringify({
      StartAt: 'ArchiveObjects',
      States: { ArchiveObjects: { ...map, End: true } },
    }),
  );
}
