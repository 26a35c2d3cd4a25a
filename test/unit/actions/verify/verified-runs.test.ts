import { findVerifiedRuns, sumLacking } from '../../../../src/actions/verify/lambda/verified-runs';
import type { LedgerPartRef } from '../../../../src/contract/payloads/ledger-line';
import type { ClaimedRun } from '../../../../src/lambda/ledger/run-claims';
import { writePartsFile } from '../../../../src/lambda/plan-run/plan-parts';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
let running: Set<string>;
let described: string[];
/** Called when Step Functions is asked about a run. */
let onDescribe: () => void;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
  running = new Set();
  described = [];
  onDescribe = () => undefined;
});
afterEach(() => harness.close());

function claim(name: string, from: string | null = '2026-11-24', to = '2026-11-24'): ClaimedRun {
  return {
    archiver: 'Demo/Archiver',
    executionArn: `arn:x:${name}`,
    startTime: '2026-11-25T01:00:00.000Z',
    action: 'archive',
    dryRun: false,
    from,
    to,
    source: { bucket: 'source', prefix: '' },
    destination: { bucket: 'archive', prefix: '' },
    name,
    day: to,
    ledgerPrefix: `runs/ledger/day=${to}/run=${name}/`,
  };
}
const NIGHTLY = claim('nightly');

/** Writes a part with so many lines, and returns what the report says of it. */
function part({ ledgerPrefix }: ClaimedRun, name: string, lines: number): LedgerPartRef {
  const { etag } = harness.store.put(
    'reports',
    `${ledgerPrefix}${name}`,
    Array.from({ length: lines }, (_, i) => `{"key":"${name}-${i}"}\n`).join(''),
  );
  return { name, etag: `"${etag}"`, lines };
}

/** Writes the report of a run, and the list of its parts. */
function report(
  { name, executionArn }: ClaimedRun,
  parts: readonly LedgerPartRef[],
  counted = parts,
): void {
  const folder = `runs/2026-11-25/${name}/`;
  const balanced = {
    key: `${folder}ledger-parts.jsonl`,
    parts: counted.length,
    lines: counted.reduce((sum, { lines }) => sum + lines, 0),
  };
  harness.store.put(
    'reports',
    balanced.key,
    parts.map((each) => `${JSON.stringify(each)}\n`).join(''),
  );
  harness.store.put(
    'reports',
    `${folder}report.json`,
    JSON.stringify({ run: { executionArn }, ledger: { bucket: 'reports', prefix: '-', balanced } }),
  );
}

async function find(...runs: ClaimedRun[]) {
  const isRunning = async (arn: string) => {
    described.push(arn);
    onDescribe();
    return running.has(arn);
  };
  const { ledgers, ...rest } = await findVerifiedRuns(
    { s3: harness.s3, bucket: 'reports', reportPrefix: 'runs/', isRunning, now: () => Date.now() },
    runs,
  );
  await writePartsFile(harness.s3, 'reports', 'parts.jsonl', ledgers);
  return {
    running: rest.running.map(({ name }) => name),
    withoutReport: rest.withoutReport.map(({ name }) => name),
    shared: ledgers
      .filter(({ isShared }) => isShared)
      .map(({ prefix }) => /run=(.*)\/$/.exec(prefix)![1]),
    read: ledgers.length,
    lacking: await sumLacking(ledgers),
  };
}

const NOTHING = { parts: 0, lines: 0, examples: [] };

test('a ledger that has the parts of the report lacks nothing, and Step Functions is not asked', async () => {
  report(NIGHTLY, [
    part(NIGHTLY, 'aa00000000000000-000000.jsonl', 2),
    part(NIGHTLY, 'bb00000000000000-000000.jsonl', 3),
  ]);
  expect(await find(NIGHTLY)).toEqual({
    running: [],
    withoutReport: [],
    shared: [],
    read: 1,
    lacking: NOTHING,
  });
  expect(described).toEqual([]);
});

