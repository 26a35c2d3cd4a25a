import * as v from 'valibot';
import { ACTION_NAMES } from '../../../../src/contract/actions';
import { Plan } from '../../../../src/contract/payloads/batch-payloads';
import type { RunInput } from '../../../../src/contract/payloads/run';
import type { ClaimedRun } from '../../../../src/lambda/ledger/run-claims';
import { ComparedVersions } from '../../../../src/lambda/plan-run/latest-versions';
import { type PlanPorts, planRun } from '../../../../src/lambda/plan-run/plan-run';
import { readSettings } from '../../../../src/lambda/runtime/environment';
import { ENVIRONMENT } from '../../../helpers/environment';

const STARTED = '2026-11-24T16:00:05.123Z';

const NO_KEYS = { count: 0, examples: [] };
const NO_PACKS = {
  packs: 0,
  withoutPack: NO_KEYS,
  withoutIndex: NO_KEYS,
  ofUnknownDay: NO_KEYS,
  damaged: NO_KEYS,
  others: 0,
};

/** The ports of a report bucket with these runs. */
function ports(runs: readonly ClaimedRun[] = [], written: object[] = []): PlanPorts {
  return {
    claimFolders: async ({ to }) => ({
      reportPrefix: 'runs/2026-11-24/run-1/',
      ledgerPrefix: `runs/ledger/day=${to}/run=run-1/`,
    }),
    findPreviousStart: async () => '2026-11-23T16:00:04.000Z',
    async *listRuns() {
      yield* runs;
    },
    findVerifiedRuns: async (found) => ({
      ledgers: found.map(({ ledgerPrefix }) => ({ prefix: ledgerPrefix, bytes: 2 ** 21 })),
      running: [],
      withoutReport: [],
    }),
    writeParts: async (key, ledgers) => {
      written.push({ key, ledgers });
    },
    compareLedgers: async () => new ComparedVersions(new Map()),
    findPacks: async ({ to }) => ({
      items:
        to >= '2026-11-01'
          ? [
              {
                key: `archive/pack-index/day=${to}/pack-0123456789abcdef.jsonl.gz`,
                etag: '"e"',
                size: 5,
              },
            ]
          : [],
      planned: NO_PACKS,
    }),
    writeItems: async (key, items) => {
      written.push({ key, items });
    },
    writePacks: async ({ reportPrefix }, packs) => {
      written.push({ reportPrefix, packs });
    },
    writeLedgers: async ({ reportPrefix }, ledgers) => {
      written.push({ reportPrefix, ...ledgers });
    },
  };
}

function plan(
  input: RunInput = {},
  environment: { readonly [name: string]: string } = {},
  startTime = STARTED,
  given = ports(),
) {
  const event = {
    input,
    runId: 'run-1',
    startTime,
    executionId: 'arn:aws:states:us-east-1:111122223333:execution:archiver:run-1',
  };
  return planRun(
    event,
    readSettings({ ...ENVIRONMENT, ALLOW_RESTORE: 'true', ...environment }),
    given,
  );
}

async function days(
  input: RunInput,
  environment: { readonly [name: string]: string } = {},
  startTime = STARTED,
) {
  const { from, to } = (await plan(input, environment, startTime)).run;
  return { from, to };
}

test('a run knows whether its input named the days', async () => {
  const namesDays = async (input: RunInput) => (await plan(input)).run.namesDays;
  expect([
    await namesDays({ date: '2025-01-31' }),
    await namesDays({ from: '2025-01-01', to: '2025-01-31' }),
    await namesDays({ scheduledTime: '2026-11-24T16:00:00Z' }),
    await namesDays({}),
  ]).toEqual([true, true, undefined, undefined]);
});

test('planRun returns the plan that the state machine expects', async () => {
  expect(v.parse(Plan, await plan())).toEqual({
    run: {
      id: 'run-1',
      startTime: STARTED,
      previousStart: '2026-11-23T16:00:04.000Z',
      from: '2026-11-23',
      to: '2026-11-23',
      dryRun: false,
      action: 'archive',
      reportPrefix: 'runs/2026-11-24/run-1/',
      ledgerPrefix: 'runs/ledger/day=2026-11-23/run=run-1/',
      objectsPerSecond: 750,
      maxConcurrency: 2,
    },
    listing: { prefix: '' },
    maxConcurrency: 2,
    resultPrefix: 'runs/2026-11-24/run-1/map-run',
    finish: {},
    progress: {
      cursor: 0,
      finished: false,
      requests: {},
      rounds: 0,
      counts: { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 },
      bytes: 0,
      skipped: {
        reasons: {},
        filters: {},
        stragglers: { count: 0, oldest: null },
        undated: [],
        newUndated: 0,
        notes: {},
      },
      problems: [],
      upload: null,
      digest: {
        parts: [],
        span: null,
        timeline: { width: 1_000, first: 0, archived: [], notArchived: [] },
        sizes: [],
        classes: {},
        slowest: [],
        reasons: [],
      },
    },
  });
});

