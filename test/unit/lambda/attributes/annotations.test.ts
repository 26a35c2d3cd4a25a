import { PutObjectAnnotationCommand } from '@aws-sdk/client-s3';
import type { S3Call } from '../../../../packages/s3-double/src';
import { type copyToArchive, deleteSources } from '../../../../src/lambda/move/move-object';
import type { Copied } from '../../../../src/lambda/move/move-request';
import { type Harness, moveContext, startHarness } from '../../../helpers/harness';
import { createLargeObject, DESTINATION, KEY, MiB } from '../../../helpers/large-object';
import { isThorough, KILL_EVERY } from '../../../helpers/thorough';
import { replaceBodies, UNREADABLE, type Unreadable } from '../../../helpers/unreadable-answers';

const CONTENT = Buffer.alloc(6 * MiB, 'abcdefghijk');

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const { put, copy } = createLargeObject(() => harness, CONTENT);
const putBig = (annotations?: Record<string, string>) => put({ annotations });

function annotationsAt(bucket: string, key: string): Record<string, string> | undefined {
  const { annotations } = harness.store.get(bucket, key)?.attributes ?? {};
  return (
    annotations &&
    Object.fromEntries([...annotations].map(([name, { payload }]) => [name, payload.toString()]))
  );
}

const arrived = () => annotationsAt('archive', DESTINATION);

/** Does something once, before a request to an operation. */
function onceBefore(operation: string, act: (call: S3Call) => unknown): void {
  let isDone = false;
  harness.before = async (call) => {
    if (call.operation !== operation || isDone) {
      return undefined;
    }
    isDone = true;
    return (await act(call)) as undefined;
  };
}

const annotate = (bucket: string, key: string, name: string, text: string) =>
  harness.s3.send(
    new PutObjectAnnotationCommand({
      Bucket: bucket,
      Key: key,
      AnnotationName: name,
      AnnotationPayload: text,
    }),
  );

test('an object without annotations costs one request more', async () => {
  expect(await copy(putBig())).toMatchObject({ status: 'copied' });
  expect(harness.requests.ListObjectAnnotations).toBe(1);
  expect(Object.keys(harness.requests)).not.toContain('PutObjectAnnotation');
});

test('one request copies them by itself, and nothing asks for them', async () => {
  expect(await copy(putBig({ summary: 'short' }), { multipartThreshold: 7 * MiB })).toMatchObject({
    status: 'copied',
  });
  expect(arrived()).toEqual({ summary: 'short' });
  expect(harness.requests).toEqual({ CopyObject: 1 });
});

test.each([1, isThorough ? 1_000 : 100])(
  'all of %i annotations arrive on a copy in parts',
  async (count) => {
    const annotations = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`note ${i}/ü`, `text ${i}`]),
    );
    expect(await copy(putBig(annotations))).toMatchObject({ status: 'copied' });
    expect(arrived()).toEqual(annotations);
    expect(harness.requests).toMatchObject({
      GetObjectAnnotation: count,
      PutObjectAnnotation: count,
      ListObjectAnnotations: 4,
    });
  },
);

/**
 * Ends the round before or after each request in turn, and begins another one, until the object is
 * copied.
 */
test.each(['before', 'after'] as const)(
  'killed %s each request and repeated, nothing is lost and no source is deleted too early',
  async (when) => {
    const annotations = { a: 'one', b: 'two', c: 'three' };
    let isPastTheEnd = false;
    let kills = 0;
    for (let at = 1; !isPastTheEnd; at += KILL_EVERY) {
      harness.store.delete('archive', DESTINATION);
      const etag = putBig(annotations);
      const stop = new AbortController();
      let count = 0;
      harness[when] = () => {
        if (++count === at) {
          stop.abort();
        }
      };
      let resume: Parameters<typeof copyToArchive>[2];
      let outcome = await copy(etag, { signal: stop.signal }).catch(
        (error: { upload?: typeof resume }) => {
          resume = error.upload;
          return undefined;
        },
      );
      harness[when] = undefined;
      isPastTheEnd = outcome !== undefined && count < at;
      if (!isPastTheEnd) {
        kills += 1;
      }
      expect(annotationsAt('source', KEY)).toEqual(annotations);
      outcome ??= await copy(etag, {}, resume);
      expect([at, outcome]).toEqual([at, expect.objectContaining({ status: 'copied' })]);
      expect([at, arrived()]).toEqual([at, annotations]);
      expect(
        await deleteSources(moveContext(harness), [{ ...(outcome as Copied), key: KEY }]),
      ).toMatchObject([{ status: 'archived' }]);
    }
    expect(kills).toBeGreaterThan(12 / KILL_EVERY);
  },
);

test.each(['GetObjectAnnotation', 'PutObjectAnnotation'])(
  'what somebody adds to the source before a %s arrives, too',
  async (operation) => {
    const etag = putBig({ a: 'one' });
    onceBefore(operation, () => annotate('source', KEY, 'b', 'two'));
    expect(await copy(etag)).toMatchObject({ status: 'copied' });
    expect(arrived()).toEqual({ a: 'one', b: 'two' });
  },
);

