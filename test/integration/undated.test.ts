/**
 * With a date format that does not fit, a run archives nothing. That must not look like a success.
 */
import { AlertMode, Listing } from '../../src';
import type { Report } from '../../src/lambda/report-run/report/report';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

const NOW = '2026-11-25T01:00:00Z';

describe.each([
  ['a Distributed Map lists', {}],
  ['a function lists', { listing: Listing.selective() }],
  ['a message for each run', { alertMode: AlertMode.EVERY_RUN }],
  ['a message for each batch', { alertMode: AlertMode.PER_BATCH }],
])('%s', (_, props) => {
  let it: Rehearsal;
  beforeAll(async () => {
    it = await rehearse(props);
  });
  afterAll(() => it.close());

  function fill(...names: string[]): void {
    const { store } = it.sandbox.s3!;
    for (const key of store.keys(it.sandbox.sourceBucket)) {
      if (key.startsWith('incoming/')) {
        store.delete(it.sandbox.sourceBucket, key);
      }
    }
    for (const name of names) {
      store.put(it.sandbox.sourceBucket, `incoming/${name}`, 'x');
    }
  }

  async function run(dryRun = false) {
    const { counts, report, alerts, status } = await it.sandbox.run({
      input: { date: '2026-11-24', dryRun },
      now: NOW,
    });
    const written = JSON.parse(
      it.sandbox.s3!.store.get(it.sandbox.reportBucket, report!.key)!.body.bytes().toString(),
    ) as Report;
    return { status, counts, report: written, subjects: alerts.map(({ subject }) => subject) };
  }

  test.each([false, true])('no key has a date: one message (dry run: %s)', async (dryRun) => {
    fill('', 'app-20261124.log', 'app-20261123.log', 'app-20261122.log', 'app-20261121.log');
    const { status, counts, report, subjects } = await run(dryRun);
    expect({ status, counts }).toEqual({
      status: 'SUCCEEDED',
      counts: { listed: 5, archived: 0, skipped: 5, conflicting: 0, failed: 0 },
    });
    expect(report).toMatchObject({
      outcome: 'PROBLEMS',
      undated: 4,
      skipReasons: { 'no-date': 4, 'folder-marker': 1 },
    });
    expect(report.undatedKeys).toHaveLength(3);
    expect(subjects).toEqual([
      expect.stringMatching(/^(Archive|Dry run,) found nothing: 2026-11-24/),
    ]);
  });

  test('one key has the date of another day: a run with nothing to do', async () => {
    fill('app-20261124.log', 'a-2026-11-20.log');
    const { report } = await run();
    expect(report).toMatchObject({
      outcome: 'CLEAN',
      undated: 1,
      skipReasons: { 'no-date': 1, 'outside-window': 1 },
    });
  });

  test('there is nothing at all: a run with nothing to do', async () => {
    fill();
    expect((await run()).report).toMatchObject({ outcome: 'CLEAN', undated: 0 });
  });
});
