import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type {
  ListedObject,
  PlannedPart,
  RunListing,
} from '../../../../../src/contract/payloads/listing';
import type { Manifest } from '../../../../../src/contract/payloads/run';
import type { Settings } from '../../../../../src/contract/payloads/settings';
import { parseDateSource } from '../../../../../src/dates/key-dates';
import { parseLayout } from '../../../../../src/dates/layout';
import {
  planManifest,
  type PlanManifestContext,
} from '../../../../../src/features/selective/lambda/manifest/plan-manifest';
import { systemClock } from '../../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../../src/lambda/selection/select-objects';
import { testRun } from '../../../../helpers/batch-fixtures';
import { testSettings } from '../../../../helpers/environment';
import {
  type Call,
  createMemoryS3,
  type MemoryS3,
  type MemoryS3Options,
} from '../../../../helpers/memory-s3';
import { KILL_EVERY } from '../../../../helpers/thorough';

const URI = 's3://lists/list';
const RUN = testRun();
const PLAN = `${RUN.reportPrefix}plan/`;
const ETAG = createHash('md5').update('some version').digest('hex');
/** The ETag that the memory S3 gives an object. */
const etagOf = (key: string) => `"${createHash('md5').update(key).digest('hex')}"`;
const KILLED = Object.assign(new Error('killed'), { name: 'Killed' });

interface Options
  extends
    Partial<Pick<PlanManifestContext, 'maxPartsOfRound' | 'maxLinesInMemory' | 'linesAtOnce'>>,
    Partial<Pick<Settings, 'filter'>> {
  readonly prefix?: string;
  readonly layout?: string;
  readonly dateSource?: Parameters<typeof parseDateSource>[0];
  /** The clock advances by so many milliseconds each time that it is looked at. */
  readonly tick?: number;
}

function createContext(memory: MemoryS3, options: Options = {}): PlanManifestContext {
  const {
    prefix = 'in/',
    layout = 'yyyy/MM/dd/',
    dateSource = { kind: 'objectName', formats: ['yyyy-MM-dd'] },
    filter,
    tick,
    ...limits
  } = options;
  let time = 0;
  const clock =
    tick === undefined ? systemClock : { now: () => (time += tick), sleep: async () => undefined };
  const settings = testSettings({
    sourceBucket: 'source',
    sourcePrefix: prefix,
    destinationBucket: 'source',
    destinationPrefix: 'in/archive/',
    dateSource: parseDateSource(dateSource),
    layout: parseLayout({ format: layout }),
    listingConcurrency: 4,
    batchSize: 5,
    filter,
  });
  return { s3: memory.s3, clock, settings, select: createSelector(settings, RUN), ...limits };
}

function memoryOf(
  files: Record<string, string | Buffer>,
  options: Partial<MemoryS3Options> = {},
): MemoryS3 {
  const memory = createMemoryS3({ pageSize: 1_000, ...options });
  for (const [key, content] of Object.entries(files)) {
    memory.putFile('lists', key, Buffer.from(content));
  }
  return memory;
}

/**
 * Invokes the function as the state machine does: again if it died, and again until the plan is
 * complete.
 */
async function planAll(
  context: PlanManifestContext,
  manifest: Partial<Manifest> = {},
  invoke = planManifest,
): Promise<RunListing> {
  const run = { ...RUN, manifest: { uri: URI, ...manifest } };
  let listing: RunListing = { prefix: 'in/' };
  for (let attempts = 0; !listing.progress?.finished; attempts++) {
    if (attempts > 1_000) {
      throw new Error('the manifest has no end');
    }
    try {
      // As JSON, because a state is JSON.
      listing = JSON.parse(
        JSON.stringify(await invoke(context, { run, listing }, 600_000)),
      ) as RunListing;
    } catch (error) {
      if (error !== KILLED) {
        throw error;
      }
    }
  }
  return listing;
}

