import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import type { PutOptions } from '../../../../packages/s3-double/src';
import { type ContextOptions, type Harness, startHarness } from '../../../helpers/harness';
import { createLargeObject, DESTINATION, KEY, MiB } from '../../../helpers/large-object';
import { replaceBodies, UNREADABLE, type Unreadable } from '../../../helpers/unreadable-answers';

const CONTENT = Buffer.alloc(12 * MiB + 7, 'abcdefghijk');

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const OPTIONS = {
  metadata: { owner: 'ops', note: 'a b' },
  tags: { team: 'data', 'a b': 'c+d=e/f' },
  headers: {
    'content-type': 'application/x-thing',
    'cache-control': 'no-store',
    'content-disposition': 'attachment; filename="x"',
    'content-encoding': 'br',
    'content-language': 'ja',
    expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
  },
};

/** A checksum of the parts, which says nothing of the whole. */
const UNPROVEN: PutOptions = {
  partSize: 5 * MiB,
  checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-3' },
};

const { put: putBig, copy } = createLargeObject(() => harness, CONTENT);

/** One request could copy it, but would take too long. */
const HURRIED: ContextOptions = { maxCopyBytes: 5 * 1024 ** 3 };

/** Changes the SDK's answers to a command. */
function answersWith(command: string, change: (output: any) => void): void {
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName === command) {
          change(answer.output);
        }
        return answer;
      },
    { step: 'initialize' },
  );
}

const archivedBytes = () => harness.store.get('archive', DESTINATION)?.body.bytes();
const openUploads = () => [...harness.store.bucket('archive').uploads.values()].length;

test('a large object arrives with its bytes, metadata, headers and tags', async () => {
  const etag = putBig(OPTIONS);
  expect(await copy(etag)).toEqual({
    status: 'copied',
    destination: DESTINATION,
    etag,
    size: CONTENT.length,
    archived: expect.objectContaining({ archivedEtag: expect.stringMatching(/-3"$/) }),
  });
  expect(archivedBytes()!.equals(CONTENT)).toBe(true);
  const source = harness.store.get('source', KEY)!.attributes;
  const { attributes } = harness.store.get('archive', DESTINATION)!;
  expect(attributes.headers).toEqual(source.headers);
  expect(attributes.metadata).toEqual(source.metadata);
  expect(new Map(attributes.tags)).toEqual(new Map(source.tags));
  expect(attributes.checksum).toMatchObject({
    algorithm: source.checksum.algorithm,
    type: source.checksum.type,
  });
  expect(harness.requests).toMatchObject({
    CreateMultipartUpload: 1,
    UploadPartCopy: 3,
    CompleteMultipartUpload: 1,
  });
});

// CopyObject keeps every text that was given.
test.each(['0', '-1', 'never', '2033-12-01'])(
  'Expires: %s stays as it is, also where the answer to the completion is lost',
  async (expires) => {
    const etag = putBig({ headers: { ...OPTIONS.headers, expires } });
    let faults = 0;
    harness.before = (call) =>
      call.operation === 'CompleteMultipartUpload' && faults++ === 0
        ? { kind: 'LostAnswer' }
        : undefined;
    expect(await copy(etag)).toMatchObject({ status: 'copied' });
    expect(harness.store.get('archive', DESTINATION)!.attributes.headers).toMatchObject({
      expires,
    });
  },
);

test('gets the storage class and key that the mover names', async () => {
  await copy(putBig(), {
    storageClass: 'GLACIER_IR',
    destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k',
  });
  expect(harness.store.get('archive', DESTINATION)!.attributes).toMatchObject({
    storageClass: 'GLACIER_IR',
    encryption: { algorithm: 'aws:kms' },
  });
});

test('an object at the threshold is still one CopyObject', async () => {
  await copy(putBig(), { multipartThreshold: CONTENT.length });
  expect(harness.requests).toEqual({ CopyObject: 1 });
});

test('rewritten before it is looked at: the new content is archived under its own ETag', async () => {
  const listed = putBig();
  const now = `"${harness.store.put('source', KEY, CONTENT.subarray(1)).etag}"`;
  expect(await copy(listed)).toMatchObject({
    status: 'copied',
    etag: now,
    size: CONTENT.length - 1,
  });
});

test(
  'rewritten in the middle: nothing of the old content is completed, the new content is ' +
    'archived',
  async () => {
    const etag = putBig();
    let parts = 0;
    harness.before = (call) => {
      if (call.operation === 'UploadPartCopy' && ++parts === 2) {
        harness.put(KEY, 'new and small');
      }
    };
    expect(await copy(etag)).toMatchObject({ status: 'copied', size: 'new and small'.length });
    expect(harness.read('archive', DESTINATION)).toBe('new and small');
    expect(openUploads()).toBe(0);
  },
);

test('a taken destination is not overwritten, and nothing is left over', async () => {
  harness.store.put('archive', DESTINATION, 'theirs');
  expect(await copy(putBig())).toMatchObject({ status: 'conflicting' });
  expect(harness.read('archive', DESTINATION)).toBe('theirs');
  expect(openUploads()).toBe(0);
});

test('a destination that is taken while the parts are copied is not overwritten', async () => {
  const etag = putBig();
  harness.before = (call) => {
    if (call.operation === 'CompleteMultipartUpload') {
      harness.store.put('archive', DESTINATION, 'theirs');
    }
  };
  expect(await copy(etag)).toMatchObject({ status: 'conflicting' });
  expect(harness.read('archive', DESTINATION)).toBe('theirs');
  expect(openUploads()).toBe(0);
});

test.each(['LostAnswer', 'ErrorIn200'] as const)(
  '%s to the completion: the copy is found or made again',
  async (kind) => {
    const etag = putBig(OPTIONS);
    let faults = 0;
    harness.before = (call) =>
      call.operation === 'CompleteMultipartUpload' && faults++ === 0 ? { kind } : undefined;
    expect(await copy(etag)).toMatchObject({ status: 'copied' });
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    expect(openUploads()).toBe(0);
  },
);

describe.each(Object.keys(UNREADABLE) as Unreadable[])('an answer that is the %s', (kind) => {
  test.each([
    'GetObjectTagging',
    'CreateMultipartUpload',
    'UploadPartCopy',
    'ListMultipartUploads',
    'CompleteMultipartUpload',
  ])('to %s is not believed: the copy is found or made again', async (operation) => {
    const etag = putBig(OPTIONS);
    let answers = 0;
    replaceBodies(harness.s3, (asked) =>
      asked === operation && answers++ === 0 ? kind : undefined,
    );
    expect(await copy(etag)).toMatchObject({ status: 'copied' });
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    expect(new Map(harness.store.get('archive', DESTINATION)!.attributes.tags)).toEqual(
      new Map(Object.entries(OPTIONS.tags)),
    );
    expect(openUploads()).toBe(0);
  });
});

test('a part that S3 refuses for good: failed with its code, and nothing is left over', async () => {
  const etag = putBig();
  harness.before = (call) =>
    call.operation === 'UploadPartCopy' ? { kind: 'SlowDown' } : undefined;
  expect(await copy(etag)).toMatchObject({ status: 'failed', code: 'SLOW_DOWN' });
  expect(openUploads()).toBe(0);
});

const LONG_TAGS = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`${'キ'.repeat(100)}${i}`, 'バ'.repeat(256)]),
);

