import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { LedgerPart } from '../../../../src/lambda/ledger/ledger-part';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const KEY = 'runs/ledger/day=2026-11-24/run=run/0123456789abcdef-000000_000003.jsonl';
const DAY = '2026-11-24';
const line = (key: string, more: Partial<LedgerLine> = {}): LedgerLine => ({
  v: 2,
  key,
  destination: key,
  status: 'archived',
  etag: '"x"',
  size: 1,
  day: DAY,
  at: 100,
  ...more,
});
const reports = () => bucketClient(harness, 'reports');
const stored = () =>
  harness
    .read('reports', KEY)!
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as LedgerLine);

test('a new part takes one request', async () => {
  await new LedgerPart(KEY).change(
    reports(),
    ['a', 'b'].map((key) => line(key)),
  );
  expect(stored()).toEqual([line('a'), line('b')]);
  expect(harness.requests).toEqual({ PutObject: 1 });
});

test('a changed line replaces the earlier one', async () => {
  const part = new LedgerPart(KEY);
  await part.change(reports(), [line('a'), line('b')]);
  await part.change(reports(), [line('a', { status: 'failed', code: 'SERVER_ERROR' })]);
  const earlier = [{ destination: 'a', etag: '"x"', size: 1, day: DAY }];
  expect(stored()).toEqual([
    line('a', { status: 'failed', code: 'SERVER_ERROR', earlier }),
    line('b'),
  ]);
  expect(harness.requests).toEqual({ PutObject: 2 });
});

test(
  'the version that a delete was sent for stays in the line that says otherwise, because the ' +
    'delete may have been executed',
  async () => {
    const part = new LedgerPart(KEY);
    await part.change(reports(), [line('a', { archivedEtag: '"archived"' }), line('b')]);
    await part.change(reports(), [
      line('a', { status: 'conflicting', code: 'SOURCE_CHANGED', etag: '"other"' }),
      line('b', { deleteMarkerVersionId: 'marker' }),
    ]);
    expect(stored()).toEqual([
      line('a', {
        status: 'conflicting',
        code: 'SOURCE_CHANGED',
        etag: '"other"',
        earlier: [{ destination: 'a', etag: '"x"', size: 1, day: DAY, archivedEtag: '"archived"' }],
      }),
      line('b', { deleteMarkerVersionId: 'marker' }),
    ]);
    // Another program removed the object.
    await part.change(reports(), [], ['a']);
    expect(stored().map(({ key }) => key)).toEqual(['b']);
  },
);

test.each([
  ['after', { at: 200, proof: 'size' as const }, {}],
  ['before', { proof: 'size' as const }, { at: 200 }],
])(
  'of two lines about one copy, what S3 answered stays; the weak one is written %s the other',
  async (when, weak, other) => {
    const proven = line('a', { ...other, archivedEtag: '"archived"', checksum: 'AAAA' });
    const lines = [line('a', weak), proven];
    const [first, second] = when === 'before' ? lines : lines.reverse();
    await new LedgerPart(KEY).change(reports(), [first]);
    await new LedgerPart(KEY).change(reports(), [second]);
    expect(stored()).toEqual([{ ...proven, at: 200 }]);
  },
);

test('a weak line about one copy does not displace what another line says of another', async () => {
  const proven = line('a', { archivedEtag: '"archived"' });
  await new LedgerPart(KEY).change(reports(), [proven]);
  const weak = line('a', { at: 200, etag: '"y"', proof: 'size' });
  await new LedgerPart(KEY).change(reports(), [weak]);
  const earlier = [
    { destination: 'a', etag: '"x"', size: 1, day: DAY, archivedEtag: '"archived"' },
  ];
  expect(stored()).toEqual([{ ...weak, earlier }]);
});

test('an invocation that was given up does not overwrite what a later one wrote', async () => {
  await new LedgerPart(KEY).change(reports(), [line('a', { at: 200 }), line('b', { at: 200 })]);
  await new LedgerPart(KEY).change(reports(), [
    line('a', { at: 100, status: 'failed' }),
    line('c', { at: 100 }),
  ]);
  expect(stored()).toEqual([
    line('a', { at: 200 }),
    line('b', { at: 200 }),
    line('c', { at: 100 }),
  ]);
});

test('a repeated round writes younger lines', async () => {
  await new LedgerPart(KEY).change(reports(), [line('a', { status: 'failed' }), line('b')]);
  await new LedgerPart(KEY).change(reports(), [line('a', { at: 200 })]);
  expect(stored()).toEqual([line('a', { at: 200 }), line('b')]);
});

test('writes of one attempt follow each other, and need no other request', async () => {
  const part = new LedgerPart(KEY);
  await Promise.all(['a', 'b', 'c'].map((key) => part.change(reports(), [line(key)])));
  expect(stored()).toEqual([line('a'), line('b'), line('c')]);
  expect(harness.requests).toEqual({ PutObject: 3 });
  expect(part.isWrittenByOthers).toBe(false);
});

test('a write that fails does not keep the next one from being sent', async () => {
  const part = new LedgerPart(KEY);
  harness.before = ({ operation }) =>
    operation === 'PutObject' ? { kind: 'Error', status: 403, code: 'AccessDenied' } : undefined;
  const failed = part.change(reports(), [line('a')]);
  await expect(failed).rejects.toMatchObject({ name: 'AccessDenied' });
  harness.before = undefined;
  await part.change(reports(), [line('b')]);
  expect(stored()).toEqual([line('a'), line('b')]);
});

test('two that write at the same time lose nothing', async () => {
  const parts = ['a', 'b', 'c', 'd'].map((key) => ({ key, part: new LedgerPart(KEY) }));
  await Promise.all(parts.map(({ key, part }) => part.change(reports(), [line(key)])));
  expect(
    stored()
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['a', 'b', 'c', 'd']);
});

