/**
 * Several of the runs that a restore reads may have a line for the same object, which each of their
 * batches copies or finds, and which counts once.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { ReportContext } from './report-context';
import { ErrorName } from '../../contract/errors';
import { PartsItem } from '../../contract/payloads/batch-payloads';
import type { ArchivedVersion, LedgerLine } from '../../contract/payloads/ledger-line';
import type { Counts } from '../../contract/payloads/outcomes';
import type { Run } from '../../contract/payloads/run';
import { readLedger, tallyLedger } from '../ledger/read-ledger';
import { chooseVersions, readArchivedVersions } from '../ledger/read-parts';
import { Tally } from '../ledger/tally';
import { toPartsKey } from '../plan/planned-part';
import { BucketClient } from '../s3/bucket-client';
import { readJsonObjectsFrom } from '../s3/read-objects';
import { createKeyFilter } from '../selection/glob';

/**
 * So many objects take some 100 MB. Of more, the ledgers are read several times, for another part
 * of the objects each time.
 */
const OBJECTS_AT_ONCE = 500_000;
const READ_MILLISECONDS = 120_000;

/**
 * If batches do not agree about an object, the first of these is true: one of them found it or put
 * it at its old key.
 */
const PRECEDENCE: readonly LedgerLine['status'][] = ['restored', 'conflicting', 'failed'];

export async function countRestored(
  context: ReportContext,
  run: Run,
  counts: Counts,
): Promise<{ counts: Counts; tally: Tally }> {
  const {
    s3,
    settings: { reportBucket: bucket },
  } = context;
  const start = Date.parse(run.startTime) / 1000;
  const total = new Tally(start);
  let { skipped } = counts;
  if (skipped > 0) {
    skipped = (await countSkipped(context, run, counts.listed)) ?? skipped;
  }
  for (const isIncluded of partition(counts.listed)) {
    const best = new Map<string, number>();
    for await (const line of readLedger(s3, bucket, run.ledgerPrefix)) {
      const name = toName(line.key, line);
      if (isIncluded(name)) {
        best.set(name, Math.min(best.get(name) ?? Infinity, PRECEDENCE.indexOf(line.status)));
      }
    }
    total.merge(
      await tallyLedger(s3, bucket, run.ledgerPrefix, start, undefined, (line) => {
        const name = toName(line.key, line);
        // Each name is taken out with the first line that counts.
        return best.get(name) === PRECEDENCE.indexOf(line.status) && best.delete(name);
      }),
    );
  }
  const { archived, conflicting, failed } = total;
  return {
    counts: {
      listed: archived + conflicting + failed + skipped,
      archived,
      skipped,
      conflicting,
      failed,
    },
    tally: total,
  };
}

/**
 * Counts the objects that no key of the input names. Undefined if a ledger was written again since
 * the plan: then nobody can tell.
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
  const isWanted = createKeyFilter(run.keys);
  let skipped = 0;
  try {
    for (const isIncluded of partition(listed)) {
      const names = new Set<string>();
      for await (const item of readJsonObjectsFrom(s3, bucket, toPartsKey(run))) {
        const { parts } = v.parse(PartsItem, item);
        for (const {
          line: { key },
          version,
        } of chooseVersions(await readArchivedVersions(reports, parts))) {
          const name = toName(key, version);
          if (!isWanted(key) && isIncluded(name)) {
            names.add(name);
          }
        }
      }
      skipped += names.size;
    }
    return skipped;
  } catch (error) {
    if ((error as Error).name === ErrorName.LEDGER_CHANGED) {
      return undefined;
    }
    throw error;
  }
}

type Named = Pick<ArchivedVersion, 'destination' | 'etag' | 'archivedEtag' | 'member'>;

function toName(key: string, { destination, etag, archivedEtag = etag, member }: Named): string {
  return toHash(JSON.stringify([key, destination, archivedEtag, member?.name]));
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