describe('the days of a run', () => {
  test('are counted from the scheduled instant, however late the run starts', async () => {
    const nextDay = '2026-11-25T23:59:00.000Z';
    expect(
      await days({ scheduledTime: '2026-11-24T16:00:00Z' }, { TIME_ZONE: 'Asia/Tokyo' }, nextDay),
    ).toEqual({ from: '2026-11-24', to: '2026-11-24' });
  });

  test('are counted in the time zone from the start of the run, if nothing was scheduled', async () => {
    expect(await days({}, { TIME_ZONE: 'Asia/Tokyo' })).toEqual({
      from: '2026-11-24',
      to: '2026-11-24',
    });
    expect(await days({}, { TIME_ZONE: 'UTC' })).toEqual({ from: '2026-11-23', to: '2026-11-23' });
  });

  test.each([
    ['2026-03-09T04:30:00Z', '2026-03-08'],
    ['2026-11-02T04:30:00Z', '2026-10-31'],
  ])(
    'are calendar days when clocks change: at %s in New York yesterday was %s',
    async (scheduledTime, expected) => {
      expect(await days({ scheduledTime }, { TIME_ZONE: 'America/New_York' })).toEqual({
        from: expected,
        to: expected,
      });
    },
  );

  test('are the days of the input, if it has any', async () => {
    expect(await days({ date: '2025-01-31', scheduledTime: '2026-11-24T16:00:00Z' })).toEqual({
      from: '2025-01-31',
      to: '2025-01-31',
    });
    expect(await days({ from: '2025-01-01', to: '2025-01-31' })).toEqual({
      from: '2025-01-01',
      to: '2025-01-31',
    });
  });

  test.each([
    [
      'the first',
      '1970-01-01T00:00:00Z',
      'Pacific/Pago_Pago',
      { from: '1869-12-30', to: '1969-12-30' },
    ],
    [
      'the last',
      '9998-12-31T23:59:59Z',
      'Pacific/Kiritimati',
      { from: '9898-12-31', to: '9998-12-31' },
    ],
  ])(
    'are computed from %s instant that is allowed, however many they are',
    async (_, scheduledTime, zone, expected) => {
      expect(
        await days(
          { scheduledTime },
          { TIME_ZONE: zone, SELECTION: '{"kind":"lastDays","days":36525}' },
        ),
      ).toEqual(expected);
    },
  );

  test('may have no beginning', async () => {
    expect(await days({}, { SELECTION: '{"kind":"olderThan","days":30}' })).toEqual({
      from: null,
      to: '2026-10-24',
    });
  });
});

test('the rate is divided by the number of concurrent batches, also if the input sets it', async () => {
  expect(await plan({ maxConcurrency: 3 })).toMatchObject({
    maxConcurrency: 3,
    run: { objectsPerSecond: 500 },
  });
  expect(await plan({}, { MAX_CONCURRENCY: '100', MAX_OBJECTS_PER_SECOND: '200' })).toMatchObject({
    maxConcurrency: 100,
    run: { objectsPerSecond: 2 },
  });
});

test.each([
  ['50', 50, 1],
  ['2.5', 2, 1.25],
  ['0.5', 1, 0.5],
])(
  'at %s objects a second, a batch gets at least one, or all of them',
  async (rate, maxConcurrency, objectsPerSecond) => {
    const environment = { MAX_CONCURRENCY: '100', MAX_OBJECTS_PER_SECOND: rate };
    expect(await plan({}, environment)).toMatchObject({
      maxConcurrency,
      run: { objectsPerSecond, maxConcurrency },
    });
  },
);

test.each([
  ['30', '30, which the archiver was deployed with:'],
  [undefined, '10, which the archiver was deployed with by default:'],
])('rejects a maxConcurrency above the deployed one (%s)', async (deployed, limit) => {
  const environment: Record<string, string> = deployed ? { MAX_CONCURRENCY: deployed } : {};
  expect((await plan({ maxConcurrency: Number(deployed ?? 10) }, environment)).maxConcurrency).toBe(
    Number(deployed ?? 10),
  );
  await expect(plan({ maxConcurrency: 10_000 }, environment)).rejects.toThrow(
    `maxConcurrency 10000 must be at most ${limit}`,
  );
});

