/** The facts that PlanRun collects about packs for a restore, and that ReportRun reports. */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { readPlanned, writePlanned } from '../../../../actions/verify/lambda/planned-file';
import { count } from '../../../../contract/payloads/common-schemas';
import type { Run } from '../../../../contract/payloads/run';

/** The keys of some objects of the archive: how many, and the first ones. */
const NamedKeys = v.object({ count, examples: v.array(v.string()) });
export type NamedKeys = v.InferOutput<typeof NamedKeys>;

export const PlannedPacks = v.object({
  /** Packs of this archiver whose index fits. */
  packs: count,
  /** Indexes without a pack: the run that wrote them ended before it put the pack. */
  withoutPack: NamedKeys,
  /** Packs without an index. Their own is read. */
  withoutIndex: NamedKeys,
  /** The same, in a folder of several days, so that their day is unknown. Not read. */
  ofUnknownDay: NamedKeys,
  /** Indexes that cannot be read, or name another pack. The own index of the pack is read. */
  damaged: NamedKeys,
  /** Packs of objects that are not below the archiver's prefix. Not read. */
  others: count,
  /** There are too many folders to look for packs without an index. */
  notListed: v.optional(v.literal(true)),
  /** The indexes are too large to find the latest of two versions of one key. */
  notCompared: v.optional(v.literal(true)),
});
export type PlannedPacks = v.InferOutput<typeof PlannedPacks>;

export async function writePlannedPacks(
  s3: S3Client,
  bucket: string,
  run: Pick<Run, 'reportPrefix'>,
  packs: PlannedPacks,
): Promise<void> {
  await writePlanned(s3, bucket, run, 'packs.json', packs);
}

export async function readPlannedPacks(
  s3: S3Client,
  bucket: string,
  run: Pick<Run, 'reportPrefix'>,
): Promise<PlannedPacks> {
  return readPlanned(PlannedPacks, s3, bucket, run, 'packs.json');
}
