import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/**
 * CDK gives an app without an `outdir` a temporary folder of its own and leaves it there: gigabytes a day. All temporary
 * folders of a run of jest are laid into one, which goes with the run.
 */
export default function setup(): void {
  // What others' servers are installed into is meant to stay.
  process.env.CONFORMANCE_CACHE ??= path.join(tmpdir(), 'cdk-s3-dated-archiver-conformance');
  process.env.TMPDIR = mkdtempSync(path.join(tmpdir(), 'tests-'));
}
