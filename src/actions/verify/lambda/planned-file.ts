/** The files of a plan in which PlanRun tells ReportRun what it has found out. */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { Run } from '../../../contract/payloads/run';
import { PLAN_FOLDER } from '../../../contract/report-places';
import { readJsonFrom } from '../../../lambda/s3/read-objects';
import { toAsciiJson } from '../../../lambda/text/escape';

type PlannedFile = 'ledgers.json' | 'packs.json';

export async function writePlanned(
  s3: S3Client,
  bucket: string,
  { reportPrefix }: Pick<Run, 'reportPrefix'>,
  file: PlannedFile,
  planned: object,
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `${reportPrefix}${PLAN_FOLDER}${file}`,
      Body: toAsciiJson(planned),
      ContentType: 'application/json',
    }),
  );
}

export async function readPlanned<T extends v.GenericSchema>(
  schema: T,
  s3: S3Client,
  bucket: string,
  { reportPrefix }: Pick<Run, 'reportPrefix'>,
  file: PlannedFile,
): Promise<v.InferOutput<T>> {
  return v.parse(schema, await readJsonFrom(s3, bucket, `${reportPrefix}${PLAN_FOLDER}${file}`));
}
