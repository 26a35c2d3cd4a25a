/** What a dry run leaves beside its report, so that it can be confirmed. */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { toRunFolder } from './run-name';
import type { RunSummary } from '../../../../src/contract/payloads/report-payloads';
import type { RunInput } from '../../../../src/contract/payloads/run';
import type { Settings } from '../../../../src/contract/payloads/settings';
import { findJsonFrom } from '../../../../src/lambda/s3/read-objects';
import { sha256 } from '../../../../src/lambda/text/hash';
import type { RequestLimits } from '../guard/limits';

const FILE_NAME = 'dry-run.json';
const MAX_DAYS = 7;
const DAY = 86_400_000;

export const DryRun = v.object({
  schemaVersion: v.literal(1),
  id: v.string(),
  /** Of the settings and the days. */
  digest: v.string(),
  settings: v.record(v.string(), v.string()),
  endedAt: v.string(),
  outcome: v.picklist(['CLEAN', 'PROBLEMS', 'FAILED']),
});
export type DryRun = v.InferOutput<typeof DryRun>;

/** They decide how fast a run is, and not what it does. */
const OF_SPEED = new Set([
  'MAX_CONCURRENCY',
  'MAX_OBJECTS_PER_SECOND',
  'BATCH_SIZE',
  'MAX_ROUNDS',
  'LISTING_CONCURRENCY',
]);

export interface Planned {
  /** The settings as variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: RequestLimits;
  readonly input: RunInput;
}

/** What a run does, besides its speed. */
export function describePlanned({ environment, limits, input }: Planned): Record<string, string> {
  const { date, from = date, to = date } = input;
  const { source, destination, reports } = limits;
  const owners = [source, destination, reports].map(({ owner }) => owner).join(' ');
  const listing = environment.LISTING_CONCURRENCY === undefined ? 'distributed-map' : 'selective';
  return Object.fromEntries(
    Object.entries({
      ...Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_SPEED.has(name))),
      LISTING: listing,
      OWNERS: owners,
      FROM: from!,
      TO: to!,
    }).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

export function toDigest(planned: Readonly<Record<string, string>>): string {
  return sha256(JSON.stringify(planned));
}

export async function writeDryRun(
  s3: S3Client,
  settings: Settings,
  planned: Planned,
  { runId, outcome }: Pick<RunSummary, 'runId' | 'outcome'>,
  endedAt: Date,
): Promise<void> {
  const described = describePlanned(planned);
  const dryRun: DryRun = {
    schemaVersion: 1,
    id: runId,
    digest: toDigest(described),
    settings: described,
    endedAt: endedAt.toISOString(),
    outcome,
  };
  await s3.send(
    new PutObjectCommand({
      Bucket: settings.reportBucket,
      Key: `${toRunFolder(settings.reportPrefix, runId)}${FILE_NAME}`,
      Body: `${JSON.stringify(dryRun, null, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
}

/**
 * Throws unless the dry run with this id did what the run is about to do.
 * @throws an error that says what to type
 */
export async function confirmDryRun(
  s3: S3Client,
  settings: Settings,
  planned: Planned,
  id: string,
  now: Date,
): Promise<void> {
  const again = 'start a dry run with --dry-run in place of --confirm, and confirm that one';
  const key = `${toRunFolder(settings.reportPrefix, id)}${FILE_NAME}`;
  const found = /^\d{4}-\d\d-\d\dT[\w-]+$/.test(id)
    ? await findJsonFrom(DryRun, s3, settings.reportBucket, key)
    : undefined;
  if (found?.id !== id) {
    throw new Error(
      `there is no dry run ${id} below s3://${settings.reportBucket}/${settings.reportPrefix}, or ` +
        `it did not end: ${again}`,
    );
  }
  const age = now.getTime() - Date.parse(found.endedAt);
  if (!(age <= MAX_DAYS * DAY)) {
    throw new Error(`the dry run ${id} is older than ${MAX_DAYS} days: ${again}`);
  }
  if (found.outcome === 'FAILED') {
    throw new Error(
      `the dry run ${id} failed, so nothing is archived: read its report, and ${again}`,
    );
  }
  const described = describePlanned(planned);
  if (found.digest !== toDigest(described)) {
    throw new Error(
      `the dry run ${id} had other settings (${listDifferences(found.settings, described)}): give ` +
        `the same ones, or ${again}`,
    );
  }
}

const MAX_LISTED = 5;

function listDifferences(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])];
  return names
    .filter((name) => then[name] !== now[name])
    .slice(0, MAX_LISTED)
    .map((name) => `${name} was ${then[name] ?? 'not given'}, and is ${now[name] ?? 'not given'}`)
    .join('; ');
}
