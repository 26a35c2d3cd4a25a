import type { PartVersion } from '../../../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { readArchivedVersions } from '../../../../src/lambda/ledger/read-parts';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
let reports: BucketClient;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
  reports = new BucketClient({
    s3: harness.s3,
    bucket: 'reports',
    budget: { clock: systemClock, deadline: Date.now() + 10_000 },
  });
});
afterEach(() => harness.close());

const LEDGER = 'runs/ledger/day=2026-11-24/run=nightly/';
const LINE: LedgerLine = {
  v: 2,
  key: 'in/a',
  destination: 'archive/a',
  status: 'archived',
  etag: '"1"',
  size: 1,
  day: '2026-11-24',
  at: 5,
  archivedEtag: '"1"',
};

function write(name: string, ...lines: Partial<LedgerLine>[]): PartVersion {
  const key = `${LEDGER}${name}`;
  const { etag, size } = harness.store.put(
    'reports',
    key,
    lines.map((line) => `${JSON.stringify({ ...LINE, ...line })}\n`).join(''),
  );
  return { key, etag: `"${etag.replaceAll('"', '')}"`, size };
}

async function read(...parts: PartVersion[]) {
  return (await readArchivedVersions(reports, parts)).map(({ line, version, part }) => ({
    key: line.key,
    status: line.status,
    etag: version.etag,
    proof: version.proof,
    part: part.slice(LEDGER.length),
  }));
}

test(
  'a line that does not count any more still says what was archived, also in another part of its ' +
    'batch',
  async () => {
    const parts = [
      write('b1-000000.jsonl', {}),
      write('b1-000001.jsonl', { at: 9, etag: '"2"', archivedEtag: '"2"' }),
    ];
    expect(await read(...parts)).toEqual([
      { key: 'in/a', status: 'archived', etag: '"1"', part: 'b1-000001.jsonl' },
      { key: 'in/a', status: 'archived', etag: '"2"', part: 'b1-000001.jsonl' },
    ]);
  },
);

test('earlier versions of a line that is not archived are archived', async () => {
  const { destination, etag, size, day, archivedEtag } = LINE;
  const part = write('b1-000000.jsonl', {
    status: 'conflicting',
    etag: '"2"',
    archivedEtag: undefined,
    earlier: [{ destination, etag, size, day, archivedEtag }],
  });
  expect(await read(part)).toEqual([
    { key: 'in/a', status: 'conflicting', etag: '"1"', part: 'b1-000000.jsonl' },
  ]);
});

test('a version stays unproven in a line that replaces the one that says so', async () => {
  const part = write(
    'b1-000000.jsonl',
    { proof: 'size' },
    { at: 9, status: 'failed', archivedEtag: undefined, code: 'SERVER_ERROR' },
  );
  expect(await read(part)).toEqual([
    { key: 'in/a', status: 'failed', etag: '"1"', proof: 'size', part: 'b1-000000.jsonl' },
  ]);
});

test('lines of different batches about one object are all read', async () => {
  expect(await read(write('b1-000000.jsonl', {}), write('b2-000000.jsonl', {}))).toHaveLength(2);
});
