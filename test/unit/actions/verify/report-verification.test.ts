import { createHash } from 'node:crypto';
import * as v from 'valibot';
import {
  type PlannedLedgers,
  writePlannedLedgers,
} from '../../../../src/actions/verify/lambda/planned-ledgers';
import { reportVerification } from '../../../../src/actions/verify/lambda/report-verification';
import { addSeen } from '../../../../src/actions/verify/lambda/seen-versions';
import type { VerifyProgress } from '../../../../src/contract/payloads/batch-payloads';
import { LedgerLine, type VerifiedLine } from '../../../../src/contract/payloads/ledger-line';
import type { VerifyCounts } from '../../../../src/contract/payloads/outcomes';
import type { ReportRunEvent } from '../../../../src/contract/payloads/report-payloads';
import type { Run } from '../../../../src/contract/payloads/run';
import { publishVerificationMetrics } from '../../../../src/lambda/report-run/publish-metrics';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { testRun } from '../../../helpers/batch-fixtures';
import type { Harness } from '../../../helpers/harness';
import { settings, startReportHarness } from '../../../helpers/report-fixtures';
import { expectSchema, schemaErrors, VERIFICATION_SCHEMA } from '../../../helpers/report-schema';

let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

const VERIFIED = 'runs/ledger/day=2026-11-24/run=nightly/';
const RUN = testRun({
  id: 'check',
  action: 'verify',
  ledgerOf: 'nightly',
  startTime: '2026-11-26T01:00:00.000Z',
  reportPrefix: 'runs/2026-11-26/check/',
  objectsPerSecond: 1,
  maxConcurrency: 1,
});
const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:Archiver:check';

function finding(name: string, status: 'changed' | 'missing' = 'missing'): VerifiedLine {
  return {
    v: 2,
    key: `incoming/${name}`,
    destination: `archive/${name}`,
    status,
    code: `ARCHIVED_COPY_${status.toUpperCase()}`,
    message: 'as it is',
    etag: '"x"',
    archivedEtag: '"x"',
    size: 3,
    day: '2026-11-24',
    at: 7,
    part: `${VERIFIED}aa-000000_000010.jsonl`,
  };
}

function put(key: string, body: string): void {
  harness.store.put('reports', key, body);
}
const lines = (all: readonly object[]) => all.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Another run with a ledger. */
function addRun(
  name: string,
  status: string,
  names: readonly string[],
  claim: object = {},
  line: object = {},
): void {
  const path = `day=2026-11-25/run=${name}/`;
  put(
    `runs/claims/${path}claim.json`,
    JSON.stringify({
      archiver: 'Demo/Archiver',
      executionArn: `arn:x:${name}`,
      startTime: '2026-11-25T12:00:00Z',
      action: 'archive',
      dryRun: false,
      from: '2026-11-24',
      to: '2026-11-24',
      source: { bucket: 'source', prefix: 'incoming/' },
      destination: { bucket: 'archive', prefix: 'archive/' },
      ...claim,
    }),
  );
  put(
    `runs/ledger/${path}bb-000000_000010.jsonl`,
    lines(
      names.map((each) => ({
        v: 2,
        key: `incoming/${each}`,
        destination: `archive/${each}`,
        status,
        etag: '"later"',
        size: 3,
        day: '2026-11-24',
        at: 1,
        ...line,
      })),
    ),
  );
}

interface Given {
  readonly counts?: Partial<VerifyCounts>;
  readonly run?: Partial<Run>;
  readonly ledgers?: Partial<PlannedLedgers> | 'none';
  readonly seen?: string;
}

async function report(
  found: readonly VerifiedLine[],
  { counts, run = {}, ledgers = {}, seen = '' }: Given = {},
) {
  const listed = Math.max(100, found.length);
  const all: VerifyCounts = {
    listed,
    present: listed - found.length,
    changed: 0,
    missing: 0,
    unproven: 0,
    skipped: 0,
    ...counts,
  };
  for (const { status } of found) {
    if (status !== 'skipped' && counts === undefined) {
      all[status] += 1;
    }
  }
  const progress: VerifyProgress = {
    cursor: 100,
    finished: true,
    rounds: 1,
    counts: all,
    bytes: 300,
    requests: { ListObjectsV2: 1 },

    retrieved: {},
    milliseconds: 400,
    seen,
  };
  const folder = `${RUN.reportPrefix}map-run/0f/`;
  put(`${folder}SUCCEEDED_0.jsonl`, lines([progress]));
  put(
    `${folder}manifest.json`,
    JSON.stringify({
      ResultFiles: { SUCCEEDED: [{ Key: `${folder}SUCCEEDED_0.jsonl` }], FAILED: [], PENDING: [] },
    }),
  );
  const planned: PlannedLedgers = {
    verified: 1,
    running: [],
    withoutReport: [],
    lacking: { parts: 0, lines: 0, examples: [] },
    ...(ledgers === 'none' ? {} : ledgers),
  };
  if (ledgers !== 'none') {
    await writePlannedLedgers(harness.s3, 'reports', RUN, planned);
  }
  if (found.length > 0) {
    put(`${RUN.ledgerPrefix}cc-000000.jsonl`, lines(found));
  }
  const event: ReportRunEvent = {
    run: { ...RUN, ...run },
    executionId: EXECUTION,
    map: { ResultWriterDetails: { Bucket: 'reports', Key: `${folder}manifest.json` } },
  };
  const reported = await reportVerification(
    { s3: harness.s3, readInput: async () => undefined, settings: settings(), clock: systemClock },
    event,
  );
  publishVerificationMetrics(reported.report);
  return reported;
}