describe('what a multipart copy cannot carry over leaves the object where it is', () => {
  test('tags that do not fit into headers', async () => {
    const etag = putBig({ tags: LONG_TAGS });
    expect(await copy(etag)).toMatchObject({
      status: 'failed',
      code: 'UNEXPECTED',
      message: expect.stringMatching(/^TagsTooLarge: .* 32\d{3} bytes, .*exceeds the maximum/),
    });
    expect(archivedBytes()).toBeUndefined();
  });

  test('tags that do not fit into headers of a server that has no words for it', async () => {
    const etag = putBig({ tags: { team: 'data' } });
    harness.before = (call) =>
      call.operation === 'CreateMultipartUpload'
        ? { kind: 'Error', status: 431, code: 'Unknown' }
        : undefined;
    expect(await copy(etag)).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^TagsTooLarge: .* 9 bytes/),
    });
  });

  test('metadata that HEAD cannot say', async () => {
    const etag = putBig(OPTIONS);
    answersWith('HeadObjectCommand', (output) => {
      output.MissingMeta = 1;
    });
    expect(await copy(etag)).toMatchObject({
      status: 'failed',
      code: 'UNEXPECTED',
      message: expect.stringMatching(/^MissingMeta: .* 1 of its user metadata entries/),
    });
    expect(archivedBytes()).toBeUndefined();
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
  });
});

test('what a killed invocation left over at the same key is aborted, and at no other', async () => {
  const begin = (Key: string) =>
    harness.s3.send(new CreateMultipartUploadCommand({ Bucket: 'archive', Key }));
  await begin(DESTINATION);
  await begin(`${DESTINATION}x`);
  expect(await copy(putBig())).toMatchObject({ status: 'copied' });
  expect([...harness.store.bucket('archive').uploads.values()].map(({ key }) => key)).toEqual([
    `${DESTINATION}x`,
  ]);
});

