import { estimateUsd } from '../../sandbox/estimate';

const nothing = { requests: {}, meter: { transitions: 0, children: 0, expressMilliseconds: 0 }, express: false, functions: [], published: 0 };

test.each([
  ['nothing', {}, 0],
  ['a million copies, their deletes free', { requests: { CopyObject: 1_000_000, DeleteObjects: 1_000 } }, 5],
  ['listings and writes as copies', { requests: { ListObjectsV2: 1_000, PutObject: 1_000 } }, 0.01],
  ['reads', { requests: { GetObject: 5_000, HeadObject: 5_000 } }, 0.004],
  ['state transitions', { meter: { transitions: 40_000, children: 10, expressMilliseconds: 0 } }, 1],
  ['EXPRESS children', { express: true, meter: { transitions: 0, children: 1_000_000, expressMilliseconds: 1_600_000 } }, 1.001667],
  ['invocations and their time', { functions: [{ invocations: 1_000_000, milliseconds: 1_000_000, memoryMb: 1024, coldStarts: 0, errors: 0, initMs: [] }] }, 0.213333],
  ['messages', { published: 2_000_000 }, 1],
])('%s', (_name, usage, usd) => {
  expect(estimateUsd({ ...nothing, ...usage })).toBeCloseTo(usd, 6);
});