/** Returns what was written to the log meanwhile. */
async function watched<T>(work: () => Promise<T>): Promise<{ written: string; result: T }> {
  const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    const result = await work();
    return { result, written: write.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    write.mockRestore();
  }
}

test('all present: a clean report, a page, and a metric of zero', async () => {
  const {
    written: metrics,
    result: { summary, report: written },
  } = await watched(() => report([]));
  expect(metrics).toContain('"ObjectsUnaccounted":0');
  expect(summary).toMatchObject({
    action: 'verify',
    outcome: 'CLEAN',
    counts: { listed: 100, present: 100 },
    bytes: 300,
  });
  expect(summary.subject).toBe('Verification OK, 100 objects present: 2026-11-24 (Demo/Archiver)');
  expect(
    schemaErrors(
      JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!),
      VERIFICATION_SCHEMA,
    ),
  ).toEqual([]);
  expect(harness.read('reports', 'runs/2026-11-26/check/report.html')).toContain(
    'all 100 objects of these ledgers',
  );
  expect(written.cost.total).toBeGreaterThan(0);
});

test(
  'changed and missing: one message with the objects, what to do first, and the command that ' +
    'verifies again',
  async () => {
    const { summary } = await report([finding('a'), finding('b', 'changed')]);
    expect(summary).toMatchObject({
      outcome: 'FAILED',
      counts: { listed: 100, present: 98, changed: 1, missing: 1, unproven: 0, skipped: 0 },
    });
    expect(summary.subject).toBe(
      'Verification FAILED, 1 missing, 1 changed: 2026-11-24 (Demo/Archiver)',
    );
    expect(summary.message).toContain(
      '2 of 100 objects in the archive are not as the ledger says.',
    );
    expect(summary.message).toContain(
      "aws s3api list-object-versions --bucket archive --prefix 'archive/a'",
    );
    expect(summary.message).toContain('--input \'{"action":"verify","run":"nightly"}\'');
    expect(summary.message).not.toContain('No object was lost');
    const details = JSON.parse(summary.attributes.details) as object;
    expect(details).toMatchObject({
      action: 'verify',
      layer: 'S3',
      code: 'ARCHIVED_COPY_MISSING',
      problems: [{ key: 'archive/a' }, { key: 'archive/b' }],
    });
    expect(
      schemaErrors(
        JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!),
        VERIFICATION_SCHEMA,
      ),
    ).toEqual([]);
    const page = harness.read('reports', 'runs/2026-11-26/check/report.html')!;
    for (const text of ['Unaccounted', 'archive/a', 'archive/b', 'list-object-versions']) {
      expect(page).toContain(text);
    }
  },
);

