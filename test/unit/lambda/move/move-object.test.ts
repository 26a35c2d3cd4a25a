import type { PutOptions } from '../../../../packages/s3-double/src';
import type { Lock } from '../../../../src/lambda/attributes/attribute';
import { stricter } from '../../../../src/lambda/attributes/lock';
import { copyToArchive, deleteSources } from '../../../../src/lambda/move/move-object';
import type {
  Copied,
  MoveResult,
  RewrittenVersion,
} from '../../../../src/lambda/move/move-request';
import {
  type ContextOptions,
  type Harness,
  moveContext,
  startHarness,
} from '../../../helpers/harness';
import { replaceBodies, UNREADABLE, type Unreadable } from '../../../helpers/unreadable-answers';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const KEY = 'in/a-2026-11-24.csv';
const DESTINATION = 'archive/2026/11/24/a-2026-11-24.csv';

/** The whole move of one object, as a batch of one. */
async function move(
  etag: string,
  more: ContextOptions = {},
  size = harness.store.get('source', KEY)?.size ?? 0,
): Promise<MoveResult> {
  const context = moveContext(harness, more);
  const copied = await copyToArchive(context, { key: KEY, etag, size, destination: DESTINATION });
  if (copied.status !== 'copied') {
    return copied;
  }
  return (await deleteSources(context, [{ ...(copied as Copied), key: KEY }]))[0];
}

const atSource = () => harness.read('source', KEY);
const archived = (key = DESTINATION) => harness.read('archive', key);

describe('an ordinary object', () => {
  test('is at its destination and not at its source', async () => {
    const etag = harness.put(KEY, 'v1');
    expect(await move(etag)).toEqual({
      status: 'archived',
      destination: DESTINATION,
      etag,
      size: 2,
      archived: {
        archivedEtag: etag,
        checksumAlgorithm: 'CRC64NVME',
        checksum: expect.any(String),
        checksumType: 'FULL_OBJECT',
      },
    });
    expect([atSource(), archived()]).toEqual([undefined, 'v1']);
  });

  test('costs one copy and one delete, nothing else', async () => {
    await move(harness.put(KEY));
    expect(harness.requests).toEqual({ CopyObject: 1, DeleteObjects: 1 });
  });

  test('keeps metadata, headers and tags', async () => {
    harness.store.put('source', KEY, 'v1', {
      metadata: { owner: 'ops' },
      tags: { team: 'data', 'a b': 'c+d' },
      headers: { 'content-type': 'text/csv', 'cache-control': 'no-store' },
    });
    const before = harness.store.get('source', KEY)!;
    await move(`"${before.etag}"`);
    const { attributes } = harness.store.get('archive', DESTINATION)!;
    expect(attributes).toMatchObject({
      metadata: before.attributes.metadata,
      headers: before.attributes.headers,
      tags: before.attributes.tags,
    });
  });

  test('gets the storage class and the key that the mover names', async () => {
    await move(harness.put(KEY), {
      storageClass: 'GLACIER_IR',
      destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k',
    });
    expect(harness.store.get('archive', DESTINATION)!.attributes).toMatchObject({
      storageClass: 'GLACIER_IR',
      encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' },
    });
  });
});

describe('a source that a program rewrites', () => {
  test('before its copy: the new content is archived', async () => {
    const listed = harness.put(KEY, 'v1');
    harness.put(KEY, 'v2!');
    expect(await move(listed)).toMatchObject({ status: 'archived', size: 3 });
    expect([atSource(), archived()]).toEqual([undefined, 'v2!']);
  });

  test('before every copy: stays, with a code, after three new pins', async () => {
    let version = 1;
    const listed = harness.put(KEY, 'v1');
    harness.before = (call) => {
      if (call.operation === 'CopyObject') {
        harness.put(KEY, `v${++version}`);
      }
    };
    expect(await move(listed)).toMatchObject({ status: 'failed', code: 'SOURCE_CHANGED' });
    expect([atSource(), archived()]).toEqual(['v5', undefined]);
  });

  test('between copy and delete: both contents survive, and it counts as a conflict', async () => {
    const listed = harness.put(KEY, 'v1');
    harness.before = (call) => {
      if (call.operation === 'DeleteObjects') {
        harness.put(KEY, 'v2');
      }
    };
    expect(await move(listed)).toMatchObject({ status: 'conflicting', code: 'SOURCE_CHANGED' });
    expect([atSource(), archived()]).toEqual(['v2', 'v1']);
  });
});

