import {
  DeleteObjectCommand,
  type DeleteObjectsCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bulkDelete } from '../../../../src/lambda/move/delete-sources';
import { bucketClient, budgetOf, type Harness, startHarness } from '../../../helpers/harness';
import { replaceBodies, UNREADABLE, type Unreadable } from '../../../helpers/unreadable-answers';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const remove = (deletions: { key: string; etag: string }[]) =>
  bulkDelete(bucketClient(harness, 'source'), deletions);
const put = (key: string) => ({ key, etag: harness.put(key) });

test('a thousand keys go in one request, one more in a second', async () => {
  const deletions = Array.from({ length: 1_001 }, (_, i) => put(`k${i}`));
  expect(await remove(deletions)).toEqual(deletions.map(() => 'gone'));
  expect(harness.requests).toEqual({ DeleteObjects: 2 });
  expect(harness.store.keys('source')).toEqual([]);
});

test('nothing to delete costs nothing', async () => {
  expect(await remove([])).toEqual([]);
  expect(harness.requests).toEqual({});
});

test('answers stand in the order of the deletions, each key on its own', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map(put);
  harness.put('b', 'rewritten');
  harness.store.delete('source', 'c');
  expect(await remove([c, b, a])).toEqual(['gone', 'changed', 'gone']);
  expect(harness.store.keys('source')).toEqual(['b']);
});

test.each(['KeySlowDown', 'KeyInternalError'] as const)(
  '%s inside a 200 is tried again, for those keys alone',
  async (kind) => {
    const deletions = ['a', 'b', 'c'].map(put);
    const asked: string[][] = [];
    harness.before = (call) => {
      asked.push(call.keys!);
      return asked.length < 3 ? { kind, keys: ['b'] } : undefined;
    };
    expect(await remove(deletions)).toEqual(['gone', 'gone', 'gone']);
    expect(asked).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
    expect(harness.store.keys('source')).toEqual([]);
  },
);

test('in a bucket with versioning, each key is gone behind a delete marker', async () => {
  harness.store.createBucket('source', { versioning: 'Enabled' });
  const deletions = ['a', 'b\u0007'].map(put);
  const results = await remove(deletions);
  const markers = deletions.map(({ key }) => harness.store.bucket('source').head(key)!);
  expect(markers.map(({ deleteMarker }) => deleteMarker)).toEqual([true, true]);
  expect(results).toEqual(markers.map(({ versionId }) => ({ kind: 'marked', versionId })));
});

test('SlowDown for a key without end is an answer with a code, and the key stays', async () => {
  const deletions = ['a', 'b'].map(put);
  harness.before = () => ({ kind: 'KeySlowDown', keys: ['b'] });
  expect(await remove(deletions)).toEqual(['gone', expect.objectContaining({ code: 'SLOW_DOWN' })]);
  expect(harness.store.keys('source')).toEqual(['b']);
});

describe('where S3 lets some keys through at a time', () => {
  const deletions = Array.from({ length: 700 }, (_, i) => ({ key: `k${i}`, etag: 'e' }));

  /** Answers SlowDown for all keys of a request but so many. */
  async function removeFrom(letsThrough: number) {
    const asked: number[] = [];
    const slow = {
      send: async ({ input }: { input: { Delete: { Objects: { Key: string }[] } } }) => {
        const keys = input.Delete.Objects;
        asked.push(keys.length);
        return {
          Deleted: keys.slice(0, letsThrough),
          Errors: keys.slice(letsThrough).map((key) => ({ ...key, Code: 'SlowDown' })),
          $metadata: { httpStatusCode: 200 },
        };
      },
    } as unknown as S3Client;
    return { answers: await bulkDelete(bucketClient({ s3: slow }, 'source'), deletions), asked };
  }

  test(
    'all are deleted in the end, however many requests it takes, and few keys are asked for in ' +
      'vain',
    async () => {
      const { answers, asked } = await removeFrom(60);
      expect(answers).toEqual(deletions.map(() => 'gone'));
      expect(asked.slice(0, 4)).toEqual([700, 60, 120, 60]);
      expect(asked.reduce((sum, keys) => sum + keys, 0)).toBeLessThan(2.5 * 700);
    },
  );

  test('it is given up where none of them is let through', async () => {
    const { answers, asked } = await removeFrom(0);
    expect(answers).toEqual(deletions.map(() => expect.objectContaining({ code: 'SLOW_DOWN' })));
    expect(asked.length).toBeLessThan(12);
  });
});

