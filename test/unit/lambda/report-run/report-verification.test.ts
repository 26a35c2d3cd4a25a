import * as v from 'valibot';
import type { VerifyProgress } from '../../../../src/contract/payloads/batch-payloads';
import { LedgerLine, type VerifiedLine } from '../../../../src/contract/payloads/ledger-line';
import type { VerifyCounts } from '../../../../src/contract/payloads/outcomes';
import type { ReportRunEvent } from '../../../../src/contract/payloads/report-payloads';
import type { Run } from '../../../../src/contract/payloads/run';
import { reportVerification } from '../../../../src/lambda/report-run/verification/report-verification';
import { systemClock } from '../../../../src/lambda/s3/retry';
import type { Harness } from '../../../helpers/harness';
import { settings, startReportHarness } from '../../../helpers/report-fixtures';
import { schemaErrors, VERIFICATION_SCHEMA } from '../../../helpers/report-schema';

let harness: Harness;
beforeEach(async () => { harness = await startReportHarness(); });
afterEach(() => harness.close());

const VERIFIED = 'runs/ledger/day=2026-11-24/run=nightly/';
const RUN: Run = {
  id: 'check',
  startTime: '2026-11-26T01:00:00.000Z',
  action: 'verify',
  from: '2026-11-24',
  to: '2026-11-24',
  dryRun: false,
  ledgerOf: 'nightly',
  reportPrefix: 'runs/2026-11-26/check/',
  ledgerPrefix: 'runs/ledger/day=2026-11-24/run=check/',
  objectsPerSecond: 1,
  maxConcurrency: 1,
};
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
    written: Math.floor(Date.now() / 1000) - 60,
  };
}

function put(key: string, body: string): void { harness.store.put('reports', key, body); }
const lines = (all: readonly object[]) => all.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Another run with a ledger. */
function addRun(name: string, status: string, names: readonly string[], claim: object = {}, line: object = {}): void {
  const path = `day=2026-11-25/run=${name}/`;
  put(`runs/claims/${path}claim.json`, JSON.stringify({ archiver: 'Demo/Archiver', executionArn: `arn:x:${name}`, startTime: '2026-11-25T12:00:00Z', ...claim }));
  put(`runs/ledger/${path}bb-000000_000010.jsonl`, lines(names.map((each) => ({ key: `incoming/${each}`, destination: `archive/${each}`, status, etag: '"later"', ...line }))));
}

async function report(found: readonly VerifiedLine[], { counts, run = {} }: { counts?: Partial<VerifyCounts>; run?: Partial<Run> } = {}) {
  const all: VerifyCounts = { listed: 100, present: 100 - found.length, changed: 0, missing: 0, unproven: 0, skipped: 0, ...counts };
  for (const { status } of found) { if (status !== 'skipped' && counts === undefined) { all[status] += 1; } }
  const progress: VerifyProgress = {
    cursor: 100,
    finished: true,
    rounds: 1,
    counts: all,
    bytes: 300,
    requests: { ListObjectsV2: 1 },
    milliseconds: 400,
  };
  const folder = `${RUN.reportPrefix}map-run/0f/`;
  put(`${folder}SUCCEEDED_0.jsonl`, lines([progress]));
  put(`${folder}manifest.json`, JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: `${folder}SUCCEEDED_0.jsonl` }], FAILED: [], PENDING: [] } }));
  if (found.length > 0) { put(`${RUN.ledgerPrefix}cc-000000.jsonl`, lines(found)); }
  const event: ReportRunEvent = { run: { ...RUN, ...run }, executionId: EXECUTION, map: { ResultWriterDetails: { Bucket: 'reports', Key: `${folder}manifest.json` } } };
  return reportVerification({ s3: harness.s3, readInput: async () => undefined, settings: settings(), clock: systemClock }, event);
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
  const { written: metrics, result: { summary, report: written } } = await watched(() => report([]));
  expect(metrics).toContain('"ObjectsUnaccounted":0');
  expect(summary).toMatchObject({ action: 'verify', outcome: 'CLEAN', counts: { listed: 100, present: 100 }, bytes: 300 });
  expect(summary.subject).toBe('Verification OK, 100 objects: 2026-11-24 (Demo/Archiver)');
  expect(schemaErrors(JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!), VERIFICATION_SCHEMA)).toEqual([]);
  expect(harness.read('reports', 'runs/2026-11-26/check/report.html')).toContain('all 100 objects of these ledgers');
  expect(written.cost.total).toBeGreaterThan(0);
});

