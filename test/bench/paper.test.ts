import { readFileSync } from 'fs';
import * as path from 'path';
import { DEFAULTS, floorUsd, onPaper } from './model';
import { TABLES } from './paper';

const PAGE = readFileSync(path.resolve(__dirname, '..', '..', 'docs', 'scale.md'), 'utf8');
const MILLION = { listed: 1_000_000, archived: 1_000_000 };

test.each(Object.keys(TABLES))('the table of %s is that of the prices of today (npx tsx test/bench/paper.ts)', (name) => {
  expect(PAGE).toContain(`<!-- ${name} -->\n${TABLES[name]()}\n<!-- end of ${name} -->`);
});

test('S3 alone asks for $5.005 for a million objects', () => {
  expect(floorUsd(MILLION)).toBeCloseTo(5.005, 9);
});

test('a batch that is held to its share of the rate takes as long as that lets it', () => {
  expect(onPaper(MILLION, DEFAULTS).secondsPerBatch).toBeCloseTo(0.4 + 1_000 / 150, 9);
});

test('fewer batches at once cost less, as long as they reach the rate', () => {
  const [ten, three] = [10, 3].map((maxConcurrency) => onPaper(MILLION, { ...DEFAULTS, maxConcurrency }));
  expect(three.usd).toBeLessThan(ten.usd);
});

test('EXPRESS children cost less than STANDARD ones', () => {
  expect(onPaper(MILLION, { ...DEFAULTS, express: true }).usd).toBeLessThan(onPaper(MILLION, DEFAULTS).usd);
});