test('an upload that another program began at the same key is not ours to abort', async () => {
  await harness.s3.send(new CreateMultipartUploadCommand({ Bucket: 'archive', Key: DESTINATION }));
  const [theirs] = [...harness.store.bucket('archive').uploads.keys()];
  answersWith('ListMultipartUploadsCommand', ({ Uploads }) => {
    for (const upload of Uploads) {
      upload.Initiator = { ID: upload.UploadId === theirs ? 'somebody else' : 'the archiver' };
    }
  });
  expect(await copy(putBig())).toMatchObject({ status: 'copied' });
  expect([...harness.store.bucket('archive').uploads.keys()]).toEqual([theirs]);
});

test("S3 is given the source's size and checksum to compare the whole with", async () => {
  const etag = putBig();
  const { checksum } = harness.store.get('source', KEY)!.attributes;
  let completed: Record<string, unknown> = {};
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'CompleteMultipartUploadCommand') {
          completed = args.input as unknown as Record<string, unknown>;
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  expect(await copy(etag)).toMatchObject({ status: 'copied' });
  expect(completed).toMatchObject({
    MpuObjectSize: CONTENT.length,
    ChecksumType: 'FULL_OBJECT',
    [`Checksum${checksum.algorithm}`]: expect.any(String),
  });
});

