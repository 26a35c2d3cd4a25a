/**
 * Several of the ledgers or packs that a run reads may have a line for the same content of the same
 * object, which each of their batches copies or finds, and which counts once.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { readsPacks } from '../../../contract/actions';
import { ErrorName } from '../../../contract/errors';
import { PartsItem } from '../../../contract/payloads/batch-payloads';
import type { ArchivedVersion, LedgerLine } from '../../../contract/payloads/ledger-line';
import type { Counts } from '../../../contract/payloads/outcomes';
import type { Run } from '../../../contract/payloads/run';
import { type Content, contentOf } from '../../../lambda/ledger/identity';
import { readLedger, tallyLedger } from '../../../lambda/ledger/read-ledger';
import { chooseVersions, readArchivedVersions } from '../../../lambda/ledger/read-parts';
import { Tally } from '../../../lambda/ledger/tally';
import { toPartsKey } from '../../../lambda/plan/planned-part';
import type { ReportContext } from '../../../lambda/report-run/report-context';
import { BucketClient } from '../../../lambda/s3/bucket-client';
import { readJsonObjectsFrom } from '../../../lambda/s3/read-objects';
import { createRestoreFilter } from '../../../lambda/selection/restore-filter';

/**
 * The tables of 500,000 objects take some 100 MB. If there are more objects, the ledgers are read
 * several times, each time for another part of them.
 */
const OBJECTS_AT_ONCE = 500_000;
const READ_MILLISECONDS = 120_000;

/**
 * If batches do not agree about an object, the first of these is true: one of them found it or put
 * it where it belongs.
 */
const PRECEDENCE: readonly LedgerLine['status'][] = [
  'restored',
  'extracted',
  'conflicting',
  'failed',
];

export async function countRestored(
  context: ReportContext,
  run: Run,
  counts: Counts,
): Promise<{ readonly counts: Counts; readonly tally: Tally }> {
  const start = Date.parse(run.startTime) / 1000;
  const total = new Tally(start);
  for (const isIncluded of partition(counts.listed)) {
    total.merge(await tallyContents(context, run, start, isIncluded));
  }
  // The indexes of packs are in the archive, and PlanRun has looked for repeated objects there.
  const isCounted = counts.skipped > 0 && !readsPacks(run);
  const skipped =
    (isCounted ? await countSkipped(context, run, counts.listed) : undefined) ?? counts.skipped;
  const { archived, conflicting, failed } = total;
  const listed = archived + conflicting + failed + skipped;
  return { counts: { listed, archived, skipped, conflicting, failed }, tally: total };
}

/** Each content counts with the first line that has its best status. */
async function tallyContents(
  { s3, settings: { reportBucket: bucket } }: ReportContext,
  { ledgerPrefix }: Run,
  start: number,
  isIncluded: (hash: string) => boolean,
): Promise<Tally> {
  const contents = new Contents();
  const best = new Map<string, number>();
  for await (const line of readLedger(s3, bucket, ledgerPrefix)) {
    if (isIncluded(toHash(line.key))) {
      const name = contents.add(line.key, line);
      best.set(name, Math.min(best.get(name) ?? Infinity, PRECEDENCE.indexOf(line.status)));
    }
  }
  for (const [name, status] of [...best]) {
    const other = contents.resolve(name);
    if (other !== name) {
      best.set(other, Math.min(best.get(other)!, status));
      best.delete(name);
    }
  }
  return tallyLedger(s3, bucket, ledgerPrefix, start, undefined, (line) => {
    const name = contents.resolve(toHash(contentOf(line.key, line)));
    // Each name is taken out with the first line that counts.
    return best.get(name) === PRECEDENCE.indexOf(line.status) && best.delete(name);
  });
}

/**
 * The names of contents. An object that was archived in a pack, restored, and then archived by
 * itself has two names: the digest of its bytes, and the ETag of its source. Both lines have the
 * ETag.
 */
class Contents {
  private readonly digests = new Map<string, string>();

  add(key: string, version: Content): string {
    const name = toHash(contentOf(key, version));
    if (version.member) {
      this.digests.set(toHash(contentOf(key, { etag: version.etag })), name);
    }
    return name;
  }

  /** Returns one name for all names of the same content. */
  resolve(name: string): string {
    return this.digests.get(name) ?? name;
  }
}

/**
 * Counts the contents that the input does not want. Undefined if a ledger was written again after
 * PlanRun read it: the count is then unknown.
 */
async function countSkipped(
  { s3, clock, settings: { reportBucket: bucket } }: ReportContext,
  run: Run,
  listed: number,
): Promise<number | undefined> {
  const reports = new BucketClient({
    s3,
    bucket,
    budget: { clock, deadline: clock.now() + READ_MILLISECONDS },
  });
  const isWanted = createRestoreFilter(run);
  let skipped = 0;
  try {
    for (const isIncluded of partition(listed)) {
      const contents = new Contents();
      const names = new Set<string>();
      for await (const { key, version } of readRecorded(reports, run)) {
        if (!isWanted(key, version) && isIncluded(toHash(key))) {
          names.add(contents.add(key, version));
        }
      }
      skipped += new Set(Array.from(names, (name) => contents.resolve(name))).size;
    }
    return skipped;
  } catch (error) {
    if ((error as Error).name === ErrorName.LEDGER_CHANGED) {
      return undefined;
    }
    throw error;
  }
}

async function* readRecorded(
  reports: BucketClient,
  run: Run,
): AsyncGenerator<{ readonly key: string; readonly version: ArchivedVersion }> {
  for await (const item of readJsonObjectsFrom(reports.s3, reports.name, toPartsKey(run))) {
    const { parts } = v.parse(PartsItem, item);
    for (const { line, version } of chooseVersions(await readArchivedVersions(reports, parts))) {
      yield { key: line.key, version };
    }
  }
}

export function toHash(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 22);
}

export function partition(objects: number): ((hash: string) => boolean)[] {
  const parts = Math.max(1, Math.ceil(objects / OBJECTS_AT_ONCE));
  if (parts === 1) {
    return [() => true];
  }
  return Array.from(
    { length: parts },
    (_, part) => (hash: string) => Buffer.from(hash, 'base64').readUInt32BE() % parts === part,
  );
}
