/** The names of forty producers, each alone and all together, in folders and flat. */
import { DAY, WELL_KNOWN } from '../../../../test/helpers/producers';
import { lookAt, lookAtKeys, readDays } from '../helpers/look-at';
import { DAYS, fortyProducers } from '../helpers/producers';
import { atDay, type SyntheticProducer } from '../helpers/synthetic-bucket';

const FORTY = fortyProducers(2, DAYS);

/** The day that an archiver takes: the first from the left. All others are of the same day. */
function expectDay(days: readonly string[][], day: string): void {
  expect(days).toHaveLength(1);
  expect(new Set(days[0])).toEqual(new Set([day]));
}

test('there are forty', () => {
  expect(FORTY).toHaveLength(40);
  expect(new Set(FORTY.map(({ name }) => name)).size).toBe(40);
});

test.each(FORTY.map((producer) => [producer.name, producer] as const))(
  '%s: one way to read the names, which is right',
  async (_, producer) => {
    const report = await lookAt([producer]);
    expect(report).toMatchObject({ objects: 640, ambiguous: [], undated: [] });
    expect(report.formats).toMatchObject([{ objects: 640, modifiedThen: 640, days: 320 }]);
    for (const day of DAYS) {
      expectDay(readDays(report, `${producer.prefix}${producer.key(day, 1)}`), day);
    }
  },
);

test.each(WELL_KNOWN.map((row) => [row.producer, row] as const))(
  '%s: below the prefix that fits it, too',
  async (_, { prefix, key }) => {
    const toKey = (day: string) => atDay(key, day).slice(prefix.length);
    const keys = DAYS.map((day) => ({
      Key: toKey(day),
      LastModified: new Date(`${day}T23:00:00Z`),
    }));
    const report = await lookAtKeys(keys);
    expectDay(readDays(report, toKey(DAY)), DAY);
  },
);

const flat = (producer: SyntheticProducer): SyntheticProducer => {
  const toName = (key: string) => key.slice(key.lastIndexOf('/') + 1);
  return { ...producer, key: (day, n) => toName(producer.key(day, n)) };
};
/** Their dates are in folders only. */
const IN_FOLDERS = [
  'RDS snapshot exports',
  'Fluent Bit',
  'folders, day first',
  'Hive partitions',
  'Hive partitions of Spark',
];

test('flat: the names without their folders', async () => {
  const producers = FORTY.filter(({ name }) => !IN_FOLDERS.includes(name)).map(flat);
  expect(producers).toHaveLength(35);
  for (const producer of producers) {
    const report = await lookAt([producer]);
    for (const day of DAYS) {
      expectDay(readDays(report, producer.key(day, 1)), day);
    }
  }
});

test('all together: each format is found, and formats that contradict each other are apart', async () => {
  const report = await lookAt(FORTY);
  expect(report).toMatchObject({ objects: 25_600, ambiguous: [], undated: [] });
  expect(report.formats.map(({ format }) => format).sort()).toEqual(
    [
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
      'yyyy-MM-dd',
      'yyyy/MM/dd',
      'yyyyDDD',
      'yyyyMMdd',
    ].sort(),
  );
  const together = report.props.filter(({ typescript }) =>
    /'ddMMyyyy'.*'MMddyyyy'|'MMddyyyy'.*'ddMMyyyy'/.test(typescript),
  );
  expect(report.props.length).toBeGreaterThan(1);
  expect(together).toEqual([]);
  for (const producer of FORTY) {
    for (const day of [DAYS[0], DAYS[100], DAYS[319]]) {
      const readings = readDays(report, `${producer.prefix}${producer.key(day, 1)}`);
      // An archiver with the props of its own names reads that day, and no other that may come.
      const real = readings.map((days) => new Set(days.filter((each) => each < '2100')));
      expect(real).toContainEqual(new Set([day]));
    }
  }
});
