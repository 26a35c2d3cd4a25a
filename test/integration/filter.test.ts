/**
 * What a filter leaves out stays at the source, is skipped and is counted, in real runs and in dry
 * runs.
 */
import { Duration, Size } from 'aws-cdk-lib';
import type { Report } from '../../src/lambda/report-run/report/report';
import { type Rehearsal, shareRehearsals } from '../helpers/run-in-sandbox';

const NOW = '2026-11-25T01:00:00Z';
const FILTER = {
  include: ['**/*.csv'],
  exclude: ['tmp/**'],
  minSize: Size.bytes(3),
  maxSize: Size.bytes(10),
  minAge: Duration.hours(1),
};

let it: Rehearsal;
const share = shareRehearsals();
beforeEach(async () => {
  it = await share({ filter: FILTER });
});

const OLD = new Date('2026-11-24T10:00:00Z');
const put = (name: string, body = 'four', lastModified = OLD) =>
  it.sandbox.s3!.store.put(it.sandbox.sourceBucket, `incoming/${name}`, body, { lastModified });

function fill(): void {
  put('a-2026-11-24.csv');
  put('eu/b-2026-11-24.csv');
  put('c-2026-11-24.bin');
  put('d-2026-11-24.bin', '');
  put('tmp/e-2026-11-24.csv');
  put('f-2026-11-24.csv', 'ff');
  put('g-2026-11-24.csv', 'g'.repeat(11));
  put('h-2026-11-24.csv', 'four', new Date('2026-11-25T00:00:00Z'));
  put('i-2026-11-24.csv', 'four', new Date('2026-11-25T00:00:01Z'));
  put('j-2026-11-24.csv', 'four', new Date('2026-11-25T00:30:00Z'));
  put('k-2026-11-20.csv');
  put('l-2026-11-20.bin');
}

const COUNTS = { listed: 12, archived: 3, skipped: 9, conflicting: 0, failed: 0 };
const FILTERED = { include: 2, exclude: 1, minSize: 1, maxSize: 1, minAge: 2 };

function report(key: string): Report {
  return JSON.parse(
    it.sandbox.s3!.store.get(it.sandbox.reportBucket, key)!.body.bytes().toString(),
  ) as Report;
}

test.each([false, true])('dry run: %s', async (dryRun) => {
  fill();
  const {
    status,
    counts,
    report: written,
  } = await it.sandbox.run({
    input: { date: '2026-11-24', scheduledTime: NOW, dryRun },
    now: '2026-11-25T03:00:00Z',
  });
  expect({ status, counts }).toEqual({ status: 'SUCCEEDED', counts: COUNTS });
  expect(report(written!.key)).toMatchObject({
    filtered: FILTERED,
    stragglers: { count: 1, oldest: '2026-11-20' },
  });
  const page = it.sandbox
    .s3!.store.get(it.sandbox.reportBucket, written!.key.replace(/json$/, 'html'))!
    .body.bytes()
    .toString();
  expect(page).toContain(
    'left out by filters: include 2, exclude 1, minSize 1, maxSize 1, minAge 2',
  );
  const archived = it.sandbox
    .s3!.store.keys(it.sandbox.sourceBucket)
    .filter((key) => key.startsWith('archive/'));
  expect(archived).toEqual(
    dryRun
      ? []
      : [
          'archive/2026/11/24/a-2026-11-24.csv',
          'archive/2026/11/24/eu/b-2026-11-24.csv',
          'archive/2026/11/24/h-2026-11-24.csv',
        ],
  );
});

test(
  'a later run over the same day archives what is old enough by then, and the report has filters ' +
    'that left nothing out',
  async () => {
    put('i-2026-11-24.csv', 'four', new Date('2026-11-25T00:00:01Z'));
    await it.sandbox.run({ input: { date: '2026-11-24' }, now: NOW });
    const { counts, report: written } = await it.sandbox.run({
      input: { date: '2026-11-24' },
      now: '2026-11-25T01:00:01Z',
    });
    expect(counts).toMatchObject({ archived: 1, skipped: 0 });
    expect(report(written!.key).filtered).toEqual({
      include: 0,
      exclude: 0,
      minSize: 0,
      maxSize: 0,
      minAge: 0,
    });
  },
);