test('a key that the answer leaves out was not dealt with', async () => {
  const deletions = ['a', 'b'].map(put);
  const asked: string[][] = [];
  const forgetful = {
    send: async ({ input }: { input: { Delete: { Objects: { Key: string }[] } } }) => {
      const keys = input.Delete.Objects.map(({ Key }) => Key);
      asked.push(keys);
      return {
        Deleted: keys.slice(0, 1).map((Key) => ({ Key })),
        $metadata: { httpStatusCode: 200 },
      };
    },
  } as unknown as S3Client;
  expect(await bulkDelete(bucketClient({ s3: forgetful }, 'source'), deletions)).toEqual([
    'gone',
    'gone',
  ]);
  expect(asked).toEqual([['a', 'b'], ['b']]);
});

describe.each(Object.keys(UNREADABLE) as Unreadable[])('an answer that is the %s', (kind) => {
  test('once: the request is sent again', async () => {
    const deletions = ['a', 'b'].map(put);
    let answers = 0;
    replaceBodies(harness.s3, (operation) =>
      operation === 'DeleteObjects' && answers++ === 0 ? kind : undefined,
    );
    expect(await remove(deletions)).toEqual(['gone', 'gone']);
    expect(harness.store.keys('source')).toEqual([]);
  });

  test('always: what became of each key is looked at', async () => {
    const deletions = ['a', 'rewritten', 'b'].map(put);
    harness.put('rewritten', 'other');
    replaceBodies(harness.s3, (operation) => (operation === 'DeleteObjects' ? kind : undefined));
    expect(await remove(deletions)).toEqual(['gone', 'changed', 'gone']);
  });

  test('always, and nothing is deleted: that is not known to be for good', async () => {
    const deletions = ['a', 'b'].map(put);
    harness.before = ({ operation }) =>
      operation === 'DeleteObjects' ? { kind: 'KeyInternalError' } : undefined;
    replaceBodies(harness.s3, (operation) => (operation === 'DeleteObjects' ? kind : undefined));
    expect(await remove(deletions)).toEqual(
      deletions.map(() => expect.objectContaining({ kind: 'transient', code: 'SERVER_ERROR' })),
    );
    expect(harness.store.keys('source')).toEqual(['a', 'b']);
  });
});

test('a key that no answer names is looked for at the end', async () => {
  const deletions = ['a', 'b'].map(put);
  const silent = {
    send: async (command: DeleteObjectsCommand | HeadObjectCommand) => {
      if (command instanceof HeadObjectCommand) {
        return harness.s3.send(command);
      }
      harness.store.delete('source', 'a');
      return { $metadata: { httpStatusCode: 200 } };
    },
  } as unknown as S3Client;
  expect(await bulkDelete(bucketClient({ s3: silent }, 'source'), deletions)).toEqual([
    'gone',
    expect.objectContaining({ code: 'SERVER_ERROR' }),
  ]);
});

test("a 200 is not S3's answer to a single delete: what became of the key is looked at", async () => {
  const deletions = ['a\u0007', 'kept\u0007'].map(put);
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'DeleteObjectCommand') {
          return next(args);
        }
        const isKept = (args.input as { Key: string }).Key.startsWith('kept');
        const body = new Uint8Array();
        const { response } = isKept ? { response: args.request } : await next(args);
        return {
          response: Object.assign(response as object, { statusCode: 200, headers: {}, body }),
        } as never;
      },
    { step: 'deserialize', priority: 'low', name: 'proxyOfDeletes' },
  );
  expect(await remove(deletions)).toEqual([
    'gone',
    expect.objectContaining({ code: 'SERVER_ERROR' }),
  ]);
});

