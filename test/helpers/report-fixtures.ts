import * as path from 'node:path';
import { testRun } from './batch-fixtures';
import { ENVIRONMENT as DEFAULTS } from './environment';
import { startHarness, type Harness } from './harness';
import { skippedObjects } from './skipped-objects';
import type { S3DoubleOptions } from '../../packages/s3-double/src';
import type { Progress } from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { ListedObject } from '../../src/contract/payloads/listing';
import type { Counts } from '../../src/contract/payloads/outcomes';
import type { ReportRunEvent } from '../../src/contract/payloads/report-payloads';
import type { Run } from '../../src/contract/payloads/run';
import type { Settings } from '../../src/contract/payloads/settings';
import { Tally } from '../../src/lambda/ledger/tally';
import { mergeNotes } from '../../src/lambda/notes/note-counts';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { judge } from '../../src/lambda/report-run/report/outcome';
import type { ReportFacts } from '../../src/lambda/report-run/report/report';
import { type Environment, readSettings } from '../../src/lambda/runtime/environment';

export const RUN = testRun({ objectsPerSecond: 150 });

export const ENVIRONMENT: typeof DEFAULTS = {
  ...DEFAULTS,
  SOURCE_BUCKET: 'source',
  SOURCE_PREFIX: 'incoming/',
  DESTINATION_BUCKET: 'archive',
  ARCHIVER_NAME: 'Demo/Archiver',
};

export const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:Archiver:nightly';

export const EVENT: ReportRunEvent = {
  run: RUN,
  executionId: EXECUTION,
  map: {
    ResultWriterDetails: { Bucket: 'reports', Key: `${RUN.reportPrefix}map-run/0f/manifest.json` },
  },
};
export const MANIFEST = EVENT.map.ResultWriterDetails!;

export function settings(more: Environment = {}): Settings {
  return readSettings({ ...ENVIRONMENT, ...more });
}

export async function startReportHarness(options?: S3DoubleOptions): Promise<Harness> {
  const harness = await startHarness(options);
  harness.store.createBucket('reports');
  return harness;
}

export function listed(key: string, more: Partial<ListedObject> = {}): ListedObject {
  return {
    Key: key,
    Etag: '"0cc175b9c0f1b6a831c399e269772661"',
    LastModified: 1_795_000_000,
    Size: 1,
    StorageClass: 'STANDARD',
    ...more,
  };
}

export function progress(counts: Partial<Counts>, more: Partial<Progress> = {}): Progress {
  const start = initialProgress();
  return { ...start, finished: true, rounds: 1, counts: { ...start.counts, ...counts }, ...more };
}

export interface RunFacts {
  readonly lines?: LedgerLine[];
  readonly run?: Partial<Run>;
  readonly skipped?: number;
  readonly tolerated?: number;
}

/** Returns the input of `createReport` for a run with these ledger lines. */
export function factsOf(
  { lines = [], run = {}, skipped = 0, tolerated = 10 }: RunFacts,
  more: Partial<ReportFacts> = {},
): ReportFacts {
  const tally = new Tally();
  lines.forEach((line) => tally.add(line));
  const { archived, conflicting, failed } = tally;
  const counts: Counts = { listed: lines.length + skipped, archived, skipped, conflicting, failed };
  const notes = structuredClone(tally.notes);
  mergeNotes(notes, more.skipped?.notes);
  return {
    archiverName: 'Demo/Archiver',
    run: { ...RUN, ...run },
    executionArn: EXECUTION,
    outcome: judge(counts, tolerated),
    counts,
    tally,
    notes,
    batches: { count: 1, rounds: 1 },
    requests: {},
    uncounted: 0,
    batch: settings().batch,
    storageClass: 'STANDARD',
    awsRegion: 'us-east-1',
    dateSource: settings().dateSource,
    keepsSources: false,
    observed: { lookBack: {}, latencySeconds: 0.015, seconds: 0.3, initSeconds: 0.15 },
    skipped: skippedObjects({ stragglers: { count: 0, oldest: null } }),
    toleratedFailurePercentage: tolerated,
    timeZone: 'UTC',
    endedAt: new Date('2026-11-25T01:02:30Z'),
    source: { bucket: 'source', prefix: 'incoming/' },
    destination: { bucket: 'archive', prefix: 'archive/' },
    ledger: { bucket: 'reports', prefix: RUN.ledgerPrefix },
    ...more,
  };
}