test(
  'what somebody changes at the source meanwhile is not overwritten in the archive: the object ' +
    'stays',
  async () => {
    const etag = putBig({ a: 'one' });
    onceBefore('PutObjectAnnotation', () => annotate('source', KEY, 'a', 'changed'));
    expect(await copy(etag)).toMatchObject({ status: 'conflicting' });
    expect(annotationsAt('source', KEY)).toEqual({ a: 'changed' });
  },
);

test('a copy that a program replaced gets none of them, and the object stays', async () => {
  const etag = putBig({ a: 'one' });
  onceBefore('PutObjectAnnotation', () => {
    harness.store.put('archive', DESTINATION, 'theirs');
  });
  expect(await copy(etag)).toMatchObject({ status: 'conflicting' });
  expect(arrived()).toBeUndefined();
});

test('an annotation of another writer under the same name stays, and the object stays', async () => {
  const etag = putBig({ a: 'one' });
  onceBefore('ListObjectAnnotations', () => annotate('archive', DESTINATION, 'a', 'theirs'));
  expect(await copy(etag)).toMatchObject({ status: 'conflicting' });
  expect(arrived()).toEqual({ a: 'theirs' });
});

test('the same text under other ETags is the same, as with keys of KMS', async () => {
  const etag = putBig({ a: 'one' });
  onceBefore('ListObjectAnnotations', () => annotate('archive', DESTINATION, 'a', 'one'));
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const { Bucket } = args.input as { Bucket?: string };
        const output = result.output as { Annotations?: { ETag?: string }[] };
        if (commandName === 'ListObjectAnnotationsCommand' && Bucket === 'archive') {
          output.Annotations?.forEach((each) => {
            each.ETag = '"opaque"';
          });
        }
        return result;
      },
    { step: 'initialize' },
  );
  expect(await copy(etag)).toMatchObject({ status: 'copied' });
});

test(
  'annotations that may not be listed keep the object where it is, and the message names the ' +
    'permission',
  async () => {
    const etag = putBig({ a: 'one' });
    harness.store.denials.add({ operations: ['ListObjectAnnotations'] });
    expect(await copy(etag)).toMatchObject({
      status: 'failed',
      code: 'ACCESS_DENIED',
      message: expect.stringMatching(
        /s3:ListObjectAnnotations on the objects of source, without which annotations could be lost/,
      ),
    });
    expect(harness.read('source', KEY)).toBeDefined();
  },
);

describe.each(Object.keys(UNREADABLE) as Unreadable[])('an answer that is the %s', (kind) => {
  test.each(['ListObjectAnnotations', 'GetObjectAnnotation', 'PutObjectAnnotation'])(
    'to %s loses no annotation',
    async (operation) => {
      const etag = putBig({ a: 'one', b: 'two' });
      let left = 1;
      replaceBodies(harness.s3, (each) => (each === operation && left-- > 0 ? kind : undefined));
      const outcome = await copy(etag);
      expect(outcome.status).not.toBe('conflicting');
      if (outcome.status === 'copied') {
        expect(arrived()).toEqual({ a: 'one', b: 'two' });
      }
    },
  );
});

test('a text that is not as long as S3 listed it is read again', async () => {
  const etag = putBig({ a: 'one' });
  let isForeign = true;
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (commandName === 'GetObjectAnnotationCommand' && isForeign) {
          isForeign = false;
          Object.assign(result.output as object, {
            AnnotationPayload: {
              transformToByteArray: async () => Buffer.from('a page of a proxy'),
            },
          });
        }
        return result;
      },
    { step: 'initialize' },
  );
  expect(await copy(etag)).toMatchObject({ status: 'copied' });
  expect(arrived()).toEqual({ a: 'one' });
});

test('a write that an answer only claims is done again', async () => {
  const etag = putBig({ a: 'one' });
  let isClaimed = false;
  harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'PutObjectAnnotationCommand' || isClaimed) {
          return next(args);
        }
        isClaimed = true;
        return { response: {}, output: { $metadata: { httpStatusCode: 200 } } } as never;
      },
    { step: 'finalizeRequest' },
  );
  expect(await copy(etag)).toMatchObject({ status: 'copied' });
  expect(arrived()).toEqual({ a: 'one' });
});

test.each(['refuses them', 'answers with the object'])(
  'a server without annotations, which %s, has none to lose',
  async (how) => {
    const etag = putBig();
    harness.s3.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { query } = args.request as { query: Record<string, string | null> };
          if (commandName !== 'ListObjectAnnotationsCommand') {
            return next(args);
          }
          if (how === 'answers with the object') {
            for (const name of ['annotation', 'x-id']) {
              delete query[name];
            }
          } else {
            query.torrent = null;
          }
          return next(args);
        },
      { step: 'build' },
    );
    expect(await copy(etag)).toMatchObject({ status: 'copied' });
  },
);