test('an early answer that was lost is not forgotten because a later one is final', async () => {
  const deletions = ['a', 'b'].map(put);
  let requests = 0;
  harness.before = ({ operation }) => {
    if (operation !== 'DeleteObjects') {
      return undefined;
    }
    return requests++ === 0
      ? { kind: 'LostAnswer' }
      : { kind: 'Error', status: 405, code: 'MethodNotAllowed' };
  };
  expect(await remove(deletions)).toEqual(['gone', 'gone']);
});

test.each([undefined, "somebody else's"])(
  'an error for the key "%s", which was not asked for, says nothing of those that were',
  async (Key) => {
    const deletions = ['a', 'b'].map(put);
    const answers = [
      {
        Deleted: [{ Key: 'a' }],
        Errors: [
          { Key, Code: 'InternalError' },
          { Key, Code: 'AccessDenied' },
          { Key, Code: 'NoSuchKey' },
        ],
      },
      { Deleted: [{ Key: 'b' }] },
    ];
    const confused = {
      send: async () => ({ ...answers.shift(), $metadata: { httpStatusCode: 200 } }),
    } as unknown as S3Client;
    expect(await bulkDelete(bucketClient({ s3: confused }, 'source'), deletions)).toEqual([
      'gone',
      'gone',
    ]);
    expect(answers).toEqual([]);
  },
);

test(
  'what S3 calls rewritten, and is not there, an earlier attempt deleted whose answer was ' +
    'lost',
  async () => {
    const deletions = ['a', 'b\u0007', 'kept', 'kept\u0007'].map(put);
    ['a', 'b\u0007'].forEach((key) => harness.store.delete('source', key));
    ['kept', 'kept\u0007'].forEach((key) => harness.put(key, 'rewritten'));
    const refused = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } };
    // As in a versioned bucket, where the delete marker is the current version.
    const versioned = {
      send: async (command: HeadObjectCommand | DeleteObjectCommand | DeleteObjectsCommand) => {
        if (command instanceof DeleteObjectCommand) {
          throw Object.assign(new Error('no'), refused);
        }
        if (command instanceof HeadObjectCommand) {
          return harness.s3.send(command);
        }
        return {
          Errors: command.input.Delete!.Objects!.map(({ Key }) => ({
            Key,
            Code: 'PreconditionFailed',
          })),
          $metadata: { httpStatusCode: 200 },
        };
      },
    } as unknown as S3Client;
    expect(await bulkDelete(bucketClient({ s3: versioned }, 'source'), deletions)).toEqual([
      'gone',
      'gone',
      'changed',
      'changed',
    ]);
  },
);

test('what S3 calls rewritten is believed where no look is answered', async () => {
  const deletions = ['a', 'b\u0007'].map(put);
  deletions.forEach(({ key }) => harness.put(key, 'rewritten'));
  harness.before = ({ operation }) =>
    operation === 'HeadObject' ? { kind: 'Error', status: 400, code: 'BadRequest' } : undefined;
  expect(await remove(deletions)).toEqual(['changed', 'changed']);
});

test('a key that was slow before is none that the next answer need not name', async () => {
  const answers = [
    { Errors: [{ Key: 'a', Code: 'SlowDown' }] },
    { Deleted: [] },
    { Deleted: [{ Key: 'a' }] },
  ];
  const forgetful = {
    send: async () => ({ ...answers.shift(), $metadata: { httpStatusCode: 200 } }),
  } as unknown as S3Client;
  expect(await bulkDelete(bucketClient({ s3: forgetful }, 'source'), [put('a')])).toEqual(['gone']);
});

test('a source that was rewritten while S3 did not answer is not the one that was to go', async () => {
  const deletion = put('a');
  harness.before = ({ operation }) => {
    if (operation !== 'DeleteObjects') {
      return undefined;
    }
    harness.put('a', 'rewritten');
    return { kind: 'ResetBefore' };
  };
  expect(await remove([deletion])).toEqual(['changed']);
  expect(harness.store.keys('source')).toEqual(['a']);
});

