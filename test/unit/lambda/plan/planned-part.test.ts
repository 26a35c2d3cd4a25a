import type { PlannedBatchEvent, Progress } from '../../../../src/contract/payloads/batch-payloads';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import {
  parseBatch,
  readPlannedBatch,
  writePlanFile,
} from '../../../../src/lambda/plan/planned-part';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { testRun } from '../../../helpers/batch-fixtures';
import { createMemoryS3 } from '../../../helpers/memory-s3';

const RUN = testRun();
const OBJECT: ListedObject = {
  Key: 'a "\u{1f600}\u0001-2026-11-24',
  Etag: '"0123"',
  LastModified: 1_789_180_622.5,
  Size: 7,
  StorageClass: 'GLACIER_IR',
};

const memory = createMemoryS3({ pageSize: 1 });
const reports = new BucketClient({
  s3: memory.s3,
  bucket: 'reports',
  budget: { clock: systemClock, deadline: Date.now() + 60_000 },
});

function event(name: string, progress: Progress = initialProgress()): PlannedBatchEvent {
  return { BatchInput: { run: RUN, progress }, part: { name, objects: 1 }, batchArn: 'arn:child' };
}

test('a batch has the objects that were planned', async () => {
  const name = await writePlanFile(reports, RUN, [OBJECT]);
  expect(await readPlannedBatch(reports, event(name))).toEqual({
    BatchInput: event(name).BatchInput,
    Items: [OBJECT],
    batchArn: 'arn:child',
  });
});

test('the name of a file depends on its content, so that nothing is ever written over', async () => {
  const names = await Promise.all(
    [[OBJECT], [OBJECT], [{ ...OBJECT, Size: 8 }]].map((lines) =>
      writePlanFile(reports, RUN, lines),
    ),
  );
  expect(new Set(names).size).toBe(2);
  expect(names[0]).toBe(names[1]);
});

test('a file that a program changed is not archived', async () => {
  const name = await writePlanFile(reports, RUN, [OBJECT]);
  const files = memory.buckets.get('reports')!;
  const key = `${RUN.reportPrefix}plan/${name}.jsonl`;
  files.set(key, files.get(key)!.replace('2026-11-24', '2026-11-23'));
  await expect(readPlannedBatch(reports, event(name))).rejects.toThrow(
    /plan\/[0-9a-f]{64}\.jsonl does not have the content that its name says.*start a new run/,
  );
});

test.each([
  ['S3 says that there is none', false],
  ['S3 denies it, as where a role may not list the whole bucket', true],
])('a file that is gone is no matter of permissions: %s', async (_, denies) => {
  const name = await writePlanFile(reports, RUN, [{ ...OBJECT, Size: 9 }]);
  const key = `${RUN.reportPrefix}plan/${name}.jsonl`;
  const denied = () => {
    throw Object.assign(new Error('Access Denied'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
  };
  const other = createMemoryS3({
    pageSize: 1,
    before: ({ operation }) => {
      if (denies && operation === 'GetObject') {
        denied();
      }
    },
  });
  const read = () =>
    readPlannedBatch(
      new BucketClient({ s3: other.s3, bucket: 'reports', budget: reports.budget }),
      event(name),
    );
  await expect(read()).rejects.toMatchObject({
    name: 'PlanChanged',
    message: expect.stringContaining(
      `s3://reports/${key} is gone: another program, or a lifecycle rule`,
    ),
  });
  if (!denies) {
    return;
  }
  other.setKeys('reports', [key]);
  await expect(read()).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a file with the same key twice is not archived', async () => {
  const name = await writePlanFile(reports, RUN, [OBJECT, OBJECT]);
  await expect(readPlannedBatch(reports, event(name))).rejects.toThrow(
    'the items of a batch have the same key twice',
  );
});

test('the name of a file leads nowhere else', () => {
  expect(() => parseBatch(event('../../../../source/key'))).toThrow();
  expect(() =>
    parseBatch({ BatchInput: event('').BatchInput, Items: [{ ...OBJECT, Etag: '*' }] }),
  ).toThrow('does not name one version');
});
