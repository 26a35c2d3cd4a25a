import { setTimeout } from 'node:timers/promises';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { empty } from './empty';
import { type IdentityParts, identifyResources, identifyStack, orGone } from './identity';
import { deploymentOfEntry, describeCredentials, type Entry } from './journal';
import { bucketsOf, lockedBucketsOf, stackName } from './names';
import { attempt, patiently, type Refusal } from './refusals';

export interface CleanUpParts extends Omit<IdentityParts, 'sleep'> {
  readonly tell: (text: string) => void;
  /** Waits. Unset: as long as it says. */
  readonly sleep?: IdentityParts['sleep'];
}

type Parts = CleanUpParts & IdentityParts;

/** What --clean-up is about to destroy, as a person is asked. */
export function describeCleanUp(entry: Entry): string {
  const { id, account, region, started, stackId } = entry;
  const buckets = bucketsOf(deploymentOfEntry(entry)).map(
    (bucket) => `\n  bucket ${bucket}, with every version of every object in it`,
  );
  return (
    `Destroys what ${id} created in account ${account}, ${region}, on ${started} ` +
    `(${describeCredentials(entry)}):\n  stack ${stackId ?? stackName(id)}${buckets.join('')}`
  );
}

/**
 * A run that ended late may write after the buckets were emptied: CloudFormation deletes no bucket
 * that has objects.
 */
const MAX_ROUNDS = 3;
const MILLISECONDS_BETWEEN_ROUNDS = 15_000;

/**
 * Destroys everything that a verification created, and nothing else. First it compares: if a
 * resource has another owner, or an unknown one, nothing is changed. Then it removes. A resource
 * that AWS refuses to remove does not keep the others.
 *
 * It can be called again, also after it has done only a part. It removes the journal only when
 * nothing is left; until then --clean-up finds the journal. Returns what is left.
 */
export async function cleanUp(given: CleanUpParts, entry: Entry): Promise<Refusal[]> {
  const parts: Parts = { ...given, sleep: given.sleep ?? setTimeout };
  const unclear: Refusal[] = [];
  const stack = await identifyStack(parts, entry, unclear);
  if (unclear.length > 0) {
    return nothingChanged(unclear);
  }
  const known = { ...entry, stackId: entry.stackId ?? stack?.id };
  if (stack && /_IN_PROGRESS$/.test(stack.status)) {
    // While it changes, a bucket may have no tags yet. No scenario has put anything into it.
    await attempt([], stack.id, () => deleteStack(parts, stack.id));
  }
  await identifyResources(parts, known, unclear);
  if (unclear.length > 0) {
    return nothingChanged(unclear);
  }
  const refusals = await removeAll(parts, known, stack?.id);
  if (refusals.length === 0) {
    parts.journal.destroyed(entry.id);
  }
  return refusals;
}

/** A journal that cannot be read is a refusal, too. */
export async function cleanUpRecorded(
  read: () => { readonly entry: Entry; readonly parts: CleanUpParts },
): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  const left = await attempt(refusals, 'the journal', async () => {
    const { parts, entry } = read();
    return cleanUp(parts, entry);
  });
  return left ?? refusals;
}

const nothingChanged = (unclear: readonly Refusal[]) =>
  unclear.map(({ what, why }) => ({ what, why: `nothing was changed: ${why}` }));

/** In rounds: what a late run wrote is removed by the next one. */
async function removeAll(parts: Parts, entry: Entry, stackId?: string): Promise<Refusal[]> {
  for (let round = 1; ; round++) {
    const refusals = await removeOnce(parts, entry, stackId);
    const others = refusals.filter(({ until, what }) => !until && what !== nameOfStack(entry));
    const isLocked = refusals.some(({ until }) => until !== undefined);
    // Before a lock ends, another round changes nothing.
    if (refusals.length === 0 || round === MAX_ROUNDS || (isLocked && others.length === 0)) {
      return refusals;
    }
    parts.tell('tries again');
    await parts.sleep(MILLISECONDS_BETWEEN_ROUNDS);
  }
}

