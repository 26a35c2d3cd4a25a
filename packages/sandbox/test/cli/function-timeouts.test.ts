import { splitFunctionTimeouts } from '../../src/cli/function-timeouts';

/** Which of the first ten invocations of a function end as if their time had passed. */
function timedOut(faults: string, logicalId = 'ArchiverArchiveBatchFunction12AB34CD'): number[] {
  const { onInvoke } = splitFunctionTimeouts(faults);
  const ended: number[] = [];
  for (let n = 1; n <= 10; n++) {
    onInvoke?.({ logicalId, n, timeOut: () => ended.push(n) } as unknown as Parameters<
      typeof onInvoke
    >[0]);
  }
  return ended;
}

const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test.each<[string, number[]]>([
  ['SlowDown=0.5', []],
  ['FunctionTimeout=1', ALL],
  ['FunctionTimeout:ArchiveBatch=100%', ALL],
  ['FunctionTimeout:PlanRun=1', []],
  ['FunctionTimeout:ArchiveBatch=0', []],
  [
    '{"seed":1,"rules":[{"kind":"FunctionTimeout","functions":["ArchiveBatch"],"probability":1}]}',
    ALL,
  ],
])('%s', (faults, expected) => {
  expect(timedOut(faults)).toEqual(expected);
});

test('the seed decides which', () => {
  const of = (seed: number) => timedOut(`FunctionTimeout=0.5,seed=${seed}`);
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
  expect(of(1)).not.toEqual([]);
  expect(of(1)).not.toEqual(ALL);
});

test("a function that is not the archiver's is left alone", () => {
  expect(timedOut('FunctionTimeout=1', 'NotifySlack12AB34CD')).toEqual([]);
});

test.each([
  ['SlowDown=0.5,FunctionTimeout=1,seed=7', 'SlowDown=0.5,seed=7'],
  ['FunctionTimeout=1,seed=7', undefined],
  [
    '{"seed":1,"rules":[{"kind":"FunctionTimeout","probability":1},{"kind":"SlowDown","probability":1}]}',
    '{"seed":1,"rules":[{"kind":"SlowDown","probability":1}]}',
  ],
])('S3 gets its own faults: %s', (given, expected) => {
  expect(splitFunctionTimeouts(given).faults).toBe(expected);
});

test.each([
  [
    'FunctionTimeout:Archive=1',
    "--faults has the function 'Archive', but must have one of PlanRun, ListObjects, ArchiveBatch",
  ],
  [
    'FunctionTimeout=2',
    "--faults has the probability '2' for FunctionTimeout, but must have a number from 0 to 1",
  ],
  ['FunctionTimeout', "--faults has the probability 'NaN'"],
  [
    '{"seed":1,"rules":[{"kind":"FunctionTimeout","probability":1,"operations":["PutObject"]}]}',
    "--faults has the field 'operations' in a rule of FunctionTimeout",
  ],
])('%s is refused', (given, message) => {
  expect(() => splitFunctionTimeouts(given)).toThrow(message);
});
