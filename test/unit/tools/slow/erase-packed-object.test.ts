/** The program that erases one object from packs, against the S3 double, killed at each request. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { openPack } from '../../../../src/features/packing/lambda/unpack/open-pack';
import { openIndexFile } from '../../../../src/features/packing/lambda/unpack/pack-index';
import { toAsciiJson } from '../../../../src/lambda/text/escape';
import { sha256 } from '../../../../src/lambda/text/hash';
import { type AwsCall, AwsServer, type Fate } from '../../../helpers/aws-server';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';
import { unzip } from '../../../helpers/packed-batches';
import { buildPack, type BuiltPack, type Packed, putPack } from '../../../helpers/packs';
import { KILL_EVERY } from '../../../helpers/thorough';

const PROGRAM = path.resolve(__dirname, '../../../../tools/erase_packed_object.py');
const VICTIM = 'in/売-2026-11-24.csv';
const OTHERS = [
  'in/*.csv',
  'in/[a].csv',
  'in/é.csv',
  'in/e\u0301.csv',
  'in/ü.csv',
  'in/file:/x',
  'in/"q" \\u58f2-2026-11-24.csv',
  'in/-x',
  'in/$(id)`id`',
];
const of = (keys: readonly string[]): Packed[] =>
  keys.map((key) => ({
    key,
    bytes: `content of ${key}`,
    metadata: { 7: 'x', name: key.length + '' },
  }));

let harness: Harness;
let aws: AwsServer;
async function open(versioned: boolean): Promise<void> {
  harness = await startHarness();
  if (versioned) {
    harness.store.createBucket('vault', { versioning: 'Enabled' });
  }
  aws = await AwsServer.start(harness.s3);
}
async function close(): Promise<void> {
  aws.close();
  await harness.close();
}

const erase = (
  key: string,
  more: readonly string[] = ['--confirm'],
  bucket = 'archive',
  env = {},
) => aws.run(PROGRAM, ['--archive', bucket, '--prefix', 'archive/', '--key', key, ...more], env);
const put = (packs: readonly BuiltPack[], bucket = 'archive') =>
  packs.forEach((pack) => putPack(harness.store, bucket, pack));

/** All objects in packs, as a restore finds them: by an index in the tree that fits its pack. */
async function readAll(bucket = 'archive'): Promise<Map<string, string>> {
  const { store } = harness;
  const found = new Map<string, string>();
  for (const key of store.keys(bucket, 'archive/pack-index/')) {
    const file = openIndexFile(store.get(bucket, key)!.body.bytes());
    const pack = file.lines[0].pack;
    const stored = store.get(bucket, pack);
    if (!stored) {
      continue;
    }
    const bytes = Buffer.from(stored.body.bytes());
    const { members } = await openPack(
      bucketClient(harness, bucket),
      { key: pack },
      async () => file,
    );
    const contents = unzip(bytes);
    expect([...contents.keys()].at(-1)).toBe(file.name);
    for (const [name, line] of members) {
      const content = bytes.subarray(line.offset, line.offset + line.size);
      expect([name, sha256(content)]).toEqual([name, line.sha256]);
      expect(contents.get(name)!.content).toEqual(content);
      found.set(line.key, content.toString());
    }
  }
  return found;
}
/** With delete markers. */
const versionsOf = async (bucket: string, Prefix: string) => {
  const request = new ListObjectVersionsCommand({ Bucket: bucket, Prefix });
  const { Versions = [], DeleteMarkers = [] } = await harness.s3.send(request);
  return [...Versions, ...DeleteMarkers].filter(({ Key }) => Key === Prefix).length;
};
const gzipLines = (lines: readonly object[]) =>
  gzipSync(lines.map((line) => `${toAsciiJson(line)}\n`).join(''));
const expected = (keys: readonly string[]) =>
  new Map(keys.map((key) => [key, `content of ${key}`]));

