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
    it.startOver();
    for (const name of names) {
      it.sandbox.s3!.store.put(it.sandbox.sourceBucket, `incoming/${name}`, 'x', {
        lastModified: new Date('2026-11-24T12:00:00Z'),
      });
    }
  }

  async function run(dryRun = false, now = NOW) {
    const { counts, report, alerts, status } = await it.sandbox.run({
      input: { date: '2026-11-24', dryRun },
      now,
    });
    const written = JSON.parse(
      it.sandbox.s3!.store.get(it.sandbox.reportBucket, report!.key)!.body.bytes().toString(),
    ) as Report;
    return { status, counts, report: written, alerts };
  }

  test.each([false, true])('no key has a date: one message (dry run: %s)', async (dryRun) => {
    fill('', 'app-20261124.log', 'app-20261123.log', 'app-20261122.log', 'app-20261121.log');
    const { status, counts, report, alerts } = await run(dryRun);
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
    expect(alerts.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^(Archive|Dry run,) found nothing: 2026-11-24/),
    ]);
  });

  test('one key has the date of another day: the others are told, and once', async () => {
    fill('app-20261124.log', 'app-20261123.log', 'a-2026-11-20.log');
    const first = await run();
    expect(first.report).toMatchObject({
      outcome: 'PROBLEMS',
      undated: 2,
      undatedArrivals: { since: null, count: 2, isUnusual: true },
      skipReasons: { 'no-date': 2, 'outside-window': 1 },
    });
    expect(first.alerts[0].message).toContain(
      'no date was found in 2 of the keys of 3 objects, such as incoming/app-2026112',
    );
    const second = await run(false, '2026-11-25T09:00:00Z');
    expect(second.report).toMatchObject({
      outcome: 'CLEAN',
      undated: 2,
      undatedArrivals: { since: first.report.startedAt, count: 0, isUnusual: false },
    });
    // A message that is sent anyway says so, too.
    expect(
      second.alerts.filter(({ message }) => !message.includes('No date was found in the keys')),
    ).toEqual([]);
    // A dry run tells the user who starts it.
    expect((await run(true, '2026-11-25T10:00:00Z')).report).toMatchObject({ outcome: 'PROBLEMS' });
  });

  test('there is nothing at all: a run with nothing to do', async () => {
    fill();
    expect((await run()).report).toMatchObject({ outcome: 'CLEAN', undated: 0 });
  });
});