function readLines<T>(memory: MemoryS3, key: string): T[] {
  return memory.buckets
    .get('reports')!
    .get(key)!
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** What the children of the map get. */
function readPlan(memory: MemoryS3, { progress }: RunListing): ListedObject[] {
  if (!progress?.partsKey) {
    return [];
  }
  return readLines<PlannedPart>(memory, progress.partsKey).flatMap(({ name, objects }) => {
    const items = readLines<ListedObject>(memory, `${PLAN}${name}.jsonl`);
    expect(items).toHaveLength(objects);
    return items;
  });
}

const keysOf = (memory: MemoryS3, listing: RunListing) =>
  readPlan(memory, listing)
    .map(({ Key }) => Key)
    .sort();
const line = (key: string, more: object = { etag: ETAG, size: 7 }) =>
  `${JSON.stringify({ key, ...more })}\n`;
const toCsvField = (text: string) =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
const encode = (key: string) =>
  encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

/** Keys that a list can get wrong. */
const ODD = [
  'in/a b 2026-11-24',
  'in/a+b 2026-11-24',
  'in/100%2026-11-24',
  'in/%41 2026-11-24',
  'in/"q", 2026-11-24',
  'in/line\nbreak 2026-11-24',
  'in/ü\u{1f600} 2026-11-24',
  'in/cr\r\n2026-11-24',
  'in/ 2026-11-24 ',
];

describe('each kind of manifest', () => {
  const csv = (encoding: (key: string) => string) =>
    `etag,key,size\n${ODD.map((key) => `"""${ETAG}""",${toCsvField(encoding(key))},7\n`).join('')}`;
  const schema =
    'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, ' +
    'StorageClass, EncryptionStatus';
  const row = (key: string, latest = 'true', marker = 'false') =>
    `"source","${encode(key)}","v1","${latest}","${marker}","7","2026-11-24T10:00:00.000Z","${ETAG}","STANDARD_IA","SSE-S3"\n`;
  const inventory = (more: object = {}) =>
    JSON.stringify(
      {
        sourceBucket: 'source',
        destinationBucket: 'arn:aws:s3:::lists',
        version: '2016-11-30',
        creationTimestamp: '1514944800000',
        fileFormat: 'CSV',
        fileSchema: schema,
        files: [
          { key: 'inv/data/1.csv.gz', size: 1, MD5checksum: 'x' },
          { key: 'inv/data/2.csv.gz', size: 1, MD5checksum: 'x' },
        ],
        ...more,
      },
      null,
      2,
    );
  const inventoryFiles = {
    'inv/data/1.csv.gz': gzipSync(
      ODD.slice(0, 4)
        .map((key) => row(key))
        .join('') +
        row('in/old 2026-11-24', 'false') +
        row('in/deleted 2026-11-24', 'true', 'true'),
    ),
    'inv/data/2.csv.gz': gzipSync(
      ODD.slice(4)
        .map((key) => row(key))
        .join(''),
    ),
  };

  test.each<[string, Record<string, string | Buffer>, Partial<Manifest>?]>([
    ['JSON Lines', { list: ODD.map((key) => line(key)).join('') }],
    [
      'JSON Lines as S3 names its fields, and no line break at the end',
      { list: ODD.map((Key) => JSON.stringify({ Key, ETag: `"${ETAG}"`, Size: 7 })).join('\n') },
    ],
    [
      'JSON Lines with empty lines and a byte order mark',
      { list: `\ufeff${ODD.map((key) => line(key)).join('\r\n\n')}` },
    ],
    [
      'JSON Lines with encoded keys',
      { list: ODD.map((key) => line(encode(key))).join('') },
      { keyEncoding: 'url' },
    ],
    ['packed JSON Lines', { list: gzipSync(ODD.map((key) => line(key)).join('')) }],
    [
      'packed JSON Lines in two pieces',
      {
        list: Buffer.concat([
          gzipSync(
            ODD.slice(0, 4)
              .map((key) => line(key))
              .join(''),
          ),
          gzipSync(
            ODD.slice(4)
              .map((key) => line(key))
              .join(''),
          ),
        ]),
      },
    ],
    ['CSV', { list: csv((key) => key) }, { keyEncoding: 'none' }],
    ['CSV with encoded keys', { list: csv(encode) }, { keyEncoding: 'url' }],
    [
      'CSV with a byte order mark and CRLF',
      { list: `\ufeff${csv(encode).replaceAll('\n', '\r\n')}` },
      { keyEncoding: 'url' },
    ],
    [
      'CSV with both kinds of line breaks',
      {
        list: csv(encode)
          .split('\n')
          .map((each, i) => `${each}${i % 3 === 1 ? '\r\n' : '\n'}`)
          .join(''),
      },
      { keyEncoding: 'url' },
    ],
    ['packed CSV', { list: gzipSync(csv((key) => key)) }, { keyEncoding: 'none' }],
    ['an S3 Inventory', { list: inventory(), ...inventoryFiles }],
    [
      'an S3 Inventory whose manifest has one line',
      { list: JSON.stringify(JSON.parse(inventory())), ...inventoryFiles },
      { keyEncoding: 'url' },
    ],
  ])('%s', async (_, files, manifest = {}) => {
    for (const chunkSize of [7, 65_536]) {
      const memory = memoryOf(files, { chunkSize });
      memory.setKeys('source', ODD);
      const listing = await planAll(createContext(memory), manifest);
      expect(keysOf(memory, listing)).toEqual([...ODD].sort());
      expect(listing.progress).toMatchObject({
        finished: true,
        listed: ODD.length,
        selected: ODD.length,
        requests: 0,
        manifest: { repeated: 0, gone: 0 },
      });
      // S3's own list is right about what S3 had. A list of another writer is not believed.
      const isInventory = 'inv/data/1.csv.gz' in files;
      const versions = readPlan(memory, listing)
        .map(({ Key, Etag, Size }) => [Key, Etag, Size])
        .sort();
      expect(versions).toEqual(
        [...ODD]
          .sort()
          .map((key) => [key, isInventory ? `"${ETAG}"` : etagOf(key), isInventory ? 7 : 1]),
      );
      expect(listing.progress!.manifest!.requests.HeadObject ?? 0).toBe(
        isInventory ? 0 : ODD.length,
      );
    }
  });

  test('what an inventory says of an object is used', async () => {
    const memory = memoryOf({ list: inventory(), ...inventoryFiles });
    const [first] = readPlan(memory, await planAll(createContext(memory)));
    expect(first).toEqual({
      Key: expect.any(String) as string,
      Etag: `"${ETAG}"`,
      Size: 7,
      LastModified: Date.parse('2026-11-24T10:00:00Z') / 1000,
      StorageClass: 'STANDARD_IA',
    });
  });

  test.each<[string, object, string]>([
    [
      'of another bucket',
      { sourceBucket: 'other' },
      'it is the inventory of another bucket than source, the source of this archiver',
    ],
    ['in another format', { fileFormat: 'ORC' }, 'the format of the inventory must be CSV'],
    ['without keys', { fileSchema: 'Bucket, Size' }, 'its fileSchema has no Key'],
    [
      'of versions without IsLatest',
      { fileSchema: 'Bucket, Key, VersionId' },
      'has versions, but no IsLatest',
    ],
    ['without a list of files', { files: undefined }, 'does not have its fields'],
    [
      'whose file is not there',
      { files: [{ key: 'gone.csv.gz' }] },
      's3://lists/gone.csv.gz: it cannot be read: there is no such object',
    ],
  ])('an inventory %s is refused', async (_, more, problem) => {
    await expect(
      planAll(createContext(memoryOf({ list: inventory(more), ...inventoryFiles }))),
    ).rejects.toThrow(problem);
  });

  test('an inventory whose keys are said not to be encoded is refused', async () => {
    await expect(
      planAll(createContext(memoryOf({ list: inventory() })), { keyEncoding: 'none' }),
    ).rejects.toThrow('the keys of an S3 Inventory are URL-encoded: leave keyEncoding out');
  });

  test('CSV whose keys are the same either way needs no encoding', async () => {
    const memory = memoryOf({ list: 'key,size\nin/a b 2026-11-24,7\n"in/a,b 2026-11-24",\n' });
    memory.setKeys('source', ['in/a b 2026-11-24', 'in/a,b 2026-11-24']);
    expect(keysOf(memory, await planAll(createContext(memory)))).toEqual([
      'in/a b 2026-11-24',
      'in/a,b 2026-11-24',
    ]);
  });

  test.each(['a+b', 'a%41', '100%'])('CSV with the key %s needs it', async (name) => {
    await expect(
      planAll(createContext(memoryOf({ list: `key\nin/x\nin/${name}\n` }))),
    ).rejects.toThrow(
      "the run's manifest is wrong: s3://lists/list, line 3: " +
        'the key has a "+" or a "%", so it may be URL-encoded and mean another key: ' +
        'say how keys are written, and start the run with "manifest": {"uri": "s3://...", ' +
        '"keyEncoding": "url"} or with "keyEncoding": "none"',
    );
  });

  test.each(['', '\ufeff', '\n\n', 'key\n', 'key,etag,size'])('%j has no object', async (list) => {
    const memory = memoryOf({ list });
    expect((await planAll(createContext(memory))).progress).toMatchObject({
      finished: true,
      parts: 0,
      partsKey: null,
      listed: 0,
      selected: 0,
    });
  });
});

describe('a manifest that is wrong', () => {
  const good = 'in/2026-11-24';
  test.each<[string, string | Buffer, string, Partial<Manifest>?]>([
    [
      'a line that is no JSON',
      `${line(good)}{"key":\n`,
      'line 2: it is no JSON object, and each line must be one',
    ],
    ['a line without a key', `${line(good)}\n{"size":1}\n`, 'line 3: it has no key'],
    ['a key that is no text', '{"key":7}\n', 'line 1: it has no key'],
    ['a key twice in a line', '{"key":"a","Key":"b"}', 'line 1: it has two fields key'],
    [
      'a date that is none',
      `${line(good)}${line(good, { date: '2026-02-30' })}`,
      'line 2: the date is not a day of the calendar such as 2026-11-24',
    ],
    ['a date that is a number', line(good, { date: 20261124 }), 'line 1: the date is not a day'],
    [
      'a date with a time',
      line(good, { date: '2026-11-24T10:00:00Z' }),
      'is not a day of the calendar',
    ],
    ['a date in hour 24', line(good, { date: '2026-11-24T24' }), 'is not a day of the calendar'],
    ['a size that is none', line(good, { size: -1 }), 'line 1: the size is not a number of bytes'],
    [
      'an ETag of any version',
      line(good, { etag: '*' }),
      'line 1: the etag is not one that S3 makes',
    ],
    ['a list of ETags', line(good, { etag: '"a", "b"' }), 'is not one that S3 makes'],
    ['half of a character', '{"key":"in/\\ud800"}', 'has half of a character'],
    ['a key that is too long', line(`in/${'x'.repeat(1_022)}`), 'is longer than 1,024 bytes'],
    [
      'a wrong instant',
      line(good, { lastModified: '2026-11-24' }),
      'lastModified is not an instant',
    ],
    [
      'a JSON array',
      `[${line(good)}]`,
      "it is a JSON array, and must have one JSON object in each line: write it with jq -c '.[]'",
    ],
    [
      'bytes that are no text',
      Buffer.concat([Buffer.from(line(good)), Buffer.from([0x7b, 0xff, 0x7d])]),
      'is not UTF-8',
    ],
    [
      'bytes after a whole gzip file',
      Buffer.concat([gzipSync(line(good)), Buffer.alloc(3), gzipSync(line(good))]),
      'it is no whole gzip file: what is packed ends after',
    ],
    [
      'text after a whole gzip file',
      Buffer.concat([gzipSync(line(good)), Buffer.from(line(good))]),
      'it is no whole gzip file',
    ],
    [
      'half a gzip file',
      gzipSync(line(good).repeat(1_000)).subarray(0, 60),
      'it is no whole gzip file',
    ],
    [
      'CSV without a header',
      `${good},1\n`,
      'line 1: it is neither JSON Lines, nor the manifest.json of an S3 Inventory, nor CSV ' +
        'whose first line names the columns, with a column key',
    ],
    ['CSV with a column twice', 'key,Key\n', 'line 1: it has two columns key'],
    [
      'CSV whose lines end with a carriage return alone',
      `key,size\r${good},1\r`,
      'line 1: its lines end with a carriage return alone, so that all of it is one line: end ' +
        "them with a line feed, for example with tr '\\r' '\\n'",
    ],
    [
      'CSV with too few fields',
      `key,size\n${good},1\n${good}\n`,
      'line 3: it is no CSV: it has more or fewer fields than the first line has columns',
    ],
    [
      'CSV with a quote in the middle',
      `key,size\n"a\nb${good}",1\n\n${good}"x,1\n`,
      'line 5: it is no CSV: a quote is inside of a field that does not begin with one',
    ],
    ['CSV with a quote without end', `key,size\n"${good},1\n`, 'it is no CSV: a quote has no end'],
    [
      'CSV with a wrong date after records of several lines',
      `key,date\n"a\nb${good}",\n${good},2026-11-24\n\n"${good}",24.11.2026\n`,
      'line 6: the date is not a day',
      { keyEncoding: 'none' },
    ],
    [
      'a wrong encoding',
      'key\nin/100%\n',
      'line 2: the key is not URL-encoded',
      { keyEncoding: 'url' },
    ],
  ])('%s', async (_, list, problem, manifest = {}) => {
    for (const chunkSize of [11, 65_536]) {
      const memory = memoryOf({ list }, { chunkSize });
      const planned = planAll(createContext(memory, { prefix: '' }), manifest);
      await expect(planned).rejects.toThrow(problem);
      await expect(planned).rejects.toMatchObject({
        name: 'InvalidRunInput',
        message: expect.stringMatching(
          /^the run's manifest is wrong: s3:\/\/lists\/list.*\. No object was touched$/s,
        ) as string,
      });
    }
  });

  test.each<[string, string, Partial<Manifest>?]>([
    ['a line that is no JSON', '{"key":"in/a"}\nSECRET\n'],
    ['a text in the place of a name', 'SECRET,SECRET\n'],
    [
      'a field with a wrong value',
      ['etag', 'size', 'date', 'lastModified', 'storageClass']
        .map((name) => line('in/2026-11-24', { [name]: ['SECRET'] }))
        .join(''),
    ],
    ['a wrong date', line('in/2026-11-24', { date: 'SECRET' })],
    ['a wrong size', line('in/2026-11-24', { size: 'SECRET' })],
    ['a wrong etag', line('in/2026-11-24', { etag: 'SECRET,' })],
    ['a wrong instant', line('in/2026-11-24', { lastModified: 'SECRET' })],
    ['an unknown storage class', line('in/2026-11-24', { storageClass: { SECRET: 1 } })],
    ['a key outside of the prefix', line('SECRET')],
    ['a key that is too long', line(`in/SECRET${'x'.repeat(1_022)}`)],
    ['a key that may be encoded', 'key\nin/SECRET%41\n'],
    ['a key that is not encoded', 'key\nin/SECRET%\n', { keyEncoding: 'url' }],
    ['a quote in the middle', 'key,size\nin/SECRET"SECRET,1\n'],
    ['text after a quote', 'key,size\n"in/SECRET"SECRET,1\n'],
    ['too many fields', 'key,size\nin/a,SECRET,SECRET\n'],
    [
      'an inventory of another bucket',
      JSON.stringify({
        sourceBucket: 'SECRET',
        destinationBucket: 'SECRET',
        fileFormat: 'SECRET',
        fileSchema: 'SECRET',
        files: [],
      }),
    ],
    [
      'an inventory in another format',
      JSON.stringify({
        sourceBucket: 'source',
        destinationBucket: 'SECRET',
        fileFormat: 'SECRET',
        fileSchema: 'SECRET',
        files: [],
      }),
    ],
    [
      'an inventory without keys',
      JSON.stringify({
        sourceBucket: 'source',
        destinationBucket: 'SECRET',
        fileFormat: 'CSV',
        fileSchema: 'SECRET',
        files: [],
      }),
    ],
  ])('is never quoted: %s', async (_, list, manifest = {}) => {
    const planned = planAll(createContext(memoryOf({ list })), manifest);
    await expect(planned).rejects.toMatchObject({
      name: 'InvalidRunInput',
      message: expect.not.stringContaining('SECRET') as string,
    });
  });

  test('a line without end is no reason to use up the memory', async () => {
    await expect(
      planAll(createContext(memoryOf({ list: `{"key":"${'x'.repeat(3 * 1024 ** 2)}` }))),
    ).rejects.toThrow('line 1: it is longer than 1 MiB');
  });

  test('keys outside of the prefix are counted, and nothing is planned', async () => {
    const list = Array.from({ length: 100 }, (_, i) =>
      line(i % 4 === 1 ? `other/${i}-2026-11-24` : `in/${i}-2026-11-24`),
    ).join('');
    for (const options of [{}, { maxPartsOfRound: 0 }]) {
      const memory = memoryOf({ list }, { chunkSize: 200 });
      await expect(planAll(createContext(memory, options))).rejects.toThrow(
        'the run\'s manifest is wrong: s3://lists/list: 25 of its keys do not begin with "in/", ' +
          'the prefix of this archiver, the first one at s3://lists/list, line 2: leave them ' +
          'out, or limit the inventory to that prefix. No object was touched',
      );
      expect(
        [...(memory.buckets.get('reports')?.keys() ?? [])].filter((key) => key.includes('parts-')),
      ).toEqual([]);
    }
  });

  test('a manifest that is replaced while it is read is not mixed with its successor', async () => {
    const list = Array.from({ length: 100 }, (_, i) => line(`in/${i}-2026-11-24`)).join('');
    const memory = memoryOf({ list }, { chunkSize: 200 });
    let rounds = 0;
    await expect(
      planAll(createContext(memory, { maxPartsOfRound: 0 }), {}, async (...event) => {
        if (rounds++ === 3) {
          memory.putFile('lists', 'list', Buffer.from(`${list}\n`));
        }
        return planManifest(...event);
      }),
    ).rejects.toThrow('s3://lists/list: it was replaced while it was read: start a new run');
  });

  test.each<[object, string, string?]>([
    [
      { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } },
      "ACCESS_DENIED: the run's manifest s3://lists/list cannot be read: there is no such " +
        'object, or the role of the list-objects function has no s3:GetObject for it: put the ' +
        'manifest below reportPrefix of the report bucket, or give its bucket to ' +
        'Listing.selective',
    ],
    [
      {
        name: 'AccessDenied',
        message: 'not authorized to perform: kms:Decrypt',
        $metadata: { httpStatusCode: 403 },
      },
      "KMS_DENIED: the run's manifest s3://lists/list cannot be read: the role of the " +
        'list-objects function needs kms:Decrypt',
    ],
    [
      { name: 'InvalidObjectState', $metadata: { httpStatusCode: 403 } },
      's3://lists/list: it cannot be read: the object is in a storage class from which S3 ' +
        'cannot copy; restore the object first. No object was touched',
      'InvalidRunInput',
    ],
    [
      {
        name: 'InvalidRequest',
        message: 'The object was stored using a form of Server Side Encryption.',
        $metadata: { httpStatusCode: 400 },
      },
      'it cannot be read: the object is encrypted with a customer-provided key (SSE-C)',
      'InvalidRunInput',
    ],
  ])('a file that cannot be read: %o', async (error, message, name = 'SystemicFailure') => {
    const memory = memoryOf(
      {},
      {
        before: () => {
          throw Object.assign(new Error(), error);
        },
      },
    );
    const planned = planAll(createContext(memory));
    await expect(planned).rejects.toThrow(message);
    await expect(planned).rejects.toMatchObject({ name });
  });
});