describe('with the AWS CLI', () => {
  beforeEach(() => open(true));
  afterEach(close);

  test.each([{}, { LC_ALL: 'C' }])('the others stay, byte for byte: %j', async (environment) => {
    const [old, beside] = [buildPack(of([VICTIM, ...OTHERS])), buildPack(of(['in/1', 'in/2']))];
    put([old, beside]);
    const done = await erase(VICTIM, ['--confirm'], 'archive', environment);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(await readAll()).toEqual(expected([...OTHERS, 'in/1', 'in/2']));
    // The pack that the archiver would have made of the others.
    const rest = buildPack(of(OTHERS));
    expect(harness.store.keys('archive').sort()).toEqual(
      [rest.key, rest.indexKey, beside.key, beside.indexKey].sort(),
    );
    expect(Buffer.from(harness.store.get('archive', rest.key)!.body.bytes())).toEqual(rest.bytes);
    expect(done.stdout).toContain('indexes: 2, with objects: 12, with the key: 1');
    expect(done.stdout).toContain('packs from which it is erased: 1');
  });

  test.each(OTHERS)('exactly the key %j, and no pattern or other form of it', async (key) => {
    put([buildPack(of([VICTIM, ...OTHERS]))]);
    expect(await erase(key, ['--confirm'], 'archive', { LC_ALL: 'C' })).toMatchObject({ code: 0 });
    const others = [VICTIM, ...OTHERS].filter((each) => each !== key);
    expect(await readAll()).toEqual(expected(others));
  });

  test('nothing is changed without --confirm, and it says what it would do', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    put([old]);
    const before = harness.store.keys('archive');
    const { code, stdout } = await erase(VICTIM, []);
    expect([code, stdout]).toEqual([0, expect.stringContaining('this was a dry run')]);
    expect(stdout).toContain(`"${buildPack(of(OTHERS)).key}"`);
    expect(harness.store.keys('archive')).toEqual(before);
    const writes = aws.calls.filter(({ operation }) => /Put|Delete/.test(operation));
    expect(writes).toEqual([]);
  });

  test('a key that is in no index is an error that says how much was read', async () => {
    put([buildPack(of(['in/e\u0301.csv', 'in/b', 'in/c']))]);
    const { code, stdout } = await erase('in/é.csv');
    expect(code).toBe(1);
    expect(stdout).toContain('indexes: 1, with objects: 3, with the key: 0');
    expect(stdout).toContain(
      'another key looks the same, and is another object: "in/e\\u0301.csv"',
    );
  });

  test('the key is erased from each pack that has it, and only from the named source', async () => {
    const packs = [
      buildPack(of([VICTIM, 'in/a', 'in/b'])),
      buildPack(of([VICTIM, 'in/c', 'in/d']), { folder: 'archive/2026/11/25/', day: '2026-11-25' }),
      buildPack(of([VICTIM, 'in/e', 'in/f']).map((each) => ({ ...each, bucket: 'other' }))),
    ];
    put(packs);
    expect(await erase(VICTIM, ['--source', 'source', '--confirm'])).toMatchObject({ code: 0 });
    const { store } = harness;
    expect(packs.map(({ key }) => store.get('archive', key) === undefined)).toEqual([
      true,
      true,
      false,
    ]);
    const keys = ['in/a', 'in/b', 'in/c', 'in/d', 'in/e', 'in/f', VICTIM];
    expect(await readAll()).toEqual(expected(keys));
  });

  test('all versions go, with markers, and nothing of other keys', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    put([old, old], 'vault');
    harness.store.delete('vault', old.key);
    harness.store.put('vault', `${old.key}.txt`, 'theirs');
    expect(await erase(VICTIM, ['--confirm'], 'vault')).toMatchObject({ code: 0, stderr: '' });
    expect(await versionsOf('vault', old.key)).toBe(0);
    expect(await versionsOf('vault', old.indexKey)).toBe(0);
    expect(harness.store.keys('vault')).toContain(`${old.key}.txt`);
    expect(await readAll('vault')).toEqual(expected(OTHERS));
  });

  test.each<[string, (old: BuiltPack) => void, string]>([
    [
      'a version that is something else',
      (old) => harness.store.put('vault', old.key, 'theirs'),
      'is not the pack',
    ],
    [
      'a version that is another pack',
      (old) => harness.store.put('vault', old.key, buildPack(of([VICTIM, 'in/1', 'in/2'])).bytes),
      'its SHA-256 is not that of its name',
    ],
    [
      'an index that says something else than its pack',
      (old) => {
        const other = buildPack(of([VICTIM, 'in/1', 'in/2']));
        harness.store.put('vault', old.indexKey, other.indexFile);
      },
      'is the index of another pack',
    ],
    [
      'an index that is damaged',
      (old) => harness.store.put('vault', old.indexKey, 'x'),
      'is no index',
    ],
    [
      'an index whose lines name no pack',
      (old) => {
        const lines = buildPack(of([VICTIM])).lines.map((line) => ({ ...line, pack: 5 }));
        harness.store.put('vault', old.indexKey, gzipLines(lines));
      },
      'is no index',
    ],
    [
      'another pack in the place of the new one',
      () => harness.store.put('vault', buildPack(of(OTHERS)).key, 'theirs'),
      'is not the new pack',
    ],
    [
      'another index in the place of the new one',
      () => {
        const rest = buildPack(of(OTHERS));
        const forged = buildPack(of([...OTHERS.slice(1), 'in/none']));
        const lines = forged.lines.map((line) => ({ ...line, pack: rest.key, packSize: 1 }));
        harness.store.put('vault', rest.indexKey, gzipLines(lines));
      },
      'does not hold all others',
    ],
  ])('nothing is deleted where there is %s', async (_, prepare, message) => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    put([old], 'vault');
    prepare(old);
    const { code, stderr } = await erase(VICTIM, ['--confirm'], 'vault');
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(aws.calls.map(({ operation }) => operation)).not.toContain('DeleteObjects');
  });

  test.each([{ sha256: '0'.repeat(64) }, { offset: 1 }, { name: 'other' }])(
    'nothing is deleted where a pack does not hold what its own index says: %j',
    async (wrong) => {
      const [first, ...rest] = of([VICTIM, ...OTHERS]);
      put([buildPack([first, { ...rest[0], ...wrong }, ...rest.slice(1)])], 'vault');
      const { code, stderr } = await erase(VICTIM, ['--confirm'], 'vault');
      expect([code, stderr]).toEqual([2, expect.stringContaining('something else than what it')]);
      expect(aws.calls.filter(({ operation }) => /Put|Delete/.test(operation))).toEqual([]);
    },
  );

  test('under Object Lock it says what it cannot do, before it changes anything', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    harness.store.createBucket('locked', { objectLock: true });
    put([old], 'locked');
    const lock = { mode: 'COMPLIANCE', retainUntil: Date.parse('2099-01-01') } as const;
    harness.store.put('locked', old.key, old.bytes, { lock });
    const { code, stderr } = await erase(VICTIM, ['--confirm'], 'locked');
    expect(code).toBe(2);
    expect(stderr).toMatch(/is locked \(COMPLIANCE\) until 2099-01-01.* Nothing was changed/);
    const writes = aws.calls.filter(({ operation }) => /Put|Delete/.test(operation));
    expect(writes).toEqual([]);
  });

  test('a delete that is denied is told, and all others are in both packs', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    for (const bucket of ['archive', 'vault']) {
      put([old], bucket);
    }
    // The whole request, and a key in it.
    harness.store.deny({ operations: ['DeleteObjects'], bucket: 'archive' });
    harness.store.putPolicy('vault', {
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:DeleteObjectVersion',
          Resource: 'arn:aws:s3:::vault/*.zip',
        },
      ],
    });
    for (const bucket of ['archive', 'vault']) {
      const { code, stderr } = await erase(VICTIM, ['--confirm'], bucket);
      expect([code, stderr]).toEqual([2, expect.stringContaining('All other objects are safe')]);
      expect(await readAll(bucket)).toEqual(expected([VICTIM, ...OTHERS]));
    }
  });

  test('between the pack and its index it can end, too: the key is still found', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    put([old]);
    const isDelete = ({ operation }: AwsCall) => operation === 'DeleteObjects';
    aws.onCall = (call) =>
      isDelete(call) && aws.calls.some(isDelete) ? 'killed before' : undefined;
    expect((await erase(VICTIM)).code).not.toBe(0);
    expect(harness.store.keys('archive')).toContain(old.indexKey);
    expect(harness.store.keys('archive')).not.toContain(old.key);
    expect(await readAll()).toEqual(expected(OTHERS));
    aws.onCall = undefined;
    const again = await erase(VICTIM);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('the pack is gone already, and its index is left');
    expect(harness.store.keys('archive')).not.toContain(old.indexKey);
    expect(await readAll()).toEqual(expected(OTHERS));
  });

  test('a pack in DEEP_ARCHIVE is to be thawed first, and then the new pack is there, too', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    putPack(harness.store, 'archive', old, { storageClass: 'DEEP_ARCHIVE' });
    const cold = await erase(VICTIM);
    expect([cold.code, cold.stderr]).toEqual([2, expect.stringContaining('thaw it')]);
    harness.store.put('archive', old.key, old.bytes, {
      storageClass: 'DEEP_ARCHIVE',
      restored: true,
    });
    expect(await erase(VICTIM)).toMatchObject({ code: 0, stderr: '' });
    const rest = buildPack(of(OTHERS));
    expect(harness.store.keys('archive')).toEqual([rest.key, rest.indexKey].sort());
    const { attributes, body } = harness.store.get('archive', rest.key)!;
    expect(attributes.storageClass).toBe('DEEP_ARCHIVE');
    expect(Buffer.from(body.bytes())).toEqual(rest.bytes);
  });

  test('a pack of nothing else is deleted, and no pack is put', async () => {
    const old = buildPack(of([VICTIM]));
    put([old]);
    expect(await erase(VICTIM)).toMatchObject({ code: 0 });
    expect(harness.store.keys('archive')).toEqual([]);
  });

  test('a pack that a person deleted is not erased as if its other objects were safe', async () => {
    const old = buildPack(of([VICTIM, ...OTHERS]));
    put([old]);
    harness.store.delete('archive', old.key);
    const { code, stderr } = await erase(VICTIM);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Find out who deleted it')]);
    expect(harness.store.keys('archive')).toEqual([old.indexKey]);
  });
});