describe('a destination that is taken', () => {
  test('by other content: nothing is touched', async () => {
    harness.store.put('archive', DESTINATION, 'theirs');
    expect(await move(harness.put(KEY, 'mine'))).toMatchObject({
      status: 'conflicting',
      code: 'DESTINATION_EXISTS',
      destination: DESTINATION,
    });
    expect([atSource(), archived()]).toEqual(['mine', 'theirs']);
  });

  test('by the same content: the delete is finished', async () => {
    harness.store.put('archive', DESTINATION, 'mine');
    expect(await move(harness.put(KEY, 'mine'))).toMatchObject({ status: 'archived' });
    expect([atSource(), archived()]).toEqual([undefined, 'mine']);
  });

  test.each([
    ['metadata', { metadata: { a: 'b' } }],
    ['headers', { headers: { 'content-type': 'text/plain' } }],
    ['tags', { tags: { a: 'b' } }],
  ])('by the same bytes with other %s: that is other content', async (_, options) => {
    harness.store.put('archive', DESTINATION, 'mine', options);
    expect(await move(harness.put(KEY, 'mine'))).toMatchObject({ status: 'conflicting' });
    expect(atSource()).toBe('mine');
  });

  test('by as many other bytes under an ETag that proves nothing: read and told apart', async () => {
    harness.store.put('source', KEY, 'aaaa', {
      serverSideEncryption: 'aws:kms',
      checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' } as never,
    });
    harness.store.put('archive', DESTINATION, 'bbbb');
    expect(await move(`"${harness.store.get('source', KEY)!.etag}"`)).toMatchObject({
      status: 'conflicting',
    });
    expect(harness.requests.GetObject).toBe(2);
  });

  test('by the same bytes under an ETag that proves nothing: found the same by checksum', async () => {
    harness.store.put('source', KEY, 'aaaa', { serverSideEncryption: 'aws:kms' });
    harness.store.put('archive', DESTINATION, 'aaaa');
    expect(await move(`"${harness.store.get('source', KEY)!.etag}"`)).toMatchObject({
      status: 'archived',
    });
    expect(harness.requests.GetObject).toBeUndefined();
    expect(atSource()).toBeUndefined();
  });

  test('by another writer, between our look and our copy: still a conflict', async () => {
    const listed = harness.put(KEY, 'mine');
    harness.before = (call) => {
      if (call.operation === 'CopyObject') {
        harness.store.put('archive', DESTINATION, 'theirs');
      }
    };
    expect(await move(listed)).toMatchObject({ status: 'conflicting' });
    expect([atSource(), archived()]).toEqual(['mine', 'theirs']);
  });

  test('by another writer while it is compared: looked at again, and a conflict', async () => {
    // The same bytes with other tags, and then, before its tags are read, other bytes with the same
    // tags.
    harness.store.put('archive', DESTINATION, 'mine', { tags: { team: 'theirs' } });
    harness.store.put('source', KEY, 'mine', { tags: { team: 'ours' } });
    harness.before = ({ operation, bucket }) => {
      if (operation === 'GetObjectTagging' && bucket === 'archive') {
        harness.store.put('archive', DESTINATION, 'them', { tags: { team: 'ours' } });
      }
    };
    expect(await move(`"${harness.store.get('source', KEY)!.etag}"`)).toMatchObject({
      status: 'conflicting',
    });
    expect([atSource(), archived()]).toEqual(['mine', 'them']);
  });

  describe('with RENAME', () => {
    const rename = { conflictPolicy: 'RENAME' as const };
    const beside = (etag: string) => `archive/2026/11/24/a-2026-11-24~${etag.slice(1, 9)}.csv`;

    test('archives beside it and counts as archived', async () => {
      harness.store.put('archive', DESTINATION, 'theirs');
      const etag = harness.put(KEY, 'mine');
      expect(await move(etag, rename)).toMatchObject({
        status: 'archived',
        destination: beside(etag),
      });
      expect([atSource(), archived(), archived(beside(etag))]).toEqual([
        undefined,
        'theirs',
        'mine',
      ]);
    });

    test('a second attempt comes to the same name and finishes the move', async () => {
      harness.store.put('archive', DESTINATION, 'theirs');
      const etag = harness.put(KEY, 'mine');
      harness.store.put('archive', beside(etag), 'mine');
      expect(await move(etag, rename)).toMatchObject({
        status: 'archived',
        destination: beside(etag),
      });
      expect(atSource()).toBeUndefined();
    });

    test('an attempt after the delete finds the object beside', async () => {
      harness.store.put('archive', DESTINATION, 'theirs');
      const etag = harness.put(KEY, 'mine');
      await move(etag, rename);
      expect(await move(etag, rename, 4)).toMatchObject({
        status: 'archived',
        destination: beside(etag),
      });
    });

    test('an attempt after the delete does not ask for a name beside that is too long', async () => {
      const long = `archive/${'x'.repeat(1_016)}`;
      const etag = harness.put(KEY, 'mine');
      harness.store.put('archive', long, 'mine');
      harness.store.delete('source', KEY);
      const moved = await copyToArchive(moveContext(harness, rename), {
        key: KEY,
        etag,
        size: 4,
        destination: long,
      });
      expect(moved).toMatchObject({ status: 'archived', destination: long });
    });

    test('the object goes beside, too, if the taken place holds the same bytes with other tags', async () => {
      harness.store.put('archive', DESTINATION, 'mine', { tags: { team: 'theirs' } });
      const etag = harness.put(KEY, 'mine');
      await move(etag, rename);
      expect(await move(etag, rename, 4)).toMatchObject({
        status: 'archived',
        destination: beside(etag),
      });
    });

    test('a name beside stands for the version that it names, and for no other of its length', async () => {
      const many = (letter: string) =>
        harness.store.put('source', KEY, letter.repeat(8), { partSize: 4 });
      harness.store.put('archive', DESTINATION, 'theirs');
      many('a');
      const etag = `"${harness.store.get('source', KEY)!.etag}"`;
      let copies = 0;
      harness.before = ({ operation, bucket }) => {
        if (operation === 'CopyObject' && ++copies === 2) {
          return { kind: 'LostAnswer' };
        }
        if (operation === 'CopyObject' && copies === 3) {
          many('b');
        }
        if (operation === 'HeadObject' && bucket === 'source' && copies === 4) {
          harness.store.delete('source', KEY);
        }
        return undefined;
      };
      expect(await move(etag, rename)).toEqual({
        status: 'archived',
        destination: beside(etag),
        etag,
        size: 8,
        archived: expect.objectContaining({ archivedEtag: expect.any(String) }),
      });
    });

    test('both names taken by other content: a conflict', async () => {
      harness.store.put('archive', DESTINATION, 'theirs');
      const etag = harness.put(KEY, 'mine');
      harness.store.put('archive', beside(etag), 'theirs, too');
      expect(await move(etag, rename)).toMatchObject({
        status: 'conflicting',
        destination: beside(etag),
      });
      expect(atSource()).toBe('mine');
    });
  });
});

