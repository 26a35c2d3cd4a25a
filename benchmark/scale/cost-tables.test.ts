import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DEFAULTS, getFloorUsd, estimateRun } from './cost-model';
import { pageOf, TABLES } from './cost-tables';

const read = (page: string) => readFileSync(path.resolve(__dirname, '../../docs', page), 'utf8');
const MILLION = { listed: 1_000_000, archived: 1_000_000 };

test.each(Object.keys(TABLES))(
  'the table of %s is that of the prices of today (npx tsx benchmark/scale/cost-tables.ts)',
  (name) => {
    expect(read(pageOf(name))).toContain(
      `<!-- ${name} -->\n${TABLES[name]()}\n<!-- end of ${name} -->`,
    );
  },
);

test('S3 alone asks for $5.005 for a million objects', () => {
  expect(getFloorUsd(MILLION)).toBeCloseTo(5.005, 9);
});

test(
  'a batch that is held to its share of the rate takes as long as that lets it, with its deletes ' +
    'and its ledger',
  () => {
    expect(estimateRun(MILLION, { ...DEFAULTS, maxConcurrency: 10 }).secondsPerBatch).toBeCloseTo(
      1_000 / 150,
      9,
    );
  },
);

test('the default plan comes near the rate, and a million objects cost $5.085 at most, or $5.04 where a function lists', () => {
  expect(estimateRun(MILLION, DEFAULTS).objectsPerSecond).toBeGreaterThan(0.9 * 1_500);
  expect(estimateRun(MILLION, DEFAULTS).usd).toBeLessThan(5.085);
  expect(estimateRun({ ...MILLION, selective: true }, DEFAULTS).usd).toBeLessThan(5.04);
});

test('fewer batches at once cost less, as long as they reach the rate', () => {
  const [ten, three] = [10, 3].map((maxConcurrency) =>
    estimateRun(MILLION, { ...DEFAULTS, maxConcurrency }),
  );
  expect(three.usd).toBeLessThan(ten.usd);
});
