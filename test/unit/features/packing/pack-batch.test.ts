import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Fault, S3Call } from '../../../../packages/s3-double/src';
import type { PackedObject } from '../../../../src/contract/payloads/pack-index';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { withSend } from '../../../../src/lambda/s3/with-send';
import { testRun } from '../../../helpers/batch-fixtures';
import { run, useBatches } from '../../../helpers/batch-harness';
import { listPacks, onFastPath, packed, PACKING, readZip } from '../../../helpers/packed-batches';
import { KILL_EVERY } from '../../../helpers/thorough';

const batches = useBatches();
const { batch, ledger, listed, put } = batches;
const worker = (environment = {}) => onFastPath(batches.workerWith({ ...PACKING, ...environment }));
const FOLDER = 'archive/2026/11/24/';

function readIndex(pack: string): PackedObject[] {
  const key = `archive/pack-index/day=2026-11-24/${pack.slice(FOLDER.length).replace('.zip', '.jsonl.gz')}`;
  const text = gunzipSync(batches.harness.store.get('archive', key)!.body.bytes()).toString();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PackedObject);
}

/** Lets something happen once before or after the first request that matches. */
function once(
  matches: (call: S3Call) => boolean,
  act: (call: S3Call) => void,
): (call: S3Call) => undefined {
  let isDone = false;
  return (call) => {
    if (isDone || !matches(call)) {
      return undefined;
    }
    isDone = true;
    act(call);
    return undefined;
  };
}

/**
 * Everything that was at the source is there, or in the archive: moved, or in a pack that can be
 * opened.
 */
function expectNothingLost(count: number): void {
  const { store } = batches.harness;
  const inPacks = new Map(
    listPacks(batches.harness).flatMap((key) => [...readZip(batches.harness, key)]),
  );
  for (let i = 0; i < count; i++) {
    const name = `d${String(i).padStart(4, '0')}-2026-11-24.csv`;
    const content =
      batches.harness.read('source', `in/${name}`) ??
      batches.harness.read('archive', `${FOLDER}${name}`) ??
      inPacks.get(name)?.content.toString();
    expect([name, content]).toEqual([name, `content of in/${name}`]);
  }
  expect(store.keys('archive').every((key) => key.startsWith('archive/'))).toBe(true);
}

test('the objects of a pack are in one zip file, with an index, and leave their source', async () => {
  put(5);
  const progress = await moveBatch(worker(), batch(packed(listed())), 60_000);
  expect(progress).toMatchObject({
    finished: true,
    counts: { listed: 5, archived: 5, skipped: 0, conflicting: 0, failed: 0 },
    bytes: 5 * 'content of in/d0000-2026-11-24.csv'.length,
  });
  expect(batches.harness.store.keys('source')).toEqual([]);
  const [key, ...others] = listPacks(batches.harness);
  expect(others).toEqual([]);
  const bytes = Buffer.from(batches.harness.store.get('archive', key)!.body.bytes());
  const digest = createHash('sha256').update(bytes).digest('hex');
  expect(key).toBe(`${FOLDER}pack-${digest.slice(0, 16)}.zip`);

  const members = readZip(batches.harness, key);
  const names = [...members.keys()];
  expect(names.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => `d000${i}-2026-11-24.csv`));
  expect(members.get('d0003-2026-11-24.csv')!.content.toString()).toBe(
    'content of in/d0003-2026-11-24.csv',
  );
  const text = members.get(names[5])!.content;
  expect(names[5]).toBe(
    `_index-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.jsonl`,
  );

  const index = readIndex(key);
  expect(index.map(({ pack, packSize, ...line }) => `${JSON.stringify(line)}\n`).join('')).toBe(
    text.toString(),
  );
  for (const line of index) {
    expect(line).toMatchObject({ bucket: 'source', pack: key, packSize: bytes.length });
    const content = bytes.subarray(line.offset, line.offset + line.size);
    expect(content.toString()).toBe(`content of ${line.key}`);
    expect(line.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  }
  for (const line of ledger()) {
    const { name, offset, size, sha256 } = index.find((each) => each.key === line.key)!;
    expect(line).toMatchObject({
      v: 3,
      status: 'archived',
      destination: key,
      checksumAlgorithm: 'SHA256',
      checksum: Buffer.from(digest, 'hex').toString('base64'),
      member: { name, offset, size, sha256, packSize: bytes.length },
    });
  }
});

