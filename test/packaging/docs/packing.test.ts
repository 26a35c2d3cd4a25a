/**
 * What docs/packing.md says of figures, of a line of an index, and of commands: those that need
 * nothing but a pack run here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as v from 'valibot';
import { runCost } from '../../../examples/demo/cost';
import { PackIndexLine } from '../../../src/contract/payloads/pack-index';
import { ZipWriter } from '../../../src/features/packing/lambda/pack/zip-writer';
import { nameIndex, toIndexText } from '../../../src/features/packing/lambda/unpack/pack-index';
import { DEFAULT_REGION, getPrices } from '../../../src/lambda/pricing/prices';
import { GB, getTerms } from '../../../src/lambda/pricing/storage-classes';
import { sha256 } from '../../../src/lambda/text/hash';

const ROOT = path.resolve(__dirname, '../../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/packing.md'), 'utf8');
const PACK = 'pack-3f2a9c51d07be846.zip';
const NAME = 'eu/a-2026-11-24.csv';

/** The code of a fence with this word after its language. */
const fence = (word: string) =>
  new RegExp(`^( *)\`\`\`\\w+ ${word}\n(.*?)^ *\`\`\`$`, 'ms').exec(PAGE)![2];
const line = v.parse(PackIndexLine, JSON.parse(/^\{"bucket".*\}$/m.exec(PAGE)![0]));

let folder: string;
const pack = new ZipWriter(1_000);
const offset = pack.getOffset(NAME);
pack.add(NAME, Buffer.from('hello'), 1_795_482_123);
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

/** An `aws s3 cp` from a folder in place of a bucket. */
const CP = `#!/bin/sh
[ "$1 $2" = "s3 cp" ] || exit 2
[ "$3" = --recursive ] && shift && set -- "$@" -r
cp $5 -- "\${3#s3://}" "$4"
`;

/** Puts zip files and their indexes where the page has them, and types the commands of the page. */
function openPacks(packs: { [name: string]: Buffer }, environment: NodeJS.ProcessEnv = {}) {
  const archive = path.join(folder, 'ARCHIVE/archive');
  const [day, indexes] = ['2026/11/24', 'pack-index/day=2026-11-24'].map((each) =>
    path.join(archive, each),
  );
  for (const each of [day, indexes, path.join(folder, 'bin')]) {
    mkdirSync(each, { recursive: true });
  }
  writeFileSync(path.join(folder, 'bin/aws'), CP, { mode: 0o755 });
  for (const [name, content] of Object.entries(packs)) {
    writeFileSync(path.join(day, name), content);
    if (name.startsWith('pack-')) {
      writeFileSync(path.join(indexes, name.replace('.zip', '.jsonl.gz')), '');
    }
  }
  // Without SHLVL, bash takes a pipe of Node.js for a remote shell, and reads a startup file.
  return spawnSync('bash', ['--norc', '-uc', fence('unzip')], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, ...environment },
  });
}

const nameOf = (content: Buffer) => `pack-${sha256(content).slice(0, 16)}.zip`;
const zipOf = (members: { [name: string]: string }) => {
  const writer = new ZipWriter(1_000);
  for (const [name, content] of Object.entries(members)) {
    writer.add(name, Buffer.from(content), 1_795_482_123);
  }
  return Buffer.from(writer.finish());
};

test.each([{}, { LC_ALL: 'C' }])(
  'all packs of a day, each in a folder of its own: %j',
  (locale) => {
    const hostile = {
      '*.csv': 'star',
      '[a].csv': 'brackets',
      '売/é.csv': 'not ASCII',
      '-rf': 'an option',
      "it's $(id).csv": 'syntax',
    };
    const packs = [bytes, zipOf(hostile), zipOf({ [NAME]: 'later' })];
    const named = Object.fromEntries(packs.map((each) => [nameOf(each), each]));
    for (let times = 0; times < 2; times++) {
      expect(openPacks(named, locale)).toMatchObject({ status: 0, stderr: '' });
    }
    const read = (which: Buffer, name: string) =>
      readFileSync(path.join(folder, path.parse(nameOf(which)).name, name), 'utf8');
    expect(read(packs[0], NAME)).toBe('hello');
    expect(read(packs[0], nameIndex(index))).toBe(index.toString());
    expect(read(packs[2], NAME)).toBe('later');
    expect(Object.keys(hostile).map((name) => read(packs[1], name))).toEqual(
      Object.values(hostile),
    );
  },
);

test('a stranger who has put zip files into the folder of the day writes nowhere else', () => {
  const outside = path.join(folder, 'outside');
  mkdirSync(outside);
  // A link in one zip file, and a file behind it in the next.
  const link = zipOf({ 'b-link': outside });
  const [mode, at] = [0o120777 * 2 ** 16, link.lastIndexOf(Buffer.from('b-link')) - 8];
  expect(link.readUInt32LE(at)).toBe(0o100644 * 2 ** 16);
  link.writeUInt32LE(mode, at);
  const behind = zipOf({ 'b-link/owned': 'x', '../outside/owned': 'x', '/tmp/owned': 'x' });
  const { stderr } = openPacks({
    // Not of the name that their content has.
    'pack-0000000000000000.zip': link,
    'pack-0000000000000001.zip': behind,
    // In no index.
    'PACK-0000000000000002.zip': behind,
    // Even if they had.
    [nameOf(link)]: link,
    [nameOf(behind)]: behind,
  });
  expect(stderr.match(/is not the pack of this name/g)).toHaveLength(2);
  expect(readdirSync(outside)).toEqual([]);
  const made = readdirSync(folder, { recursive: true, withFileTypes: true });
  expect(made.filter((each) => each.isSymbolicLink())).toEqual([]);
  const folders = made.filter((each) => each.name === 'owned').map((each) => each.parentPath);
  expect(folders.length).toBeGreaterThan(0);
  expect(
    folders.filter((each) => !each.startsWith(path.join(folder, path.parse(nameOf(behind)).name))),
  ).toEqual([]);
});

test("Python's zipfile", () => {
  expect(run('python3', '-c', fence('zipfile'))).toBe("b'hello'\n");
});

test('one request: the range is that of the object', () => {
  const [, first, last] = /--range bytes=(\d+)-(\d+)/.exec(fence('range'))!;
  expect(bytes.subarray(Number(first), Number(last) + 1).toString()).toBe('hello');
});

test('the program that erases an object is where the page says, and knows its options', () => {
  const command = new RegExp('python3 (node_modules/[^/]+/)(.*)').exec(PAGE)!;
  const [program, ...options] = command[2].split(' ');
  const { files } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    files: string[];
  };
  expect(files).toContain(`/${program}`);
  const help = run('python3', path.join(ROOT, program), '--help');
  const all = [...options, ...PAGE.match(/(?<=`)--[a-z-]+/g)!].filter((each) => /^--/.test(each));
  expect(all.length).toBeGreaterThan(5);
  expect(all.filter((option) => !help.includes(option))).toEqual([]);
});
