import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { synthesise } from '../../examples/demo/synth';
import { openSandbox, type RunOptions } from '../../sandbox';

jest.setTimeout(120_000);

const directory = mkdtempSync(path.join(tmpdir(), 'examples-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What an example archives, as its comments and props promise. `null`: it stays. */
test.each<[scenario: string, run: RunOptions, moves: Record<string, string | null>]>([
  ['daily-cron', { now: '2026-11-25T01:00:00+09:00' }, {
    'incoming/shop/orders-2026-11-24.csv': 'archive/2026/11/24/shop/orders-2026-11-24.csv',
    'incoming/u_ex261123.log': 'archive/2026/11/23/u_ex261123.log',
    'incoming/MOD09GA.A2026328.h08v05.061.hdf': 'archive/2026/11/24/MOD09GA.A2026328.h08v05.061.hdf',
    'incoming/nightly-20261124010015-logs.gz': 'archive/2026/11/24/nightly-20261124010015-logs.gz',
    'incoming/20261122.gz': null,
    'incoming/20261125.gz': null,
  }],
  ['backfill-only', { input: { from: '2026-11-01', to: '2026-11-24' } }, {
    'landing/2026-11-24T07-15_eu.json': 'history/2026/11/24/2026-11-24T07-15_eu.json',
    'landing/2026-11-01_eu/a.json': 'history/2026/11/01/2026-11-01_eu/a.json',
    'landing/eu/2026-11-24.json': null,
    'landing/2026-10-31.json': null,
  }],
  ['backfill-only', { input: {}, now: '2026-11-25T12:00:00+01:00' }, {
    'landing/2026-10-25.json': 'history/2026/10/25/2026-10-25.json',
    'landing/2026-10-26.json': null,
  }],
  ['cross-bucket-kms', { now: '2026-11-25T02:30:00-05:00' }, {
    'eu/orders-2026-11-24.csv': '2026/11/24/eu/orders-2026-11-24.csv',
    'orders-2026-11-22.csv': '2026/11/22/orders-2026-11-22.csv',
    'orders-2026-11-21.csv': null,
  }],
  ['hive-for-athena', { now: '2026-11-25T00:30:00Z' }, {
    'raw/events/2026/11/24/07/events-1-2026-11-24-07-15-02-1f0e': 'events/year=2026/month=11/day=24/events-1-2026-11-24-07-15-02-1f0e',
    'raw/events/2026/11/25/00/events-1-2026-11-25-00-15-02-1f0e': null,
  }],
])('%s archives what it says, run with %j', async (scenario, run, moves) => {
  const app = path.join(directory, scenario);
  synthesise(scenario, app);
  const sandbox = await openSandbox({ app });
  try {
    const { store } = sandbox.s3!;
    for (const key of Object.keys(moves)) store.put(sandbox.sourceBucket, key, key);
    const { status, counts } = await sandbox.run(run);

    const archived = Object.values(moves).filter((destination) => destination !== null).length;
    expect([status, counts]).toEqual(['SUCCEEDED', {
      listed: expect.any(Number), archived, skipped: expect.any(Number), conflicting: 0, failed: 0,
    }]);
    const found = Object.entries(moves).map(([key, destination]) => [
      key, store.get(sandbox.sourceBucket, key) ? null : destination && store.get(sandbox.destinationBucket, destination)?.body.bytes().toString(),
    ]);
    expect(found).toEqual(Object.entries(moves).map(([key, destination]) => [key, destination && key]));
  } finally {
    await sandbox.close();
  }
});