test('changed and missing: one message with the objects, what to do first, and the command that verifies again', async () => {
  const { summary } = await report([finding('a'), finding('b', 'changed')]);
  expect(summary).toMatchObject({ outcome: 'FAILED', counts: { listed: 100, present: 98, changed: 1, missing: 1, skipped: 0 } });
  expect(summary.subject).toBe('Verification FAILED, 1 missing, 1 changed: 2026-11-24 (Demo/Archiver)');
  expect(summary.message).toContain('2 of 100 objects in the archive are not as the ledger says.');
  expect(summary.message).toContain("aws s3api list-object-versions --bucket archive --prefix 'archive/a'");
  expect(summary.message).toContain('--input \'{"action":"verify","run":"nightly"}\'');
  expect(summary.message).not.toContain('No object was lost');
  const details = JSON.parse(summary.attributes.details) as object;
  expect(details).toMatchObject({ action: 'verify', layer: 'S3', code: 'ARCHIVED_COPY_MISSING', problems: [{ key: 'archive/a' }, { key: 'archive/b' }] });
  expect(schemaErrors(JSON.parse(harness.read('reports', 'runs/2026-11-26/check/report.json')!), VERIFICATION_SCHEMA)).toEqual([]);
  const page = harness.read('reports', 'runs/2026-11-26/check/report.html')!;
  for (const text of ['Unaccounted', 'archive/a', 'archive/b', 'list-object-versions']) { expect(page).toContain(text); }
});

test.each(['archived', 'restored'])('an object that a later run has %s is skipped, and its line says by which run', async (status) => {
  addRun('later', status, ['a'], status === 'restored' ? { action: 'restore' } : {});
  const { summary } = await report([finding('a'), finding('b')]);
  expect(summary.counts).toEqual({ listed: 100, present: 98, changed: 0, missing: 1, skipped: 1 });
  expect(harness.read('reports', `${RUN.ledgerPrefix}cc-000000.jsonl`)).toContain(`${status === 'restored' ? 'restored' : 'archived again'} by run later`);
  // A retry of ReportRun finds the same.
  expect((await report([], { counts: { listed: 100, present: 98, missing: 2 } })).summary.counts).toEqual(summary.counts);
});

test.each<[string, string, object]>([
  ['a dry run', 'archived', { dryRun: true }],
  ['a run of another archiver', 'archived', { archiver: 'Other/Archiver' }],
  ['a run that did not archive the object', 'conflicting', {}],
  ['a verification', 'archived', { action: 'verify' }],
])('%s explains nothing', async (_, status, claim) => {
  addRun('later', status, ['a'], claim);
  expect((await report([finding('a')])).summary.counts).toMatchObject({ missing: 1, skipped: 0 });
});

test.each<[string, object]>([
  ['that kept the archived copy, because the run kept its sources', { kept: true }],
  ['of an object whose old key is the name of another object in the archive', { key: 'archive/a', destination: 'archive/b' }],
])('a restore %s explains nothing', async (_, line) => {
  addRun('undo', 'restored', ['a'], { action: 'restore' }, line);
  expect((await report([finding('a')])).summary.counts).toMatchObject({ missing: 1, skipped: 0 });
});

test.each([60, 0])('a run that found the same version in the archive %i seconds later explains nothing', async (seconds) => {
  addRun('later', 'archived', ['a'], {}, { etag: '"x"' });
  const written = Math.floor(Date.now() / 1000) - seconds;
  expect((await report([{ ...finding('a'), written }])).summary.counts).toMatchObject({ missing: 1, skipped: 0 });
});

test('an older ledger, and the ledger that was verified, explain nothing', async () => {
  addRun('later', 'archived', ['a', 'b']);
  const future = Math.floor(Date.now() / 1000) + 3_600;
  // The other finding is older, so the younger ledger is read.
  expect((await report([{ ...finding('a'), written: future }, finding('c')])).summary.counts).toMatchObject({ missing: 2, skipped: 0 });
  const own = 'runs/ledger/day=2026-11-25/run=later/';
  expect((await report([{ ...finding('b'), part: `${own}bb-000000_000010.jsonl` }])).summary.counts).toMatchObject({ missing: 1, skipped: 0 });
});

test('a finding that is in no line is not forgotten, and one that is in two counts once', async () => {
  await expect(report([finding('a')], { counts: { listed: 100, present: 98, missing: 2 } })).rejects.toMatchObject({ name: 'LedgerUnbalanced' });
  put(`${RUN.ledgerPrefix}dd-000005.jsonl`, lines([finding('a')]));
  expect((await report([finding('a')])).summary.counts).toMatchObject({ missing: 1 });
});

test('a dry run says what the verification would cost, and emits no metric', async () => {
  const { written, result: { summary } } = await watched(() => report([], { run: { dryRun: true } }));
  expect(written).not.toContain('ObjectsUnaccounted');
  expect(summary.subject).toBe('Dry run of a verification, 100 objects: 2026-11-24 (Demo/Archiver)');
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
