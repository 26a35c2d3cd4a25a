import * as assert from 'node:assert';
import type { Buckets } from './buckets';
import { type Ended, sandbox, sandboxAsTyped } from './sandbox';

/** A case runs in this place. */
export interface Place {
  readonly buckets: Buckets;
  readonly endpoint: string;
  /** These are the app's assemblies, by the time zone of the schedule. */
  readonly apps: Record<Zone, string>;
  /** These are the logical ids of the app's buckets. */
  readonly logicalIds: { readonly data: string; readonly reports: string };
}

export type Zone = 'Asia/Tokyo' | 'America/New_York';

export type Case = (place: Place) => Promise<void>;

const SELECTED = [
  'incoming/2026-11-24.csv',
  'incoming/a/2026-11-24.csv',
  'incoming/b/2026-11-24.csv',
  'incoming/log_20261124T0005Z.gz',
  'incoming/é 2026-11-24 +%&=#?;.csv',
  'incoming/from 2026-11-20 to 2026-11-24.csv',
  ...series('2026-11-24', 20),
];
const OTHERS = [
  'incoming/2026-11-23.csv',
  'incoming/2026-11-241.csv',
  'incoming/12026-11-24.csv',
  'incoming/2026-11-24/',
  'incoming/2026-11-24/undated.csv',
  'incoming/2026-02-30.csv',
  'incoming2/2026-11-24.csv',
  'archive/2026/11/24/earlier.csv',
  ...series('2026-11-25', 10),
];
const COUNTS = {
  listed: SELECTED.length + OTHERS.length - 2,
  archived: SELECTED.length,
  skipped: OTHERS.length - 2,
  conflicting: 0,
  failed: 0,
};

/**
 * Each entry is a start and the day that the run must archive. Some starts are those of the one
 * o'clock schedule, and the others are at other times. For some of them, `now - 24 h` would be
 * another day.
 */
const SCHEDULES: [zone: Zone, now: string, yesterday: string][] = [
  ['Asia/Tokyo', '2026-03-07T16:00:00Z', '2026-03-07'],
  ['Asia/Tokyo', '2026-10-31T16:00:00Z', '2026-10-31'],
  ['America/New_York', '2026-03-08T06:00:00Z', '2026-03-07'],
  ['America/New_York', '2026-03-09T04:30:00Z', '2026-03-08'], // 00:30, after a day of 23 hours
  ['America/New_York', '2026-11-01T05:00:00Z', '2026-10-31'], // the first 01:00 of that day
  ['America/New_York', '2026-11-01T06:00:00Z', '2026-10-31'], // the second 01:00 of that day
  ['America/New_York', '2026-11-02T04:30:00Z', '2026-10-31'], // 23:30, in a day of 25 hours
];