test.each<Exclude<Fate, undefined>>(['killed before', 'killed after'])(
  '%s each request, nothing is lost, and the next attempt erases the key',
  async (fate) => {
    let kills = 0;
    for (let at = 0, isDone = false; !isDone; at += KILL_EVERY) {
      await open(true);
      try {
        const old = buildPack(of([VICTIM, ...OTHERS]));
        put([old, old], 'vault');
        aws.onCall = (_, index) => (index === at ? fate : undefined);
        isDone = (await erase(VICTIM, ['--confirm'], 'vault')).code === 0;
        kills += Number(!isDone);
        const all = await readAll('vault');
        all.delete(VICTIM);
        expect([at, all]).toEqual([at, expected(OTHERS)]);
        aws.onCall = undefined;
        const again = await erase(VICTIM, ['--confirm'], 'vault');
        expect([at, again.stderr]).toEqual([at, '']);
        expect([at, await readAll('vault')]).toEqual([at, expected(OTHERS)]);
        expect(await versionsOf('vault', old.key)).toBe(0);
        expect(await versionsOf('vault', old.indexKey)).toBe(0);
      } finally {
        await close();
      }
    }
    expect(kills).toBeGreaterThan(15 / KILL_EVERY);
  },
  120_000,
);

test('the program is as Python 3.8 reads it, without warnings, in 100 columns', () => {
  const text = readFileSync(PROGRAM, 'utf8');
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  const check = `import ast, sys
tree = ast.parse(sys.stdin.read(), feature_version=(3, 8))
names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
imported = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
print(sorted(imported - names))`;
  const options = { input: text, encoding: 'utf8' } as const;
  expect(execFileSync('python3', ['-W', 'error', '-c', check], options)).toBe('[]\n');
});
