/**
 * The runs that have ledgers. The folders of ledgers form a table that may hold only lines, so a
 * separate tree of claims records which run owns which ledger.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { Action, Run } from '../../contract/payloads/run';
import { CLAIM_NAME, CLAIMS_FOLDER, LEDGER_FOLDER } from '../../contract/report-places';
import { orderedMap } from '../s3/ordered-map';
import { findJsonFrom, listObjects } from '../s3/read-objects';

const Place = v.object({ bucket: v.string(), prefix: v.string() });

export const RunClaim = v.object({
  archiver: v.string(),
  executionArn: v.string(),
  startTime: v.string(),
  action: Action,
  target: Run.entries.target,
  dryRun: v.boolean(),
  from: v.nullable(v.string()),
  to: v.string(),
  source: Place,
  destination: Place,
});
export type RunClaim = v.InferOutput<typeof RunClaim>;

export interface ClaimedRun extends RunClaim {
  readonly name: string;
  readonly day: string;
  readonly ledgerPrefix: string;
}

const READS_AT_ONCE = 32;

/**
 * Yields the runs of all archivers that share the report prefix, by the days of their ledgers, at
 * one request each and one for a thousand.
 */
export async function* listRuns(
  s3: S3Client,
  bucket: string,
  reportPrefix: string,
): AsyncGenerator<ClaimedRun> {
  const claims = listObjects(s3, bucket, `${reportPrefix}${CLAIMS_FOLDER}`);
  for await (const run of orderedMap(claims, READS_AT_ONCE, ({ Key }) =>
    readRun(s3, bucket, reportPrefix, Key!),
  )) {
    if (run) {
      yield run;
    }
  }
}

export function toClaimKey(reportPrefix: string, ledgerPrefix: string): string {
  return `${reportPrefix}${CLAIMS_FOLDER}${ledgerPrefix.slice(reportPrefix.length + LEDGER_FOLDER.length)}${CLAIM_NAME}`;
}

export function toReportPrefix(
  reportPrefix: string,
  { startTime, ledgerPrefix }: Pick<ClaimedRun, 'startTime' | 'ledgerPrefix'>,
): string {
  const [, folder] = /\/run=([^/]+)\/$/.exec(ledgerPrefix)!;
  return `${reportPrefix}${toStartDay(startTime)}/${decodeURIComponent(folder)}/`;
}

/** The day of the folder of a run. It is in UTC, because the start of an execution is. */
export function toStartDay(startTime: string): string {
  return new Date(startTime).toISOString().slice(0, 10);
}

async function readRun(
  s3: S3Client,
  bucket: string,
  reportPrefix: string,
  key: string,
): Promise<ClaimedRun | undefined> {
  const [, path, day] =
    /^((?:dry-run\/)?day=(\d{4}-\d{2}-\d{2})\/run=[^/]+\/)claim\.json$/.exec(
      key.slice(reportPrefix.length + CLAIMS_FOLDER.length),
    ) ?? [];
  if (path === undefined) {
    return undefined;
  }
  const claim = await findJsonFrom(RunClaim, s3, bucket, key);
  return (
    claim && {
      ...claim,
      name: claim.executionArn.split(':').pop()!,
      day,
      ledgerPrefix: `${reportPrefix}${LEDGER_FOLDER}${path}`,
    }
  );
}