export function ledgerLine(key: string, status: LedgerLine['status'], code?: string): LedgerLine {
  return {
    v: 2,
    key,
    destination: `archive/2026/11/24/${key}`,
    status,
    code,
    etag: '"e"',
    size: 100,
    day: '2026-11-24',
    at: 0,
  };
}

/** Writes a part of the ledger, and returns the progress of its batch, which knows the part. */
export function writeBatch(
  harness: Harness,
  id: string,
  lines: LedgerLine[],
  skipped = 0,
): Progress {
  const name = `${id}-000000_001000.jsonl`;
  writeLedger(harness, name, lines);
  const tally = new Tally();
  lines.forEach((line) => tally.add(line));
  const { archived, conflicting, failed, bytes } = tally;
  const etag = `"${harness.store.get('reports', `${RUN.ledgerPrefix}${name}`)!.etag}"`;
  const digest = tally.toDigest([{ name, etag, lines: lines.length }]);
  return progress(
    { listed: lines.length + skipped, archived, skipped, conflicting, failed },
    { bytes, digest },
  );
}

export function writeLedger({ store }: Harness, part: string, lines: LedgerLine[]): void {
  store.put('reports', `${RUN.ledgerPrefix}${part}`, jsonLines(lines));
}

export function readLedger({ store }: Harness): Record<string, LedgerLine[]> {
  const prefix = RUN.ledgerPrefix;
  return Object.fromEntries(
    store.keys('reports', prefix).map((key) => [
      key.slice(prefix.length),
      store
        .get('reports', key)!
        .body.bytes()
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LedgerLine),
    ]),
  );
}

/** Returns the record that Step Functions keeps of a child that did not succeed. */
export function failedChild(
  items: ListedObject[],
  error = 'SystemicFailure',
  cause = 'ACCESS_DENIED: no',
): object {
  return {
    ExecutionArn: `${EXECUTION.replace('Archiver:', 'Archiver/ArchiveObjects:')}-1`,
    Input: JSON.stringify({ BatchInput: { run: RUN, progress: initialProgress() }, Items: items }),
    InputDetails: { Included: true },
    Name: 'nightly-1',
    Status: 'FAILED',
    Error: error,
    Cause: cause,
    StartDate: '2026-11-25T01:00:01Z',
    StopDate: '2026-11-25T01:00:02Z',
  };
}

/** Writes the files of the ResultWriter. A string is used as the content of the file. */
export function writeResults(
  { store }: Harness,
  results: { [status in 'SUCCEEDED' | 'FAILED' | 'PENDING']?: object[] | string },
  manifest = MANIFEST.Key,
): void {
  const files: Record<string, { Key: string; Size: number }[]> = {
    SUCCEEDED: [],
    FAILED: [],
    PENDING: [],
  };
  for (const [status, content] of Object.entries(results)) {
    const text = typeof content === 'string' ? content : jsonLines(content);
    const key = `${path.posix.dirname(manifest)}/${status}_0.jsonl`;
    store.put('reports', key, text);
    files[status].push({ Key: key, Size: text.length });
  }
  store.put(
    'reports',
    manifest,
    JSON.stringify({ DestinationBucket: 'reports', MapRunArn: 'arn:...', ResultFiles: files }),
  );
}

export function jsonLines(objects: object[]): string {
  return objects.map((each) => `${JSON.stringify(each)}\n`).join('');
}