test('a part that is gone is named, with the number of its lines', async () => {
  report(NIGHTLY, [
    part(NIGHTLY, 'aa00000000000000-000000.jsonl', 2),
    part(NIGHTLY, 'aa00000000000000-000001.jsonl', 1),
    part(NIGHTLY, 'bb00000000000000-000000.jsonl', 3),
  ]);
  const [first, second] = ['aa00000000000000-000001.jsonl', 'bb00000000000000-000000.jsonl'].map(
    (name) => `${NIGHTLY.ledgerPrefix}${name}`,
  );
  harness.store.delete('reports', first);
  harness.store.delete('reports', second);
  expect((await find(NIGHTLY)).lacking).toEqual({
    parts: 2,
    lines: 4,
    examples: [
      { part: first, lines: 1 },
      { part: second, lines: 3 },
    ],
  });
});

test('a part that was written again lacks only lines that it lost', async () => {
  report(NIGHTLY, [
    part(NIGHTLY, 'aa00000000000000-000000.jsonl', 5),
    part(NIGHTLY, 'bb00000000000000-000000.jsonl', 3),
  ]);
  part(NIGHTLY, 'aa00000000000000-000000.jsonl', 2);
  part(NIGHTLY, 'bb00000000000000-000000.jsonl', 4);
  expect((await find(NIGHTLY)).lacking).toEqual({
    parts: 1,
    lines: 3,
    examples: [{ part: `${NIGHTLY.ledgerPrefix}aa00000000000000-000000.jsonl`, lines: 3 }],
  });
});

test('a part that came after the report is read, too, and is no gap', async () => {
  report(NIGHTLY, [part(NIGHTLY, 'aa00000000000000-000000.jsonl', 2)]);
  part(NIGHTLY, 'aa00000000000000-000001.jsonl', 1);
  part(NIGHTLY, 'cc00000000000000-000000.jsonl', 1);
  expect((await find(NIGHTLY)).lacking).toEqual(NOTHING);
});

test('a run that archived nothing is no problem', async () => {
  report(NIGHTLY, []);
  harness.store.delete('reports', 'runs/2026-11-25/nightly/ledger-parts.jsonl');
  expect(await find(NIGHTLY)).toMatchObject({ withoutReport: [], lacking: NOTHING });
});

test(
  'a run that is still going is not read, and one that ended without a report is read and ' +
    'named',
  async () => {
    const [going, crashed] = [claim('going'), claim('crashed')];
    running.add(going.executionArn);
    expect(await find(NIGHTLY, going, crashed)).toMatchObject({
      running: ['going'],
      withoutReport: ['nightly', 'crashed'],
      read: 2,
    });
  },
);

test('a run that ends while it is looked at has its report', async () => {
  onDescribe = () => report(NIGHTLY, [part(NIGHTLY, 'aa00000000000000-000000.jsonl', 2)]);
  expect(await find(NIGHTLY)).toMatchObject({ running: [], withoutReport: [], lacking: NOTHING });
});

test(
  'a report that S3 does not show to those who may not list its folder is missing only if a ' +
    'listing says so',
  async () => {
    harness.store.deny({ operations: ['GetObject'], bucket: 'reports' });
    expect(await find(NIGHTLY)).toMatchObject({ withoutReport: ['nightly'] });
    report(NIGHTLY, []);
    await expect(find(NIGHTLY)).rejects.toMatchObject({ name: 'AccessDenied' });
  },
);

test('a redrive that wrote the report mends a run', async () => {
  expect(await find(NIGHTLY)).toMatchObject({ withoutReport: ['nightly'] });
  report(NIGHTLY, [part(NIGHTLY, 'aa00000000000000-000000.jsonl', 2)]);
  expect(await find(NIGHTLY)).toMatchObject({ withoutReport: [], read: 1 });
});