test.each([
  [1, 1],
  [750, 1],
  [751, 2],
  [1_500, 2],
  [3_000, 4],
  [3_500, 5],
  [1_000_000, 10],
])('for %d objects a second, the default is %d concurrent batches', async (rate, batches) => {
  const found = await plan({}, { MAX_OBJECTS_PER_SECOND: String(rate) });
  expect(found).toMatchObject({
    maxConcurrency: batches,
    run: { objectsPerSecond: rate / batches },
  });
});

test('the plan of a dry run says that it is one', async () => {
  expect((await plan({ dryRun: true })).run.dryRun).toBe(true);
});

test('the ledger of a run of several days lies at the last of them', async () => {
  expect((await plan({ from: '2026-10-01', to: '2026-10-31' })).run.ledgerPrefix).toBe(
    'runs/ledger/day=2026-10-31/run=run-1/',
  );
});

test('a manifest is part of the run, whichever way the input names it', async () => {
  const environment = { LISTING_CONCURRENCY: '16' };
  expect((await plan({ manifest: 's3://lists/a' }, environment)).run.manifest).toEqual({
    uri: 's3://lists/a',
  });
  const manifest = { uri: 's3://lists/a', keyEncoding: 'url' } as const;
  expect((await plan({ manifest }, environment)).run.manifest).toEqual(manifest);
  expect((await plan({}, environment)).run.manifest).toBeUndefined();
});

test('an archiver whose map lists reads no manifest', async () => {
  await expect(plan({ manifest: 's3://lists/a' })).rejects.toThrow(
    "the run's input is wrong: only an archiver with listing: Listing.selective() reads a " +
      'manifest, ' +
      'because the map of this one lists the bucket itself: deploy it with Listing.selective(), ' +
      'and start the run again',
  );
});

test('days whose retention may end after the year 9999 are refused, where objects are retained', async () => {
  const retention = { RETENTION: JSON.stringify({ retentionMode: 'GOVERNANCE', days: 36_500 }) };
  await expect(plan({ from: '2026-11-24', to: '9899-01-01' }, retention)).rejects.toThrow(
    "the run's input is wrong: a retention of up to a century may end after the year 9999: " +
      'choose days before the year 9899',
  );
  expect((await plan({ date: '9898-12-31' }, retention)).run.to).toBe('9898-12-31');
  expect((await plan({ date: '9998-12-31' })).run.to).toBe('9998-12-31');
});

test('a run that is refused claims no folder', async () => {
  let claims = 0;
  const event = {
    input: { date: 'monday' },
    runId: 'run-1',
    startTime: STARTED,
    executionId: 'arn',
  };
  await expect(
    planRun(event, readSettings(ENVIRONMENT), {
      ...ports(),
      claimFolders: async () => {
        claims += 1;
        return { reportPrefix: '', ledgerPrefix: '' };
      },
    }),
  ).rejects.toThrow('date must be');
  expect(claims).toBe(0);
});

test('the listing has a longer prefix with DateSource.keyPrefix', async () => {
  const environment = {
    SOURCE_PREFIX: 'incoming/',
    DATE_SOURCE: '{"kind":"keyPrefix","formats":["yyyy/MM/dd"]}',
  };
  expect((await plan({ date: '2026-11-24' }, environment)).listing.prefix).toBe(
    'incoming/2026/11/24',
  );
});

const archived = (name: string, day: string, more: Partial<ClaimedRun> = {}): ClaimedRun => ({
  archiver: ENVIRONMENT.ARCHIVER_NAME,
  executionArn: `arn:aws:states:us-east-1:111122223333:execution:archiver:${name}`,
  startTime: `${day}T16:00:00Z`,
  action: 'archive',
  dryRun: false,
  from: day,
  to: day,
  source: { bucket: 'data', prefix: '' },
  destination: { bucket: 'data', prefix: 'archive/' },
  name,
  day,
  ledgerPrefix: `runs/ledger/day=${day}/run=${name}/`,
  ...more,
});

