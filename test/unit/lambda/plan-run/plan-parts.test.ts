import type { PartsItem } from '../../../../src/contract/payloads/batch-payloads';
import {
  listPackIndexes,
  writeItems,
  writePartsFile,
} from '../../../../src/lambda/plan-run/plan-parts';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const LEDGER = 'runs/ledger/day=2026-11-24/run=nightly/';

function put(name: string, size: number): void {
  harness.store.put('reports', `${LEDGER}${name}`, 'x'.repeat(size));
}

async function plan(bytes: number, prefixes = [LEDGER]): Promise<string[][]> {
  await writePartsFile(
    harness.s3,
    'reports',
    'plan/parts.jsonl',
    prefixes.map((prefix) => ({ prefix, bytes })),
  );
  const lines = harness.read('reports', 'plan/parts.jsonl')!.trimEnd().split('\n');
  return lines.map((line) =>
    (JSON.parse(line) as PartsItem).parts.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)),
  );
}

test('a line has the parts of as many batches as the limit allows, and never a part of one', async () => {
  for (const name of [
    'aa-000000_000400.jsonl',
    'aa-000400_001000.jsonl',
    'bb-000000_001000.jsonl',
    'cc-000000_001000.jsonl',
  ]) {
    put(name, 100);
  }
  expect(await plan(300)).toEqual([
    ['aa-000000_000400.jsonl', 'aa-000400_001000.jsonl', 'bb-000000_001000.jsonl'],
    ['cc-000000_001000.jsonl'],
  ]);
  expect(await plan(0)).toEqual([
    ['aa-000000_000400.jsonl', 'aa-000400_001000.jsonl'],
    ['bb-000000_001000.jsonl'],
    ['cc-000000_001000.jsonl'],
  ]);
});

test('a line has the version of each part', async () => {
  put('aa-000000_000001.jsonl', 7);
  await plan(0);
  const etag = `"${harness.store.get('reports', `${LEDGER}aa-000000_000001.jsonl`)!.etag}"`;
  expect(JSON.parse(harness.read('reports', 'plan/parts.jsonl')!)).toEqual({
    parts: [{ key: `${LEDGER}aa-000000_000001.jsonl`, etag, size: 7 }],
  });
});

test('a line fits into the input of a child, however small the parts are', async () => {
  for (let i = 0; i < 400; i++) {
    put(`${String(i).padStart(4, '0')}-000000_000001.jsonl`, 1);
  }
  expect((await plan(2 ** 20)).map((parts) => parts.length)).toEqual([150, 150, 100]);
});

test(
  'ledgers without parts give one line without parts, because nobody knows what a map does with ' +
    'an empty file',
  async () => {
    expect(await plan(0)).toEqual([[]]);
  },
);

test(
  'a ledger of thousands of parts is listed in sixteen shards, and none of them is lost or ' +
    'doubled',
  async () => {
    const names = Array.from(
      { length: 2_500 },
      (_, i) => `${((i * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')}-000000_000001.jsonl`,
    );
    for (const name of names) {
      put(name, 1);
    }
    harness.resetRequests();
    expect((await plan(0)).flat().sort()).toEqual([...new Set(names)].sort());
    expect(harness.requests).toEqual({ ListObjectsV2: 17, PutObject: 1 });
  },
);

test('a long file is written in parts, and nothing is left of one that fails', async () => {
  const long = `runs/ledger/day=2026-11-24/run=${'n'.repeat(900)}/`;
  for (let i = 0; i < 12_000; i++) {
    harness.store.put(
      'reports',
      `${long}${i.toString(16).padStart(8, '0')}-000000_000001.jsonl`,
      'x',
    );
  }
  const lines = await plan(0, [long]);
  expect(new Set(lines.flat()).size).toBe(12_000);
  expect(harness.requests).toMatchObject({
    CreateMultipartUpload: 1,
    UploadPart: 2,
    CompleteMultipartUpload: 1,
  });

  harness.before = ({ operation }) =>
    operation === 'CompleteMultipartUpload' ? { kind: 'InternalError' } : undefined;
  await expect(plan(0, [long])).rejects.toThrow();
  expect(harness.store.bucket('reports').uploads.size).toBe(0);
});

test(
  'the indexes of the packs of some days are listed, and nothing else, and each is a child ' +
    'of its own',
  async () => {
    const name = 'pack-0123456789abcdef.jsonl.gz';
    const days = ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'];
    for (const day of days) {
      harness.store.put('archive', `archive/pack-index/day=${day}/${name}`, day);
    }
    for (const other of [
      'day=2026-11-23/notes.txt',
      'day=2026-11-23/x/pack-0123456789abcdef.jsonl.gz',
      'day=2026-11-23',
      'zzz',
    ]) {
      harness.store.put('archive', `archive/pack-index/${other}`, 'other');
    }
    const list = (from: string | null, to: string) =>
      listPackIndexes(harness.s3, { bucket: 'archive', prefix: 'archive/' }, { from, to });
    const found = await list('2026-11-23', '2026-11-24');
    expect(found.map(({ key }) => key)).toEqual(
      ['2026-11-23', '2026-11-24'].map((day) => `archive/pack-index/day=${day}/${name}`),
    );
    expect((await list(null, '2026-11-22')).map(({ key }) => key)).toEqual([
      `archive/pack-index/day=2026-11-22/${name}`,
    ]);
    expect(await list('2026-12-01', '2026-12-31')).toEqual([]);
    await writeItems(harness.s3, 'reports', 'plan/parts.jsonl', found);
    expect(
      harness
        .read('reports', 'plan/parts.jsonl')!
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(found.map((index) => ({ parts: [index] })));
  },
);
