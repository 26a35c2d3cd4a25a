import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { createMemoryS3, type MemoryS3 } from './memory-s3';

const tagged = { Bucket: 'bucket', Key: 'in/tagged' };
const other = { Bucket: 'bucket', Key: 'in/other' };
let memory: MemoryS3;

beforeEach(() => {
  memory = createMemoryS3({ pageSize: 10 });
  memory.setKeys('bucket', [tagged.Key, other.Key]);
  for (const { Bucket, Key } of [tagged, other]) {
    memory.describe(Bucket, Key, { tags: { a: '1', b: '2' } });
  }
});

const countOf = async (object: typeof tagged) =>
  (await memory.s3.send(new HeadObjectCommand(object))).TagCount;

test('HEAD and GET have the count of tags', async () => {
  expect(await countOf(tagged)).toBe(2);
  expect((await memory.s3.send(new GetObjectCommand(tagged))).TagCount).toBe(2);
  const { TagSet } = await memory.s3.send(new GetObjectTaggingCommand(tagged));
  expect(TagSet).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
});

test.each([
  ['one key', { key: tagged.Key }, 2],
  ['a prefix', { keyPrefix: 'in/' }, undefined],
])('where tags of %s may not be read, their count is left out', async (_, rule, countOfOther) => {
  const allow = memory.deny({ operations: ['GetObjectTagging'], ...rule });
  expect([await countOf(tagged), await countOf(other)]).toEqual([undefined, countOfOther]);
  expect((await memory.s3.send(new GetObjectCommand(tagged))).TagCount).toBeUndefined();
  await expect(memory.s3.send(new GetObjectTaggingCommand(tagged))).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  allow();
  expect(await countOf(tagged)).toBe(2);
});

test('a header that the SDK does not know is for middleware, as with S3', async () => {
  memory.describe('bucket', tagged.Key, {
    headers: { 'x-amz-new-attribute': '1', 'x-amz-website-redirect-location': '/' },
  });
  const command = new HeadObjectCommand(tagged);
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      ({ headers } = result.response as { headers: Record<string, string> });
      return result;
    },
    { step: 'deserialize' },
  );
  const head: HeadObjectCommandOutput = await memory.s3.send(command);
  expect(head.WebsiteRedirectLocation).toBe('/');
  expect(headers['x-amz-new-attribute']).toBe('1');
  expect(JSON.stringify(head)).not.toContain('new-attribute');
});