describe('a run that reads ledgers', () => {
  const RUNS = [
    archived('first', '2026-11-20'),
    archived('rehearsal', '2026-11-20', { dryRun: true }),
    archived('check', '2026-11-21', { action: 'verify' }),
    archived('neighbor', '2026-11-21', { archiver: 'Other/Archiver' }),
    archived('second', '2026-11-22', { action: 'archive', dryRun: false }),
    archived('x\u202e', '2026-11-23'),
    archived('moved', '2026-11-10', { destination: { bucket: 'elsewhere', prefix: 'archive/' } }),
  ];
  const planned = async (input: RunInput, environment = {}) => {
    const written: { ledgers: { prefix: string }[] }[] = [];
    const result = await plan(input, environment, STARTED, ports(RUNS, written));
    return { ...result, written };
  };
  const ledgersOf = async (input: RunInput, environment = {}) =>
    (await planned(input, environment)).written[0].ledgers.map(
      ({ prefix }) => /run=(.*)\/$/.exec(prefix)![1],
    );

  test('writes what its map reads, and its days are those of the run that it names', async () => {
    const { run, partsKey, progress, written } = await planned({
      action: 'verify',
      run: 'second',
      deep: true,
    });
    expect(run).toMatchObject({
      action: 'verify',
      from: '2026-11-22',
      to: '2026-11-22',
      ledgerOf: 'second',
      deep: true,
      ledgerPrefix: 'runs/ledger/day=2026-11-22/run=run-1/',
    });
    expect(partsKey).toBe('runs/2026-11-24/run-1/plan/parts.jsonl');
    expect(progress).toEqual({
      cursor: 0,
      finished: false,
      rounds: 0,
      counts: { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 },
      bytes: 0,
      requests: {},
      retrieved: {},
      milliseconds: 0,
      seen: '',
    });
    expect(written).toEqual([
      {
        key: partsKey,
        ledgers: [{ prefix: 'runs/ledger/day=2026-11-22/run=second/', bytes: 2 * 1024 ** 2 }],
      },
      {
        reportPrefix: 'runs/2026-11-24/run-1/',
        verified: 1,
        running: [],
        withoutReport: [],
        lacking: { parts: 0, lines: 0, examples: [] },
      },
    ]);
  });

  test('a restore keeps its keys, and gives each child one batch', async () => {
    const { run, written, progress } = await planned({
      action: 'restore',
      date: '2026-11-20',
      keys: ['in/*'],
    });
    expect(run).toMatchObject({ action: 'restore', keys: ['in/*'] });
    expect(written).toMatchObject([
      { ledgers: [{ bytes: 0 }] },
      { verified: 1, running: [], withoutReport: [], lacking: { parts: 0 } },
    ]);
    expect(progress).toMatchObject({ counts: { archived: 0 } });
  });

  test('a run that archives reads none', async () => {
    const { partsKey, written } = await planned({});
    expect([partsKey, written]).toEqual([undefined, []]);
  });

  test.each<[RunInput, string[]]>([
    [{ action: 'verify', from: '2026-11-20', to: '2026-11-22' }, ['first', 'second']],
    [{ action: 'verify', date: '2026-11-20' }, ['first']],
    [{ action: 'verify', run: 'x\u202e' }, ['x\u202e']],
    [{ action: 'verify', run: 'x\\u202e' }, ['x\u202e']],
    // Yesterday, by the default selection.
    [{ action: 'verify' }, ['x\u202e']],
    [
      {
        action: 'verify',
        selection: { kind: 'lastDays', days: 3 },
        scheduledTime: '2026-11-23T16:00:00Z',
      },
      ['first', 'second'],
    ],
  ])(
    "%j reads the ledgers of this archiver's runs that archived objects",
    async (input, expected) => {
      expect(await ledgersOf(input)).toEqual(expected);
    },
  );

  test('a name that was used again means the latest run, and days the older one', async () => {
    const again = [archived('backfill', '2026-11-21'), archived('backfill', '2026-03-01')];
    const read = async (input: RunInput) => {
      const written: { ledgers: { prefix: string }[] }[] = [];
      await plan(input, {}, STARTED, ports(again, written));
      return written[0].ledgers.map(({ prefix }) => prefix);
    };
    expect(await read({ action: 'restore', run: 'backfill' })).toEqual([again[0].ledgerPrefix]);
    expect(await read({ action: 'restore', date: '2026-03-01' })).toEqual([again[1].ledgerPrefix]);
  });

  test('days without a beginning include the first run', async () => {
    await expect(
      ledgersOf({ action: 'verify', selection: { kind: 'olderThan', days: 3 } }),
    ).rejects.toThrow('the destination of run "moved" was s3://elsewhere/archive/');
  });

  test.each<[RunInput, string]>([
    [
      { action: 'verify', run: 'unknown' },
      'run "unknown" is unknown, or its reports have expired: the latest runs that have a ' +
        'ledger are x\\u202e, second, first, moved: name one of them',
    ],
    [{ action: 'verify', run: 'neighbor' }, 'run "neighbor" is unknown'],
    [
      { action: 'verify', run: 'rehearsal' },
      'run "rehearsal" was a dry run, which archived nothing',
    ],
    [
      { action: 'restore', run: 'check' },
      'run "check" archived nothing, because its action was verify',
    ],
    [
      { action: 'verify', date: '2026-11-21' },
      'no run for 2026-11-21 has a ledger. The day of a ledger is the last day of its run, and ' +
        'the latest days that have one are ' +
        '2026-11-23, 2026-11-22, 2026-11-20, 2026-11-10: choose days that include one of them',
    ],
    [
      { action: 'restore', run: 'moved' },
      'the destination of run "moved" was s3://elsewhere/archive/, and the archiver is now ' +
        'deployed with s3://',
    ],
  ])('%j is refused', async (input, message) => {
    await expect(planned(input)).rejects.toMatchObject({
      name: 'InvalidRunInput',
      message: expect.stringContaining(message),
    });
  });

  test('if all of them are still going, nothing can be verified yet', async () => {
    const findVerifiedRuns: PlanPorts['findVerifiedRuns'] = async ([{ name, executionArn }]) => ({
      ledgers: [],
      running: [{ name, executionArn }],
      withoutReport: [],
    });
    const given: PlanPorts = { ...ports(RUNS), findVerifiedRuns };
    await expect(
      plan({ action: 'verify', run: 'second' }, {}, STARTED, given),
    ).rejects.toMatchObject({
      name: 'InvalidRunInput',
      message:
        'nothing can be verified yet: run second has not ended, so its ledger is not complete: ' +
        'start the verification again when it has ended',
    });
  });

  test('without any run, says so', async () => {
    await expect(plan({ action: 'verify', run: 'a' })).rejects.toThrow(
      'no run of this archiver has a ledger yet',
    );
    await expect(plan({ action: 'verify' })).rejects.toThrow(
      'no run of this archiver has a ledger yet',
    );
  });
});