describe('a loss', () => {
  const OLD = { key: 'incoming/a', content: 'abc' };
  const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;
  const lost: VerifiedLine = {
    ...finding('a'),
    etag: md5(OLD.content),
    archivedEtag: md5(OLD.content),
  };
  /** What a restore says of it. */
  const restored = { etag: lost.etag, archivedEtag: lost.archivedEtag, origin: lost.part };
  beforeEach(() => {
    harness.store.put('source', OLD.key, OLD.content);
  });

  test('is explained by a restore of that line, as long as the old key holds the object', async () => {
    addRun('undo', 'restored', ['a'], { action: 'restore' }, restored);
    const { summary } = await report([lost, finding('b')]);
    expect(summary.counts).toEqual({
      listed: 100,
      present: 98,
      changed: 0,
      missing: 1,
      unproven: 0,
      skipped: 1,
    });
    const explained = harness.read('reports', `${RUN.ledgerPrefix}cc-000000.jsonl`)!;
    expect(explained).toContain('restored by run undo, and its old key holds it');
    expectSchema(
      explained
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as object),
    );
    // A retry of ReportRun finds the same.
    expect(
      (await report([], { counts: { listed: 100, present: 98, missing: 2 } })).summary.counts,
    ).toEqual(summary.counts);
  });

  test(
    'is explained by the ETag that the restore gave the old key, where the content has another ' +
      'one in the archive',
    async () => {
      const { etag } = harness.store.put('source', OLD.key, 'abc', { partSize: 1 });
      addRun(
        'undo',
        'restored',
        ['a'],
        { action: 'restore' },
        { ...restored, restoredEtag: `"${etag}"` },
      );
      expect((await report([lost])).summary.counts).toMatchObject({ missing: 0, skipped: 1 });
    },
  );

  test.each<[string, () => void]>([
    [
      'the old key holds something else of the same size',
      () => {
        harness.store.put('source', OLD.key, 'xyz');
      },
    ],
    [
      'the old key holds nothing',
      () => {
        harness.store.delete('source', OLD.key);
      },
    ],
  ])('is no more explained by a restore once %s', async (_, change) => {
    addRun(
      'undo',
      'restored',
      ['a'],
      { action: 'restore' },
      { ...restored, restoredEtag: md5(OLD.content) },
    );
    change();
    expect((await report([lost])).summary.counts).toMatchObject({ missing: 1, skipped: 0 });
  });

  test.each<[string, string, object, object]>([
    ['a later run that archived another version', 'archived', {}, { etag: '"later"' }],
    ['a later run that found the same version in the archive', 'archived', {}, {}],
    [
      'a restore of the line of another run',
      'restored',
      { action: 'restore' },
      { origin: 'runs/ledger/day=2026-11-24/run=other/aa-000000_000010.jsonl' },
    ],
    [
      'a restore that does not say which line it restored',
      'restored',
      { action: 'restore' },
      { origin: undefined },
    ],
    [
      'a restore of another key that shared the archived copy',
      'restored',
      { action: 'restore' },
      { key: 'incoming/b' },
    ],
    [
      'a restore of another version of the key',
      'restored',
      { action: 'restore' },
      { etag: '"other"', archivedEtag: '"other"' },
    ],
    ['a restore that failed', 'failed', { action: 'restore' }, {}],
    ['a dry run of a restore', 'restored', { action: 'restore', dryRun: true }, {}],
    [
      'a restore of another archiver',
      'restored',
      { action: 'restore', archiver: 'Other/Archiver' },
      {},
    ],
    ['a verification', 'restored', { action: 'verify' }, {}],
  ])('is not explained by %s', async (_, status, claim, line) => {
    addRun('later', status, ['a'], claim, { ...restored, ...line });
    expect((await report([lost])).summary.counts).toMatchObject({ missing: 1, skipped: 0 });
  });

  test('does not become certain by a restore, if it was only unproven', async () => {
    addRun('undo', 'restored', ['a'], { action: 'restore' }, restored);
    expect(
      (await report([{ ...lost, status: 'unproven', code: 'ARCHIVED_COPY_UNPROVEN' }])).summary
        .counts,
    ).toMatchObject({ unproven: 1, skipped: 0 });
  });
});

test('many restored objects are looked up by pages of a listing, without permission to read one', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `n${String(i).padStart(3, '0')}`);
  for (const name of names) {
    harness.store.put('source', `incoming/${name}`, 'abc');
  }
  const etag = `"${createHash('md5').update('abc').digest('hex')}"`;
  addRun('undo', 'restored', names, { action: 'restore' }, { etag, origin: finding('a').part });
  harness.store.deny({ operations: ['HeadObject', 'GetObject'], bucket: 'source' });
  harness.resetRequests();
  const lost = names.map((name) => ({ ...finding(name), etag, archivedEtag: etag }));
  expect((await report(lost)).summary.counts).toMatchObject({ missing: 0, skipped: 300 });
  // The ledgers, the claims, the results, and one page of the source.
  expect(harness.requests.ListObjectsV2).toBeLessThanOrEqual(8);
});

test('what nothing proves is told with its reason, and the execution succeeds with a message', async () => {
  const { summary, report: written } = await report([
    { ...finding('a'), status: 'unproven', code: 'ARCHIVED_COPY_UNPROVEN' },
  ]);
  expect(summary).toMatchObject({
    outcome: 'PROBLEMS',
    counts: { listed: 100, present: 99, unproven: 1 },
  });
  expect(summary.subject).toBe('Verification incomplete, 1 unproven: 2026-11-24 (Demo/Archiver)');
  for (const text of [
    'the archive has 99 of the 100 objects of these ledgers. Nothing proves that the archive ' +
      'has 1 of them.',
    "aws s3api head-object --bucket archive --key 'archive/a'",
  ]) {
    expect(summary.message).toContain(text);
  }
  expect(
    schemaErrors(
      JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!),
      VERIFICATION_SCHEMA,
    ),
  ).toEqual([]);
  expect(written.reasons).toEqual([
    { status: 'unproven', code: 'ARCHIVED_COPY_UNPROVEN', count: 1 },
  ]);
});

