import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { UsageError } from '../common/errors';

const PACKAGES = ['aws-cdk-lib', 'constructs', 'cdk-s3-dated-archiver'];

/**
 * The first app that a user would write. Its formats are those of the producers whose names the
 * demo uses.
 */
const APP = `
const { App, Stack } = require('aws-cdk-lib');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { DateSource, S3DatedArchiver } = require('cdk-s3-dated-archiver');
const app = new App();
const stack = new Stack(app, 'Demo');
new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Bucket'),
  prefix: 'incoming/',
  dateSource: DateSource.objectName('yyyy-MM-dd', 'yyyyMMdd', 'yyyyMMddHHmmss', "'u_ex'yyMMdd", "'A'yyyyDDD"),
});
app.synth();
`;

/** Synthesizes an app with the construct that is installed in the caller's folder. */
export function synthesizeInstalled(directory: string, outdir: string): void {
  const { resolve } = createRequire(path.join(directory, 'app.js'));
  const missing = PACKAGES.filter((name) => {
    try {
      resolve(`${name}/package.json`);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0) {
    throw new UsageError(
      '--demo without --app needs packages that are not installed here: npm install ' +
        `${PACKAGES.join(' ')}`,
    );
  }
  synthesize(['-e', APP], directory, outdir);
}

/** Runs an app in a process of its own, as the CDK CLI does. */
export function synthesize(
  nodeArguments: readonly string[],
  cwd: string,
  outdir: string,
  env: Record<string, string> = {},
): void {
  const { status, stderr } = spawnSync(process.execPath, nodeArguments, {
    cwd,
    env: {
      ...process.env,
      ...env,
      CDK_OUTDIR: outdir,
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
    },
    encoding: 'utf8',
  });
  if (status !== 0) {
    const [why] = /^\w*Error: .*$/m.exec(stderr) ?? [stderr.trim().split('\n').at(-1)];
    throw new UsageError(`the app of the demo does not synthesize: ${why}`);
  }
}
