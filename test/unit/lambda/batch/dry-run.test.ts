import type { PutOptions } from '../../../../packages/s3-double/src';
import type { SourceRestores } from '../../../../src/features/glacier/lambda/source-restores';
import { Forecast } from '../../../../src/lambda/batch/forecast';
import { copyToArchive, deleteSources } from '../../../../src/lambda/move/move-object';
import type { MoveRequest, MoveContext } from '../../../../src/lambda/move/move-request';
import { findListed } from '../../../../src/lambda/s3/object-lookup';
import {
  budgetOf,
  type ContextOptions,
  type Harness,
  moveContext,
  startHarness,
} from '../../../helpers/harness';

const MIB = 1024 ** 2;
const LONGEST = 'x'.repeat(1024);
let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
});
afterEach(() => harness.close());

function object(
  content: string | Buffer = 'content',
  options: PutOptions = {},
  key = 'in/a.csv',
): MoveRequest {
  const { etag, size } = harness.store.put('source', key, content, options);
  return { key, etag: `"${etag}"`, size, destination: `archive/${key}` };
}

const previewFor = (context: MoveContext, objects: MoveRequest[]) => {
  const destinations = objects
    .map(({ destination }) => destination)
    .filter((key) => Buffer.byteLength(key) <= 1024);
  let listed: ReturnType<typeof findListed> | undefined;
  const forecast = new Forecast(() => (listed ??= findListed(context.destination, destinations)));
  return (each: MoveRequest, sourceClass?: string) =>
    forecast.foresee(context, { ...each, sourceClass }, copyToArchive);
};

/** What the move asks of S3, without deletes, which a batch has together. */
async function asked(context: MoveContext, moved: MoveRequest) {
  harness.resetRequests();
  const copied = await copyToArchive(context, moved);
  if (copied.status === 'copied') {
    await deleteSources(context, [{ ...copied, key: moved.key }]);
  }
  return Object.fromEntries(
    Object.entries(harness.bill.requests).filter(
      ([request]) => !request.startsWith('DeleteObject'),
    ),
  );
}

type Case = [name: string, more: ContextOptions, prepare: () => MoveRequest, storageClass?: string];
const taken = (content: string | Buffer, options?: PutOptions) =>
  harness.store.put('archive', 'archive/in/a.csv', content, options);
const cases: Case[] = [
  ['a plain copy', {}, () => object()],
  ['a copy to another class', { storageClass: 'GLACIER_IR' }, () => object()],
  ['a copy where objects may be locked', { sourceLocks: true }, () => object()],
  [
    'a copy in parts',
    { multipartThreshold: 5 * MIB, storageClass: 'STANDARD_IA' },
    () => object(Buffer.alloc(11 * MIB)),
  ],
  [
    'a copy in parts to a class that parts wait for',
    { multipartThreshold: 5 * MIB, storageClass: 'GLACIER' },
    () => object(Buffer.alloc(6 * MIB)),
  ],
  [
    'other content at the destination',
    {},
    () => {
      taken('theirs');
      return object();
    },
  ],
  [
    'other content of the same length',
    {},
    () => {
      taken('CONTENT');
      return object();
    },
  ],
  [
    'the same content at the destination',
    {},
    () => {
      taken('content');
      return object();
    },
  ],
  [
    'the same content, known by its checksum',
    {},
    () => {
      taken('content', { partSize: 3 });
      return object('content', { partSize: 4 });
    },
  ],
  [
    'other content in a colder class',
    {},
    () => {
      taken('theirs', { storageClass: 'GLACIER_IR' });
      return object();
    },
  ],
  [
    'other content, and a free renamed key',
    { conflictPolicy: 'RENAME' },
    () => {
      taken('theirs');
      return object();
    },
  ],
  [
    'other content in the way of a copy in parts',
    { multipartThreshold: 5 * MIB },
    () => {
      taken('theirs');
      return object(Buffer.alloc(6 * MIB));
    },
  ],
  [
    'a source that must be restored first',
    {},
    () => object('cold', { storageClass: 'GLACIER' }),
    'GLACIER',
  ],
  [
    'a source that is restored',
    {},
    () => object('cold', { storageClass: 'GLACIER', restored: true }),
    'GLACIER',
  ],
  [
    'a source in Glacier that the archive holds',
    { glacierSources: { tier: 'Standard', days: 1 } as SourceRestores },
    () => {
      taken('cold');
      return { ...object('cold', { storageClass: 'GLACIER' }), isTaken: true };
    },
    'GLACIER',
  ],
  ['a name that is too long', {}, () => ({ ...object(), destination: 'x'.repeat(1025) })],
  [
    'a renamed key that is too long',
    { conflictPolicy: 'RENAME' },
    () => {
      harness.store.put('archive', LONGEST, 'theirs');
      return { ...object(), destination: LONGEST };
    },
  ],
];

test.each(cases.map((each) => ({ name: each[0], each })))(
  'foresees what the move asks of S3: $name',
  async ({ each: [, more, prepare, storageClass] }) => {
    const context = moveContext(harness, more);
    const listed = prepare();
    const { requests, status } = await previewFor(context, [listed])(listed, storageClass);
    expect(harness.store.get('source', listed.key)).toBeDefined();
    expect(requests).toEqual(await asked(context, listed));
    expect(['archived', 'conflicting', 'failed']).toContain(status);
  },
);

