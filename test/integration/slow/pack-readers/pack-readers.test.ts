/**
 * What five programs that are not ours read in the packs of a run: every object that was packed,
 * with its name and its content.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { path7za } from '7zip-bin';
import { DateSource, Packing } from '../../../../src';
import { PRODUCERS } from '../../../helpers/producers';
import { rehearse, type Rehearsal } from '../../../helpers/run-in-sandbox';

const READERS = __dirname;
const ODD = [
  'a b+c%d&e?.txt',
  '日本/ü.json',
  '\u{1f600}',
  '.hidden',
  'quote\'"',
  'deep/er/and/deeper/x.log',
  '-rf',
  '*',
  'CON',
  'trailing.',
  'a:b',
  '<>|',
  'ends with space ',
  `${'n'.repeat(255)}`,
  ...Array.from({ length: 12 }, (_, i) => `eu/orders-${i}.csv`),
  // These are moved, because an extractor could not write them as they are.
  'a//b',
  'back\\slash',
  'tab\tand\u0001control',
  'line\nfeed',
  '../out',
  './here',
  'Same',
  'same',
  'file',
  'file/below',
];

/** Two producers may write the same key. */
const NAMES = [...new Set([...ODD, ...PRODUCERS.map(({ key }) => `producers/${key}`)])];
const PACK = /^archive\/2026\/11\/24\/pack-[0-9a-f]{16}\.zip$/;

let packer: Rehearsal;
let mover: Rehearsal;
let folder: string;
let file: string;
/** By the name of the member: the SHA-256 of its content. */
let packed: Record<string, string>;

beforeAll(async () => {
  const props = { dateSource: DateSource.keyPrefix('yyyy-MM-dd/') };
  packer = await rehearse({ ...props, packing: Packing.zip() });
  mover = await rehearse(props);
  for (const { sandbox, put } of [packer, mover]) {
    for (const name of NAMES) {
      put(`incoming/2026-11-24/${name}`, name.startsWith('ends') ? '' : name);
    }
    await sandbox.run({ input: { date: '2026-11-24' } });
  }
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'readers-'));
  const { s3, destinationBucket } = packer.sandbox;
  const [key] = s3!.store.keys(destinationBucket).filter((each) => PACK.test(each));
  file = path.join(folder, path.basename(key));
  fs.writeFileSync(file, s3!.store.get(destinationBucket, key)!.body.bytes());
  const loose = packer.archive();
  const inPack = Object.entries(mover.archive()).filter(([each]) => !(each in loose));
  packed = Object.fromEntries(
    inPack.map(([each, content]) => [each.slice('archive/2026/11/24/'.length), sha256(content)]),
  );
}, 120_000);
afterAll(async () => {
  for (const each of [packer, mover]) {
    await each.close();
  }
  fs.rmSync(folder, { recursive: true });
});

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  }).toString();
}

/** Without the index. */
function toMembers(printed: string): Record<string, string> {
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return withoutIndex(
    Object.fromEntries(
      lines.map(([digest, name]) => [Buffer.from(name, 'base64').toString(), digest]),
    ),
  );
}

function withoutIndex(members: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter(([name]) => !/^_index-[0-9a-f]{16}\.jsonl$/.test(name)),
  );
}

test('the pack has what can be unzipped, and everything else is moved', () => {
  expect(packer.source()).toEqual([]);
  const moved = Object.keys(packer.archive()).filter(
    (key) => !PACK.test(key) && !key.startsWith('archive/pack-index/'),
  );
  const names = [
    'a//b',
    'back\\slash',
    'tab\tand\u0001control',
    'line\nfeed',
    '../out',
    './here',
    'same',
    'file/below',
    'CON',
    'a:b',
  ];
  expect(moved.sort()).toEqual(names.map((name) => `archive/2026/11/24/2026-11-24/${name}`).sort());
  expect(Object.keys(packed)).toHaveLength(NAMES.length - names.length);
});

test.each([
  ['zipfile of Python', () => run('python3', [path.join(READERS, 'readzip.py'), file])],
  ['ZipFile of Java', () => run('java', [path.join(READERS, 'ReadZip.java'), file])],
  ['archive/zip of Go', () => run('go', ['run', path.join(READERS, 'readzip.go'), file])],
])(
  '%s reads every member',
  (_, read) => {
    expect(toMembers(read())).toEqual(packed);
  },
  120_000,
);

test('unzip finds nothing wrong, and writes every file', () => {
  const into = path.join(folder, 'unzipped');
  run('unzip', ['-tq', file]);
  run('unzip', ['-q', file, '-d', into]);
  const files = fs
    .readdirSync(into, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  expect(
    withoutIndex(
      Object.fromEntries(
        files.map((each) => [path.relative(into, each), sha256(fs.readFileSync(each))]),
      ),
    ),
  ).toEqual(packed);
});

test('7-Zip finds nothing wrong, by the checksum of each member, and lists every name', () => {
  fs.chmodSync(path7za, 0o755);
  expect(run(path7za, ['t', file])).toContain('Everything is Ok');
  const names = [...run(path7za, ['l', '-slt', '-ba', file]).matchAll(/^Path = (.*)$/gm)].map(
    ([, name]) => name,
  );
  expect(names.filter((name) => !/^_index-/.test(name)).sort()).toEqual(Object.keys(packed).sort());
});
