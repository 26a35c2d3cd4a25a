import * as fs from 'node:fs';
import * as path from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';

const ROOT = path.resolve(__dirname, '../../..');

/** What the CDK CLI sets, and adds to the template of each resource. */
export const CLI = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/** Adds a scheduled archiver with alarms. */
export function addArchiver(
  scope: Construct,
  bucket: s3.IBucket,
  index: number,
  props: Partial<S3DatedArchiverProps> = {},
): S3DatedArchiver {
  const archiver = new S3DatedArchiver(scope, `Archiver${index}`, {
    bucket,
    prefix: `incoming/${index}/`,
    destinationPrefix: `archive/${index}/`,
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
    ...props,
  });
  archiver.addAlarms();
  return archiver;
}

export function addArchivers(
  stack: Stack,
  count: number,
  props: Partial<S3DatedArchiverProps> = {},
): void {
  const bucket = new s3.Bucket(stack, 'Source');
  for (let i = 0; i < count; i++) {
    addArchiver(stack, bucket, i, props);
  }
}

export interface Measured {
  readonly bytes: number;
  readonly resources: number;
}

/** Returns the size of each template of an app as CDK writes it, and how many resources it has. */
export function measure(app: App): Measured[] {
  const { directory } = app.synth();
  return fs
    .readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => {
      // Without staged assets, a template has the path of this repository.
      const text = fs.readFileSync(`${directory}/${file}`, 'utf8').replaceAll(ROOT, '');
      return {
        bytes: Buffer.byteLength(text),
        resources: Object.keys((JSON.parse(text) as { Resources: object }).Resources).length,
      };
    });
}
