import { DeleteObjectsCommand, HeadBucketCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { bucketsOf, machinesOf } from './app';
import type { Cdk } from './cdk';
import type { Entry, Journal } from './journal';

export interface CleanUpParts {
  readonly s3: Pick<S3Client, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly cdk: Cdk;
  readonly journal: Journal;
  readonly tell: (text: string) => void;
}

/**
 * Destroys everything that a verification created. It can be called again, also after it has done only a part. It
 * removes the journal only when nothing is left; until then --clean-up finds the journal.
 */
export async function cleanUp({ s3, sfn, cdk, journal, tell }: CleanUpParts, entry: Entry): Promise<void> {
  const { deployment } = entry;
  if (deployment) {
    // A run that is still in progress would write after the buckets are empty.
    for (const machine of machinesOf(deployment)) { await orGone(stopRuns(sfn, machine)); }
    for (const bucket of bucketsOf(deployment)) {
      tell(`empties ${bucket}: ${await orGone(empty(s3, bucket)) ?? 'gone'}`);
    }
  }
  await cdk.destroy(entry, journal.assembly(entry.id));
  for (const bucket of deployment ? bucketsOf(deployment) : []) { await demandGone(s3, bucket); }
  journal.remove(entry.id);
}

async function stopRuns(sfn: CleanUpParts['sfn'], stateMachineArn: string): Promise<void> {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
  for (const { executionArn } of executions) { await sfn.send(new StopExecutionCommand({ executionArn })); }
}

/** Deletes every version, and everything else that would prevent the deletion of the bucket. */
async function empty(s3: CleanUpParts['s3'], Bucket: string): Promise<string> {
  let count = 0;
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) { return `${count} versions`; }
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects } }));
    if (Errors.length > 0) { throw new Error(`${Bucket}: ${Errors[0]!.Key} cannot be deleted: ${Errors[0]!.Code}`); }
    count += found.length;
  }
}

async function demandGone(s3: CleanUpParts['s3'], bucket: string): Promise<void> {
  const answer = await s3.send(new HeadBucketCommand({ Bucket: bucket })).then(() => 'there', (error: Error) => error.name);
  if (!['NotFound', 'NoSuchBucket'].includes(answer)) {
    throw new Error(`bucket ${bucket} should be gone, and is ${answer}`);
  }
}

/** Returns `undefined` if the resource no longer exists. */
async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: Error) => {
    if (['NoSuchBucket', 'StateMachineDoesNotExist'].includes(error.name)) { return undefined; }
    throw error;
  });
}
