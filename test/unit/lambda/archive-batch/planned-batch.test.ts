/** A batch that ListObjects has planned, in one state that is retried until nothing is left. */
import type {
  BatchEvent,
  PlannedBatchEvent,
  Progress,
} from '../../../../src/contract/payloads/batch-payloads';
import type { ListedObject, PlannedPart } from '../../../../src/contract/payloads/listing';
import {
  assertFinished,
  movePlannedBatch,
} from '../../../../src/lambda/archive-batch/planned-batch';
import { writePlanFile } from '../../../../src/lambda/plan/planned-part';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { testRun } from '../../../helpers/batch-fixtures';
import { createMemoryS3, type MemoryS3 } from '../../../helpers/memory-s3';

const RUN = testRun({ id: 'run-1' });
const ITEMS: ListedObject[] = ['a', 'b', 'c'].map((name) => ({
  Key: `${name}-2026-11-24`,
  Etag: '"0123"',
  Size: 1,
  LastModified: 0,
}));

let memory: MemoryS3;
let reports: BucketClient;
let part: PlannedPart;
let given: BatchEvent | undefined;

beforeEach(async () => {
  memory = createMemoryS3({ pageSize: 1 });
  reports = new BucketClient({
    s3: memory.s3,
    bucket: 'reports',
    budget: { clock: systemClock, deadline: Date.now() + 60_000 },
  });
  part = { name: await writePlanFile(reports, RUN, ITEMS), objects: ITEMS.length };
});

function event(retries?: number): PlannedBatchEvent {
  return {
    BatchInput: { run: RUN, progress: initialProgress() },
    part,
    ...(retries !== undefined && { retries }),
  };
}

/** One attempt of the state, in which the round ends with this progress. */
async function attempt(after: Progress, retries?: number): Promise<Progress> {
  const progress = await movePlannedBatch(reports, event(retries), async (batch) => {
    given = batch;
    return after;
  });
  assertFinished(event(retries), progress);
  return progress;
}

const at = (cursor: number): Progress => ({
  ...initialProgress(),
  cursor,
  finished: cursor === ITEMS.length,
  rounds: cursor,
});
const files = () => memory.buckets.get('reports')!;
const progressFile = () => [...files().keys()].find((key) => key.endsWith('.progress.json'));

test('gets the objects that were planned, and returns the progress of its last round', async () => {
  expect(await attempt(at(3), 0)).toEqual(at(3));
  expect(given).toEqual({ BatchInput: { run: RUN, progress: initialProgress() }, Items: ITEMS });
  expect(progressFile()).toBeUndefined();
});

test('goes on where the round before it ended', async () => {
  await expect(attempt(at(1), 0)).rejects.toMatchObject({ name: 'BatchUnfinished' });
  await expect(attempt(at(2), 1)).rejects.toMatchObject({ name: 'BatchUnfinished' });
  expect(given!.BatchInput.progress).toEqual(at(1));
  expect(await attempt(at(3), 2)).toEqual(at(3));
  expect(given!.BatchInput.progress).toEqual(at(2));
});

test.each<[string, () => void]>([
  [
    'left none',
    () => {
      files().delete(progressFile()!);
    },
  ],
  [
    'left one that cannot be read',
    () => {
      files().set(progressFile()!, '{"cursor":1}');
    },
  ],
])(
  'begins again if the round before it %s, because what is done is found done',
  async (_, spoil) => {
    await expect(attempt(at(1), 0)).rejects.toMatchObject({ name: 'BatchUnfinished' });
    spoil();
    await attempt(at(3), 1);
    expect(given!.BatchInput.progress).toEqual(initialProgress());
  },
);

test('a first attempt does not ask for a progress, because S3 answers 403 if there is none', async () => {
  await attempt(at(3), 0);
  expect(memory.calls.filter(({ operation }) => operation === 'GetObject')).toHaveLength(1);
});

test('without the number of retries, a Choice decides, so the progress is returned', async () => {
  expect(await attempt(at(1))).toEqual(at(1));
  expect(progressFile()).toBeUndefined();
});

test('a round that fails leaves the progress before it', async () => {
  await expect(attempt(at(1), 0)).rejects.toMatchObject({ name: 'BatchUnfinished' });
  await expect(
    movePlannedBatch(reports, event(1), () => Promise.reject(new Error('crashed'))),
  ).rejects.toThrow('crashed');
  await attempt(at(3), 2);
  expect(given!.BatchInput.progress).toEqual(at(1));
});