test(
  'a delete whose answer is lost when the time is up is looked for: what is gone was not left ' +
    'behind',
  async () => {
    const deletions = ['a', 'b\u0007'].map(put);
    const source = bucketClient(harness, 'source', { budget: budgetOf({ deadline: 0 }) });
    harness.before = ({ operation }) =>
      operation.startsWith('DeleteObject') ? { kind: 'LostAnswer' } : undefined;
    expect(await bulkDelete(source, deletions)).toEqual(['gone', 'gone']);
    const [kept] = [put('kept')];
    harness.before = ({ operation }) =>
      operation === 'DeleteObjects' ? { kind: 'ResetBefore' } : undefined;
    expect(await bulkDelete(source, [kept])).toEqual([
      expect.objectContaining({ code: 'SERVER_ERROR' }),
    ]);
  },
);

test('a 409 for a key that is deleted by itself is tried again', async () => {
  const deletion = put('bell\u0007');
  let refused = 0;
  harness.before = () =>
    refused++ < 2 ? { kind: 'Error', status: 409, code: 'ConditionalRequestConflict' } : undefined;
  expect(await remove([deletion])).toEqual(['gone']);
  expect(harness.store.keys('source')).toEqual([]);
});

test('AccessDenied for the request is the answer for every key', async () => {
  const deletions = ['a', 'b'].map(put);
  harness.store.deny({ bucket: 'source', operations: ['DeleteObjects'] });
  expect(await remove(deletions)).toEqual(
    deletions.map(() => expect.objectContaining({ code: 'ACCESS_DENIED' })),
  );
  expect(harness.store.keys('source')).toEqual(['a', 'b']);
});

test('what an earlier attempt deleted looks denied to who may not list: a look decides', async () => {
  const deletions = ['a', 'b\u0007', 'kept', 'kept\u0007'].map(put);
  ['a', 'b\u0007'].forEach((key) => harness.store.delete('source', key));
  harness.store.deny({ bucket: 'source', operations: ['DeleteObject'] });
  const denied = expect.objectContaining({ code: 'ACCESS_DENIED' });
  expect(await remove(deletions)).toEqual(['gone', 'gone', denied, denied]);
});

test('keys that XML cannot carry are deleted one by one, under the same condition', async () => {
  const [bell, changed, plain] = ['bell\u0007', 'rewritten\u0001', 'plain'].map(put);
  harness.put('rewritten\u0001', 'other');
  expect(await remove([bell, changed, plain])).toEqual(['gone', 'changed', 'gone']);
  expect(harness.requests).toEqual({ DeleteObjects: 1, DeleteObject: 2, HeadObject: 1 });
  expect(harness.store.keys('source')).toEqual(['rewritten\u0001']);
});

test('keys that XML cannot carry are deleted side by side', async () => {
  const deletions = Array.from({ length: 40 }, (_, i) => put(`${i}\u0007`));
  let open = 0;
  let release: () => void;
  const areMany = new Promise<void>((resolve) => {
    release = resolve;
  });
  // No request is answered before many are open.
  harness.before = async () => {
    if (++open > 10) {
      release();
    }
    await areMany;
    open--;
    return undefined;
  };
  expect(await remove(deletions)).toEqual(deletions.map(() => 'gone'));
  expect.assertions(1);
});

test('keys that XML cannot carry do not use up the time behind the deadline', async () => {
  const deletions = Array.from({ length: 400 }, (_, i) => put(`${i}\u0007`));
  let now = 0;
  harness.before = () => {
    now += 10;
  };
  const clock = { now: () => now, sleep: async () => undefined };
  const results = await bulkDelete(
    bucketClient(harness, 'source', { budget: { clock, deadline: 1_000 } }),
    deletions,
  );
  const late = results.filter(
    (result) =>
      typeof result === 'object' && result.kind !== 'marked' && result.code === 'OUT_OF_TIME',
  ).length;
  expect(harness.requests.DeleteObject).toBeLessThan(200);
  expect(late + harness.requests.DeleteObject).toBe(400);
  expect(harness.store.keys('source')).toHaveLength(late);
});

test.each([
  'a b',
  'a+b',
  'a%2Fb',
  'a&b<c>"d\'',
  '🚀/é',
  ' leading and trailing ',
  '//',
  '.',
  'a/../b',
])('the key "%s" is the one that is deleted', async (key) => {
  const deletion = put(key);
  expect(await remove([deletion])).toEqual(['gone']);
  expect(harness.store.keys('source')).toEqual([]);
});