test('an object that S3 put together to another size is not a copy', async () => {
  const etag = putBig(UNPROVEN);
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { MultipartUpload } = args.input as { MultipartUpload?: { Parts: unknown[] } };
        if (commandName === 'CompleteMultipartUploadCommand') {
          MultipartUpload!.Parts.pop();
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  expect(await copy(etag)).toMatchObject({
    status: 'failed',
    code: 'UNEXPECTED',
    message: expect.stringMatching(/^InvalidRequest: /),
  });
  expect(archivedBytes()).toBeUndefined();
});

describe('a copy that the end of the round interrupts', () => {
  async function interrupted(etag: string, more: ContextOptions = {}) {
    const stop = new AbortController();
    let parts = 0;
    harness.after = (call) => {
      if (call.operation === 'UploadPartCopy' && ++parts === 2) {
        stop.abort();
      }
    };
    harness.before = (call) =>
      call.operation === 'UploadPartCopy' && parts >= 2
        ? { kind: 'Latency', ms: 5_000 }
        : undefined;
    const error = await copy(etag, { signal: stop.signal, ...more }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    harness.before = harness.after = undefined;
    return (error as { upload: { key: string; uploadId: string; etag: string } }).upload;
  }

  test('stays open, and the next round copies only the missing parts', async () => {
    const etag = putBig();
    const upload = await interrupted(etag);
    expect(upload).toMatchObject({ key: DESTINATION, etag });
    expect(openUploads()).toBe(1);

    harness.resetRequests();
    expect(await copy(etag, {}, upload)).toMatchObject({ status: 'copied' });
    expect(harness.requests.UploadPartCopy).toBeLessThan(3);
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    expect(openUploads()).toBe(0);
  });

  test('is begun anew if the source was rewritten in between', async () => {
    const etag = putBig();
    const upload = await interrupted(etag);
    const rewritten = Buffer.alloc(CONTENT.length, 'zyx');
    harness.store.put('source', KEY, rewritten);
    expect(await copy(etag, {}, upload)).toMatchObject({ status: 'copied' });
    expect(archivedBytes()!.equals(rewritten)).toBe(true);
    expect(openUploads()).toBe(0);
  });

  test(
    'goes on where the version is not the listed one, but the one that the round before it ' +
      'pinned',
    async () => {
      const listed = `"${harness.store.put('source', KEY, Buffer.alloc(CONTENT.length, 'zyx')).etag}"`;
      const etag = putBig();
      const upload = await interrupted(listed);
      expect(upload).toMatchObject({ etag });
      harness.resetRequests();
      expect(await copy(listed, {}, upload)).toMatchObject({ status: 'copied', etag });
      expect(harness.requests.CreateMultipartUpload).toBeUndefined();
      expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    },
  );

  // Settings that were deployed in between.
  test.each([
    ['larger', 6],
    ['smaller', 5],
  ])('is begun anew if the parts are %s by now', async (_, now) => {
    const etag = putBig(UNPROVEN);
    const upload = await interrupted(etag, { multipartThreshold: (11 - now) * MiB });
    harness.resetRequests();
    expect(await copy(etag, { multipartThreshold: now * MiB }, upload)).toMatchObject({
      status: 'copied',
    });
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    expect(harness.requests).toMatchObject({ CreateMultipartUpload: 1 });
    expect(openUploads()).toBe(0);
  });

  test('is begun anew where it is not told how large its parts are', async () => {
    const etag = putBig(UNPROVEN);
    const upload = await interrupted(etag);
    answersWith('ListPartsCommand', ({ Parts }) => {
      for (const part of Parts) {
        delete part.Size;
      }
    });
    expect(await copy(etag, {}, upload)).toMatchObject({ status: 'copied' });
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    expect(openUploads()).toBe(0);
  });

  describe('leaves nothing behind', () => {
    test('where the source is gone in the next round', async () => {
      const etag = putBig();
      const upload = await interrupted(etag);
      harness.store.delete('source', KEY);
      const calls: string[] = [];
      harness.before = ({ operation, bucket }) => {
        calls.push(`${operation} ${bucket}`);
      };
      expect(await copy(etag, {}, upload)).toEqual({ status: 'source-gone' });
      expect(openUploads()).toBe(0);
      // Or the earlier round's completion, answered or not, could still put it there.
      expect(calls.slice(0, calls.indexOf('HeadObject archive'))).toContain(
        'AbortMultipartUpload archive',
      );
    });

    test('where the source is small in the next round', async () => {
      const etag = putBig();
      const upload = await interrupted(etag);
      harness.put(KEY, 'new and small');
      expect(await copy(etag, {}, upload)).toMatchObject({ status: 'copied' });
      expect(harness.read('archive', DESTINATION)).toBe('new and small');
      expect(openUploads()).toBe(0);
    });

    test("where the next round may not read the source's tags", async () => {
      const etag = putBig();
      const upload = await interrupted(etag);
      harness.before = (call) =>
        call.operation === 'GetObjectTagging'
          ? { kind: 'Error', status: 403, code: 'AccessDenied' }
          : undefined;
      expect(await copy(etag, {}, upload)).toMatchObject({
        status: 'failed',
        code: 'ACCESS_DENIED',
      });
      expect(openUploads()).toBe(0);
    });
  });

  test('stays open where the next round ends before it comes to it', async () => {
    const etag = putBig();
    const upload = await interrupted(etag);
    const stop = new AbortController();
    harness.before = (call) => {
      if (call.operation !== 'HeadObject') {
        return undefined;
      }
      stop.abort();
      return { kind: 'Latency', ms: 1_000 };
    };
    await expect(copy(etag, { signal: stop.signal }, upload)).rejects.toMatchObject({
      name: 'Interrupted',
      upload,
    });
    expect(openUploads()).toBe(1);
  });
});

describe('an object that one request could copy, if time were not short,', () => {
  test('is copied in parts', async () => {
    expect(await copy(putBig(OPTIONS), HURRIED)).toMatchObject({ status: 'copied' });
    expect(harness.requests).toMatchObject({
      CreateMultipartUpload: 1,
      CompleteMultipartUpload: 1,
    });
    expect(harness.requests.CopyObject).toBeUndefined();
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
  });

  test('is copied by that request where its tags do not fit into a header', async () => {
    const etag = putBig({ tags: LONG_TAGS });
    expect(await copy(etag, HURRIED)).toMatchObject({ status: 'copied' });
    expect(harness.requests.CopyObject).toBe(1);
    expect(harness.store.get('archive', DESTINATION)!.attributes.tags).toHaveLength(10);
    expect(openUploads()).toBe(0);
  });

  test('is copied by that request where HEAD does not return all metadata', async () => {
    const etag = putBig(OPTIONS);
    answersWith('HeadObjectCommand', (output) => {
      output.MissingMeta = 1;
    });
    expect(await copy(etag, HURRIED)).toMatchObject({ status: 'copied' });
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
  });

  test('is copied by that request where parts cannot have its checksum', async () => {
    const etag = putBig({ checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' } });
    expect(await copy(etag, HURRIED)).toMatchObject({ status: 'copied' });
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
    expect(harness.store.get('archive', DESTINATION)!.attributes.checksum).toMatchObject({
      algorithm: 'SHA256',
      type: 'FULL_OBJECT',
    });
  });

  test('has the reason that its request gets where HEAD gets none', async () => {
    const etag = putBig({ customerKey: true });
    expect(await copy(etag, HURRIED)).toMatchObject({ status: 'failed', code: 'CUSTOMER_KEY' });
  });
});

test.each([
  [{}, 3],
  [{ multipartThreshold: CONTENT.length }, 1],
])('each copy request tells its time: %j', async (more, requests) => {
  const times: unknown[][] = [];
  const etag = putBig();
  await copy(etag, { ...more, onCopyTime: (...time) => times.push(time) });
  expect(times).toHaveLength(requests);
  expect(times.reduce((sum, [bytes]) => sum + (bytes as number), 0)).toBe(CONTENT.length);
  expect(times).toEqual(times.map(() => [expect.any(Number), expect.any(Number), false]));
});