test.each<[string, () => void]>([
  ['of another execution', () => report({ ...NIGHTLY, executionArn: 'arn:x:other' }, [])],
  [
    'that is not JSON',
    () => {
      harness.store.put('reports', 'runs/2026-11-25/nightly/report.json', '{');
    },
  ],
  [
    'that does not list the parts',
    () => {
      harness.store.put(
        'reports',
        'runs/2026-11-25/nightly/report.json',
        JSON.stringify({ run: { executionArn: NIGHTLY.executionArn }, ledger: {} }),
      );
    },
  ],
  [
    'whose list lacks a part',
    () => report(NIGHTLY, [], [{ name: 'aa00000000000000-000000.jsonl', etag: '"x"', lines: 1 }]),
  ],
  [
    'whose list is gone',
    () => {
      report(NIGHTLY, [part(NIGHTLY, 'aa00000000000000-000000.jsonl', 1)]);
      harness.store.delete('reports', 'runs/2026-11-25/nightly/ledger-parts.jsonl');
    },
  ],
])('a report %s proves nothing', async (_, write) => {
  write();
  expect(await find(NIGHTLY)).toMatchObject({ withoutReport: ['nightly'], read: 1 });
});

test('only runs whose days overlap may have the same objects', async () => {
  const runs = [
    claim('a', '2026-11-20', '2026-11-22'),
    claim('b', '2026-11-22', '2026-11-23'),
    claim('c', '2026-11-24', '2026-11-24'),
    claim('d', '2026-11-25', '2026-11-25'),
  ];
  for (const run of runs) {
    report(run, [part(run, 'aa00000000000000-000000.jsonl', 1)]);
  }
  expect((await find(...runs)).shared).toEqual(['a', 'b']);
  const parts = harness
    .read('reports', 'parts.jsonl')!
    .trimEnd()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { parts: { key: string; shared?: true }[] }).parts);
  expect(parts.map(({ key, shared }) => [/run=(\w)/.exec(key)![1], shared])).toEqual([
    ['a', true],
    ['b', true],
    ['c', undefined],
    ['d', undefined],
  ]);
  const olderThan = claim('e', null, '2026-11-24');
  report(olderThan, []);
  expect((await find(...runs, olderThan)).shared).toEqual(['a', 'b', 'c', 'e']);
});

test(
  'a ledger of thousands of parts is compared with its report in memory that grows with its ' +
    'batches',
  async () => {
    const parts = Array.from({ length: 2_500 }, (_, i) =>
      part(
        NIGHTLY,
        `${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(16, '0')}-000000.jsonl`,
        1,
      ),
    );
    report(NIGHTLY, parts);
    const lost = parts
      .filter((_, i) => i % 500 === 0)
      .map(({ name }) => `${NIGHTLY.ledgerPrefix}${name}`);
    lost.forEach((key) => harness.store.delete('reports', key));
    const { lacking } = await find(NIGHTLY);
    expect([lacking.parts, lacking.lines, lacking.examples.map((each) => each.part)]).toEqual([
      5,
      5,
      lost,
    ]);
  },
);

describe('a run of the command, which Step Functions does not know', () => {
  const ONCE = { ...claim('once'), executionArn: 'arn:command:states:::execution:demo:once' };
  const beat = (minutesAgo: number) =>
    harness.store.put('reports', 'runs/2026-11-25/once/heartbeat', 'running', {
      lastModified: new Date(Date.now() - minutesAgo * 60_000),
    });

  test.each([
    ['runs as long as its heart beats', 1, ['once']],
    ['has ended when it does not', 6, []],
  ])('%s', async (_, minutesAgo, expected) => {
    beat(minutesAgo);
    const found = await find(ONCE);
    expect(found.running).toEqual(expected);
    expect(found.withoutReport).toEqual(expected.length > 0 ? [] : ['once']);
    expect(described).toEqual([]);
  });

  test('has ended when it never did', async () =>
    expect((await find(ONCE)).withoutReport).toEqual(['once']));

  test('has ended with its report, whatever its heart does', async () => {
    beat(0);
    report(ONCE, [part(ONCE, 'aa00000000000000-000000.jsonl', 2)]);
    expect(await find(ONCE)).toMatchObject({ running: [], withoutReport: [], read: 1 });
  });
});
