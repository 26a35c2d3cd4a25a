import '../../../scripts/check-node.cjs';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/**
 * CDK creates a temporary folder for each app without an `outdir`, and never deletes it. That is
 * gigabytes a day. This setup puts all temporary folders of a jest run into one folder. The
 * teardown deletes it.
 */
export default function setup(): void {
  // The installed programs of other servers must remain for the next run.
  process.env.CONFORMANCE_CACHE ??= path.join(tmpdir(), 'cdk-s3-dated-archiver-conformance');
  process.env.TMPDIR = mkdtempSync(path.join(tmpdir(), 'tests-'));
  // It keeps compiled code next to itself.
  process.env.SANDBOX_PRELOAD = path.join(
    mkdtempSync(path.join(process.env.TMPDIR, 'code-')),
    'code-cache.cjs',
  );
  copyFileSync(path.join(__dirname, 'code-cache.cjs'), process.env.SANDBOX_PRELOAD);
  // Bundles stay where they are, instead of a copy for each app. No test looks at where in the code
  // each construct was created.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    'aws:cdk:disable-asset-staging': true,
    'aws:cdk:disable-creation-stack-traces': true,
  });
}