describe('selection', () => {
  test('counts what is not planned', async () => {
    const memory = memoryOf({
      list: [
        line('in/a-2026-11-24'),
        line('in/other-day-2026-11-23'),
        line('in/no-date'),
        line('in/folder-2026-11-24/'),
        line('in/archive/2026/11/24/a-2026-11-24'),
        line('in/a-2026-11-24'),
        line('in/a-2026-11-24', {}),
        line('in/gone-2026-11-24', {}),
        line('in/small-2026-11-24', { etag: ETAG, size: 1 }),
      ].join(''),
    });
    memory.setKeys('source', [
      'in/a-2026-11-24',
      'in/small-2026-11-24',
      'in/archive/2026/11/24/a-2026-11-24',
    ]);
    const { progress } = await planAll(
      createContext(memory, { filter: { maxSize: 1, exclude: ['small*'] } }),
    );
    expect(progress).toMatchObject({
      listed: 9,
      selected: 1,
      skipped: { filters: { exclude: 1 }, stragglers: { count: 0, oldest: null } },
      manifest: { repeated: 2, gone: 1, requests: { HeadObject: 3, GetObject: 2 } },
    });
  });

  test('the first line of a key counts', async () => {
    const memory = memoryOf({
      list: line('in/1', { date: '2026-11-24' }) + line('in/1', { date: '2026-11-24T05' }),
    });
    memory.setKeys('source', ['in/1']);
    expect(readPlan(memory, await planAll(createContext(memory)))).toMatchObject([
      { Key: 'in/1', Date: '2026-11-24' },
    ]);
  });

  test('what S3 says of an object counts, and not what a list says', async () => {
    const keys = ['in/1-2026-11-24', 'in/2-2026-11-24', 'in/3-2026-11-24'];
    const memory = memoryOf({
      list:
        line(keys[0], {}) +
        line(keys[1], { etag: etagOf(keys[1]), size: 9 }) +
        line(keys[2], { etag: ETAG, date: '2026-11-24' }),
    });
    memory.setKeys('source', keys);
    const head = {
      Etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) as string,
      Size: 1,
      LastModified: Date.parse('2026-11-24T12:00:00Z') / 1000,
    };
    expect(
      readPlan(memory, await planAll(createContext(memory))).sort((a, b) =>
        a.Key < b.Key ? -1 : 1,
      ),
    ).toEqual([
      { Key: keys[0], ...head },
      { Key: keys[1], ...head },
      { Key: keys[2], ...head, Date: '2026-11-24' },
    ]);
  });

  test('only what may be selected is looked up', async () => {
    const memory = memoryOf({
      list: ['in/2026-11-24', 'in/2026-11-23', 'in/none'].map((key) => line(key, {})).join(''),
    });
    memory.setKeys('source', ['in/2026-11-24']);
    await planAll(createContext(memory));
    expect(
      memory.calls.filter(({ operation }) => operation === 'HeadObject').map(({ Key }) => Key),
    ).toEqual(['in/2026-11-24']);
  });

  /** S3 does not show the objects whose keys begin so: an answer to HEAD has only a status. */
  const hide = (httpStatusCode: number, prefix: string): Partial<MemoryS3Options> => ({
    before: ({ operation, Key = '' }) => {
      if (operation === 'HeadObject' && Key.startsWith(prefix)) {
        throw Object.assign(new Error('UnknownError'), { $metadata: { httpStatusCode } });
      }
    },
  });

  test.each([400, 403])(
    'what HeadObject answers with %i is listed, which needs no permission to read it, and one ' +
      'object does not end the run',
    async (status) => {
      const keys = [
        'in/1-2026-11-24',
        'in/2-2026-11-24',
        'in/2-2026-11-24.gone',
        'in/3-2026-11-24',
      ];
      const memory = memoryOf(
        { list: keys.map((key) => line(key, { size: 9 })).join('') },
        hide(status, 'in/2'),
      );
      memory.setKeys(
        'source',
        keys.filter((key) => !key.endsWith('gone')),
      );
      const listing = await planAll(createContext(memory, { filter: { minSize: 1 } }));
      expect(listing.progress).toMatchObject({
        listed: 4,
        selected: 3,
        skipped: { filters: {} },
        manifest: { gone: 1, requests: { HeadObject: 4, ListObjectsV2: 2 } },
      });
      expect(readPlan(memory, listing).find(({ Key }) => Key === keys[1])).toMatchObject({
        Key: keys[1],
        Etag: etagOf(keys[1]),
        Size: 1,
      });
    },
  );

  test('a source that may neither be looked at nor be listed ends the run, and is named', async () => {
    const memory = memoryOf(
      { list: line('in/2026-11-24') },
      {
        before: ({ operation }) => {
          if (operation === 'HeadObject' || operation === 'ListObjectsV2') {
            throw Object.assign(new Error('no'), {
              name: 'AccessDenied',
              $metadata: { httpStatusCode: 403 },
            });
          }
        },
      },
    );
    const planned = planAll(createContext(memory));
    await expect(planned).rejects.toThrow(
      "ACCESS_DENIED: the list-objects function may neither look at the objects of the run's " +
        'manifest nor list them: allow it s3:ListBucket on source',
    );
    await expect(planned).rejects.toMatchObject({ name: 'SystemicFailure' });
  });

  test.each(['in/a-2026-11-24 ,etag,5', ' in/a-2026-11-24,etag,5'])(
    'a blank around a key makes it another key, which is gone: %j',
    async (row) => {
      const memory = memoryOf({ list: `key,etag,size\n${row}\n` });
      memory.setKeys('source', ['in/a-2026-11-24']);
      const planned = planAll(createContext(memory, { prefix: '' }));
      expect((await planned).progress).toMatchObject({
        listed: 1,
        selected: 0,
        manifest: { gone: 1 },
      });
    },
  );

  test('a date replaces those in the name', async () => {
    const memory = memoryOf({
      list: `key,date,etag,size\nin/none,2026-11-24,${ETAG},1\nin/2026-11-24,2026-11-23,${ETAG},1\nin/x-2026-11-24,,${ETAG},1\n`,
    });
    memory.setKeys('source', ['in/none', 'in/2026-11-24', 'in/x-2026-11-24']);
    const context = createContext(memory);
    const plan = readPlan(memory, await planAll(context));
    expect(plan.map(({ Key, Date: date }) => [Key, date]).sort()).toEqual([
      ['in/none', '2026-11-24'],
      ['in/x-2026-11-24', undefined],
    ]);
    expect(context.select(plan.find(({ Key }) => Key === 'in/none')!)).toEqual({
      selected: true,
      date: '2026-11-24',
      destinationKey: 'in/archive/2026/11/24/none',
    });
  });

  test('a folder for each hour needs the hour', async () => {
    const options = {
      layout: 'yyyy/MM/dd/HH/',
      dateSource: { kind: 'objectName' as const, formats: ['yyyy-MM-dd-HH'] },
    };
    const memory = memoryOf({
      list: line('in/none', { date: '2026-11-24T05', etag: ETAG, size: 1 }),
    });
    memory.setKeys('source', ['in/none']);
    const context = createContext(memory, options);
    const [object] = readPlan(memory, await planAll(context));
    expect(context.select(object)).toMatchObject({
      destinationKey: 'in/archive/2026/11/24/05/none',
    });
    await expect(
      planAll(createContext(memoryOf({ list: line('in/none', { date: '2026-11-24' }) }), options)),
    ).rejects.toThrow(
      'line 1: the date needs an hour, such as 2026-11-24T05, because the archive has a folder ' +
        'for each hour',
    );
  });

  test('what a list says of the last modification only spares looks at objects of other days', async () => {
    const list =
      line('in/1', { etag: ETAG, size: 1 }) +
      line('in/2', { etag: ETAG, size: 1, lastModified: '2026-11-24T23:00:00+09:00' }) +
      line('in/3', { etag: ETAG, size: 1, lastModified: '2026-11-23T23:00:00Z' });
    const memory = memoryOf({ list });
    memory.setKeys('source', ['in/1', 'in/2', 'in/3']);
    const listing = await planAll(
      createContext(memory, { dateSource: { kind: 'lastModified', formats: [] } }),
    );
    expect(keysOf(memory, listing)).toEqual(['in/1', 'in/2']);
    expect(listing.progress!.manifest!.requests.HeadObject).toBe(2);
    const aged = memoryOf({ list: line('in/2026-11-24', { etag: ETAG, size: 1 }) });
    aged.setKeys('source', ['in/2026-11-24']);
    const young = await planAll(createContext(aged, { filter: { minAge: 20 * 3600 } }));
    expect(young.progress).toMatchObject({
      selected: 0,
      skipped: { filters: { minAge: 1 } },
      manifest: { requests: { HeadObject: 1 } },
    });
  });
});