test('a write whose answer is lost is recognized as our own', async () => {
  let lost = 0;
  harness.before = ({ operation }) =>
    operation === 'PutObject' && lost++ === 0 ? { kind: 'LostAnswer' } : undefined;
  await new LedgerPart(KEY).change(reports(), [line('a')]);
  expect(stored()).toEqual([line('a')]);
  // The second write is refused, because the part exists. The part is what it wanted to write.
  expect(harness.requests).toEqual({ PutObject: 2, GetObject: 1 });
});

test('a removed line stays removed, also if another attempt writes at the same time', async () => {
  const part = new LedgerPart(KEY);
  await part.change(reports(), [line('a'), line('b')]);
  await new LedgerPart(KEY).change(reports(), [line('c')]);
  await part.change(reports(), [], ['a']);
  expect(stored().map(({ key }) => key)).toEqual(['c', 'b']);
  await part.change(reports(), [], ['b']);
  expect(stored().map(({ key }) => key)).toEqual(['c']);
});

test('what another attempt says is archived stays in the younger line that counts', async () => {
  await new LedgerPart(KEY).change(reports(), [
    line('a', { at: 100, etag: '"moved"' }),
    line('b', { at: 100, status: 'failed' }),
  ]);
  const part = new LedgerPart(KEY);
  await part.change(reports(), [
    line('a', { at: 200, status: 'failed' }),
    line('b', { at: 200, status: 'conflicting' }),
  ]);
  const earlier = [{ destination: 'a', etag: '"moved"', size: 1, day: DAY }];
  expect(stored()).toEqual([
    line('a', { at: 200, status: 'failed', earlier }),
    line('b', { at: 200, status: 'conflicting' }),
  ]);
  await new LedgerPart(KEY).change(reports(), [line('a', { at: 300, status: 'conflicting' })]);
  expect(stored()[0]).toEqual(line('a', { at: 300, status: 'conflicting', earlier }));
  await new LedgerPart(KEY).change(reports(), [line('a', { at: 400, etag: '"moved"' })]);
  expect(stored()[0]).toEqual(line('a', { at: 400, etag: '"moved"' }));
  // The source was written again, and archived under another name.
  await new LedgerPart(KEY).change(reports(), [
    line('a', { at: 500, etag: '"again"', destination: 'a~again' }),
  ]);
  expect(stored()[0]).toEqual(
    line('a', { at: 500, etag: '"again"', destination: 'a~again', earlier }),
  );
});

test(
  'a line names each version once that the run archived under its key, in the order of the ' +
    'attempts',
  async () => {
    for (const [i, etag] of ['"1"', '"2"', '"1"', '"3"'].entries()) {
      await new LedgerPart(KEY).change(reports(), [line('a', { at: i, etag })]);
    }
    const [first, second] = ['"1"', '"2"'].map((etag) => ({
      destination: 'a',
      etag,
      size: 1,
      day: DAY,
    }));
    expect(stored()).toEqual([line('a', { at: 3, etag: '"3"', earlier: [second, first] })]);
  },
);

test('only a line that names no archived version can be removed from what another attempt wrote', async () => {
  await new LedgerPart(KEY).change(reports(), [line('a'), line('b', { status: 'failed' })]);
  const part = new LedgerPart(KEY);
  await part.load(reports());
  await part.change(reports(), [], ['a', 'b']);
  expect(stored()).toEqual([line('a')]);
});

test('a part without lines has a blank one', async () => {
  const part = new LedgerPart(KEY);
  await part.change(reports(), [line('a')]);
  await part.change(reports(), [], ['a']);
  expect(harness.read('reports', KEY)).toMatch(/^\n+$/);
});

test('lines that come back after others give the part an ETag that it never had', async () => {
  const part = new LedgerPart(KEY);
  const etags: (string | undefined)[] = [];
  for (const [added, removed] of [
    [[], []],
    [[line('a')], []],
    [[], ['a']],
    [[line('a')], []],
    [[], ['a']],
  ] as const) {
    await part.change(reports(), added, removed);
    etags.push(part.etag);
  }
  expect(new Set(etags).size).toBe(5);
});

test.each([
  ['with lines', [line('a'), line('b')]],
  ['without lines', []],
])(
  'a part %s that is written again has an ETag that it never had, and the same lines',
  async (_, lines) => {
    const etags = new Set<string>();
    const part = new LedgerPart(KEY);
    await part.change(reports(), lines);
    for (let i = 0; i < 5; i++) {
      etags.add(harness.store.get('reports', KEY)!.etag);
      // Every other time another process writes it.
      const writer = i % 2 ? part : new LedgerPart(KEY);
      await writer.load(reports());
      await writer.change(reports(), []);
    }
    expect(etags.size).toBe(5);
    expect(await new LedgerPart(KEY).load(reports())).toMatch(/\n$/);
    expect(
      harness
        .read('reports', KEY)!
        .split('\n')
        .filter(Boolean)
        .map((text) => JSON.parse(text) as LedgerLine),
    ).toEqual(lines);
  },
);

test('a part that cannot be written is an error', async () => {
  harness.store.deny({ operations: ['PutObject'], bucket: 'reports' });
  await expect(new LedgerPart(KEY).change(reports(), [line('a')])).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test('a part is ASCII, so that a key cannot write on the terminal of who reads it', async () => {
  const hostile = line('in/\u009b31m\u202e\u061c\ufffe日本😀', {
    status: 'failed',
    message: 'why \u0085',
  });
  await new LedgerPart(KEY).change(reports(), [hostile]);
  expect(harness.read('reports', KEY)).toMatch(/^[\x20-\x7e]*\n$/);
  expect(stored()).toEqual([hostile]);
});