test('lines that ledgers lack are unproven, and the message names the part and how many', async () => {
  const part = `${VERIFIED}aa-000000.jsonl`;
  const { summary } = await report([], {
    ledgers: { lacking: { parts: 1, lines: 7, examples: [{ part, lines: 7 }] } },
  });
  expect(summary).toMatchObject({
    outcome: 'PROBLEMS',
    counts: { listed: 107, present: 100, unproven: 7 },
  });
  for (const text of [
    `7 lines of s3://reports/${part}`,
    'LEDGER_LINES_MISSING',
    'Layer: ledger',
    `aws s3api list-object-versions --bucket reports --prefix '${part}'`,
  ]) {
    expect(summary.message).toContain(text);
  }
  expect(
    schemaErrors(
      JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!),
      VERIFICATION_SCHEMA,
    ),
  ).toEqual([]);
  expect(harness.read('reports', 'runs/2026-11-26/check/report.html')).toContain(
    'Missing from the ledgers',
  );
});

const ENDED = {
  name: 'crashed',
  executionArn: EXECUTION.replace('check', 'crashed'),
  dates: { from: '2026-11-23', to: '2026-11-24' },
};

test(
  'a run that ended without a report is named, with the commands that mend it, and the ' +
    'verification is not clean',
  async () => {
    const { summary } = await report([], { ledgers: { withoutReport: [ENDED] } });
    expect(summary).toMatchObject({
      outcome: 'PROBLEMS',
      counts: { listed: 100, present: 100, unproven: 0 },
    });
    expect(summary.subject).toBe(
      'Verification incomplete, 1 run without a report: 2026-11-24 (Demo/Archiver)',
    );
    for (const text of [
      'Run crashed ended, and no report lists the parts of its ledger',
      'aws stepfunctions redrive-execution --region eu-west-1 --execution-arn ' +
        `${ENDED.executionArn}`,
      '{"from":"2026-11-23","to":"2026-11-24"}',
    ]) {
      expect(summary.message).toContain(text);
    }
    expect(
      schemaErrors(
        JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!),
        VERIFICATION_SCHEMA,
      ),
    ).toEqual([]);
  },
);

test('a run that is still going is named, and is no problem', async () => {
  const { summary } = await report([], { ledgers: { running: [ENDED] } });
  expect(summary).toMatchObject({ outcome: 'CLEAN', counts: { listed: 100, present: 100 } });
  expect(summary.subject).toBe(
    'Verification OK, 100 objects present, 1 run still running: 2026-11-24 (Demo/Archiver)',
  );
  expect(summary.message).toContain(
    'Run crashed has not ended, so nothing is said about what it archives.',
  );
  expect(summary.message).toContain('Not verified, because they are still running:\n  crashed');
});

test('a plan that does not say which ledgers were read is no clean verification', async () => {
  await expect(report([], { ledgers: 'none' })).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('objects of several ledgers count once, whether they are present or lost', async () => {
  const seen = addSeen('', [
    { identity: 'x', size: 30 },
    { identity: 'y', size: 5 },
    { identity: 'x', size: 30 },
  ]);
  const twice = [
    finding('a'),
    { ...finding('a'), part: `${VERIFIED.replace('nightly', 'later')}aa-000000_000010.jsonl` },
  ];
  const { summary } = await report(twice, { seen });
  expect(summary).toMatchObject({ counts: { listed: 98, present: 97, missing: 1 }, bytes: 270 });
});

test('a finding that is in no line is not forgotten, and one that is in two counts once', async () => {
  await expect(
    report([finding('a')], { counts: { listed: 100, present: 98, missing: 2 } }),
  ).rejects.toMatchObject({ name: 'LedgerUnbalanced' });
  put(`${RUN.ledgerPrefix}dd-000005.jsonl`, lines([finding('a')]));
  expect((await report([finding('a')])).summary.counts).toMatchObject({ missing: 1 });
});

test('a dry run says what the verification would cost, and emits no metric', async () => {
  const {
    written,
    result: { summary },
  } = await watched(() => report([], { run: { dryRun: true } }));
  expect(written).not.toContain('ObjectsUnaccounted');
  expect(summary.subject).toBe(
    'Dry run of a verification, 100 objects: 2026-11-24 (Demo/Archiver)',
  );
  expect(summary.message).toMatch(/The verification would cost about \$\d/);
  const page = harness.read('reports', 'runs/2026-11-26/check/report.html')!;
  expect(page).toMatch(/Would compare<\/dt><dd>100</);
  expect(page).toContain('Bytes to compare');
  // It did not look at the archive, so nothing is known to be there or missing.
  expect(page).not.toMatch(/Present|Missing|Changed|present/);
});

test('the lines of the ledger of a verification are no lines of a ledger of objects', () => {
  expect(v.is(LedgerLine, finding('a'))).toBe(false);
});
