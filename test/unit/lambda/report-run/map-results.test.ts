import { Progress } from '../../../../src/contract/payloads/batch-payloads';
import { readMapResults } from '../../../../src/lambda/report-run/map-results';
import type { Harness } from '../../../helpers/harness';
import {
  failedChild,
  MANIFEST,
  listed,
  progress,
  startReportHarness,
  writeResults,
} from '../../../helpers/report-fixtures';

let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

async function read(
  manifest: typeof MANIFEST | undefined = MANIFEST,
  inputs: { [arn: string]: string } = {},
) {
  const results = await readMapResults(
    Progress,
    { s3: harness.s3, readInput: async (arn) => inputs[arn] },
    { ResultWriterDetails: manifest },
  );
  const finished = [];
  for await (const each of results.finished()) {
    finished.push(each);
  }
  const unfinished = [];
  for await (const each of results.unfinished()) {
    unfinished.push(each);
  }
  return { finished, unfinished };
}

const OUTPUTS = [
  progress({ listed: 3, skipped: 3 }),
  progress({ listed: 1, archived: 1 }, { problems: [{ key: 'a\n}{', code: 'X' }] }),
];
const RECORDS = OUTPUTS.map((output) => ({
  ExecutionArn: 'arn',
  Input: '{"a":"}"}',
  Output: JSON.stringify(output),
  Status: 'SUCCEEDED',
}));

test.each([
  ['COMPACT, JSONL', OUTPUTS],
  ['COMPACT, JSON', JSON.stringify(OUTPUTS)],
  ['NONE, JSONL', RECORDS],
  ['NONE, JSON', JSON.stringify(RECORDS)],
])('reads the progress of batches that succeeded: %s', async (_, SUCCEEDED) => {
  writeResults(harness, { SUCCEEDED });
  expect(await read()).toEqual({ finished: OUTPUTS, unfinished: [] });
});

test.each([
  ['JSONL', false],
  ['JSON', true],
])('reads the input of batches that did not succeed: %s', async (_, asArray) => {
  const failed = [failedChild([listed('incoming/a')], 'Sandbox.Timedout', 'Task timed out')];
  const {
    Error: _error,
    Cause: _cause,
    ...pending
  } = failedChild([listed('incoming/b')]) as Record<string, unknown>;
  writeResults(harness, { FAILED: asArray ? JSON.stringify(failed) : failed, PENDING: [pending] });
  const { finished, unfinished } = await read();
  expect(finished).toEqual([]);
  expect(unfinished).toMatchObject([
    {
      event: { Items: [{ Key: 'incoming/a' }] },
      error: 'Sandbox.Timedout',
      cause: 'Task timed out',
    },
    { event: { Items: [{ Key: 'incoming/b' }] } },
  ]);
  expect(unfinished[1].error).toBeUndefined();
});

test('the manifest may omit a status without files', async () => {
  harness.store.put('reports', MANIFEST.Key, '{"ResultFiles":{}}');
  expect(await read()).toEqual({ finished: [], unfinished: [] });
});

test.each([
  ['TIMED_OUT', 'States.Timeout'],
  ['ABORTED', 'ABORTED'],
  ['PENDING', undefined],
])('a batch that ended as %s has the error %s', async (Status, error) => {
  const {
    Error: _error,
    Cause: _cause,
    ...record
  } = failedChild([listed('incoming/a')]) as Record<string, unknown>;
  writeResults(harness, { FAILED: [{ ...record, Status }] });
  const {
    unfinished: [batch],
  } = await read();
  expect([batch!.error, batch!.cause]).toEqual([error, undefined]);
});

test('a map without a manifest had no batches', async () => {
  const results = await readMapResults(
    Progress,
    { s3: harness.s3, readInput: async () => undefined },
    {},
  );
  for await (const each of results.finished()) {
    throw new Error(`unexpected: ${JSON.stringify(each)}`);
  }
  for await (const each of results.unfinished()) {
    throw new Error(`unexpected: ${JSON.stringify(each)}`);
  }
});

describe('a record of a failed batch without an input', () => {
  const [item] = [listed('incoming/a')];
  const { Input, ...withoutInput } = failedChild([item]) as { Input: string; ExecutionArn: string };

  test.each([
    ['is absent', withoutInput],
    ['is empty', { ...withoutInput, Input: '' }],
  ])('takes the input from the child itself if it %s', async (_, record) => {
    writeResults(harness, { FAILED: [record] });
    const { unfinished } = await read(MANIFEST, { [withoutInput.ExecutionArn]: Input });
    expect(unfinished).toMatchObject([
      { event: { Items: [{ Key: 'incoming/a' }] }, error: 'SystemicFailure' },
    ]);
  });

  test("fails with the child's name if the child has none either", async () => {
    writeResults(harness, { FAILED: [withoutInput] });
    await expect(read()).rejects.toThrow(withoutInput.ExecutionArn);
  });
});

test('fails for a record that is not a progress', async () => {
  writeResults(harness, { SUCCEEDED: [{ cursor: 1 }] });
  await expect(read()).rejects.toThrow(/finished/);
});
