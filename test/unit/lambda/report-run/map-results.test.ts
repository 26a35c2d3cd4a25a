import { readMapResults } from '../../../../src/lambda/report-run/map-results';
import type { Harness } from '../../../helpers/harness';
import { EVENT, failedChild, listed, progress, startReportHarness, writeResults } from '../../../helpers/report-fixtures';

let harness: Harness;
beforeEach(async () => { harness = await startReportHarness(); });
afterEach(() => harness.close());

async function read() {
  const results = await readMapResults(harness.s3, EVENT.results);
  const finished = [];
  for await (const each of results.finished()) { finished.push(each); }
  const unfinished = [];
  for await (const each of results.unfinished()) { unfinished.push(each); }
  return { finished, unfinished };
}

const OUTPUTS = [progress({ listed: 3, skipped: 3 }), progress({ listed: 1, archived: 1 }, { problems: [{ key: 'a\n}{', code: 'X' }] })];
const RECORDS = OUTPUTS.map((output) => ({ ExecutionArn: 'arn', Input: '{"a":"}"}', Output: JSON.stringify(output), Status: 'SUCCEEDED' }));

test.each([
  ['COMPACT, JSONL', OUTPUTS],
  ['COMPACT, JSON', JSON.stringify(OUTPUTS)],
  ['NONE, JSONL', RECORDS],
  ['NONE, JSON', JSON.stringify(RECORDS)],
])('reads the progress of batches that succeeded: %s', async (_, SUCCEEDED) => {
  writeResults(harness, { SUCCEEDED });
  expect(await read()).toEqual({ finished: OUTPUTS, unfinished: [] });
});

test.each([['JSONL', false], ['JSON', true]])('reads the input of batches that did not succeed: %s', async (_, asArray) => {
  const failed = [failedChild([listed('incoming/a')], 'Sandbox.Timedout', 'Task timed out')];
  const { Error: _error, Cause: _cause, ...pending } = failedChild([listed('incoming/b')]) as Record<string, unknown>;
  writeResults(harness, { FAILED: asArray ? JSON.stringify(failed) : failed, PENDING: [pending] });
  const { finished, unfinished } = await read();
  expect(finished).toEqual([]);
  expect(unfinished).toMatchObject([
    { event: { Items: [{ Key: 'incoming/a' }] }, error: 'Sandbox.Timedout', cause: 'Task timed out' },
    { event: { Items: [{ Key: 'incoming/b' }] } },
  ]);
  expect(unfinished[1].error).toBeUndefined();
});

test('the manifest may omit a status without files', async () => {
  harness.store.put('reports', EVENT.results.Key, '{"ResultFiles":{}}');
  expect(await read()).toEqual({ finished: [], unfinished: [] });
});

test('fails for a record that is not a progress', async () => {
  writeResults(harness, { SUCCEEDED: [{ cursor: 1 }] });
  await expect(read()).rejects.toThrow(/finished/);
});
