/** Rounds of a batch. FinishBatches goes on with it if its time runs short. */
import { runBatch } from '../../../../src/actions/archive/lambda/run-batch';
import type {
  BatchEvent,
  PlannedBatchEvent,
  Progress,
} from '../../../../src/contract/payloads/batch-payloads';
import type { ListedObject, PlannedPart } from '../../../../src/contract/payloads/listing';
import { writePlanFile } from '../../../../src/lambda/plan/planned-part';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { RequestCounter } from '../../../../src/lambda/throughput/request-counter';
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
const requests = new RequestCounter();

beforeEach(async () => {
  memory = createMemoryS3({ pageSize: 1 });
  reports = new BucketClient({
    s3: memory.s3,
    bucket: 'reports',
    budget: { clock: systemClock, deadline: Date.now() + 60_000 },
  });
  part = { name: await writePlanFile(reports, RUN, ITEMS), objects: ITEMS.length };
});

function event(
  progressFile?: PlannedBatchEvent['progressFile'],
  progress = initialProgress(),
): PlannedBatchEvent {
  return { BatchInput: { run: RUN, progress }, part, ...(progressFile && { progressFile }) };
}

/** One round, which ends with this progress. */
function round(after: Progress, of: BatchEvent | PlannedBatchEvent): Promise<Progress> {
  return runBatch(reports, of, requests, async (batch) => {
    given = batch;
    return after;
  });
}

const at = (cursor: number): Progress => ({
  ...initialProgress(),
  cursor,
  finished: cursor === ITEMS.length,
  rounds: cursor,
});
const files = () => memory.buckets.get('reports')!;
const progressFile = () => [...files().keys()].find((key) => key.endsWith('.progress.json'));

test('gets the objects that were planned, and says that none remain', async () => {
  expect(await round(at(3), event('write'))).toEqual({ ...at(3), remaining: null });
  expect(given).toEqual({ BatchInput: { run: RUN, progress: initialProgress() }, Items: ITEMS });
  expect(progressFile()).toBeUndefined();
});

test('names its part if objects remain, and FinishBatches goes on where it ended', async () => {
  expect(await round(at(1), event('write'))).toEqual({ ...at(1), remaining: part });
  expect(await round(at(2), event('read'))).toEqual(at(2));
  expect(given!.BatchInput.progress).toEqual(at(1));
  // The state has the progress from now on.
  expect(await round(at(3), event('read', at(2)))).toEqual(at(3));
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
    await round(at(1), event('write'));
    spoil();
    await round(at(3), event('read'));
    expect(given!.BatchInput.progress).toEqual(initialProgress());
  },
);

test('the first child does not ask for a progress, because S3 answers 403 if there is none', async () => {
  await round(at(3), event('write'));
  expect(memory.calls.filter(({ operation }) => operation === 'GetObject')).toHaveLength(1);
});

test('the first child counts the files that it leaves, and the next child begins anew', async () => {
  requests.count('GetObjectCommand', 200);
  const left = await runBatch(reports, event('write'), requests, async () => {
    const counted = { ...at(1), requests: { CopyObject: 5, PutObject: 1, ...requests.take() } };
    requests.count('PutObjectCommand', 200);
    return counted;
  });
  // What was sent before this invocation is that of another one.
  expect(left.requests).toEqual({ CopyObject: 5, PutObject: 2 });
  await round(at(2), event('read'));
  expect(given!.BatchInput.progress.requests).toEqual({});
});

test('if a Choice of the child decides, the state has the progress, and no file', async () => {
  expect(await round(at(1), event())).toEqual(at(1));
  expect(progressFile()).toBeUndefined();
  expect(await round(at(3), event(undefined, at(1)))).toEqual(at(3));
  expect(given!.BatchInput.progress).toEqual(at(1));
});

test('a first child that is invoked again begins again', async () => {
  await round(at(1), event('write'));
  await round(at(3), event('write'));
  expect(given!.BatchInput.progress).toEqual(initialProgress());
});

test('a round of FinishBatches that fails leaves the progress before it', async () => {
  await round(at(1), event('write'));
  await expect(
    runBatch(reports, event('read'), requests, () => Promise.reject(new Error('crashed'))),
  ).rejects.toThrow('crashed');
  await round(at(3), event('read'));
  expect(given!.BatchInput.progress).toEqual(at(1));
});

describe('a batch of a map that lists', () => {
  const listed = (use?: 'write'): BatchEvent => ({
    BatchInput: { run: RUN, progress: initialProgress() },
    Items: ITEMS,
    ...(use && { progressFile: use }),
  });

  test('writes nothing if no objects remain', async () => {
    files().clear();
    expect(await round(at(3), listed('write'))).toEqual({ ...at(3), remaining: null });
    expect(given).toEqual(listed('write'));
    expect(memory.calls.filter(({ operation }) => operation === 'PutObject')).toHaveLength(1);
    expect([...files().keys()]).toEqual([]);
  });

  test('writes a part with its objects if some remain, and FinishBatches goes on with these', async () => {
    files().clear();
    const { remaining, ...progress } = await round(at(1), listed('write'));
    expect([progress, remaining]).toEqual([at(1), part]);
    expect(await round(at(3), event('read'))).toEqual(at(3));
    expect(given).toEqual({ BatchInput: { run: RUN, progress: at(1) }, Items: ITEMS });
  });

  test('leaves one part, and its last progress, if it is invoked twice', async () => {
    files().clear();
    await round(at(1), listed('write'));
    await round(at(2), listed('write'));
    expect(files().size).toBe(2);
    await round(at(3), event('read'));
    expect(given!.BatchInput.progress).toEqual(at(2));
  });

  test('answers nothing if its objects cannot be written, so that it is invoked again', async () => {
    memory.deny({ operations: ['PutObject'] });
    await expect(round(at(1), listed('write'))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('has its progress in the state if a Choice of the child decides', async () => {
    files().clear();
    expect(await round(at(1), listed())).toEqual(at(1));
    expect(files().size).toBe(0);
  });
});
