import { createEstimate } from '../../src/summary/estimate';

const nothing = {
  bill: { requests: {}, retrieved: {}, earlyByteDays: {}, copied: {} },
  meter: { transitions: 0, children: 0 },
  functions: [],
  published: 0,
  regions: new Map([
    ['ours', 'us-east-1'],
    ['near', 'us-east-2'],
    ['far', 'ap-northeast-1'],
    ['other', 'us-east-1'],
  ]),
};
const copied = (gb: Record<string, number>) => ({
  bill: {
    ...nothing.bill,
    copied: Object.fromEntries(
      Object.entries(gb).map(([buckets, count]) => [buckets, count * 1024 ** 3]),
    ),
  },
});
const billed = (requests: Record<string, number>) => ({ bill: { ...nothing.bill, requests } });
const used = { coldStarts: 0, errors: 0, initMs: [], logBytes: 0 };

test.each([
  ['nothing', {}, 0],
  [
    'a million copies, their deletes free',
    billed({ CopyObject: 1_000_000, DeleteObjects: 1_000 }),
    5,
  ],
  ['a million copies to another class', billed({ 'CopyObject@GLACIER_IR': 1_000_000 }), 20],
  ['listings and writes as copies', billed({ ListObjectsV2: 1_000, PutObject: 1_000 }), 0.01],
  ['reads', billed({ GetObject: 5_000, HeadObject: 5_000 }), 0.004],
  ['state transitions', { meter: { transitions: 40_000, children: 10 } }, 1],
  [
    'invocations and their time',
    { functions: [{ ...used, invocations: 1_000_000, milliseconds: 1_000_000, memoryMb: 1024 }] },
    0.213333,
  ],
  ['messages', { published: 2_000_000 }, 1],
  ['transfer to another region and back', copied({ 'ours/far': 100, 'far/ours': 100 }), 2 + 9],
  ['transfer to a near region', copied({ 'ours/near': 100 }), 1],
  [
    'copies within a region, and to a bucket of an unknown one',
    copied({ 'ours/other': 100, 'ours/unknown': 100 }),
    0,
  ],
  [
    'logs',
    {
      functions: [
        { ...used, invocations: 0, milliseconds: 0, memoryMb: 1024, logBytes: 2 * 1024 ** 3 },
      ],
    },
    1,
  ],
])('%s', (_name, usage, usd) => {
  expect(createEstimate({ ...nothing, ...usage }, 'us-east-1').usd).toBeCloseTo(usd, 6);
});

test('prices are those of the region', () => {
  expect(
    createEstimate({ ...nothing, ...billed({ CopyObject: 1_000_000 }) }, 'ap-northeast-1').usd,
  ).toBeCloseTo(4.7, 6);
});
