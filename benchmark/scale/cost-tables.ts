/**
 * Writes the tables of docs/scale.md, and of docs/results/scale.md.
 * usage: npx tsx benchmark/scale/cost-tables.ts
 */
import { DEFAULTS, getFloorUsd, estimateRun, type Setting } from './cost-model';
import { describeBound, estimateNight, type MeasuredRate, readMeasuredRates } from './nights';
import { batchesAtOnce } from '../../src/contract/batches';
import { whole } from '../figures';
import { replaceBetween } from '../write-docs';

const NIGHTS = [1e4, 1e6, 1e7];
/** The answers that make the shortest and the longest nights. */
const EXTREMES = ['20/80/300 ms', '20/150/800 ms'];
const MILLION = { listed: 1_000_000, archived: 1_000_000 };

export const TABLES: Record<string, () => string> = {
  nights: () =>
    nightsTable(readMeasuredRates().filter(({ latency }) => EXTREMES.includes(latency))),
  'all nights': () => nightsTable(readMeasuredRates()),
  sizes: () =>
    markdown(
      ['objects', 'objects/s', 'hours', 'dollars', 'batches', 'ReportRun, seconds'],
      [1e6, 1e7, 1e8, 1e9].flatMap((archived) =>
        [1_500, 3_000].map((maxObjectsPerSecond) => {
          const setting = {
            ...DEFAULTS,
            maxObjectsPerSecond,
            maxConcurrency: batchesAtOnce(maxObjectsPerSecond),
          };
          const run = { listed: archived, archived };
          const { hours, usd, batches, objectsPerSecond, reportSeconds } = estimateRun(
            run,
            setting,
          );
          return [
            whole(archived),
            whole(objectsPerSecond),
            hours.toFixed(1),
            dollars(usd),
            whole(batches),
            whole(Math.ceil(reportSeconds)),
          ];
        }),
      ),
    ),
  'batch sizes': () =>
    settingsTable([100, 250, 500, 1_000].map((batchSize) => ({ ...DEFAULTS, batchSize }))),
  'memory sizes': () =>
    settingsTable(
      [2, 3, 4, 5, 10].flatMap((maxConcurrency) =>
        [512, 1_024, 1_769].map((memoryMb) => ({ ...DEFAULTS, maxConcurrency, memoryMb })),
      ),
    ),
  growth: () =>
    markdown(
      [
        'days in the prefix',
        'objects listed',
        'dollars a night, distributedMap',
        'dollars a night, selective',
        'dollars a night, keyPrefix',
        'dollars a year, distributedMap',
        'dollars a year, selective',
        'dollars a year, keyPrefix',
      ],
      [1, 30, 365, 3_650].map((days) => {
        const archived = 100_000;
        const listed = archived * days;
        const nights = [{ listed }, { listed, selective: true }, { listed: archived }].map(
          (run) => estimateRun({ archived, ...run }, DEFAULTS).usd,
        );
        return [
          whole(days),
          whole(listed),
          ...nights.map((usd) => usd.toFixed(2)),
          ...nights.map((usd) => whole(usd * 365)),
        ];
      }),
    ),
};

/** Why the defaults are what they are is no question of a user. */
const OF_RESULTS: readonly string[] = ['all nights', 'batch sizes', 'memory sizes'];

export function pageOf(table: string): string {
  return OF_RESULTS.includes(table) ? 'results/scale.md' : 'scale.md';
}

function nightsTable(rates: readonly MeasuredRate[]): string {
  return markdown(
    [
      'answers of S3',
      'lists',
      'archive',
      'objects/s',
      ...NIGHTS.map((objects) => `${whole(objects)} objects`),
      'what binds',
      'what changes it',
    ],
    rates.map((measured) => [
      measured.latency,
      measured.isSelective ? 'a function' : 'the map',
      measured.isOtherBucket ? 'another bucket' : 'the same bucket',
      whole(measured.objectsPerSecond),
      ...NIGHTS.map((objects) => {
        const { seconds, usd } = estimateNight(objects, measured);
        return `${whole(Math.ceil(seconds))} s, $${usd.toFixed(2)}`;
      }),
      ...describeBound(measured),
    ]),
  );
}

function settingsTable(settings: readonly Setting[]): string {
  return markdown(
    [
      'batchSize',
      'maxConcurrency',
      'memorySize',
      'seconds a batch',
      'objects/s',
      'dollars per million',
      'to the floor',
    ],
    settings.map((setting) => {
      const { secondsPerBatch, objectsPerSecond, usd } = estimateRun(MILLION, setting);
      return [
        whole(setting.batchSize),
        whole(setting.maxConcurrency),
        whole(setting.memoryMb),
        secondsPerBatch.toFixed(1),
        whole(objectsPerSecond),
        usd.toFixed(3),
        (usd / getFloorUsd(MILLION)).toFixed(3),
      ];
    }),
  );
}

const dollars = (usd: number) => (usd < 100 ? usd.toFixed(2) : whole(usd));

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '--:'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

if (require.main === module) {
  for (const [name, table] of Object.entries(TABLES)) {
    replaceBetween(pageOf(name), name, table());
  }
}
