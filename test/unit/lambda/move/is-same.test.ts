import { Readable } from 'node:stream';
import type { PutOptions } from '../../../../packages/s3-double/src';
import { isSame } from '../../../../src/lambda/move/is-same';
import { type Located, ofKey } from '../../../../src/lambda/move/subject';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

const KEY = 'a.csv';
const ARCHIVED_KEY = 'archive/a.csv';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ now: () => new Date('2026-11-25T01:00:00Z') });
});
afterEach(() => harness.close());

async function located(
  name: string,
  key = name === 'source' ? KEY : ARCHIVED_KEY,
): Promise<Located> {
  const bucket = bucketClient(harness, name);
  return { bucket, key, head: (await bucket.head(key))! };
}

const compare = async () => isSame(ofKey(await located('source')), ofKey(await located('archive')));

/** Neither its ETag nor a checksum proves its bytes. */
const UNPROVEN: PutOptions = {
  serverSideEncryption: 'aws:kms',
  checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' } as never,
};

test('bytes that nothing proves are read', async () => {
  harness.store.put('source', KEY, 'aaaa', UNPROVEN);
  harness.store.put('archive', ARCHIVED_KEY, 'aaaa');
  expect(await compare()).toBe(true);
  expect(harness.requests.GetObject).toBe(2);
});

test('checksums of parts tell nothing of the content: other parts have others', async () => {
  harness.store.put('source', KEY, 'aaaa', UNPROVEN);
  harness.store.put('archive', ARCHIVED_KEY, 'aaaa', {
    ...UNPROVEN,
    checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'y-2' } as never,
  });
  expect(await compare()).toBe(true);
});

test.each(['source', 'archive'])(
  'metadata that HEAD cannot say, of the %s, may be other metadata',
  async (bucket) => {
    harness.store.put('source', KEY, 'aaaa');
    harness.store.put('archive', ARCHIVED_KEY, 'aaaa');
    expect(await compare()).toBe(true);
    harness.s3.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          if (
            commandName === 'HeadObjectCommand' &&
            (args.input as { Bucket: string }).Bucket === bucket
          ) {
            (answer.output as { MissingMeta?: number }).MissingMeta = 1;
          }
          return answer;
        },
      { step: 'initialize' },
    );
    await expect(compare()).rejects.toMatchObject({ name: 'MissingMeta' });
  },
);

test('bytes that stood there for a moment only are not those of the object', async () => {
  harness.store.put('source', KEY, 'bbbb', UNPROVEN);
  harness.store.put('archive', ARCHIVED_KEY, 'aaaa');
  const ofArchive = (call: { operation: string; bucket?: string }) =>
    call.operation === 'GetObject' && call.bucket === 'archive';
  harness.before = (call) => {
    if (ofArchive(call)) {
      harness.store.put('archive', ARCHIVED_KEY, 'bbbb');
    }
  };
  harness.after = (call) => {
    if (ofArchive(call)) {
      harness.store.put('archive', ARCHIVED_KEY, 'aaaa');
    }
  };
  await expect(compare()).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
});