test('the same objects make the same pack, whenever they are packed', async () => {
  put(5);
  const items = packed(listed());
  await moveBatch(worker(), batch(items), 60_000);
  const before = listPacks(batches.harness);
  for (const { Key, LastModified } of items) {
    batches.harness.store.put('source', Key, `content of ${Key}`, {
      lastModified: new Date(LastModified! * 1000),
    });
  }
  await moveBatch(
    worker(),
    batch(packed(listed()), {
      run: { ...run, id: 'run-2', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=run-2/' },
    }),
    60_000,
  );
  expect(batches.harness.store.keys('source')).toEqual([]);
  expect(listPacks(batches.harness)).toEqual(before);
});

test('packs take few requests, whatever they hold', async () => {
  put(200);
  // If a delete takes longer, the batch looks at its ledger again.
  await moveBatch({ ...worker(), promptDeletes: 60_000 }, batch(packed(listed(), 100)), 60_000);
  expect(batches.harness.requests).toEqual({
    GetObject: 200,
    // All lie in one folder.
    GetObjectTagging: 1,
    PutObject: 4 + 1,
    HeadObject: 2,
    DeleteObjects: 1,
  });
});

describe('the sources of several packs', () => {
  /** Which requests came after the last pack was put, in their order. */
  function listRemovals(): string[] {
    const calls: string[] = [];
    batches.harness.before = ({ operation, bucket, key }) => {
      if (operation === 'PutObject' && key!.endsWith('.zip')) {
        calls.length = 0;
      } else {
        calls.push(`${operation} ${bucket}`);
      }
      return undefined;
    };
    return calls;
  }

  test('are removed together, after their lines and a look at each pack', async () => {
    put(12);
    const calls = listRemovals();
    await moveBatch({ ...worker(), promptDeletes: 60_000 }, batch(packed(listed(), 4)), 60_000);
    expect(listPacks(batches.harness)).toHaveLength(3);
    expect(calls).toEqual([
      'PutObject reports',
      ...Array<string>(3).fill('HeadObject archive'),
      'DeleteObjects source',
    ]);
    expect(batches.harness.store.keys('source')).toEqual([]);
  });

  test('stay if their own pack is gone, and only they', async () => {
    put(12);
    let gone = '';
    batches.harness.before = once(
      ({ operation, key }) => operation === 'HeadObject' && key!.endsWith('.zip'),
      ({ key }) => {
        gone = key!;
        batches.harness.store.delete('archive', key!);
      },
    );
    const progress = await moveBatch(worker(), batch(packed(listed(), 4)), 60_000);
    expect(progress.counts).toMatchObject({ archived: 12 });
    expectNothingLost(12);
    const destinations = ledger().map(({ destination }) => destination);
    expect(destinations.filter((each) => each.endsWith('.zip'))).toHaveLength(8);
    expect(destinations).not.toContain(gone);
  });

  test.each([
    ['the delete', 'DeleteObjects', 1],
    ['a look at a pack', 'HeadObject', 1],
    ['a pack, whose lines are not written yet,', 'PutObject', 0],
  ])('if %s takes long, the ledger is looked at again or not', async (_, slow, looks) => {
    put(8);
    batches.harness.before = ({ operation, bucket }): Fault | undefined =>
      operation === slow && bucket !== 'reports' ? { kind: 'Latency', ms: 400 } : undefined;
    await moveBatch({ ...worker(), promptDeletes: 300 }, batch(packed(listed(), 4)), 60_000);
    expect(batches.harness.requests.ListObjectsV2 ?? 0).toBe(looks);
  });
});

test('metadata, headers and tags are in the index', async () => {
  put(4);
  const { store } = batches.harness;
  await batches.harness.s3.send(
    new PutObjectCommand({
      Bucket: 'source',
      Key: 'in/e-2026-11-24.json',
      Body: '{}',
      ContentType: 'application/json',
      CacheControl: 'no-store',
      ContentEncoding: 'identity',
      ContentDisposition: 'inline',
      ContentLanguage: 'de',
      Metadata: { team: 'blue' },
      Tagging: 'a=1%2B1&b=x%20y',
      StorageClass: 'STANDARD_IA',
    }),
  );
  await moveBatch(worker(), batch(packed(listed())), 60_000);
  expect(store.keys('source')).toEqual([]);
  const line = readIndex(listPacks(batches.harness)[0]).find(
    ({ key }) => key === 'in/e-2026-11-24.json',
  );
  expect(line).toMatchObject({
    contentType: 'application/json',
    cacheControl: 'no-store',
    contentEncoding: 'identity',
    contentDisposition: 'inline',
    contentLanguage: 'de',
    metadata: { team: 'blue' },
    tags: { a: '1+1', b: 'x y' },
    storageClass: 'STANDARD_IA',
  });
  expect(line!.lastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('a member has the time of its object, also if a manifest does not say it', async () => {
  put(4);
  for (const key of batches.harness.store.keys('source')) {
    batches.harness.store.put('source', key, 'x', {
      lastModified: new Date('2026-11-24T01:02:04Z'),
    });
  }
  await moveBatch(
    worker(),
    batch(packed(listed()).map(({ LastModified: _, ...item }) => item)),
    60_000,
  );
  expect(
    [...readZip(batches.harness, listPacks(batches.harness)[0]).values()].map(({ time }) => time),
  ).toEqual(Array(5).fill('2026-11-24-1-2-4'));
});

test('empty objects are packed, too', async () => {
  put(4);
  batches.harness.put('in/empty-2026-11-24', '');
  await moveBatch(worker(), batch(packed(listed())), 60_000);
  expect(batches.harness.store.keys('source')).toEqual([]);
  expect(
    readZip(batches.harness, listPacks(batches.harness)[0]).get('empty-2026-11-24')!.content,
  ).toHaveLength(0);
});

describe('what is moved instead', () => {
  const moved = () =>
    batches.harness.store.keys('archive', FOLDER).filter((key) => !key.endsWith('.zip'));

  test('an object that changed after it was listed', async () => {
    put(5);
    const items = packed(listed());
    batches.harness.put('in/d0002-2026-11-24.csv', 'rewritten');
    await moveBatch(worker(), batch(items), 60_000);
    expect(moved()).toEqual([`${FOLDER}d0002-2026-11-24.csv`]);
    expect(batches.harness.read('archive', moved()[0])).toBe('rewritten');
    // S3 refuses the read of another version. The fast path leaves that to the SDK, which asks once
    // more.
    expect(batches.harness.requests.GetObject).toBe(6);
    expect(
      readZip(batches.harness, listPacks(batches.harness)[0]).has('d0002-2026-11-24.csv'),
    ).toBe(false);
  });

  test('an object whose bytes are not those that its ETag stands for', async () => {
    put(5);
    const { s3 } = batches.harness;
    const corrupt = withSend(s3, async (command: { input: { Key?: string } }, options) => {
      const answer = (await s3.send(command as never, options)) as {
        Body?: { transformToByteArray(): Promise<Uint8Array> };
      };
      if (command instanceof GetObjectCommand && command.input.Key!.includes('d0002')) {
        const bytes = await answer.Body!.transformToByteArray();
        answer.Body = {
          transformToByteArray: async () =>
            Uint8Array.from(bytes, (byte, i) => (i === 0 ? 255 - byte : byte)),
        };
      }
      return answer;
    });
    await moveBatch({ ...worker(), s3: corrupt }, batch(packed(listed())), 60_000);
    expect(moved()).toEqual([`${FOLDER}d0002-2026-11-24.csv`]);
    expect(batches.harness.read('archive', moved()[0])).toBe('content of in/d0002-2026-11-24.csv');
  });

  test('all objects, where the source bucket has Object Lock', async () => {
    put(5);
    await moveBatch({ ...worker(), sourceLocks: true }, batch(packed(listed())), 60_000);
    expect(listPacks(batches.harness)).toEqual([]);
    expect(moved()).toHaveLength(5);
  });

  test('a group whose tags may not be read', async () => {
    put(5);
    batches.harness.before = ({ operation }) =>
      operation === 'GetObjectTagging'
        ? { kind: 'Error', status: 403, code: 'AccessDenied' }
        : undefined;
    await moveBatch(worker(), batch(packed(listed())), 60_000);
    expect(listPacks(batches.harness)).toEqual([]);
    expect(moved()).toHaveLength(5);
    expectNothingLost(5);
  });

  test('a member of another day', async () => {
    put(4);
    const items = packed(listed());
    batches.harness.put('in/z-2026-11-23.csv');
    const [stranger] = listed().filter(({ Key }) => Key.includes('11-23'));
    const twoDays = { ...run, from: '2026-11-23' };
    await moveBatch(
      batches.workerWith(PACKING, twoDays),
      batch([...items, { ...stranger, Pack: 0 }], { run: twoDays }),
      60_000,
    );
    expect(batches.harness.store.keys('archive', 'archive/2026/11/23/')).toEqual([
      'archive/2026/11/23/z-2026-11-23.csv',
    ]);
    expect([...readZip(batches.harness, listPacks(batches.harness)[0]).keys()]).toHaveLength(5);
  });

  test('a group whose pack has a name that another program has taken', async () => {
    put(5);
    const items = packed(listed());
    const forged = once(
      ({ operation, bucket, key }) =>
        operation === 'PutObject' && bucket === 'archive' && key!.endsWith('.zip'),
      ({ key }) => {
        batches.harness.store.put('archive', key!, 'forged');
      },
    );
    batches.harness.before = forged;
    const progress = await moveBatch(worker(), batch(items), 60_000);
    expect(progress.counts).toMatchObject({ archived: 5 });
    expect(moved()).toHaveLength(5);
    expect(batches.harness.store.keys('source')).toEqual([]);
  });

  test('a group whose pack is gone before its sources are deleted', async () => {
    put(5);
    batches.harness.before = once(
      ({ operation, key }) => operation === 'HeadObject' && key!.endsWith('.zip'),
      ({ key }) => {
        batches.harness.store.delete('archive', key!);
      },
    );
    const progress = await moveBatch(worker(), batch(packed(listed())), 60_000);
    expect(progress.counts).toMatchObject({ archived: 5 });
    expect(moved()).toHaveLength(5);
    expectNothingLost(5);
    expect(new Set(ledger().map(({ destination }) => destination)).size).toBe(5);
    // A verification must not look for the pack.
    expect(ledger().map(({ v, earlier, member }) => [v, earlier, member])).toEqual(
      Array(5).fill([2, undefined, undefined]),
    );
  });
});

test('a lost answer to the pack is no failure, because S3 shows it', async () => {
  put(5);
  let lost = 0;
  batches.harness.before = ({ operation, bucket, key }): Fault | undefined =>
    operation === 'PutObject' && bucket === 'archive' && key!.endsWith('.zip') && lost++ === 0
      ? { kind: 'LostAnswer' }
      : undefined;
  await moveBatch(worker(), batch(packed(listed())), 60_000);
  expect(lost).toBeGreaterThan(0);
  expect(batches.harness.store.keys('source')).toEqual([]);
  expect(listPacks(batches.harness)).toHaveLength(1);
  expect(batches.harness.store.keys('archive', FOLDER)).toHaveLength(1);
});

test('a batch that dies at any request, and is repeated, loses nothing', async () => {
  for (let kill = 1; ; kill += KILL_EVERY) {
    for (const bucket of ['source', 'archive', 'reports']) {
      for (const key of batches.harness.store.keys(bucket)) {
        batches.harness.store.delete(bucket, key);
      }
    }
    put(8);
    const items = packed(listed(), 4);
    let count = 0;
    let isDead = false;
    batches.harness.before = (): Fault | undefined => {
      isDead ||= ++count >= kill;
      return isDead ? { kind: 'ResetBefore' } : undefined;
    };
    await moveBatch(worker(), batch(items), 400).catch(() => undefined);
    if (!isDead) {
      break;
    }
    batches.harness.before = undefined;
    const progress = await moveBatch(worker(), batch(items), 60_000);
    expect(progress).toMatchObject({
      finished: true,
      counts: { listed: 8, archived: 8, skipped: 0, conflicting: 0, failed: 0 },
    });
    expect(batches.harness.store.keys('source')).toEqual([]);
    expectNothingLost(8);
  }
}, 300_000);

test(
  'what another run has packed is not taken for an object of the same size and time beside the ' +
    'pack',
  async () => {
    put(4);
    const items = packed(listed());
    await moveBatch(worker(), batch(items), 60_000);
    expect(batches.harness.store.keys('source')).toEqual([]);
    const name = 'd0002-2026-11-24.csv';
    batches.harness.store.put(
      'archive',
      `${FOLDER}${name}`,
      `CONTENT OF IN/${name}`.slice(0, `content of in/${name}`.length),
      { serverSideEncryption: 'aws:kms' },
    );
    const other = { ...run, id: 'run-2', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=run-2/' };
    const late = onFastPath(batches.workerWith(PACKING, other));
    const progress = await moveBatch(late, batch(items, { run: other }), 60_000);
    expect(progress).toMatchObject({
      finished: true,
      counts: { listed: 4, archived: 0, skipped: 4, conflicting: 0, failed: 0 },
    });
  },
);

test('of large objects, few are in memory at the same time', async () => {
  const content = 'x'.repeat(7 * 1024 ** 2);
  for (let i = 0; i < 8; i++) {
    batches.harness.put(`in/d${i}-2026-11-24.csv`, content);
  }
  let reading = 0;
  let most = 0;
  batches.harness.before = ({ operation }): Fault | undefined => {
    if (operation !== 'GetObject') {
      return undefined;
    }
    most = Math.max(most, ++reading);
    return { kind: 'Latency', ms: 30 };
  };
  batches.harness.after = ({ operation }) => {
    reading -= operation === 'GetObject' ? 1 : 0;
  };
  const large = {
    PACKING: JSON.stringify({ maxObjectSize: 32 * 1024 ** 2, maxPackSize: 256 * 1024 ** 2 }),
  };
  await moveBatch(worker(large), batch(packed(listed())), 60_000);
  // One more than fits.
  expect(most).toBeLessThanOrEqual(3);
  expect(most).toBeGreaterThan(1);
});

test('a dry run packs nothing, and counts as the real run would', async () => {
  put(5);
  const dry = { ...run, dryRun: true };
  const progress = await moveBatch(
    batches.workerWith(PACKING, dry),
    batch(packed(listed()), { run: dry }),
    60_000,
  );
  expect(progress.counts).toMatchObject({ listed: 5, archived: 5 });
  expect(batches.harness.store.keys('archive')).toEqual([]);
  expect(batches.harness.store.keys('source')).toHaveLength(5);
  expect(ledger()[0].requests).toEqual({
    GetObject: 1,
    PutObject: 2,
    GetObjectTagging: 1,
    HeadObject: 1,
  });
  expect(ledger()[1].requests).toEqual({ GetObject: 1 });
});

test('a pack is of one day, whose retention it has, and an object of the past is counted', async () => {
  batches.harness.store.createBucket('vault', { objectLock: true });
  const keys = [
    'in/a-2026-11-24.csv',
    'in/b-2026-11-24.csv',
    'in/c-1990-11-24.csv',
    'in/d-2026-11-24.csv',
    'in/e-2026-11-25.csv',
    'in/f-2026-11-24.csv',
  ];
  keys.forEach((key) => batches.harness.put(key));
  const month = {
    LAYOUT: JSON.stringify({ format: 'yyyy/MM/' }),
    RETENTION: JSON.stringify({ retentionMode: 'GOVERNANCE', years: 7 }),
  };
  const wide = testRun({ ...run, from: null, to: '2026-11-30' });
  const retaining = onFastPath(
    batches.workerWith({ ...PACKING, ...month, DESTINATION_BUCKET: 'vault' }, wide),
  );
  const progress = await moveBatch(retaining, batch(packed(listed()), { run: wide }), 60_000);
  expect(progress).toMatchObject({
    counts: { archived: 6, failed: 0 },
    digest: { notes: { notRetained: { count: 1 } }, packs: { packs: 1, objects: 4 } },
  });
  const { store } = batches.harness;
  const locks = Object.fromEntries(
    store
      .keys('vault')
      .map((key) => [
        key.replace(/pack-[0-9a-f]{16}/, 'pack'),
        store.get('vault', key)!.attributes.lock,
      ]),
  );
  expect(locks).toEqual({
    'archive/2026/11/pack.zip': expect.objectContaining({
      mode: 'GOVERNANCE',
      retainUntil: Date.parse('2033-11-24'),
    }),
    'archive/2026/11/e-2026-11-25.csv': expect.objectContaining({
      mode: 'GOVERNANCE',
      retainUntil: Date.parse('2033-11-25'),
    }),
    // What finds the pack is kept for as long.
    'archive/pack-index/day=2026-11-24/pack.jsonl.gz': expect.objectContaining({
      mode: 'GOVERNANCE',
      retainUntil: Date.parse('2033-11-24'),
    }),
    'archive/1990/11/c-1990-11-24.csv': undefined,
  });
  expect(
    ledger()
      .map(({ key, day, notes }) => [key, day, notes])
      .sort(),
  ).toEqual([
    [keys[0], '2026-11-24', undefined],
    [keys[1], '2026-11-24', undefined],
    [keys[2], '1990-11-24', { notRetained: 'ENDED' }],
    [keys[3], '2026-11-24', undefined],
    [keys[4], '2026-11-25', undefined],
    [keys[5], '2026-11-24', undefined],
  ]);
});