describe('a round that dies', () => {
  const due = [...ODD, ...Array.from({ length: 16 }, (_, i) => `in/${i}, 2026-11-24`)];
  const written = [
    ...due.flatMap((key, i) => (i % 5 === 0 ? [key, key] : [key])),
    'in/2026-11-23',
    ...due.slice(10, 13),
  ];
  const csv = `key,etag,size\n${written.map((key, i) => `${toCsvField(key)},${i % 3 === 0 ? ETAG : ''},7\n`).join('')}`;
  const options = { maxPartsOfRound: 2, maxLinesInMemory: 9, linesAtOnce: 1, tick: 150_000 };

  async function planWithKill(list: string | Buffer, killAt: number, when: 'before' | 'after') {
    let calls = 0;
    let isDead = false;
    let wasKilled = false;
    const numbers = new Map<Call, number>();
    const dieAt = (call: Call, moment: 'before' | 'after') => {
      if (!wasKilled && numbers.get(call) === killAt && moment === when) {
        isDead = wasKilled = true;
      }
      if (isDead) {
        throw KILLED;
      }
    };
    const memory = memoryOf(
      { list },
      {
        chunkSize: 400,
        before: (call) => {
          numbers.set(call, ++calls);
          dieAt(call, 'before');
        },
        after: (call) => dieAt(call, 'after'),
      },
    );
    memory.setKeys('source', due);
    const listing = await planAll(
      createContext(memory, options),
      { keyEncoding: 'none' },
      async (...event) => {
        try {
          return await planManifest(...event);
        } catch (error) {
          // The source of an error may have been put into words.
          throw isDead ? KILLED : error;
        } finally {
          isDead = false;
        }
      },
    );
    return { memory, listing, calls, wasKilled };
  }

  test.each([
    ['CSV', csv],
    ['packed CSV', gzipSync(csv)],
  ])('neither doubles nor drops a line of %s, at whichever call it dies', async (_, list) => {
    const {
      listing: whole,
      calls,
      memory: undisturbed,
    } = await planWithKill(list, Infinity, 'before');
    expect(whole.progress!.rounds).toBeGreaterThan(5);
    expect(keysOf(undisturbed, whole)).toEqual([...due].sort());
    let kills = 0;
    for (let killAt = 1; killAt <= calls; killAt += KILL_EVERY) {
      for (const when of ['before', 'after'] as const) {
        const { memory, listing, wasKilled } = await planWithKill(list, killAt, when);
        kills += Number(wasKilled);
        expect({ killAt, when, plan: keysOf(memory, listing) }).toEqual({
          killAt,
          when,
          plan: [...due].sort(),
        });
        const manifest = { repeated: written.length - due.length - 1, gone: 0 };
        expect(listing.progress).toMatchObject({
          listed: written.length,
          selected: due.length,
          manifest,
        });
      }
    }
    expect(kills).toBe(2 * Math.ceil(calls / KILL_EVERY));
  });
});

