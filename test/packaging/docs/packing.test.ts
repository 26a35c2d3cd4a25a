/**
 * What docs/packing.md says of figures, of a line of an index, and of commands: those that need
 * nothing but a pack run here.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as v from 'valibot';
import { runCost } from '../../../examples/demo/cost';
import { PackIndexLine } from '../../../src/contract/payloads/pack-index';
import { nameIndex, toIndexText } from '../../../src/lambda/packing/pack-index';
import { ZipWriter } from '../../../src/lambda/packing/zip-writer';
import { DEFAULT_REGION, getPrices } from '../../../src/lambda/pricing/prices';
import { GB, getTerms } from '../../../src/lambda/pricing/storage-classes';
import { sha256 } from '../../../src/lambda/text/hash';

const PAGE = readFileSync(path.resolve(__dirname, '../../../docs/packing.md'), 'utf8');
const PACK = 'pack-3f2a9c51d07be846.zip';
const NAME = 'eu/a-2026-11-24.csv';

/** The code of a fence with this word after its language. */
const fence = (word: string) =>
  new RegExp(`^( *)\`\`\`\\w+ ${word}\n(.*?)^ *\`\`\`$`, 'ms').exec(PAGE)![2];
const line = v.parse(PackIndexLine, JSON.parse(/^\{"bucket".*\}$/m.exec(PAGE)![0]));

let folder: string;
const pack = new ZipWriter(1_000);
const offset = pack.add(NAME, Buffer.from('hello'), 1_795_482_123);
pack.add('b.csv', Buffer.from('other'), 1_795_482_123);
const index = toIndexText([line]);
pack.add(nameIndex(index), index, 1_795_482_123);
const bytes = Buffer.from(pack.finish());

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'packing-'));
  writeFileSync(path.join(folder, PACK), bytes);
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8' });

test('moved one by one, a million objects of 10 KB cost what the arithmetic says', () => {
  const moved = (storageClass: string) => {
    const prices = getPrices(DEFAULT_REGION);
    const { write, storageGbMonth } = prices.classes[storageClass];
    const { indexBytes, standardIndexBytes, minimumBytes } = getTerms(storageClass);
    const month =
      (Math.max(10_240, minimumBytes) + indexBytes) * storageGbMonth +
      standardIndexBytes * prices.classes.STANDARD.storageGbMonth;
    const inStandard = runCost({ listed: 1_000_000, archived: 1_000_000 });
    return {
      usd: inStandard + 1_000_000 * (write - prices.classes.STANDARD.write),
      years: (60 * month * 1_000_000) / GB,
    };
  };
  expect(PAGE).toContain(`| the run | $${moved('STANDARD').usd.toFixed(2)} | about $0.50 |`);
  for (const storageClass of ['STANDARD', 'GLACIER_IR', 'DEEP_ARCHIVE']) {
    const { usd, years } = moved(storageClass);
    const row = new RegExp(
      `\\| the run and five years in ${storageClass}\\b[^|]* \\| \\$([\\d.]+) \\|`,
    ).exec(PAGE)!;
    expect(Number(row[1])).toBeCloseTo(usd + years, 1);
  }
});

test('the line of the index is of the object that the page packs', () => {
  expect(line).toMatchObject({ name: NAME, offset, size: 5, sha256: sha256('hello') });
});

test('unzip, without a question, also where an index lies already', () => {
  const [, loop] = fence('unzip').split(/^(?=for )/m);
  for (let times = 0; times < 2; times++) {
    run('bash', '-euc', loop);
  }
  expect(readFileSync(path.join(folder, NAME), 'utf8')).toBe('hello');
  expect(readFileSync(path.join(folder, nameIndex(index)), 'utf8')).toBe(index.toString());
});

test("Python's zipfile", () => {
  expect(run('python3', '-c', fence('zipfile'))).toBe("b'hello'\n");
});

test('one request: the range is that of the object', () => {
  const [, first, last] = /--range bytes=(\d+)-(\d+)/.exec(fence('range'))!;
  expect(bytes.subarray(Number(first), Number(last) + 1).toString()).toBe('hello');
});

test('the rest of a pack without one object, and the rest of its index', () => {
  const unzip = /unzip .*/.exec(fence('erase'))![0].replace('pack.zip', PACK);
  run('bash', '-euc', unzip);
  expect(readdirSync(path.join(folder, 'rest'), { recursive: true }).sort()).toEqual(['b.csv']);
  const grep = /grep .*?(?= >)/.exec(fence('erase'))![0];
  writeFileSync(
    path.join(folder, 'index'),
    `${index}{"bucket":"landing","key":"incoming/b.csv"}\n`,
  );
  expect(run('bash', '-euc', `${grep} index`)).toBe(
    '{"bucket":"landing","key":"incoming/b.csv"}\n',
  );
});
