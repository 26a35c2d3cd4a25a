import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { readAssembly } from '../../packages/sandbox/src/assembly/read';
import { App } from '../../packages/sandbox/src/assembly/scope';
import { readPolicies } from '../../packages/sandbox/src/iam/policies';
import { findRolesThatMay } from '../../packages/sandbox/test/iam/roles-that-may';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../src';

export interface Simulation {
  /**
   * The names of all roles that may perform at least one of the actions on an object
   * (`bucket/key`), or on at least one of the objects that a pattern with `*` matches.
   */
  readonly who: (object: string, ...actions: string[]) => string[];
  readonly roleCount: number;
}

/**
 * Synthesizes an archiver with a schedule, and simulates the policies of all roles of its stack.
 * Its source bucket is named `data` unless the props have a bucket.
 */
export function simulatePolicies(
  props: (stack: Stack) => Partial<S3DatedArchiverProps> = () => ({}),
): Simulation {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'policies-'));
  try {
    const app = new CdkApp({ outdir });
    const stack = new Stack(app, 'Stack');
    const given = props(stack);
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: given.bucket ?? new s3.Bucket(stack, 'Source', { bucketName: 'data' }),
      schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
      ...given,
    });
    app.synth();
    const policies = readPolicies(new App(readAssembly(outdir)));
    return {
      roleCount: policies.roles.size,
      who: (object, ...actions) => {
        const found = new Set(
          actions.flatMap((action) => findRolesThatMay(policies, action, `arn:aws:s3:::${object}`)),
        );
        return [...policies.roles.values()]
          .filter((role) => found.has(role))
          .map(({ path: role }) =>
            role.replace('Stack/Archiver/', '').replace(/\/?Role\/Resource$/, ''),
          );
      },
    };
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}