test('every list is read as it was written, however it is cut', async () => {
  const character = fc.constantFrom(
    'a',
    'b',
    '/',
    '"',
    ',',
    '\n',
    '\r',
    '+',
    '%',
    '%41',
    ' ',
    'é',
    '\u{1f600}',
    ';',
    '\\',
    '\u2028',
  );
  const name = fc
    .array(character, { minLength: 1, maxLength: 8 })
    .map((characters) => `in/${characters.join('')}-2026-11-24`);
  const kind = fc.constantFrom<'csv' | 'url' | 'jsonl'>('csv', 'url', 'jsonl');
  await fc.assert(
    fc.asyncProperty(
      fc.array(name, { maxLength: 40 }),
      kind,
      fc.boolean(),
      fc.integer({ min: 10, max: 200 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(undefined, 150_000),
      async (keys, format, isPacked, chunkSize, maxLinesInMemory, maxPartsOfRound, tick) => {
        const text =
          format === 'jsonl'
            ? keys.map((key) => line(key)).join('')
            : `size,key,etag\n${keys.map((key) => `7,${toCsvField(format === 'url' ? encode(key) : key)},${ETAG}`).join('\n')}`;
        const memory = memoryOf({ list: isPacked ? gzipSync(text) : text }, { chunkSize });
        memory.setKeys('source', keys);
        const listing = await planAll(
          createContext(memory, { maxLinesInMemory, maxPartsOfRound, tick }),
          { keyEncoding: format === 'url' ? 'url' : 'none' },
        );
        expect(keysOf(memory, listing)).toEqual([...new Set(keys)].sort());
        expect(listing.progress).toMatchObject({
          listed: keys.length,
          selected: new Set(keys).size,
        });
      },
    ),
    { numRuns: 100 },
  );
});