const nameOfStack = ({ id }: Entry) => `stack ${stackName(id)}`;

async function removeOnce(parts: Parts, entry: Entry, stackId?: string): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  const { machines, buckets } = await identifyResources(parts, entry, refusals);
  // A run that is still in progress would write after the buckets are empty.
  for (const machine of machines) {
    await stopRuns(parts, machine, refusals);
  }
  const emptied: string[] = [];
  for (const bucket of buckets) {
    const left = await emptyBucket(parts, entry, bucket);
    refusals.push(...left);
    emptied.push(...(left.length === 0 ? [bucket] : []));
  }
  const before = refusals.length;
  if (stackId !== undefined) {
    await attempt(refusals, nameOfStack(entry), () => deleteStack(parts, stackId));
  }
  const looks = refusals.length === before ? MAX_LOOKS_AT_BUCKET : 1;
  for (const bucket of emptied) {
    await attempt(refusals, `bucket ${bucket}`, () => demandGone(parts, entry, bucket, looks));
  }
  refusals.forEach(({ what, why }) => parts.tell(`  ${what}: ${why}`));
  return refusals;
}

async function stopRuns({ sfn, sleep }: Parts, machine: string, refusals: Refusal[]) {
  const input = { stateMachineArn: machine, statusFilter: 'RUNNING' } as const;
  const listed = await attempt(refusals, `the runs of ${machine}`, () =>
    orGone(patiently(sleep, () => sfn.send(new ListExecutionsCommand(input)))),
  );
  for (const { executionArn } of listed?.executions ?? []) {
    await attempt(refusals, `run ${executionArn}`, () =>
      patiently(sleep, () => sfn.send(new StopExecutionCommand({ executionArn }))),
    );
  }
}

async function emptyBucket({ s3, tell }: Parts, entry: Entry, bucket: string): Promise<Refusal[]> {
  const left: Refusal[] = [];
  const target = { Bucket: bucket, ExpectedBucketOwner: entry.account };
  const isLocked = lockedBucketsOf(deploymentOfEntry(entry)).includes(bucket);
  await attempt(left, `bucket ${bucket}`, async () => {
    const deleted = await orGone(empty(s3, target, isLocked, left));
    tell(`empties ${bucket}: ${deleted === undefined ? 'gone' : `${deleted} versions`}`);
  });
  return left;
}

const MILLISECONDS_BETWEEN_LOOKS = 6_000;
/** Half an hour. */
const MAX_LOOKS_AT_STACK = 300;

/**
 * Deletes the stack with that id, and waits until it is gone. CloudFormation uses the role with
 * which it was created.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
 */
async function deleteStack({ cloudFormation, tell, sleep }: Parts, stackId: string): Promise<void> {
  tell(`deletes ${stackId}`);
  await patiently(sleep, () => cloudFormation.delete(stackId));
  for (let looks = 1; ; looks++) {
    const found = await patiently(sleep, () => cloudFormation.describe(stackId));
    if (!found || found.status === 'DELETE_COMPLETE') {
      return;
    }
    if (found.status === 'DELETE_FAILED' || looks === MAX_LOOKS_AT_STACK) {
      throw new Error(`it is ${found.status}: ${found.reason ?? 'CloudFormation says no reason'}`);
    }
    await sleep(MILLISECONDS_BETWEEN_LOOKS);
  }
}

const MAX_LOOKS_AT_BUCKET = 10;

/**
 * S3 may show a deleted bucket for a while ("bucket configurations have an eventual consistency
 * model"). https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
async function demandGone(
  { s3, sleep }: Parts,
  { account: ExpectedBucketOwner }: Entry,
  Bucket: string,
  maxLooks: number,
): Promise<void> {
  for (let looks = 1; ; looks++) {
    const answer = await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner })).then(
      () => 'there',
      (error: Error) => error.name,
    );
    if (['NotFound', 'NoSuchBucket'].includes(answer)) {
      return;
    }
    if (looks === maxLooks) {
      throw new Error(`it should be gone, and is ${answer}`);
    }
    await sleep(MILLISECONDS_BETWEEN_LOOKS);
  }
}
