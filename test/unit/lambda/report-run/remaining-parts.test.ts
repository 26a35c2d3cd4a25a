/** Batches that ended although objects remained, and FinishBatches, which goes on with them. */
import type { Progress } from '../../../../src/contract/payloads/batch-payloads';
import type { PlannedPart } from '../../../../src/contract/payloads/listing';
import type { ReportRunEvent } from '../../../../src/contract/payloads/report-payloads';
import { writePlanFile } from '../../../../src/lambda/plan/planned-part';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { writeRemainingParts } from '../../../../src/lambda/report-run/remaining-parts';
import { sumBatches } from '../../../../src/lambda/report-run/sum-batches';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import { bucketClient, type Harness } from '../../../helpers/harness';
import {
  EVENT,
  failedChild,
  listed,
  MANIFEST,
  progress,
  RUN,
  settings,
  startReportHarness,
  writeResults,
} from '../../../helpers/report-fixtures';

const FINISH = { Bucket: 'reports', Key: `${RUN.reportPrefix}map-run/1f/manifest.json` };
const PLAN = { run: RUN, maxConcurrency: 2, finish: {} };
const PARTS_KEY = `${RUN.reportPrefix}plan/remaining-parts.jsonl`;

let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

const context = () => ({
  s3: harness.s3,
  readInput: async () => undefined,
  settings: settings(),
  select: createSelector(settings(), RUN),
  clock: systemClock,
});

const toPart = (n: number): PlannedPart => ({ name: String(n).repeat(64), objects: 2 });
const finished = (archived: number): Progress => ({
  ...progress({ listed: 2, archived }),
  remaining: null,
});
const unfinished = (part: PlannedPart): Progress => ({
  ...progress({ listed: 1, archived: 1 }),
  finished: false,
  remaining: part,
});
const remain = (event: Partial<ReportRunEvent> = {}) =>
  writeRemainingParts(context(), { ...EVENT, plan: PLAN, ...event });

test('the parts of which objects remain are the input of FinishBatches', async () => {
  const [part, other] = [toPart(1), toPart(2)];
  writeResults(harness, { SUCCEEDED: [finished(2), unfinished(part), unfinished(other)] });
  expect(await remain()).toEqual({ ...PLAN, outcome: 'UNFINISHED', partsKey: PARTS_KEY });
  expect(harness.read('reports', PARTS_KEY)).toBe(
    `${JSON.stringify(part)}\n${JSON.stringify(other)}\n`,
  );
});

test('nothing is written if nothing remains', async () => {
  writeResults(harness, { SUCCEEDED: [finished(2)] });
  expect(await remain()).toBeUndefined();
  expect(harness.store.get('reports', PARTS_KEY)).toBeUndefined();
});

test.each<[string, Partial<ReportRunEvent>]>([
  ['after FinishBatches', { plan: { ...PLAN, outcome: 'UNFINISHED' } }],
  ['if the children end when nothing is left', { plan: undefined }],
  ['in a run that archives nothing', { run: { ...RUN, action: 'restore' } }],
])('ReportRun does not ask %s', async (_, event) => {
  writeResults(harness, { SUCCEEDED: [unfinished(toPart(1))] });
  expect(await remain(event)).toBeUndefined();
});

test('a batch counts as FinishBatches answered, and once', async () => {
  writeResults(harness, { SUCCEEDED: [finished(2), unfinished(toPart(1))] });
  writeResults(harness, { SUCCEEDED: [progress({ listed: 2, archived: 2 })] }, FINISH.Key);
  const { listed: count, batches } = await sumBatches(context(), {
    ...EVENT,
    run: { ...RUN, dryRun: true },
    map: { ResultWriterDetails: MANIFEST },
    plan: { ...PLAN, outcome: 'UNFINISHED', finish: { ResultWriterDetails: FINISH } },
  });
  expect({ count, batches: batches.count }).toEqual({ count: 4, batches: 2 });
});

test('a batch that died in FinishBatches is reconciled with its part', async () => {
  const reports = bucketClient(harness, 'reports');
  const items = [listed('in/a-2026-11-24'), listed('in/b-2026-11-24')];
  const part = { name: await writePlanFile(reports, RUN, items), objects: 2 };
  const child = failedChild(items);
  const Input = JSON.stringify({
    BatchInput: { run: RUN, progress: initialProgress() },
    part,
    progressFile: 'read',
  });
  writeResults(harness, { SUCCEEDED: [unfinished(part)] });
  writeResults(harness, { FAILED: [{ ...child, Input }] }, FINISH.Key);
  const { listed: count, batches } = await sumBatches(context(), {
    ...EVENT,
    map: { ResultWriterDetails: MANIFEST },
    plan: { ...PLAN, outcome: 'UNFINISHED', finish: { ResultWriterDetails: FINISH } },
  });
  expect({ count, batches: batches.count }).toEqual({ count: 2, batches: 1 });
});
