import { toGuardVerdict } from './checks';
import { toLine } from './figures';
import type { Result } from './measure-contender';
import { allowedWrites } from './metered-throttle';
import { fitLine } from './scale/growth-table';
import { describeWrong } from './tables';

function result(given: Partial<Result>): Result {
  return {
    contender: 'one',
    kind: 'peer',
    objects: 1_000,
    seconds: 1,
    requests: { CopyObject: 1_000 },
    cpuSeconds: 1,
    copyingSeconds: 0,
    wrong: {},
    exit: 0,
    said: '',
    ...given,
  };
}

test('a rate is the median of the rounds, without the start', () => {
  const rounds = [
    { seconds: 1.5 },
    { seconds: 9, cpuSeconds: 3 },
    { seconds: 2.5, cpuSeconds: 0.75 },
  ].map(result);
  expect(toLine(rounds, { seconds: 0.5, cpuSeconds: 0.25 })).toMatchObject({
    objectsPerSecond: 500,
    most: 1_000,
    start: 0.5,
    cpuSeconds: 0.75,
    leastCpuSeconds: 0.5,
    requestsPerObject: 1,
  });
});

test.each([
  [0.34, true],
  [0.44, false],
  [0.51, false],
])('a handler that takes %d times the CPU of SDK v3 passes: %s', (ratio, met) => {
  const [sdk, handler] = [
    [0.4, 9],
    [9, 0.4 * ratio],
  ].map((seconds) => toLine(seconds.map((cpuSeconds) => result({ cpuSeconds }))));
  expect(toGuardVerdict(handler, sdk)).toMatchObject({
    met,
    what: expect.stringContaining(`${ratio.toFixed(2)} times the 0.400 ms`) as string,
  });
});

test('one wrong round is a wrong result', () => {
  const line = toLine([
    result({}),
    result({ wrong: { lost: 2 } }),
    result({ wrong: { lost: 1 }, exit: 3, said: 'no | more\nlines' }),
  ]);
  expect(describeWrong(line)).toBe('lost: 2; exit status 3 (no / more)');
  expect(describeWrong(toLine([result({})]))).toBe('nothing');
});

test.each([
  [2, 3_000],
  [4, 6_000],
  [5, 6_750],
  [7, 8_250],
  [9, 11_250],
  [12, 15_000],
])(
  'a rate that is halved from second 4 to 7 of every 7 allows in %d seconds %d writes',
  (seconds, writes) => {
    expect(
      allowedWrites(
        { writesPerSecond: 1_500, burst: 0, halving: { everySeconds: 7, forSeconds: 3 } },
        seconds,
      ),
    ).toBe(writes);
    expect(allowedWrites({ writesPerSecond: 1_500, burst: 0 }, seconds)).toBe(1_500 * seconds);
  },
);

test('a line through points', () => {
  const { slope, intercept, r2 } = fitLine([
    [1, 3],
    [2, 5],
    [3, 7],
  ]);
  expect([slope, intercept, r2].map((figure) => Number(figure.toFixed(9)))).toEqual([2, 1, 1]);
  expect(
    fitLine([
      [1, 3],
      [2, 9],
      [3, 3],
    ]).r2,
  ).toBeLessThan(0.5);
});