const PACKING = { PACKING: JSON.stringify({ maxObjectSize: 2 ** 20, maxPackSize: 2 ** 28 }) };

test('by packs, a restore to the reports reads their indexes, and needs no run', async () => {
  const written: object[] = [];
  const { run, partsKey } = await plan(
    {
      action: 'restore',
      target: 'reports',
      lines: 'packs',
      date: '2026-11-24',
      keys: ['**/a.csv'],
    },
    PACKING,
    STARTED,
    ports([], written),
  );
  expect(run).toMatchObject({
    action: 'restore',
    target: 'reports',
    lines: 'packs',
    from: '2026-11-24',
    to: '2026-11-24',
    keys: ['**/a.csv'],
    ledgerOf: undefined,
  });
  const items = [
    {
      key: 'archive/pack-index/day=2026-11-24/pack-0123456789abcdef.jsonl.gz',
      etag: '"e"',
      size: 5,
    },
  ];
  expect(written).toEqual([
    { key: partsKey, items },
    { reportPrefix: run.reportPrefix, packs: NO_PACKS },
  ]);
});

const BY_PACKS = { action: 'restore', target: 'reports', lines: 'packs' } as const;
test.each<RunInput>([
  ...ACTION_NAMES.map((action) => ({ action })),
  { action: 'restore', target: 'reports' },
  BY_PACKS,
])(
  'the index of a pack, which a stranger may have written, leads only into reports: %j',
  async (task) => {
    let asked = 0;
    const given: PlanPorts = {
      ...ports([archived('nightly', '2026-11-24')]),
      findPacks: async (window) => {
        asked += 1;
        return ports().findPacks(window);
      },
      writeItems: async () => {
        asked += 1;
      },
    };
    await plan(
      { ...task, date: '2026-11-24' },
      { ...PACKING, ALLOW_RESTORE: 'true' },
      STARTED,
      given,
    );
    expect(asked).toBe(task === BY_PACKS ? 2 : 0);
  },
);

test('days without packs are refused, and so is a restore to the reports without packing', async () => {
  await expect(plan({ ...BY_PACKS, date: '2026-10-01' }, PACKING)).rejects.toMatchObject({
    name: 'InvalidRunInput',
    message: expect.stringContaining('the archive has no packs of 2026-10-01'),
  });
  await expect(plan({ ...BY_PACKS, date: '2026-11-24' })).rejects.toMatchObject({
    name: 'InvalidRunInput',
    message: expect.stringContaining('deploy it with packing: Packing.zip()'),
  });
});

test('an archiver without allowRestore refuses a restore before it looks for anything', async () => {
  await expect(
    plan({ action: 'restore', run: 'nightly' }, { ALLOW_RESTORE: 'false' }),
  ).rejects.toMatchObject({
    name: 'InvalidRunInput',
    message: expect.stringContaining('deploy it with allowRestore: true'),
  });
});
