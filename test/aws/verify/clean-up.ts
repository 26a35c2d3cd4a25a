import { setTimeout } from 'node:timers/promises';
import { GetBucketTaggingCommand, HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  ListExecutionsCommand,
  ListTagsForResourceCommand,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Cdk } from './cdk';
import { empty, StillLocked } from './empty';
import { deploymentOfEntry, describeCredentials, type Entry, type Journal } from './journal';
import { bucketsOf, lockedBucketsOf, machinesOf, stackName, TAG, tagOf } from './names';

export interface CleanUpParts {
  readonly s3: Pick<S3Client, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
  /** The account of the profile's credentials. */
  readonly account: () => Promise<string>;
  readonly cdk: Cdk;
  readonly journal: Journal;
  readonly tell: (text: string) => void;
  /** Waits. Unset: as long as it says. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** What --clean-up is about to destroy, as a person is asked. */
export function describeCleanUp(entry: Entry): string {
  const { id, account, region, started } = entry;
  const buckets = bucketsOf(deploymentOfEntry(entry)).map(
    (bucket) => `\n  bucket ${bucket}, with every version of every object in it`,
  );
  return (
    `Destroys what ${id} created in account ${account}, ${region}, on ${started} ` +
    `(${describeCredentials(entry)}):\n  stack ${stackName(id)}${buckets.join('')}`
  );
}

/**
 * A run that ended late may write after the buckets were emptied: CloudFormation deletes no bucket
 * that has objects.
 */
const MAX_DESTROYS = 3;

/**
 * Destroys everything that a verification created, and nothing else: a journal is a file, which may
 * be old, damaged, or of another account. It can be called again, also after it has done only a
 * part. It removes the journal only when nothing is left; until then --clean-up finds the journal.
 *
 * Throws, before it changes anything, if the credentials are of another account, or if a resource
 * does not have the verification's tag.
 */
export async function cleanUp(
  { s3, sfn, account, cdk, journal, tell, sleep = setTimeout }: CleanUpParts,
  entry: Entry,
): Promise<void> {
  const deployment = deploymentOfEntry(entry);
  const [machines, buckets] = [machinesOf(deployment), bucketsOf(deployment)];
  await demandAccount(account, entry);
  for (const machine of machines) {
    await demandTag(`state machine ${machine}`, entry, tagsOfMachine(sfn, machine));
  }
  for (const bucket of buckets) {
    await demandTag(`bucket ${bucket}`, entry, tagsOfBucket(s3, bucket, entry.account));
  }
  for (let destroys = 1; ; destroys++) {
    // A run that is still in progress would write after the buckets are empty.
    for (const machine of machines) {
      await orGone(stopRuns(sfn, machine));
    }
    const locked: string[] = [];
    for (const bucket of buckets) {
      const work = orGone(
        empty(
          s3,
          { Bucket: bucket, ExpectedBucketOwner: entry.account },
          lockedBucketsOf(deployment).includes(bucket),
        ),
      );
      tell(
        `empties ${bucket}: ${(await work.catch((error: Error) => keep(error, locked))) ?? 'gone'}`,
      );
    }
    try {
      await cdk.destroy(entry, journal.assembly(entry.id));
      break;
    } catch (error) {
      if (locked.length > 0) {
        throw new Error(
          `${locked.join('; ')}. Nobody can delete it before; it costs next to nothing. What ` +
            `else is left: ${(error as Error).message}. ` +
            `After that time, type: npm run verify:aws -- --clean-up ${entry.id}`,
        );
      }
      if (destroys === MAX_DESTROYS) {
        throw error;
      }
      tell(`the stack is not deleted yet: ${(error as Error).message}. Tries again`);
      await sleep(MILLISECONDS_BETWEEN_DESTROYS);
    }
  }
  for (const bucket of buckets) {
    await demandGone({ s3, sleep }, bucket, entry.account);
  }
  journal.destroyed(entry.id);
}

/**
 * What Object Lock keeps must not keep the rest: archivers and their schedules would go on until
 * then.
 */
function keep(error: Error, locked: string[]): string {
  if (!(error instanceof StillLocked)) {
    throw error;
  }
  locked.push(error.message);
  return error.message;
}

const MILLISECONDS_BETWEEN_DESTROYS = 15_000;

async function demandAccount(account: CleanUpParts['account'], entry: Entry): Promise<void> {
  const { id, account: expected } = entry;
  const found = await account();
  if (found !== expected) {
    throw new Error(
      `nothing was changed: ${id} was created in account ${expected}, but ` +
        `${describeCredentials(entry)} now means account ${found}. Use credentials of ` +
        `${expected}, and repeat`,
    );
  }
}

type Tag = { Key?: string; Value?: string };

/** A resource that is gone has no tags to check. */
async function demandTag(what: string, { id }: Entry, tags: Promise<Tag[]>): Promise<void> {
  const found = await orGone(tags);
  if (found && !found.some(({ Key, Value }) => Key === TAG && Value === tagOf(id))) {
    throw new Error(
      `nothing was changed: ${what} does not have the tag ${TAG}=${tagOf(id)}, so it is not one ` +
        `that ${id} created. ` +
        'If it is, add the tag or empty it by hand; if it is not, remove it from the journal',
    );
  }
}

async function tagsOfBucket(
  s3: CleanUpParts['s3'],
  Bucket: string,
  ExpectedBucketOwner: string,
): Promise<Tag[]> {
  return s3.send(new GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner })).then(
    ({ TagSet = [] }) => TagSet,
    (error: Error) => {
      if (error.name === 'NoSuchTagSet') {
        return [];
      }
      throw error;
    },
  );
}

async function tagsOfMachine(sfn: CleanUpParts['sfn'], resourceArn: string): Promise<Tag[]> {
  const { tags = [] } = await sfn.send(new ListTagsForResourceCommand({ resourceArn }));
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

async function stopRuns(sfn: CleanUpParts['sfn'], stateMachineArn: string): Promise<void> {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
  );
  for (const { executionArn } of executions) {
    await sfn.send(new StopExecutionCommand({ executionArn }));
  }
}

const MAX_LOOKS = 10;
const MILLISECONDS_BETWEEN_LOOKS = 6_000;

/**
 * S3 may show a deleted bucket for a while ("bucket configurations have an eventual consistency
 * model"). https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
async function demandGone(
  { s3, sleep }: Required<Pick<CleanUpParts, 's3' | 'sleep'>>,
  bucket: string,
  ExpectedBucketOwner: string,
): Promise<void> {
  for (let looks = 1; ; looks++) {
    const answer = await s3
      .send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner }))
      .then(
        () => 'there',
        (error: Error) => error.name,
      );
    if (['NotFound', 'NoSuchBucket'].includes(answer)) {
      return;
    }
    if (looks === MAX_LOOKS) {
      throw new Error(`bucket ${bucket} should be gone, and is ${answer}`);
    }
    await sleep(MILLISECONDS_BETWEEN_LOOKS);
  }
}

/** Returns `undefined` if the resource no longer exists. */
async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: Error) => {
    if (['NoSuchBucket', 'ResourceNotFound', 'StateMachineDoesNotExist'].includes(error.name)) {
      return undefined;
    }
    throw error;
  });
}
