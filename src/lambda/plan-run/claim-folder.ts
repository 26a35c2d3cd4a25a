/**
 * Claims the folders of a run. Names alone do not keep runs apart: archivers may share a prefix,
 * and state machines the names of executions.
 */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { getTarget } from '../../contract/actions';
import { ErrorName, namedError } from '../../contract/errors';
import type { PlanRunEvent, Run } from '../../contract/payloads/run';
import { CLAIM_NAME, CLAIMS_FOLDER, getExtractedPrefix } from '../../contract/report-places';
import { toLedgerPrefix } from '../ledger/part-keys';
import { RunClaim, toClaimKey, toStartDay } from '../ledger/run-claims';
import { listPage } from '../s3/listing/list-page';
import { readJsonFrom } from '../s3/read-objects';
import { backOff, type RetryBudget, withRetries } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { escapeUnprintable } from '../text/escape';
import { sha256 } from '../text/hash';

export type ClaimFacts = Omit<RunClaim, 'archiver' | 'executionArn' | 'startTime'>;

export interface ClaimContext {
  readonly s3: S3Client;
  readonly budget: RetryBudget;
  readonly settings: {
    readonly reportBucket: string;
    readonly reportPrefix: string;
    readonly archiverName: string;
  };
}

export type RunFolders = Pick<Run, 'reportPrefix' | 'ledgerPrefix'>;

/**
 * Returns the folders that now belong to this execution and to no other: `<report prefix><day of
 * the start>/<run id>/` and the ledger's, or with an addition to the run id if another execution
 * owns one of them. A retry gets the folders that the execution has. Runs that start on different
 * days may have ledgers of the same day, so the ledger has a separate claim. It lies outside the
 * ledger's folder, which may hold only parts.
 * @throws InvalidRunInput if both names belong to others
 */
export async function claimRunFolders(
  context: ClaimContext,
  event: PlanRunEvent,
  facts: ClaimFacts,
): Promise<RunFolders> {
  const { reportBucket, reportPrefix, archiverName } = context.settings;
  const claim: RunClaim = {
    archiver: archiverName,
    executionArn: event.executionId,
    startTime: event.startTime,
    ...facts,
  };
  const startDay = `${reportPrefix}${toStartDay(event.startTime)}/`;
  const id = escapeUnprintable(event.runId);
  const addition = sha256(`${event.executionId} ${event.startTime}`).slice(0, 8);
  const names = [id, `${id}~${addition}`];
  for (const name of names) {
    const ledgerPrefix = toLedgerPrefix(reportPrefix, facts.to, name, facts.dryRun);
    const folder = `${startDay}${name}/`;
    const isOurs =
      (await isClaimed(context, `${folder}${CLAIM_NAME}`, claim)) &&
      (await isClaimed(context, toClaimKey(reportPrefix, ledgerPrefix), claim)) &&
      (getTarget(facts) !== 'reports' || (await isExtractedClaimed(context, folder, claim)));
    if (isOurs) {
      return { reportPrefix: folder, ledgerPrefix };
    }
  }
  const folders = names.map((name) => `${startDay}${name}/`);
  throw namedError(
    ErrorName.INVALID_RUN_INPUT,
    `the folders ${folders.join(' and ')} in bucket ${reportBucket} belong to other runs, so ` +
      'this run has no place for its ledger: start the run again under another name',
  );
}

/**
 * The folder for objects copied out of packs is named only by the run, so it has a separate claim.
 * It must be empty before the map of its run begins: an object of another program could not be told
 * from one that the run copied.
 */
async function isExtractedClaimed(
  context: ClaimContext,
  runFolder: string,
  claim: RunClaim,
): Promise<boolean> {
  const {
    s3,
    budget,
    settings: { reportBucket, reportPrefix },
  } = context;
  const folder = getExtractedPrefix(runFolder);
  const key = `${reportPrefix}${CLAIMS_FOLDER}${folder.slice(reportPrefix.length)}${CLAIM_NAME}`;
  const page = await withRetries(budget, () =>
    listPage(s3, { Bucket: reportBucket, Prefix: folder, MaxKeys: 1 }),
  );
  return (page.Contents ?? []).length === 0 && isClaimed(context, key, claim);
}

/**
 * Returns true if the object is our claim, now or since an earlier attempt, and false if it is
 * anything else.
 */
async function isClaimed(
  { s3, budget, settings }: ClaimContext,
  key: string,
  claim: RunClaim,
): Promise<boolean> {
  const input = {
    Bucket: settings.reportBucket,
    Key: key,
    Body: `${JSON.stringify(claim)}\n`,
    ContentType: 'application/json',
    IfNoneMatch: '*',
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await withRetries(budget, () => s3.send(new PutObjectCommand(input)));
      return true;
    } catch (error) {
      if (toS3Error(error).kind !== 'ambiguous') {
        throw error;
      }
      const { name, $metadata } = error as {
        name?: string;
        $metadata?: { httpStatusCode?: number };
      };
      if (name === 'PreconditionFailed' || $metadata?.httpStatusCode === 412) {
        const found = await readClaim(s3, budget, input);
        // The start tells executions apart that have the same name long after each other.
        return found?.executionArn === claim.executionArn && found.startTime === claim.startTime;
      }
      // Another request writes or deletes the key at this moment:
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
      if (!(await backOff(budget, attempt))) {
        throw error;
      }
    }
  }
}

/** Returns undefined if the object is no claim, or cannot be read. Our own claim can be. */
async function readClaim(
  s3: S3Client,
  budget: RetryBudget,
  { Bucket, Key }: { Bucket: string; Key: string },
): Promise<RunClaim | undefined> {
  try {
    const found = await withRetries(budget, () => readJsonFrom(s3, Bucket, Key));
    return v.is(RunClaim, found) ? found : undefined;
  } catch (error) {
    if (toS3Error(error).kind === 'transient') {
      throw error;
    }
    return undefined;
  }
}
