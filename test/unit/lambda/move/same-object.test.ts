import type { PutOptions } from '../../../../packages/s3-double/src';
import { type Located, isSameObject } from '../../../../src/lambda/move/same-object';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

const KEY = 'a.csv';

let harness: Harness;
beforeEach(async () => { harness = await startHarness({ now: () => new Date('2026-11-25T01:00:00Z') }); });
afterEach(() => harness.close());

async function located(name: string): Promise<Located> {
  const bucket = bucketClient(harness, name);
  return { bucket, key: KEY, head: (await bucket.head(KEY))! };
}

const compare = async () => isSameObject(await located('source'), await located('archive'));

/** Neither its ETag nor a checksum proves its bytes. */
const UNPROVEN: PutOptions = { serverSideEncryption: 'aws:kms', checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' } as never };

test('bytes that nothing proves are read', async () => {
  harness.store.put('source', KEY, 'aaaa', UNPROVEN);
  harness.store.put('archive', KEY, 'aaaa');
  expect(await compare()).toBe(true);
  expect(harness.requests.GetObject).toBe(2);
});

test('checksums of parts tell nothing of the content: other parts have others', async () => {
  harness.store.put('source', KEY, 'aaaa', UNPROVEN);
  harness.store.put('archive', KEY, 'aaaa', { ...UNPROVEN, checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'y-2' } as never });
  expect(await compare()).toBe(true);
});

test.each(['source', 'archive'])('metadata that HEAD cannot say, of the %s, may be other metadata', async (bucket) => {
  for (const each of ['source', 'archive']) { harness.store.put(each, KEY, 'aaaa'); }
  expect(await compare()).toBe(true);
  harness.s3.middlewareStack.add((next, { commandName }) => async (args) => {
    const answer = await next(args);
    if (commandName === 'HeadObjectCommand' && (args.input as { Bucket: string }).Bucket === bucket) {
      (answer.output as { MissingMeta?: number }).MissingMeta = 1;
    }
    return answer;
  }, { step: 'initialize' });
  expect(await compare()).toBe(false);
});

test('bytes that stood there for a moment only are not those of the object', async () => {
  harness.store.put('source', KEY, 'bbbb', UNPROVEN);
  harness.store.put('archive', KEY, 'aaaa');
  const ofArchive = (call: { operation: string; bucket?: string }) => call.operation === 'GetObject' && call.bucket === 'archive';
  harness.before = (call) => { if (ofArchive(call)) { harness.store.put('archive', KEY, 'bbbb'); } };
  harness.after = (call) => { if (ofArchive(call)) { harness.store.put('archive', KEY, 'aaaa'); } };
  await expect(compare()).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
});
