/** Batches that ended although objects remain, because their time ran short. */
import * as v from 'valibot';
import { type MapResultsContext, readMapResults } from './map-results';
import type { ReportContext } from './report-context';
import { readsLedgers } from '../../contract/actions';
import { Progress } from '../../contract/payloads/batch-payloads';
import type { ReportRunEvent, UnfinishedRun } from '../../contract/payloads/report-payloads';
import { PLAN_FOLDER, REMAINING_PARTS_NAME } from '../../contract/report-places';
import { LinesFile } from '../plan/lines-file';

const Answer = v.pick(Progress, ['remaining']);

/**
 * Writes the file that FinishBatches reads. Undefined: the run is finished. A run is only asked
 * once, because the batches of FinishBatches leave nothing.
 */
export async function writeRemainingParts(
  context: ReportContext & MapResultsContext,
  { run, map, plan }: ReportRunEvent,
): Promise<UnfinishedRun | undefined> {
  const outcome = 'UNFINISHED';
  if (!plan || plan.outcome === outcome || readsLedgers(run.action)) {
    return undefined;
  }
  const results = await readMapResults(Answer, context, map);
  const parts: object[] = [];
  for await (const { remaining } of results.finished()) {
    if (remaining) {
      parts.push(remaining);
    }
  }
  if (parts.length === 0) {
    return undefined;
  }
  const partsKey = `${run.reportPrefix}${PLAN_FOLDER}${REMAINING_PARTS_NAME}`;
  await LinesFile.write(context.s3, context.settings.reportBucket, partsKey, async (file) => {
    for (const part of parts) {
      await file.add(part);
    }
  });
  return { ...plan, outcome, partsKey };
}
