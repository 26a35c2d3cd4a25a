import * as path from 'node:path';
import type { SandboxOptions } from './options';
import { Sandbox } from './sandbox';
import { findArchiver } from '../assembly/archiver';
import { bucketsByRole, checkDefinition, findParts, type Parts } from '../assembly/archiver-parts';
import { distinctNames } from '../assembly/bucket-names';
import { Functions } from '../assembly/functions';
import { readAssembly } from '../assembly/read';
import { ifResolvable } from '../assembly/resolvable';
import { App } from '../assembly/scope';
import { UsageError } from '../common/errors';
import { Permissions } from '../iam/permissions';
import { isAwsHost } from '../s3-backend/aws-hosts';
import { startS3Service } from '../s3-backend/s3-service';

/** Reads a cloud assembly and prepares its archiver to be run. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  checkEndpoint(options);
  const app = readApp(options);
  const machine = findArchiver(app, options.stack);
  checkDefinition(machine);
  const functions = new Functions(app);
  const parts = findParts(app, functions, machine);
  const { environment } = machine.scope.stack;
  const { enforcePolicies = true, bucketPolicies = {} } = options;
  checkNames(Object.keys(bucketPolicies), parts);
  const permissions = enforcePolicies
    ? Permissions.of(app, environment, options)
    : Permissions.none(app, environment);
  const clock = { offset: 0 };
  const now = () => new Date(Date.now() + clock.offset);
  const s3 = await startS3Service(options.endpoint, permissions, {
    account: environment.account,
    now,
    ...options.s3,
  });
  const sandbox = new Sandbox(options, { app, machine, functions, parts, permissions, clock, s3 });
  try {
    await sandbox.open();
    return sandbox;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

function checkEndpoint({ endpoint, allowAwsEndpoint }: SandboxOptions): void {
  if (
    endpoint !== undefined &&
    !allowAwsEndpoint &&
    URL.canParse(endpoint) &&
    isAwsHost(new URL(endpoint).hostname)
  ) {
    throw new UsageError(
      `--endpoint ${endpoint} is AWS itself, where a run moves real objects; if that is what ` +
        'you want, give --allow-aws-endpoint',
    );
  }
}

/** A policy of a bucket that the archiver does not use would have no effect. */
function checkNames(
  given: readonly string[],
  { sourceBucket, destinationBucket, reportBucket }: Parts,
): void {
  const used = [...new Set([sourceBucket, destinationBucket, reportBucket])];
  const unknown = given.find((name) => !used.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `--bucket-policy ${unknown}: the archiver does not use that bucket; it uses ` +
        `${used.join(', ')}`,
    );
  }
}

function readApp({ app: directory, buckets = {}, stack }: SandboxOptions): App {
  const stacks = readAssembly(path.resolve(directory));
  const unnamed = new App(stacks);
  return new App(
    stacks,
    distinctNames(unnamed, buckets, () => ifResolvable(() => bucketsUsed(unnamed, stack)) ?? []),
  );
}

function bucketsUsed(app: App, stack?: string): string[] {
  const functions = new Functions(app);
  try {
    return Object.values(bucketsByRole(functions, findArchiver(app, stack)));
  } finally {
    functions.close();
  }
}
