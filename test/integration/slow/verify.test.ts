/**
 * Archives 100,000 objects, damages some of the archive, and verifies it by listing and by
 * checksums. Prints the requests and the dollars for a million objects.
 */
import type { VerifyCounts } from '../../../packages/sandbox/src';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

jest.setTimeout(1_800_000);

const OBJECTS = Number(process.env.OBJECTS ?? 100_000);
const DAY = '2026-11-24';
const nameOf = (i: number) => `${String(i).padStart(6, '0')}-${DAY}.log`;
const archivedKey = (i: number) => `archive/2026/11/24/${nameOf(i)}`;

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await rehearse();
  for (let i = 0; i < OBJECTS; i++) {
    rehearsal.put(`incoming/${nameOf(i)}`, `content ${i}`);
  }
  const { counts } = await rehearsal.sandbox.run({ now: '2026-11-25T01:00:00Z', name: 'nightly' });
  expect(counts!.archived).toBe(OBJECTS);
});
afterAll(() => rehearsal.close());

/** Returns the findings of a verification as [key in the archive, status], sorted. */
function findingsOf(name: string): [string, string][] {
  const { sandbox } = rehearsal;
  const { store } = sandbox.s3!;
  return store
    .keys(sandbox.reportBucket)
    .filter((key) => key.includes(`/run=${name}/`) && key.includes('/ledger/'))
    .flatMap((key) =>
      store.get(sandbox.reportBucket, key)!.body.bytes().toString().split('\n').filter(Boolean),
    )
    .map((line) => JSON.parse(line) as { destination: string; status: string })
    .map(({ destination, status }): [string, string] => [destination, status])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function verify(name: string, input: object) {
  const summary = await rehearsal.sandbox.run<VerifyCounts>({
    now: '2026-11-26T01:00:00Z',
    name,
    input: { action: 'verify', run: 'nightly', ...input },
  });
  const perMillion = (n: number) => (n / OBJECTS) * 1e6;
  const { requests, transitions, children, estimate, seconds } = summary;
  console.log(
    JSON.stringify({
      name,
      objects: OBJECTS,
      requests,
      transitions,
      children,
      seconds,
      usd: estimate.usd,
      usdPerMillion: Math.round(perMillion(estimate.usd) * 1e4) / 1e4,
      items: estimate.items,
    }),
  );
  return summary;
}

test('nothing is found in a whole archive, with one listing for a thousand objects', async () => {
  const { status, counts, requests } = await verify('whole', {});
  expect({ status, counts }).toEqual({
    status: 'SUCCEEDED',
    counts: { listed: OBJECTS, present: OBJECTS, changed: 0, missing: 0, unproven: 0, skipped: 0 },
  });
  // PlanRun and the first page of each child add some.
  expect(requests.ListObjectsV2).toBeLessThanOrEqual((OBJECTS / 1_000) * 1.6 + 20);
  expect(requests.HeadObject ?? 0).toBeLessThanOrEqual((OBJECTS / 1_000) * 2);
});

describe('after damage', () => {
  const pick = (offset: number) =>
    Array.from({ length: 20 }, (_, i) => (offset + i * 4_973) % OBJECTS);
  const [removed, replaced, sameSize, sameBytes] = [
    pick(11),
    pick(1_003),
    pick(2_017),
    pick(3_023),
  ];
  beforeAll(() => {
    const { sandbox } = rehearsal;
    const put = (i: number, content: string) =>
      sandbox.s3!.store.put(sandbox.destinationBucket, archivedKey(i), content);
    for (const i of removed) {
      sandbox.s3!.store.delete(sandbox.destinationBucket, archivedKey(i));
    }
    for (const i of replaced) {
      put(i, 'something else');
    }
    for (const i of sameSize) {
      put(i, `CONTENT ${i}`);
    }
    for (const i of sameBytes) {
      put(i, `content ${i}`);
    }
  });

  test.each([
    ['by listing', {}],
    ['by checksums', { deep: true }],
  ])('exactly what was removed or replaced is found %s', async (how, input) => {
    const name = how.replace(' ', '-');
    const { status, counts, alerts } = await verify(name, input);
    const damaged = [
      ...removed.map((i) => [archivedKey(i), 'missing']),
      ...[...replaced, ...sameSize].map((i) => [archivedKey(i), 'changed']),
    ].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(findingsOf(name)).toEqual(damaged);
    expect({ status, counts }).toEqual({
      status: 'FAILED',
      counts: {
        listed: OBJECTS,
        present: OBJECTS - damaged.length,
        changed: replaced.length + sameSize.length,
        missing: removed.length,
        unproven: 0,
        skipped: 0,
      },
    });
    expect(alerts).toHaveLength(1);
  });
});
