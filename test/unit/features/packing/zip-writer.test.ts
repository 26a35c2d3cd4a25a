import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  getDataOffset,
  getOverhead,
  readLastEntry,
  TAIL_BYTES,
  ZipWriter,
} from '../../../../src/features/packing/lambda/pack/zip-writer';
import { buildPack, manyObjects } from '../../../helpers/packs';

const AT = Date.parse('2026-11-24T01:02:03Z') / 1000;
const MEMBERS: readonly (readonly [name: string, content: string])[] = [
  ['a.csv', 'one'],
  ['eu/de/b.csv', 'two\n'.repeat(5_000)],
  ['empty', ''],
  ['ü +%?&#\'"<>😀.txt', 'odd'],
  [`${'long-'.repeat(50)}.txt`, 'long'],
];

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zip-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function write(
  members = MEMBERS,
  capacity = 64,
): { readonly bytes: Buffer; readonly offsets: number[]; readonly file: string } {
  const writer = new ZipWriter(capacity);
  const offsets = members.map(([name, content]) => {
    const offset = writer.getOffset(name);
    writer.add(name, Buffer.from(content), AT);
    return offset;
  });
  const bytes = writer.finish();
  const file = path.join(folder, 'pack.zip');
  fs.writeFileSync(file, bytes);
  return { bytes, offsets, file };
}

test('unzip finds nothing wrong, and extracts every member', () => {
  const { file } = write();
  expect(execFileSync('unzip', ['-t', file]).toString()).toContain('No errors detected');
  // Without a question: nothing is overwritten.
  execFileSync('unzip', ['-q', file, '-d', folder], {
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'Asia/Tokyo' },
  });
  for (const [name, content] of MEMBERS) {
    expect([name, fs.readFileSync(path.join(folder, name)).toString()]).toEqual([name, content]);
    expect(fs.statSync(path.join(folder, name)).mtimeMs).toBe(AT * 1000);
    expect((fs.statSync(path.join(folder, name)).mode % 0o1000).toString(8)).toBe('644');
  }
});

test('zipfile of Python reads names, contents and sizes', () => {
  const { file } = write();
  const script =
    'import json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
    'print(json.dumps([[i.filename, z.read(i).decode(), i.compress_type, i.extract_version] for ' +
    'i in z.infolist()]))';
  expect(JSON.parse(execFileSync('python3', ['-c', script, file]).toString())).toEqual(
    MEMBERS.map(([name, content]) => [name, content, 0, 20]),
  );
});

test('offsets are those of the contents, and each member takes its overhead', () => {
  const { bytes, offsets } = write();
  MEMBERS.forEach(([, content], i) =>
    expect(bytes.subarray(offsets[i], offsets[i] + Buffer.byteLength(content)).toString()).toBe(
      content,
    ),
  );
  const contents = MEMBERS.reduce(
    (sum, [name, content]) =>
      sum + Buffer.byteLength(content) + getOverhead(Buffer.byteLength(name)),
    0,
  );
  expect(bytes.length).toBe(contents + 22);
});

test('the same members give the same bytes, however much was expected', () => {
  expect(write(MEMBERS, 1).bytes.equals(write(MEMBERS, 1_000_000).bytes)).toBe(true);
});

test('a pack of ten thousand is a valid file, whose tail has its index', () => {
  const { bytes, lines } = buildPack(manyObjects(10_000));
  const file = path.join(folder, 'large.zip');
  fs.writeFileSync(file, bytes);
  expect(execFileSync('unzip', ['-tqq', file]).toString()).toBe('');
  const last = readLastEntry(bytes.subarray(-TAIL_BYTES), 29)!;
  const from = getDataOffset(last.headerOffset, 29);
  const index = bytes.subarray(from, from + last.size);
  expect(last.name).toBe(
    `_index-${createHash('sha256').update(index).digest('hex').slice(0, 16)}.jsonl`,
  );
  expect(
    index
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(lines);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(TAIL_BYTES)],
  ['a text', Buffer.from('text '.repeat(50))],
])('%s is no pack', (_, tail) => {
  expect(readLastEntry(tail, 29)).toBeUndefined();
});
