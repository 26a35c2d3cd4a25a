/**
 * Two archivers that share source, archive and reports, and what a deployment may change of them.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ArchiveLayout, S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';

/**
 * A fast archiver with a short timeout, and a slow one: a run of one may outlive any wait of the
 * other.
 */
export const ARCHIVERS = ['Fast', 'Slow'] as const;
export type ArchiverName = (typeof ARCHIVERS)[number];

const PROPS: Record<ArchiverName, Partial<S3DatedArchiverProps>> = {
  Fast: { batchTimeout: Duration.seconds(30) },
  Slow: { batchTimeout: Duration.minutes(15) },
};

export interface Variant {
  readonly allowRestore: boolean;
  readonly reportPrefix: 'runs/' | 'other/';
}

export const BUCKETS = {
  source: 'soak-source',
  archive: 'soak-archive',
  reports: 'soak-reports',
} as const;
export const PREFIX = 'incoming/';

/** Objects above it are copied in parts. */
const MULTIPART_THRESHOLD = 200;

/** Synthesizes each variant once. */
export class Assemblies {
  private readonly made = new Map<string, string>();

  of(variant: Variant): string {
    const name = JSON.stringify(variant);
    const made = this.made.get(name) ?? synthesize(variant);
    this.made.set(name, made);
    return made;
  }

  remove(): void {
    for (const outdir of this.made.values()) {
      fs.rmSync(outdir, { recursive: true });
    }
  }
}

function synthesize({ allowRestore, reportPrefix }: Variant): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'soak-'));
  const app = new App({ outdir });
  for (const name of ARCHIVERS) {
    const stack = new Stack(app, name);
    const bucket = (role: keyof typeof BUCKETS) =>
      Bucket.fromBucketName(stack, role, BUCKETS[role]);
    const archiver = new S3DatedArchiver(stack, 'Archiver', {
      bucket: bucket('source'),
      prefix: PREFIX,
      destinationBucket: bucket('archive'),
      reportBucket: bucket('reports'),
      reportPrefix,
      allowRestore,
      // Objects of several folders may get one destination.
      layout: ArchiveLayout.daily({ flatten: true }),
      batchSize: 10,
      ...PROPS[name],
    });
    archiver.handler.addEnvironment('MULTIPART_THRESHOLD_BYTES', String(MULTIPART_THRESHOLD));
  }
  app.synth();
  return outdir;
}
