/** The facts that PlanRun collects about the verified runs, and that ReportRun reports. */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { readPlanned, writePlanned } from './planned-file';
import { count, isoDate } from '../../../contract/payloads/common-schemas';
import type { Run } from '../../../contract/payloads/run';

const NamedRun = v.object({
  name: v.string(),
  executionArn: v.string(),
  dates: v.optional(v.object({ from: v.nullable(isoDate), to: isoDate })),
});
export type NamedRun = v.InferOutput<typeof NamedRun>;

const LackingPart = v.object({ part: v.string(), lines: count });
export type LackingPart = v.InferOutput<typeof LackingPart>;

export const PlannedLedgers = v.object({
  verified: count,
  /** Runs that have not ended. Their ledgers are not read. */
  running: v.array(NamedRun),
  /** Runs that have ended without a list of their ledgers' parts. The ledgers are read. */
  withoutReport: v.array(NamedRun),
  lacking: v.object({ parts: count, lines: count, examples: v.array(LackingPart) }),
  /**
   * Set only in a restore: several runs may have archived versions of one key, and the ledgers are
   * too large to find the latest one.
   */
  notCompared: v.optional(v.literal(true)),
});
export type PlannedLedgers = v.InferOutput<typeof PlannedLedgers>;

export async function writePlannedLedgers(
  s3: S3Client,
  bucket: string,
  run: Pick<Run, 'reportPrefix'>,
  ledgers: PlannedLedgers,
): Promise<void> {
  await writePlanned(s3, bucket, run, 'ledgers.json', ledgers);
}

export async function readPlannedLedgers(
  s3: S3Client,
  bucket: string,
  run: Pick<Run, 'reportPrefix'>,
): Promise<PlannedLedgers> {
  return readPlanned(PlannedLedgers, s3, bucket, run, 'ledgers.json');
}
