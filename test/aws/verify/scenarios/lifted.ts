/** A denial that holds while a scenario works, and is lifted afterwards. */
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { prefixesOf } from '../names';
import { bucket, type Stage } from '../stage';

/**
 * S3 may take a while to apply a policy, and not everywhere at once: so many answers in a row have
 * to agree.
 */
const ANSWERS_IN_A_ROW = 3;
const LONGEST_WAIT_MS = 120_000;

/**
 * Denies the ledger of the run with that name while `work` lasts. The policy is as before
 * afterwards.
 */
export async function lifted<T>(stage: Stage, name: string, work: () => Promise<T>): Promise<T> {
  const Bucket = bucket(stage, 'Reports');
  const before = await readPolicy(stage, Bucket);
  const probe = `verify-probe/${name}`;
  const denial = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: [`${prefixesOf('Standard')[2]}ledger/*run=${name}*`, probe].map(
      (keys) => `${arnOf(stage, Bucket)}/${keys}`,
    ),
  };
  const policy = before ?? { Version: '2012-10-17', Statement: [] };
  await stage.s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({ ...policy, Statement: [...policy.Statement, denial] }),
    }),
  );
  try {
    await waitFor(stage, Bucket, probe, 'AccessDenied');
    return await work();
  } finally {
    await (before
      ? stage.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(before) }))
      : stage.s3.send(new DeleteBucketPolicyCommand({ Bucket })));
    await waitFor(stage, Bucket, probe, 'accepted');
  }
}

interface Policy {
  readonly Version: string;
  readonly Statement: readonly object[];
}

async function readPolicy({ s3 }: Stage, Bucket: string): Promise<Policy | undefined> {
  try {
    return JSON.parse((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy!) as Policy;
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucketPolicy') {
      throw error;
    }
    return undefined;
  }
}

/** The partition is that of the state machine. */
function arnOf({ deployment }: Stage, name: string): string {
  const [, partition] = Object.values(deployment.machines)[0]!.split(':');
  return `arn:${partition}:s3:::${name}`;
}

async function waitFor(
  { s3, signal, pause }: Stage,
  Bucket: string,
  Key: string,
  wanted: string,
): Promise<void> {
  const began = Date.now();
  for (let agreed = 0; agreed < ANSWERS_IN_A_ROW;) {
    signal.throwIfAborted();
    const answer = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'probe' })).then(
      () => 'accepted',
      (error: Error) => error.name,
    );
    agreed = answer === wanted ? agreed + 1 : 0;
    if (Date.now() - began > LONGEST_WAIT_MS) {
      throw new Error(
        `the policy of ${Bucket} had no effect in ${LONGEST_WAIT_MS / 1000} s: a put is ` +
          `${answer}, not ${wanted}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
