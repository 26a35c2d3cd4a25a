import { daysFrom, pad, atDay, type SyntheticProducer } from './synthetic-bucket';
import { WELL_KNOWN } from '../../../../test/helpers/producers';

/** Those that test/helpers/producers.ts cites, and the formats of people, whose days come first. */
const OTHERS: ReadonlyArray<
  readonly [name: string, key: (y: string, m: string, d: string) => string]
> = [
  ['day first, with hyphens', (y, m, d) => `report ${d}-${m}-${y} of sales-N.csv`],
  ['day first, with dots', (y, m, d) => `Bericht_${d}.${m}.${y}_N.xlsx`],
  ['day first, digits only', (y, m, d) => `kasse${d}${m}${y}_N.txt`],
  ['month first, with underscores', (y, m, d) => `export_${m}_${d}_${y}_N.csv`],
  ['month first, digits only', (y, m, d) => `EXTRACT${m}${d}${y}_N.DAT`],
  ['folders, day first', (y, m, d) => `scans/${d}/${m}/${y}/page-N.tif`],
  ['screenshots of macOS', (y, m, d) => `Screenshot ${y}-${m}-${d} at 10.12.05-N.png`],
  ['Hive partitions', (y, m, d) => `events/dt=${y}-${m}-${d}/part-N.parquet`],
  ['Hive partitions of Spark', (y, m, d) => `t/year=${y}/month=${m}/day=${d}/part-N-c000.orc`],
];

export const DAYS = daysFrom('2026-01-05', 320);

/** Three million keys have few days. */
function remember(toText: (day: string) => string): (day: string) => string {
  const texts = new Map<string, string>();
  return (day) => {
    const text = texts.get(day) ?? toText(day);
    texts.set(day, text);
    return text;
  };
}

/** Forty of them, with so many objects each. */
export function fortyProducers(perDay: number, days = DAYS): SyntheticProducer[] {
  const cited = WELL_KNOWN.map(({ producer, prefix, key }, index) => {
    const toName = remember((day) => atDay(key.slice(prefix.length), day));
    return {
      name: producer,
      prefix: `${pad(index, 2)}/`,
      // The number stands in the end of the name.
      key: (day: string, n: number) => `${toName(day)}.${pad(n, 5)}`,
      days,
      perDay,
    };
  });
  const others = OTHERS.map(([name, toKey], index) => ({
    name,
    prefix: `${pad(WELL_KNOWN.length + index, 2)}/`,
    key: (day: string, n: number) => {
      const [y, m, d] = day.split('-');
      return toKey(y, m, d).replace('N', pad(n, 5));
    },
    days,
    perDay,
  }));
  return [...cited, ...others];
}
