/**
 * Three million keys of forty producers, in folders and in one, by a third of their pages and by
 * all. They are in no memory: a synthetic bucket makes each page when it is asked for.
 */
import { lookAt, readDays } from '../helpers/look-at';
import { DAYS, fortyProducers } from '../helpers/producers';
import type { SyntheticProducer } from '../helpers/synthetic-bucket';

jest.setTimeout(1_200_000);

/** 40 producers, 320 days: 3,008,000 objects. */
const PER_DAY = 235;
const OBJECTS = 40 * DAYS.length * PER_DAY;
const MIB = 1024 ** 2;
/** What listing adds to the memory, at most. Three million keys alone are 300 MiB. */
const MAX_MEMORY = 500 * MIB;

const FORMATS = [
  "'year='yyyy'/month='MM'/day='dd",
  'MM_dd_yyyy',
  'MMddyyyy',
  'dd-MM-yyyy',
  'dd.MM.yyyy',
  'dd/MM/yyyy',
  'ddMMyyyy',
  'yyMMdd',
  'yyMMddHH',
  'yyyy-MM-dd',
  'yyyy/MM/dd',
  'yyyyDDD',
  'yyyyMMdd',
];

/** All names in one folder. They begin with what tells them apart. */
function flat(producer: SyntheticProducer): SyntheticProducer {
  return {
    ...producer,
    prefix: producer.prefix.replace('/', '_'),
    key: (day, n) => producer.key(day, n).replaceAll('/', '~'),
  };
}

async function measure(what: string, producers: readonly SyntheticProducer[], pages: number) {
  const before = process.memoryUsage().rss;
  const began = process.cpuUsage();
  const started = performance.now();
  const report = await lookAt(producers, { pages });
  const { user, system } = process.cpuUsage(began);
  const seconds = (performance.now() - started) / 1_000;
  const memory = process.memoryUsage().rss - before;
  process.stderr.write(
    `${what}, ${report.pages.used} pages of at least ${report.pages.atLeast}: ` +
      `${report.objects} objects, $${report.pages.usd}, ${seconds.toFixed(1)} s, ` +
      `${((user + system) / 1e6).toFixed(1)} s of CPU, ${Math.round(memory / MIB)} MiB more\n`,
  );
  expect(memory).toBeLessThan(MAX_MEMORY);
  return report;
}

const formatsOf = ({ formats }: Awaited<ReturnType<typeof lookAt>>) =>
  [...new Set(formats.map(({ format }) => format))].sort();

test('in folders: by two thousand pages, and by all', async () => {
  const producers = fortyProducers(PER_DAY);
  const part = await measure('in folders', producers, 2_000);
  expect(part.pages).toMatchObject({ used: 2_000, isComplete: false });
  expect(part.objects).toBeLessThanOrEqual(2_000_000);
  expect(part.objects).toBeGreaterThan(1_700_000);
  // Every format that was found in this part of the keys is right.
  expect(FORMATS).toEqual(expect.arrayContaining(formatsOf(part)));
  const all = await measure('in folders', producers, 4_000);
  expect(all).toMatchObject({ objects: OBJECTS, ambiguous: [], undated: [] });
  expect(all.pages.isComplete).toBe(true);
  expect(formatsOf(all)).toEqual([...FORMATS].sort());
  expect(all.days).toMatchObject({ first: DAYS[0], last: DAYS.at(-1), days: DAYS.length });
  for (const producer of producers) {
    const readings = readDays(all, `${producer.prefix}${producer.key(DAYS[300], 7)}`);
    const real = readings.map((days) => new Set(days.filter((day) => day < '2100')));
    expect(real).toContainEqual(new Set([DAYS[300]]));
  }
});

test('flat: by all pages', async () => {
  const producers = fortyProducers(PER_DAY).map(flat);
  const all = await measure('flat', producers, 4_000);
  expect(all.objects).toBe(OBJECTS);
  expect(all.formats.filter(({ format }) => !FORMATS.includes(format))).toEqual([]);
  expect(all.formats.filter(({ objects, modifiedThen }) => modifiedThen < objects)).toEqual([]);
});
