/** The calendar of all runs, after whole runs in the sandbox. */
import { readRuns } from '../../src/lambda/calendar/calendar-page';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

const PAGE = 'runs/index.html';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await rehearse();
});
afterAll(() => rehearsal.close());

const page = () =>
  rehearsal.sandbox.s3!.store.get(rehearsal.sandbox.reportBucket, PAGE)!.body.bytes().toString();
const newest = () => readRuns(page(), PAGE)[0];

test('has runs that archive, dry runs, verifications, and runs that failed before their reports', async () => {
  const { sandbox, put } = rehearsal;
  put('incoming/a-2026-11-24.csv');
  await sandbox.run({ now: '2026-11-25T01:00:00Z', name: 'try', input: { dryRun: true } });
  expect(newest()).toMatchObject({
    action: 'archive',
    dryRun: true,
    outcome: 'CLEAN',
    counts: { done: 1, notDone: 0 },
    folder: '2026-11-25/try',
  });
  await sandbox.run({ now: '2026-11-25T02:00:00Z', name: 'night' });
  expect(newest()).toMatchObject({
    action: 'archive',
    dryRun: false,
    outcome: 'CLEAN',
    counts: { done: 1, notDone: 0 },
    folder: '2026-11-25/night',
    day: '2026-11-25',
  });
  await sandbox.run({
    now: '2026-11-26T01:00:00Z',
    name: 'check',
    input: { action: 'verify', run: 'night' },
  });
  expect(newest()).toMatchObject({
    action: 'verify',
    outcome: 'CLEAN',
    counts: { done: 1, notDone: 0 },
  });
  await sandbox.run({ now: '2026-11-27T01:00:00Z', name: 'typo', input: { too: '2026-11-24' } });
  expect(newest()).toMatchObject({
    outcome: 'FAILED',
    dates: null,
    counts: null,
    folder: null,
    day: '2026-11-27',
  });
  expect(readRuns(page(), PAGE)).toHaveLength(4);
});

test('leads to reports that are there', () => {
  const { store } = rehearsal.sandbox.s3!;
  const files = [...page().matchAll(/href="\.\/([^"]*)"/g)].map(
    ([, file]) => `runs/${decodeURIComponent(file)}`,
  );
  expect(files).toHaveLength(3);
  for (const file of files) {
    const report = store.get(rehearsal.sandbox.reportBucket, file)!.body.bytes().toString();
    const [, day] = /href="\.\.\/\.\.\/index\.html#(r[^"]*)"/.exec(report)!;
    expect(page()).toContain(`<li id="${day}">`);
  }
});

test('is not among the ledgers, which have only parts', () => {
  const { store } = rehearsal.sandbox.s3!;
  expect(
    store.keys(rehearsal.sandbox.reportBucket).filter((key) => key.endsWith('index.html')),
  ).toEqual([PAGE]);
  expect(
    store
      .keys(rehearsal.sandbox.reportBucket, 'runs/ledger/')
      .filter((key) => !key.endsWith('.jsonl')),
  ).toEqual([]);
});

test('does not fail a run, and is not overwritten, if another program wrote the page', async () => {
  const { sandbox, put } = rehearsal;
  sandbox.s3!.store.put(sandbox.reportBucket, PAGE, '<h1>Welcome</h1>');
  put('incoming/b-2026-11-27.csv');
  expect(await sandbox.run({ now: '2026-11-28T01:00:00Z' })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { archived: 1 },
  });
  expect(page()).toBe('<h1>Welcome</h1>');
});
