/**
 * Whether what has the names of a verification is what it created. A journal is a file, which may
 * be old, damaged, or of another account, and names can be used again. So everything is compared
 * with what was recorded: the account, the id of the stack, and the tags that the verification and
 * CloudFormation gave to each bucket and each state machine.
 *
 * An answer that is unknown is neither "it is not there" nor "it is mine".
 */
import { GetBucketTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { ListTagsForResourceCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { CloudFormation, FoundStack } from './aws/cloudformation';
import { deploymentOfEntry, describeCredentials, type Entry, type Journal } from './journal';
import { bucketsOf, machinesOf, stackName, TAG, tagOf } from './names';
import { attempt, patiently, type Refusal } from './refusals';

export interface IdentityParts {
  readonly s3: Pick<S3Client, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly cloudFormation: CloudFormation;
  /** The account of the profile's credentials. */
  readonly account: () => Promise<string>;
  readonly journal: Journal;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Whether a group of processes still runs. Tests replace it. */
  readonly isRunning?: (group: number) => boolean;
}

/** CloudFormation gives it to every resource of a stack that can have tags. */
export const STACK_TAG = 'aws:cloudformation:stack-id';

/** The stack, if there still is one. What is unknown or another's is a refusal. */
export async function identifyStack(
  parts: IdentityParts,
  entry: Entry,
  refusals: Refusal[],
): Promise<FoundStack | undefined> {
  await attempt(refusals, `account ${entry.account}`, () => demandAccount(parts, entry));
  return refusals.length > 0
    ? undefined
    : attempt(refusals, `stack ${stackName(entry.id)}`, () => findStack(parts, entry));
}

/** What has the names of the verification, is there, and is ours. */
export interface Ours {
  readonly buckets: readonly string[];
  readonly machines: readonly string[];
}

/** What is unknown or another's is a refusal. */
export async function identifyResources(
  parts: IdentityParts,
  entry: Entry,
  refusals: Refusal[],
): Promise<Ours> {
  const deployment = deploymentOfEntry(entry);
  const ours = async (kind: string, names: string[], tagsOf: (name: string) => Promise<Tags>) => {
    const found: string[] = [];
    for (const name of names) {
      const what = `${kind} ${name}`;
      await attempt(refusals, what, async () => {
        if (await isOurs(parts, entry, what, () => tagsOf(name))) {
          found.push(name);
        }
      });
    }
    return found;
  };
  return {
    machines: await ours('state machine', machinesOf(deployment), (arn) =>
      tagsOfMachine(parts, arn),
    ),
    buckets: await ours('bucket', bucketsOf(deployment), (name) =>
      tagsOfBucket(parts, entry, name),
    ),
  };
}

async function demandAccount({ account, sleep }: IdentityParts, entry: Entry): Promise<void> {
  const { id, account: expected } = entry;
  const found = await patiently(sleep, account);
  if (found !== expected) {
    throw new Error(
      `${id} was created in account ${expected}, but ` +
        `${describeCredentials(entry)} now means account ${found}. Use credentials of ` +
        `${expected}, and repeat`,
    );
  }
}

/**
 * The stack with the recorded id. If the process was killed before CloudFormation told the id, the
 * stack has the name, which no other verification was given, and the tag.
 */
async function findStack(parts: IdentityParts, entry: Entry): Promise<FoundStack | undefined> {
  const { cloudFormation, journal, sleep, isRunning = runs } = parts;
  const { id, stackId, cli } = entry;
  const found = await patiently(sleep, () => cloudFormation.describe(stackId ?? stackName(id)));
  if (!found && stackId === undefined && cli !== undefined && isRunning(cli)) {
    throw new Error(
      `there is no stack yet, but process ${cli}, the CDK CLI that deploys ` +
        `it, may still run. End it with: kill -- -${cli}. Then repeat`,
    );
  }
  if (!found || found.status === 'DELETE_COMPLETE') {
    return undefined;
  }
  if (stackId !== undefined && found.id !== stackId) {
    throw new Error(`CloudFormation showed ${found.id}, not ${stackId}`);
  }
  if (stackId === undefined && found.tags[TAG] !== tagOf(id)) {
    throw new Error(
      `${found.id} does not have the tag ${TAG}=${tagOf(id)}, so nothing ` +
        `shows that ${id} created it. If it did, delete it by hand: aws cloudformation ` +
        `delete-stack --region ${entry.region} --stack-name ${found.id}`,
    );
  }
  if (stackId === undefined) {
    journal.write({ ...entry, stackId: found.id });
  }
  return found;
}

function runs(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

type Tags = Readonly<Record<string, string>>;

/** False: it is gone. Throws if it is another's. */
async function isOurs(
  { sleep }: IdentityParts,
  { id, stackId }: Entry,
  what: string,
  read: () => Promise<Tags>,
): Promise<boolean> {
  const tags = await orGone(patiently(sleep, read));
  if (!tags) {
    return false;
  }
  const demand = (tag: string, value: string) => {
    if (tags[tag] !== value) {
      throw new Error(
        `${what} does not have the tag ${tag}=${value}, so it is not one ` +
          `that ${id} created. If it is, remove it by hand; if it is not, remove it from the journal`,
      );
    }
  };
  demand(TAG, tagOf(id));
  demand(STACK_TAG, stackId ?? 'of the stack that was deployed, which the journal does not know');
  return true;
}

async function tagsOfBucket(
  { s3 }: IdentityParts,
  { account: ExpectedBucketOwner }: Entry,
  Bucket: string,
): Promise<Tags> {
  const { TagSet = [] } = await s3
    .send(new GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner }))
    .catch((error: Error) => {
      if (error.name === 'NoSuchTagSet') {
        return { TagSet: [] };
      }
      throw error;
    });
  return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
}

async function tagsOfMachine({ sfn }: IdentityParts, resourceArn: string): Promise<Tags> {
  const { tags = [] } = await sfn.send(new ListTagsForResourceCommand({ resourceArn }));
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** Returns `undefined` if the service says that the resource does not exist. */
export async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: Error) => {
    if (['NoSuchBucket', 'ResourceNotFound', 'StateMachineDoesNotExist'].includes(error.name)) {
      return undefined;
    }
    throw error;
  });
}