export const CASES: Record<string, Case> = {
  'a day is archived, and a second run finds nothing left to do': async ({
    apps,
    endpoint,
    buckets,
  }) => {
    // The template gives these names. The report bucket does not exist yet.
    await buckets.seed('company-data', [...SELECTED, ...OTHERS]);
    const before = await Promise.all(SELECTED.map((key) => buckets.describe('company-data', key)));
    const run = () =>
      sandbox(
        '--app',
        apps['Asia/Tokyo'],
        '--endpoint',
        endpoint,
        '--input',
        '{"date":"2026-11-24"}',
      );

    const first = succeeded(await run());
    assert.deepStrictEqual(first.counts, COUNTS);
    assert.deepStrictEqual(
      await buckets.keys('company-data'),
      archived(SELECTED, '2026/11/24').concat(OTHERS).sort(),
    );
    assert.deepStrictEqual(
      await Promise.all(
        archived(SELECTED, '2026/11/24').map((key) => buckets.describe('company-data', key)),
      ),
      before,
    );
    // A first run tells of keys without a date if they are more than a tenth.
    assert.deepStrictEqual(
      first.alerts.map(({ subject }) => subject),
      ['Archive incomplete, 4 without a date: 2026-11-24 (Archive/Archiver)'],
    );
    assert.ok(first.children > 1, 'one child only');
    assert.deepStrictEqual(
      ((await buckets.json(first.report!.bucket, first.report!.key)) as typeof first).counts,
      COUNTS,
    );

    const second = succeeded(await run());
    assert.deepStrictEqual(second.counts, { ...COUNTS, listed: COUNTS.skipped, archived: 0 });
    assert.deepStrictEqual(
      await buckets.keys('company-data'),
      archived(SELECTED, '2026/11/24').concat(OTHERS).sort(),
    );
  },

  'dryRun changes nothing and counts as the real run does': async (place) => {
    const run = await inBucketsOfItsOwn(place, 'dry-run', [...SELECTED, ...OTHERS]);
    const dry = succeeded(await run('--input', '{"date":"2026-11-24","dryRun":true}'));
    assert.deepStrictEqual(await place.buckets.keys('dry-run'), [...SELECTED, ...OTHERS].sort());
    const real = succeeded(await run('--input', '{"date":"2026-11-24"}'));
    assert.deepStrictEqual(dry.counts, real.counts);
    assert.deepStrictEqual(dry.bytes, real.bytes);
  },

  'from and to are both included': async (place) => {
    const days = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24'];
    const run = await inBucketsOfItsOwn(
      place,
      'from-to',
      days.map((day) => `incoming/${day}.csv`),
    );
    const summary = succeeded(await run('--input', '{"from":"2026-11-21","to":"2026-11-23"}'));
    assert.deepStrictEqual(summary.counts, {
      listed: 5,
      archived: 3,
      skipped: 2,
      conflicting: 0,
      failed: 0,
    });
    assert.deepStrictEqual(await place.buckets.keys('from-to'), [
      ...days.slice(1, 4).map((day) => `archive/${day.replaceAll('-', '/')}/${day}.csv`),
      'incoming/2026-11-20.csv',
      'incoming/2026-11-24.csv',
    ]);
  },

  ...Object.fromEntries(
    SCHEDULES.map(([zone, now, yesterday], i): [string, Case] => [
      `the schedule in ${zone} at ${now} archives ${yesterday}`,
      async (place) => {
        const days = [-2, -1, 0, 1, 2].map((offset) => addDays(yesterday, offset));
        const run = await inBucketsOfItsOwn(
          place,
          `schedule-${i}`,
          days.map((day) => `incoming/${day}.csv`),
          zone,
        );
        const summary = succeeded(await run('--now', now));
        assert.deepStrictEqual(summary.counts, {
          listed: 5,
          archived: 1,
          skipped: 4,
          conflicting: 0,
          failed: 0,
        });
        const left = days.filter((day) => day !== yesterday).map((day) => `incoming/${day}.csv`);
        assert.deepStrictEqual(await place.buckets.keys(`schedule-${i}`), [
          `archive/${yesterday.replaceAll('-', '/')}/${yesterday}.csv`,
          ...left,
        ]);
      },
    ]),
  ),

  'a run that fails: exit status 1, no counts, one alert': async (place) => {
    const run = await inBucketsOfItsOwn(place, 'failing', SELECTED);
    for (const input of [
      '{"date":"2026-02-30"}',
      '{"dat":"2026-11-24"}',
      '{"from":"2026-11-24"}',
      '{"from":"2026-11-24","to":"2026-11-23"}',
    ]) {
      const { exit, summary, output } = await run('--input', input);
      assert.strictEqual(exit, 1, output);
      assert.strictEqual(summary?.status, 'FAILED');
      assert.strictEqual(summary.error, 'InvalidRunInput');
      assert.strictEqual(summary.counts, null);
      assert.strictEqual(summary.alerts.length, 1);
    }
    assert.deepStrictEqual(await place.buckets.keys('failing'), [...SELECTED].sort());
  },

  'wrong usage: exit status 2 and a word about it': async ({ apps, endpoint }) => {
    const app = ['--app', apps['Asia/Tokyo'], '--endpoint', endpoint];
    const wrong: [RegExp, string[]][] = [
      [/--app/, []],
      [/nowhere/, ['--app', '/nowhere']],
      [/--frobnicate/, [...app, '--frobnicate']],
      [/--input/, [...app, '--input', '{']],
      [/--input/, [...app, '--input', '"2026-11-24"']],
      [/--now/, [...app, '--now', 'yesterday']],
      [/--bucket/, [...app, '--bucket', 'company-data']],
      [/Nowhere/, [...app, '--bucket', 'Nowhere=company-data']],
      [/Elsewhere/, [...app, '--stack', 'Elsewhere']],
      [/--endpoint/, ['--app', apps['Asia/Tokyo'], '--endpoint', 'localhost']],
    ];
    for (const [word, args] of wrong) {
      const { exit, output } = await sandboxAsTyped(...args);
      assert.strictEqual(exit, 2, `${args.join(' ')}: ${output}`);
      assert.match(output, word);
    }
  },
};

/** Runs the archiver in buckets that no other case uses, with these keys. */
async function inBucketsOfItsOwn(
  place: Place,
  bucket: string,
  keys: string[],
  zone: Zone = 'Asia/Tokyo',
): Promise<(...args: string[]) => Promise<Ended>> {
  const { apps, buckets, endpoint, logicalIds } = place;
  await buckets.seed(bucket, keys);
  return (...args) =>
    sandbox(
      '--app',
      apps[zone],
      '--endpoint',
      endpoint,
      '--bucket',
      `${logicalIds.data}=${bucket}`,
      '--bucket',
      `${logicalIds.reports}=${bucket}-reports`,
      ...args,
    );
}

function succeeded({ exit, summary, output }: Ended): NonNullable<Ended['summary']> {
  assert.strictEqual(exit, 0, output);
  assert.strictEqual(summary?.status, 'SUCCEEDED');
  return summary;
}

function archived(keys: string[], folder: string): string[] {
  return keys.map((key) => key.replace('incoming/', `archive/${folder}/`));
}

function series(day: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `incoming/host-${i}/${day}-${i}.json.gz`);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