describe('a source that is gone', () => {
  test('after an earlier attempt moved it: archived', async () => {
    const etag = harness.put(KEY, 'v1');
    await move(etag);
    expect(await move(etag, {}, 2)).toMatchObject({ status: 'archived', etag });
  });

  test('after it was archived under another ETag, as multipart uploads are: archived', async () => {
    harness.store.put('source', KEY, 'aaaabbbb', { partSize: 4 });
    const etag = `"${harness.store.get('source', KEY)!.etag}"`;
    expect(etag).toMatch(/-2"$/);
    await move(etag);
    expect(await move(etag, {}, 8)).toMatchObject({ status: 'archived' });
  });

  test(
    'rewritten and then removed, after a copy whose answer was lost: the listed content is ' +
      'archived',
    async () => {
      const etag = harness.put(KEY, 'v1');
      let copies = 0;
      harness.before = ({ operation, bucket }) => {
        if (operation === 'CopyObject' && ++copies === 1) {
          return { kind: 'LostAnswer' };
        }
        if (operation === 'CopyObject' && copies === 2) {
          harness.put(KEY, 'another');
        }
        if (operation === 'HeadObject' && bucket === 'source' && copies === 3) {
          harness.store.delete('source', KEY);
        }
        return undefined;
      };
      expect(await move(etag)).toEqual({
        status: 'archived',
        destination: DESTINATION,
        etag,
        size: 2,
        archived: {
          archivedEtag: etag,
          checksumAlgorithm: 'CRC64NVME',
          checksum: expect.any(String),
          checksumType: 'FULL_OBJECT',
        },
      });
      expect([atSource(), archived()]).toEqual([undefined, 'v1']);
    },
  );

  test('removed by another program, nothing archived: vanished, not archived and not failed', async () => {
    const etag = harness.put(KEY);
    harness.store.delete('source', KEY);
    expect(await move(etag, {}, 10)).toEqual({ status: 'source-gone' });
  });

  test(
    'removed by somebody else, and something of the same length has long been at the ' +
      'destination: vanished',
    async () => {
      const etag = harness.put(KEY, 'mine');
      harness.store.put('archive', DESTINATION, 'them', { lastModified: new Date('2026-01-01') });
      harness.store.delete('source', KEY);
      expect(await move(etag, {}, 4)).toEqual({ status: 'source-gone' });
    },
  );

  test.each<[boolean, object]>([
    [true, { status: 'source-gone' }],
    [false, { status: 'archived', destination: DESTINATION }],
  ])(
    'removed by somebody else, and a copy with an ETag of its own and the same length is new at ' +
      'the destination, which other sources share: %s',
    async (sharesDestinations, expected) => {
      const etag = harness.put(KEY, 'mine');
      harness.store.put('archive', DESTINATION, 'them', { partSize: 2 });
      harness.store.delete('source', KEY);
      expect(await move(etag, { sharesDestinations }, 4)).toMatchObject(expected);
    },
  );

  test('removed by another program between copy and delete: archived', async () => {
    const etag = harness.put(KEY, 'v1');
    harness.before = (call) => {
      if (call.operation === 'DeleteObjects') {
        harness.store.delete('source', KEY);
      }
    };
    expect(await move(etag)).toMatchObject({ status: 'archived' });
    expect(archived()).toBe('v1');
  });
});

describe('a source that is gone, and something else of its size that is new at its destination', () => {
  /** The destination is free when the copy is made, and taken when it is looked at. */
  async function moveBesides(
    theirs: string,
    options: PutOptions,
    more: ContextOptions,
  ): Promise<MoveResult> {
    const etag = harness.put(KEY, 'mine');
    let looks = 0;
    harness.before = (call) => {
      if (call.operation === 'CopyObject') {
        return { kind: 'Error', status: 409, code: 'ConditionalRequestConflict' };
      }
      if (call.operation === 'HeadObject' && call.bucket === 'source' && ++looks === 2) {
        harness.store.delete('source', KEY);
        harness.store.put('archive', DESTINATION, theirs, options);
      }
      return undefined;
    };
    return move(etag, more, 4);
  }

  test('is not its copy if both ETags are MD5s and differ', async () => {
    expect(await moveBesides('them', {}, {})).toEqual({ status: 'source-gone' });
  });

  test(
    'may be its copy if an ETag is none: archived, and the line says that only the size shows ' +
      'it',
    async () => {
      expect(await moveBesides('mine', { serverSideEncryption: 'aws:kms' }, {})).toMatchObject({
        status: 'archived',
      });
      const unproven = await moveBesides(
        'mine',
        {
          partSize: 2,
          checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' } as never,
        },
        {},
      );
      expect(unproven).toMatchObject({ status: 'archived', proof: 'size' });
      expect(unproven).not.toHaveProperty('archived');
    },
  );
});

describe('an answer that is lost', () => {
  test.each(['CopyObject', 'DeleteObjects'])('of %s: the move is finished', async (operation) => {
    const etag = harness.put(KEY, 'v1');
    let lost = 0;
    harness.before = (call) =>
      call.operation === operation && lost++ === 0 ? { kind: 'LostAnswer' } : undefined;
    expect(await move(etag)).toMatchObject({ status: 'archived' });
    expect([atSource(), archived()]).toEqual([undefined, 'v1']);
    expect(lost).toBeGreaterThan(1);
  });
});

describe.each(Object.keys(UNREADABLE) as Unreadable[])('an answer that is the %s', (kind) => {
  test.each(['CopyObject', 'DeleteObjects'])(
    'to %s, after it was executed: the move is finished',
    async (operation) => {
      const etag = harness.put(KEY, 'v1');
      let answers = 0;
      replaceBodies(harness.s3, (asked) =>
        asked === operation && answers++ === 0 ? kind : undefined,
      );
      expect(await move(etag)).toMatchObject({ status: 'archived' });
      expect([atSource(), archived()]).toEqual([undefined, 'v1']);
    },
  );

  test('to CopyObject, which was not executed, is not taken for a copy', async () => {
    const etag = harness.put(KEY, 'v1');
    harness.s3.middlewareStack.add(
      (next, { commandName }) =>
        async (args) =>
          commandName === 'CopyObjectCommand'
            ? ({
                response: Object.assign(args.request as object, {
                  statusCode: 200,
                  headers: {},
                  body: new Uint8Array(Buffer.from(UNREADABLE[kind]('<CopyObjectResult>'))),
                }),
              } as never)
            : next(args),
      { step: 'deserialize', priority: 'low', name: 'proxy' },
    );
    expect(await move(etag)).toMatchObject({ status: 'failed', code: 'SERVER_ERROR' });
    expect([atSource(), archived()]).toEqual(['v1', undefined]);
  });
});

describe('an archive that is the source bucket under another name', () => {
  test.each([undefined, 'STANDARD_IA'])(
    'never loses an object that is its own destination (storage class %s)',
    async (storageClass) => {
      const etag = harness.put(DESTINATION, 'mine');
      const alias = moveContext(harness, { destinationBucket: 'source', storageClass });
      const result = await copyToArchive(alias, {
        key: DESTINATION,
        etag,
        size: 4,
        destination: DESTINATION,
      });
      expect(result).toMatchObject({ status: 'failed', code: 'SAME_OBJECT' });
      expect(harness.read('source', DESTINATION)).toBe('mine');
    },
  );
});

describe('a source that is rewritten after the listing', () => {
  const rewritten = async (
    getDestination: (lastModified: Date) => string | undefined,
    more: ContextOptions = {},
  ) => {
    const etag = harness.put(KEY, 'v1');
    harness.put(KEY, 'v2!');
    const reselect = ({ lastModified, size }: RewrittenVersion) => {
      expect(size).toBe(3);
      const destination = getDestination(lastModified);
      return destination === undefined ? undefined : { destination, day: '2026-11-25' };
    };
    return copyToArchive(moveContext(harness, more), {
      key: KEY,
      etag,
      size: 2,
      destination: DESTINATION,
      reselect,
    });
  };

  test('is left alone where the run does not select its new date', async () => {
    const dates: Date[] = [];
    expect(
      await rewritten((date) => {
        dates.push(date);
        return undefined;
      }),
    ).toEqual({ status: 'deselected' });
    expect(dates).toEqual([
      new Date(Math.floor(harness.store.get('source', KEY)!.lastModified / 1_000) * 1_000),
    ]);
    expect([atSource(), archived()]).toEqual(['v2!', undefined]);
  });

  test('goes into the folder of its new date', async () => {
    const destination = 'archive/2026/11/25/a-2026-11-24.csv';
    const modified = () => Math.floor(harness.store.get('source', KEY)!.lastModified / 1_000);
    const result = await rewritten(() => destination);
    expect(result).toMatchObject({
      status: 'copied',
      destination,
      size: 3,
      rewritten: { day: '2026-11-25', modified: modified() },
    });
    expect([archived(), archived(destination)]).toEqual([undefined, 'v2!']);
  });

  test('gets its other name from the folder of its new date', async () => {
    const destination = 'archive/2026/11/25/a-2026-11-24.csv';
    harness.store.put('archive', destination, 'theirs');
    const result = await rewritten(() => destination, { conflictPolicy: 'RENAME' });
    expect(result).toMatchObject({
      status: 'copied',
      destination: expect.stringMatching(/^archive\/2026\/11\/25\/a-2026-11-24~/),
    });
    expect(archived(destination)).toBe('theirs');
  });

  test('is found in either folder where it is gone after a lost answer', async () => {
    const destination = 'archive/2026/11/25/a-2026-11-24.csv';
    harness.after = (call) => {
      if (call.operation === 'CopyObject' && harness.read('archive', destination)) {
        harness.store.delete('source', KEY);
      }
    };
    harness.before = (call) =>
      call.operation === 'CopyObject' && harness.requests.CopyObject === 2
        ? { kind: 'LostAnswer' }
        : undefined;
    expect(await rewritten(() => destination)).toMatchObject({
      status: 'archived',
      destination,
      size: 3,
    });
  });
});

describe('a refusal that passes', () => {
  test.each(['SlowDown', 'InternalError', 'ErrorIn200', 'ResetBefore', 'HalfAnswer'] as const)(
    '%s on the copy: tried again',
    async (kind) => {
      const etag = harness.put(KEY, 'v1');
      let refused = 0;
      harness.before = (call) =>
        call.operation === 'CopyObject' && refused++ < 3 ? { kind } : undefined;
      expect(await move(etag)).toMatchObject({ status: 'archived' });
      expect([atSource(), archived()]).toEqual([undefined, 'v1']);
    },
  );

  test('SlowDown without end: the object stays, with its code', async () => {
    const etag = harness.put(KEY, 'v1');
    harness.before = (call) => (call.operation === 'CopyObject' ? { kind: 'SlowDown' } : undefined);
    expect(await move(etag)).toMatchObject({ status: 'failed', code: 'SLOW_DOWN' });
    expect([atSource(), archived()]).toEqual(['v1', undefined]);
  });
});

describe('a refusal that stays', () => {
  test.each([['ACCESS_DENIED', { operations: ['CopyObject'], bucket: 'archive' }]])(
    '%s',
    async (code, rule) => {
      harness.store.deny(rule);
      expect(await move(harness.put(KEY, 'v1'))).toMatchObject({ status: 'failed', code });
      expect(atSource()).toBe('v1');
    },
  );

  test('KMS_DENIED', async () => {
    harness.store.deny({ kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' });
    expect(
      await move(harness.put(KEY, 'v1'), {
        destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k',
      }),
    ).toMatchObject({ status: 'failed', code: 'KMS_DENIED' });
    expect(atSource()).toBe('v1');
  });

  test('ARCHIVED_CLASS', async () => {
    harness.store.put('source', KEY, 'v1', { storageClass: 'DEEP_ARCHIVE' });
    expect(await move(`"${harness.store.get('source', KEY)!.etag}"`)).toMatchObject({
      status: 'failed',
      code: 'ARCHIVED_CLASS',
    });
    expect(atSource()).toBe('v1');
  });

  test('NO_SUCH_BUCKET', async () => {
    expect(await move(harness.put(KEY, 'v1'), { destinationBucket: 'nowhere' })).toMatchObject({
      status: 'failed',
      code: 'NO_SUCH_BUCKET',
    });
    expect(atSource()).toBe('v1');
  });

  test('ACCESS_DENIED on the delete: archived, still at the source, failed', async () => {
    harness.store.deny({ operations: ['DeleteObjects'], bucket: 'source' });
    expect(await move(harness.put(KEY, 'v1'))).toMatchObject({
      status: 'failed',
      code: 'ACCESS_DENIED',
    });
    expect([atSource(), archived()]).toEqual(['v1', 'v1']);
  });

  test('KEY_TOO_LONG, before any call', async () => {
    const context = moveContext(harness);
    expect(
      await copyToArchive(context, {
        key: KEY,
        etag: '"x"',
        size: 1,
        destination: 'x'.repeat(1_025),
      }),
    ).toMatchObject({ status: 'failed', code: 'KEY_TOO_LONG' });
    expect(harness.requests).toEqual({});
  });
});

describe('a 403 where listing is allowed under a condition only', () => {
  const forbidden = (call: { operation: string; key?: string }, operations: string[]) =>
    operations.includes(call.operation)
      ? { kind: 'Error' as const, status: 403, code: 'AccessDenied' }
      : undefined;

  test('for a missing source is read as gone', async () => {
    const etag = harness.put(KEY, 'v1');
    harness.store.delete('source', KEY);
    harness.before = (call) => forbidden(call, ['CopyObject', 'HeadObject']);
    expect(await move(etag, {}, 2)).toEqual({ status: 'source-gone' });
  });

  test.each<[string, string, PutOptions]>([
    ['its tags are', 'GetObjectTagging', {}],
    [
      'its bytes are',
      'GetObject',
      {
        serverSideEncryption: 'aws:kms',
        checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' } as never,
      },
    ],
  ])(
    'for a source that another run deletes when %s about to be read, and that is archived, is ' +
      'no denial',
    async (_, operation, options) => {
      harness.store.put('source', KEY, 'mine', options);
      const etag = `"${harness.store.get('source', KEY)!.etag}"`;
      harness.store.put('archive', DESTINATION, 'mine');
      harness.before = (call) => {
        if (call.bucket === 'source' && call.operation === operation) {
          harness.store.delete('source', KEY);
        }
        const isOfSource = call.bucket === 'source' || call.operation === 'CopyObject';
        return isOfSource && !harness.store.get('source', KEY)
          ? forbidden(call, ['CopyObject', 'HeadObject', 'GetObject', 'GetObjectTagging'])
          : undefined;
      };
      expect(await move(etag, {}, 4)).toMatchObject({ status: 'archived' });
    },
  );

  test('for a source that was removed, and is written again before it is looked at, is no denial', async () => {
    const etag = harness.put(KEY, 'v1');
    let copies = 0;
    harness.before = (call) => {
      if (call.operation !== 'CopyObject' || ++copies > 1) {
        return undefined;
      }
      // S3 does not find the source. Then it is there again.
      harness.store.put('source', KEY, 'v1', { lastModified: new Date(Date.now() + 5_000) });
      return forbidden(call, ['CopyObject']);
    };
    expect(await move(etag, {}, 2)).toMatchObject({ status: 'archived' });
  });

  test('for a source that is there is read as denied', async () => {
    const etag = harness.put(KEY, 'v1');
    harness.before = (call) => forbidden(call, ['CopyObject', 'HeadObject']);
    expect(await move(etag)).toMatchObject({ status: 'failed', code: 'ACCESS_DENIED' });
  });
});

test('a copy that outlasts the round is given back, not judged', async () => {
  const etag = harness.put(KEY, 'v1');
  const stop = new AbortController();
  harness.before = (call) => {
    if (call.operation === 'CopyObject') {
      stop.abort();
    }
  };
  await expect(
    copyToArchive(moveContext(harness, { signal: stop.signal }), {
      key: KEY,
      etag,
      size: 2,
      destination: DESTINATION,
    }),
  ).rejects.toThrow('abort');
});

describe('Object Lock', () => {
  const until = new Date(Date.now() + 86_400_000);
  const locked = { sourceLocks: true, destinationBucket: 'vault' };

  beforeEach(() => {
    harness.store.createBucket('vault', { objectLock: true });
  });

  test('goes with the object: retention and legal hold', async () => {
    const { etag } = harness.store.put('source', KEY, 'v1', {
      lock: { mode: 'COMPLIANCE', retainUntil: until.getTime(), legalHold: true },
    });
    expect(await move(`"${etag}"`, locked)).toMatchObject({ status: 'archived' });
    expect(harness.store.get('vault', DESTINATION)!.attributes.lock).toMatchObject({
      mode: 'COMPLIANCE',
      legalHold: true,
    });
    expect(
      Math.abs(
        harness.store.get('vault', DESTINATION)!.attributes.lock!.retainUntil! - until.getTime(),
      ),
    ).toBeLessThan(1_000);
  });

  const RETENTIONS: PutOptions['lock'][] = [
    {},
    { mode: 'GOVERNANCE', retainUntil: until.getTime() },
    { mode: 'COMPLIANCE', retainUntil: until.getTime() },
  ];
  const EVENT_HOLDS: PutOptions['lock'][] = [
    {},
    { eventHold: { days: 30 } },
    { eventHold: { years: 7 } },
  ];
  const COMBINED = RETENTIONS.flatMap((retention) =>
    EVENT_HOLDS.flatMap((eventHold) =>
      [true, false].map((legalHold) => {
        return { ...retention, ...eventHold, legalHold };
      }),
    ),
  );
  const toWholeSeconds = ({ retainUntil, ...others }: NonNullable<PutOptions['lock']>) => {
    return {
      ...others,
      legalHold: others.legalHold ?? false,
      retainUntil: retainUntil && Math.floor(retainUntil / 1_000),
    };
  };

  test.each(
    COMBINED.flatMap((lock) =>
      [['one request', Infinity] as const, ['parts', 1] as const].map(
        ([way, limit]) => [way, lock, limit] as const,
      ),
    ),
  )('arrives equal by %s: %j', async (_way, lock, multipartThreshold) => {
    const { etag } = harness.store.put('source', KEY, 'v1', { lock });
    expect(await move(`"${etag}"`, { ...locked, multipartThreshold })).toMatchObject({
      status: 'archived',
    });
    const archivedLock = harness.store.get('vault', DESTINATION)!.attributes.lock ?? {};
    expect(toWholeSeconds(archivedLock)).toEqual(toWholeSeconds(lock));
  });

  describe('with retention', () => {
    const soon = Math.ceil(until.getTime() / 1_000) * 1_000;
    const retained = {
      ...locked,
      sourceLocks: false,
      given: {
        lock: {
          requests: {},
          merge: (source: Lock = {}) =>
            stricter(source, {
              ObjectLockMode: 'GOVERNANCE',
              ObjectLockRetainUntilDate: new Date(soon),
            }),
        },
      },
    };
    const lockOfCopy = () => harness.store.get('vault', DESTINATION)!.attributes.lock;

    test.each([
      ['one request', Infinity],
      ['parts', 1],
    ])('a copy by %s has it, for no request more', async (_way, multipartThreshold) => {
      const requestsFor = async (options: object) => {
        const before = { ...harness.requests };
        expect(
          await move(harness.put(KEY, 'v1'), {
            destinationBucket: 'vault',
            multipartThreshold,
            ...options,
          }),
        ).toMatchObject({ status: 'archived' });
        return Object.entries(harness.requests).map(([name, count]) => [
          name,
          count - (before[name] ?? 0),
        ]);
      };
      const without = await requestsFor({});
      harness.store.delete('vault', DESTINATION);
      expect(await requestsFor(retained)).toEqual(without);
      expect(lockOfCopy()).toMatchObject({ mode: 'GOVERNANCE', retainUntil: soon });
    });

    test.each<[string, PutOptions['lock'], PutOptions['lock']]>([
      [
        'a longer one',
        { mode: 'GOVERNANCE', retainUntil: soon + 60_000 },
        { mode: 'GOVERNANCE', retainUntil: soon + 60_000 },
      ],
      [
        'a shorter one',
        { mode: 'GOVERNANCE', retainUntil: soon - 60_000 },
        { mode: 'GOVERNANCE', retainUntil: soon },
      ],
      [
        'a shorter, stricter one',
        { mode: 'COMPLIANCE', retainUntil: soon - 60_000 },
        { mode: 'COMPLIANCE', retainUntil: soon },
      ],
      [
        'one that has ended',
        { mode: 'COMPLIANCE', retainUntil: Date.now() - 60_000 },
        { mode: 'GOVERNANCE', retainUntil: soon },
      ],
      [
        'a hold',
        { legalHold: true, eventHold: { days: 3 } },
        { legalHold: true, eventHold: { days: 3 }, mode: 'GOVERNANCE', retainUntil: soon },
      ],
    ])(
      'the copy of an object that has %s is never locked less than its source',
      async (_which, lock, expected) => {
        const { etag } = harness.store.put('source', KEY, 'v1', { lock });
        expect(await move(`"${etag}"`, { ...retained, sourceLocks: true })).toMatchObject({
          status: 'archived',
        });
        expect(lockOfCopy()).toMatchObject(expected!);
      },
    );

    test(
      'a destination without Object Lock keeps every source where it is, and the run need ' +
        'not try them all',
      async () => {
        const { given } = retained;
        expect(await move(harness.put(KEY, 'v1'), { given })).toMatchObject({
          status: 'failed',
          code: 'LOCKED',
          isInSetup: true,
        });
        expect([atSource(), archived()]).toEqual(['v1', undefined]);
      },
    );
  });

  test('that has ended does not go with the object', async () => {
    const { etag } = harness.store.put('source', KEY, 'v1', {
      lock: { mode: 'GOVERNANCE', retainUntil: Date.now() - 1_000 },
    });
    expect(await move(`"${etag}"`, locked)).toMatchObject({ status: 'archived' });
    expect(harness.store.get('vault', DESTINATION)!.attributes.lock?.mode).toBeUndefined();
  });

  test('that the destination cannot keep leaves the object where it is: LOCKED', async () => {
    const { etag } = harness.store.put('source', KEY, 'v1', { lock: { legalHold: true } });
    expect(await move(`"${etag}"`, { sourceLocks: true })).toMatchObject({
      status: 'failed',
      code: 'LOCKED',
    });
    expect([atSource(), archived()]).toEqual(['v1', undefined]);
  });

  test.each<[string, PutOptions['lock'], PutOptions['lock'], string]>([
    ['the same hold', { legalHold: true }, { legalHold: true }, 'archived'],
    ['no hold', { legalHold: true }, undefined, 'conflicting'],
    [
      'the same retention',
      { mode: 'GOVERNANCE', retainUntil: until.getTime() },
      { mode: 'GOVERNANCE', retainUntil: until.getTime() },
      'archived',
    ],
    [
      'a stricter one',
      { mode: 'GOVERNANCE', retainUntil: until.getTime() },
      { mode: 'COMPLIANCE', retainUntil: until.getTime() + 60_000 },
      'archived',
    ],
    [
      'a shorter one',
      { mode: 'GOVERNANCE', retainUntil: until.getTime() },
      { mode: 'GOVERNANCE', retainUntil: until.getTime() - 60_000 },
      'conflicting',
    ],
    [
      'a laxer one',
      { mode: 'COMPLIANCE', retainUntil: until.getTime() },
      { mode: 'GOVERNANCE', retainUntil: until.getTime() },
      'conflicting',
    ],
    [
      "none, where the source's has ended",
      { mode: 'COMPLIANCE', retainUntil: Date.now() - 60_000 },
      undefined,
      'archived',
    ],
    [
      'the same event hold in days',
      { eventHold: { days: 30 } },
      { eventHold: { days: 30 } },
      'archived',
    ],
    [
      'the same event hold in years',
      { eventHold: { years: 7 } },
      { eventHold: { years: 7 } },
      'archived',
    ],
    ['a longer event hold', { eventHold: { days: 30 } }, { eventHold: { days: 31 } }, 'archived'],
    [
      'a shorter event hold',
      { eventHold: { years: 7 } },
      { eventHold: { years: 6 } },
      'conflicting',
    ],
    [
      'an event hold of fewer days',
      { eventHold: { days: 30 } },
      { eventHold: { days: 29 } },
      'conflicting',
    ],
    [
      'an event hold in years instead of days',
      { eventHold: { days: 1 } },
      { eventHold: { years: 100 } },
      'conflicting',
    ],
    [
      'an event hold in days instead of years',
      { eventHold: { years: 1 } },
      { eventHold: { days: 3_650 } },
      'conflicting',
    ],
    [
      'a legal hold instead of an event hold',
      { eventHold: { days: 30 } },
      { legalHold: true },
      'conflicting',
    ],
    [
      'an event hold instead of a retention',
      { mode: 'GOVERNANCE', retainUntil: until.getTime() },
      { eventHold: { years: 100 } },
      'conflicting',
    ],
  ])('the same content under %s in the archive', async (_which, lock, theirs, status) => {
    const { etag } = harness.store.put('source', KEY, 'v1', { lock });
    harness.store.put('vault', DESTINATION, 'v1', { lock: theirs });
    expect(await move(`"${etag}"`, locked)).toMatchObject({ status });
    expect(atSource()).toBe(status === 'archived' ? undefined : 'v1');
  });

  test('of a copy whose answer was lost is found again', async () => {
    const { etag } = harness.store.put('source', KEY, 'v1', {
      lock: { mode: 'COMPLIANCE', retainUntil: until.getTime() + 123, legalHold: true },
    });
    let lost = false;
    harness.before = ({ operation }) => {
      if (operation !== 'CopyObject' || lost) {
        return undefined;
      }
      lost = true;
      return { kind: 'LostAnswer' };
    };
    expect(await move(`"${etag}"`, locked)).toMatchObject({ status: 'archived' });
  });

  /** S3 says that the source has a lock that this version does not know. */
  function addUnknownLock(): void {
    harness.s3.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          const { Bucket } = args.input as { Bucket?: string };
          const isLocked = commandName === 'HeadObjectCommand' && Bucket === 'source';
          if (isLocked) {
            Object.assign((result.response as { headers: object }).headers, {
              'x-amz-object-lock-next-hold': 'ON',
            });
          }
          return result;
        },
      { step: 'deserialize', priority: 'low', name: 'unknownLock' },
    );
  }

  test('of a kind that this version does not know keeps the source where it is', async () => {
    addUnknownLock();
    const outcome = await move(harness.put(KEY, 'v1'), locked);
    expect(outcome).toMatchObject({
      status: 'failed',
      code: 'LOCKED',
      message: expect.stringContaining('x-amz-object-lock-next-hold'),
    });
    expect([atSource(), harness.store.get('vault', DESTINATION)]).toEqual(['v1', undefined]);
  });

  test(
    'of a kind that this version does not know keeps the source although the archive has its ' +
      'copy',
    async () => {
      addUnknownLock();
      const etag = harness.put(KEY, 'v1');
      harness.store.put('archive', DESTINATION, 'v1');
      expect(await move(etag)).toMatchObject({ status: 'failed', code: 'LOCKED' });
      expect(atSource()).toBe('v1');
    },
  );

  test('is not asked for in a bucket without it', async () => {
    await move(harness.put(KEY));
    expect(harness.requests.HeadObject).toBeUndefined();
  });
});

test('an ETag at one place proves more than size and time at another', async () => {
  const etag = harness.put(KEY, 'mine');
  await move(etag);
  // Another writer takes the name beside, with as many bytes, while the run goes on.
  harness.store.put('archive', `archive/2026/11/24/a-2026-11-24~${etag.slice(1, 9)}.csv`, 'them');
  expect(await move(etag, { conflictPolicy: 'RENAME' }, 4)).toMatchObject({
    status: 'archived',
    destination: DESTINATION,
  });
});
