import { costOf, type RunUsage, totalOf } from '../../src/core/cost';

const usage: RunUsage = {
  listed: 2_000_000, copies: 1_000_000, reads: 0, batches: 2_000, rounds: 2_000, batchSeconds: 0, memoryGb: 1, express: false,
};

const item = (change: Partial<RunUsage>, what: string) => costOf({ ...usage, ...change }).find((each) => each.what.startsWith(what));

test('a million copies cost five dollars, whatever else', () => {
  expect(item({}, 'S3: copies')).toMatchObject({ count: 1_000_000, usd: 5 });
  expect(item({}, 'S3: lists')).toMatchObject({ count: 2_000, usd: 0.01 });
  expect(totalOf(costOf(usage))).toBeCloseTo(5 + 0.01 + 2_000 * 5.4e-6 + 8_005 * 2.5e-5 + 2_000 * 2e-7, 6);
});

test('a round more is two transitions more', () => {
  expect(item({ rounds: 2_001 }, 'Step Functions')!.count - item({}, 'Step Functions')!.count).toBe(2);
});

test('express children are billed by request and duration, not by transition', () => {
  expect(item({ express: true }, 'Step Functions: transitions')).toMatchObject({ count: 5 });
  expect(item({ express: true, batchSeconds: 16_000 }, 'Step Functions: express')!.usd).toBeCloseTo(0.002 + 1_000 * 0.00001667, 6);
});

test('what did not happen is not told', () => {
  expect(item({ reads: 0 }, 'S3: reads')).toBeUndefined();
});
