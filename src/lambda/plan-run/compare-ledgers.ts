import { type ComparedVersions, LatestVersions } from './latest-versions';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import { groupByBatch, toPartVersion } from '../ledger/part-keys';
import { chooseVersions, readArchivedVersions } from '../ledger/read-parts';
import type { ClaimedRun } from '../ledger/run-claims';
import type { BucketClient } from '../s3/bucket-client';
import { orderedMap } from '../s3/ordered-map';
import { listObjects } from '../s3/read-objects';

/** Some 600,000 objects, which take 15 of the seconds that the function has. */
const MAX_BYTES = 256 * 1024 ** 2;
const BATCHES_AT_ONCE = 4;

interface Batch {
  readonly parts: readonly PartVersion[];
  /** When its run started. */
  readonly start: number;
}

/**
 * Finds out which versions of one key are not the latest that these runs have archived. Undefined:
 * the ledgers are too large.
 * @throws LedgerChanged if one of them is written meanwhile
 */
export async function compareLedgers(
  reports: BucketClient,
  runs: readonly Pick<ClaimedRun, 'ledgerPrefix' | 'startTime'>[],
  maxBytes = MAX_BYTES,
): Promise<ComparedVersions | undefined> {
  const batches: Batch[] = [];
  let bytes = 0;
  for (const { ledgerPrefix, startTime } of runs) {
    const listed = listObjects(reports.s3, reports.name, ledgerPrefix);
    for await (const batch of groupByBatch(listed)) {
      const parts = batch.map(toPartVersion);
      bytes += parts.reduce((sum, { size }) => sum + size, 0);
      if (bytes > maxBytes) {
        return undefined;
      }
      batches.push({ parts, start: Date.parse(startTime) });
    }
  }
  const versions = new LatestVersions();
  const read = orderedMap(batches, BATCHES_AT_ONCE, async ({ parts, start }) => ({
    parts,
    start,
    chosen: chooseVersions(await readArchivedVersions(reports, parts)),
  }));
  for await (const { parts, start, chosen } of read) {
    versions.begin(parts);
    chosen.forEach(({ line, version }, position) =>
      versions.add(position, line.key, version, start + line.at),
    );
  }
  return versions.finish();
}