describe('a checksum of 32 bits', () => {
  const withChecksum = (algorithm: string, value?: string): PutOptions => ({
    serverSideEncryption: 'aws:kms',
    checksum: { algorithm, type: 'FULL_OBJECT', value } as never,
  });

  /** Makes HEAD answer with this checksum for both objects, as for contents that share it. */
  function share(name: string, values: readonly [string, string]): void {
    harness.s3.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          if (commandName === 'HeadObjectCommand') {
            const value = values[(args.input as { Bucket: string }).Bucket === 'source' ? 0 : 1];
            const none = Object.fromEntries(
              Object.keys(answer.output)
                .filter((field) => field.startsWith('Checksum'))
                .map((field) => [field, undefined]),
            );
            Object.assign(answer.output, none, { ChecksumType: 'FULL_OBJECT', [name]: value });
          }
          return answer;
        },
      { step: 'initialize' },
    );
  }

  test.each(['ChecksumCRC32', 'ChecksumCRC32C'])(
    '%s that two contents share does not make them the same: both are read',
    async (name) => {
      harness.store.put('source', KEY, 'aaaa', withChecksum('CRC32'));
      harness.store.put('archive', ARCHIVED_KEY, 'bbbb', withChecksum('CRC32'));
      share(name, ['AAAAAA==', 'AAAAAA==']);
      expect(await compare()).toBe(false);
      expect(harness.requests.GetObject).toBe(2);
    },
  );

  test('tells contents apart without reading them', async () => {
    harness.store.put('source', KEY, 'aaaa', withChecksum('CRC32'));
    harness.store.put('archive', ARCHIVED_KEY, 'bbbb', withChecksum('CRC32'));
    share('ChecksumCRC32', ['AAAAAA==', 'BBBBBB==']);
    expect(await compare()).toBe(false);
    expect(harness.requests.GetObject).toBeUndefined();
  });

  test('ChecksumCRC64NVME proves that contents are the same', async () => {
    harness.store.put('source', KEY, 'aaaa', withChecksum('CRC32'));
    harness.store.put('archive', ARCHIVED_KEY, 'aaaa', withChecksum('CRC32'));
    share('ChecksumCRC64NVME', ['AAAAAAAAAAA=', 'AAAAAAAAAAA=']);
    expect(await compare()).toBe(true);
    expect(harness.requests.GetObject).toBeUndefined();
  });
});

describe('an object whose key is its own destination', () => {
  test('is not its own copy, whatever its bucket is called', async () => {
    harness.store.put('source', KEY, 'aaaa');
    const source = await located('source');
    await expect(isSame(ofKey(source), ofKey(await located('source')))).rejects.toMatchObject({
      name: 'SameObject',
    });
  });

  test('is not its own copy where it was rewritten between the two looks', async () => {
    await harness.close();
    harness = await startHarness();
    const at = (time: string) => ({ head: { LastModified: new Date(time) } });
    harness.store.put('source', KEY, 'aaaa');
    const now = await located('source');
    const before = {
      ...now,
      head: { ...now.head, LastModified: at('2026-11-24T01:00:00Z').head.LastModified },
    };
    await expect(isSame(ofKey(before), ofKey(now))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
  });

  test('has a copy in another bucket, which was written later', async () => {
    await harness.close();
    harness = await startHarness();
    harness.store.put('source', KEY, 'aaaa');
    harness.store.put('archive', KEY, 'aaaa');
    const [source, archived] = [await located('source'), await located('archive', KEY)];
    const later = (date?: Date) => new Date(date!.getTime() + 1_000);
    harness.s3.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          const output = answer.output as { LastModified?: Date };
          if (
            commandName === 'HeadObjectCommand' &&
            (args.input as { Bucket: string }).Bucket === 'archive'
          ) {
            output.LastModified = later(output.LastModified);
          }
          return answer;
        },
      { step: 'initialize' },
    );
    expect(
      await isSame(
        ofKey(source),
        ofKey({
          ...archived,
          head: { ...archived.head, LastModified: later(archived.head.LastModified) },
        }),
      ),
    ).toBe(true);
  });
});

test('an object that is larger than the limit is not read', async () => {
  harness.store.put('source', KEY, 'aaaa', UNPROVEN);
  harness.store.put('archive', ARCHIVED_KEY, 'aaaa');
  await expect(
    isSame(ofKey(await located('source')), ofKey(await located('archive')), { maxBytesToRead: 3 }),
  ).rejects.toMatchObject({ name: 'ComparisonUnfinished' });
  expect(
    await isSame(ofKey(await located('source')), ofKey(await located('archive')), {
      maxBytesToRead: 4,
    }),
  ).toBe(true);
});

test('a body that breaks off while it is read is read again', async () => {
  harness.store.put('source', KEY, 'aaaa', UNPROVEN);
  harness.store.put('archive', ARCHIVED_KEY, 'aaaa');
  let broken = 0;
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName === 'GetObjectCommand' && broken++ === 0) {
          (answer.output as { Body: unknown }).Body = Readable.from(
            (function* () {
              throw new Error('Checksum mismatch');
            })(),
          );
        }
        return answer;
      },
    { step: 'initialize' },
  );
  expect(await compare()).toBe(true);
});