test('a read that S3 throttles is sent again, and counts once, as it is billed', async () => {
  const context = moveContext(harness, { sourceLocks: true });
  const listed = object();
  taken('theirs');
  const throttled = new Set<string>();
  harness.before = ({ operation, key = '' }) => {
    if (operation !== 'HeadObject' || throttled.has(key)) {
      return undefined;
    }
    throttled.add(key);
    return { kind: 'SlowDown' };
  };
  const { requests, status } = await previewFor(context, [listed])(listed);
  expect(status).toBe('conflicting');
  expect([...throttled].sort()).toEqual([listed.destination, listed.key]);
  expect(requests).toEqual(await asked(context, listed));
});

test('a renamed key that is too long fails as in the run', async () => {
  const context = moveContext(harness, { conflictPolicy: 'RENAME' });
  const listed = { ...object(), destination: LONGEST };
  harness.store.put('archive', LONGEST, 'theirs');
  const { requests, ...foreseen } = await previewFor(context, [listed])(listed);
  expect(foreseen).toMatchObject({ status: 'failed', code: 'KEY_TOO_LONG' });
  expect(foreseen).toEqual(await copyToArchive(context, listed));
});

test('of many free destinations it asks a page at a time', async () => {
  const objects = Array.from({ length: 1_200 }, (_, i) => object('x', {}, `in/${i}.csv`));
  harness.resetRequests();
  const preview = previewFor(moveContext(harness), objects);
  for (const each of objects) {
    expect(await preview(each)).toMatchObject({ status: 'archived', requests: { CopyObject: 1 } });
  }
  expect(harness.requests).toEqual({ ListObjectsV2: 1 });
});

test('where it may not list, it looks', async () => {
  const [one, two] = [object('x', {}, 'in/1.csv'), object('x', {}, 'in/2.csv')];
  harness.store.put('archive', two.destination, 'theirs');
  harness.store.deny({ operations: ['ListObjectsV2'] });
  const preview = previewFor(moveContext(harness), [one, two]);
  expect([await preview(one), await preview(two)]).toMatchObject([
    { status: 'archived' },
    { status: 'conflicting' },
  ]);
});

test('a listing that fails is why its objects would', async () => {
  harness.before = ({ operation }) =>
    operation === 'ListObjectsV2' ? { kind: 'SlowDown' } : undefined;
  const context = moveContext(harness, { budget: budgetOf({ deadline: 0 }) });
  const listed = object();
  expect(await previewFor(context, [listed])(listed)).toMatchObject({
    status: 'failed',
    code: 'SLOW_DOWN',
  });
});

test('after the first copy, one that is refused was sent on the fast path before', async () => {
  const objects = Array.from({ length: 6 }, (_, i) => object('x', {}, `in/${i}.csv`));
  for (const { destination } of objects.filter((_, i) => i !== 3)) {
    harness.store.put('archive', destination, 'theirs');
  }
  const preview = previewFor(moveContext(harness), objects);
  const forecasts = [];
  for (const each of objects) {
    forecasts.push((await preview(each)).requests.CopyObject);
  }
  expect(forecasts).toEqual([1, 1, 1, 1, 2, 2]);
});

test('a copy that the batch has predicted is read in the class of the archive', async () => {
  const context = moveContext(harness, { storageClass: 'GLACIER_IR' });
  const [one, two] = ['in/a.csv', 'in/b.csv'].map((key) => ({
    ...object('content', {}, key),
    destination: 'archive/a.csv',
  }));
  const preview = previewFor(context, [one, two]);
  await preview(one);
  const { requests } = await preview(two);
  await asked(context, one);
  // The mover of a batch sends a refused copy once more, and this one has no batch.
  const { 'CopyObject@GLACIER_IR': _, ...reads } = requests;
  const { 'CopyObject@GLACIER_IR': __, ...realReads } = await asked(context, two);
  expect(reads).toEqual(realReads);
  expect(reads).toHaveProperty(['HeadObject@GLACIER_IR']);
});

/** Foresees 400 objects. The archive holds this content in place of every tenth one. */
async function foreseeTakenTenths(content: string) {
  const listed = Array.from({ length: 400 }, (_, i) =>
    object('content', {}, `in/${String(i).padStart(3, '0')}.csv`),
  );
  const isTaken = (_: unknown, i: number) => i % 10 === 0;
  for (const { destination } of listed.filter(isTaken)) {
    harness.store.put('archive', destination, content);
  }
  const preview = previewFor(moveContext(harness), listed);
  const foreseen = await Promise.all(listed.map((each) => preview(each)));
  return {
    foreseen,
    copies: foreseen.filter(isTaken).map(({ requests }) => requests.CopyObject ?? 0),
  };
}

test(
  'where a batch finds ten of its objects archived, it lists the archive, and sends no copy for ' +
    'those that come later',
  async () => {
    const { foreseen, copies } = await foreseeTakenTenths('content');
    // After the first copy that succeeds, a refused one is sent twice.
    expect(copies.slice(0, 1)).toEqual([1]);
    expect(copies.slice(1, 28)).toEqual(Array(27).fill(2));
    expect(copies.slice(30)).toEqual(Array(10).fill(0));
    expect(foreseen.every(({ status }) => status === 'archived')).toBe(true);
  },
);

test('conflicts do not make a batch list the archive', async () => {
  const { foreseen } = await foreseeTakenTenths('theirs');
  expect(foreseen.map(({ requests }) => requests.CopyObject)).not.toContain(undefined);
});
