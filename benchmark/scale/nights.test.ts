import { describeBound, estimateNight, type MeasuredRate, readMeasuredRates } from './nights';

const PAGE = `
<!-- bench distributions -->
| least/median/99th percentile | lists | archive | allowed | objects/s | used |
| --- | --- | --- | --: | --: | --: |
| 20/80/300 ms | the map | the same bucket | 1,500 | 1,470 | 98.0 % |
| 0 ms | a function | another bucket | no limit | 5,100 | - |
| 150 ms | a function | another bucket | 3,000 | 2,900 | 96.7 % |
<!-- end of bench distributions -->`;

const RATE: MeasuredRate = {
  latency: '150 ms',
  isSelective: false,
  isOtherBucket: false,
  allowed: 1_500,
  objectsPerSecond: 1_500,
};

test('rates are those of the rows that have a limit', () => {
  expect(readMeasuredRates(PAGE)).toEqual([
    { ...RATE, latency: '20/80/300 ms', objectsPerSecond: 1_470 },
    { ...RATE, isSelective: true, isOtherBucket: true, allowed: 3_000, objectsPerSecond: 2_900 },
  ]);
});

test('a page without measurements is refused', () => {
  expect(() => readMeasuredRates('')).toThrow('no measured rates');
});

test('a slower night lasts longer, and costs more of Lambda', () => {
  const fast = estimateNight(1e6, RATE);
  const slow = estimateNight(1e6, { ...RATE, objectsPerSecond: 750 });
  expect(fast.seconds).toBeCloseTo(1e6 / 1_500, -1);
  expect(slow.seconds).toBeCloseTo(1e6 / 750, -1);
  expect(slow.usd).toBeGreaterThan(fast.usd);
});

test('what binds is the rate, or what keeps a run from it', () => {
  expect(describeBound(RATE)[0]).toBe('the rate');
  expect(describeBound({ ...RATE, objectsPerSecond: 800 })[0]).toBe(
    'the slowest copy of each batch',
  );
});
