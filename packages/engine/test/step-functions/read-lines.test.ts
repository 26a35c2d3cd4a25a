import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { readLines } from '../../src/step-functions/map/items';

function client(body: string | Error): S3Client {
  return {
    send: async () => {
      if (body instanceof Error) {
        throw body;
      }
      return { Body: Readable.from([Buffer.from(body)]) };
    },
  } as unknown as S3Client;
}

async function read(
  body: string | Error,
  range = { from: 0, maxItems: Infinity },
): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of readLines(
    client(body),
    { Bucket: 'reports', Key: 'plan/parts.jsonl' },
    range,
  )) {
    items.push(item);
  }
  return items;
}

test('each line is an item', async () => {
  expect(await read('{"a":1}\n{"a":2}\n[3]')).toEqual([{ a: 1 }, { a: 2 }, [3]]);
});

test(
  'ends a line at a line feed alone, and not at a character in a key that other readers take for ' +
    'the end of a line',
  async () => {
    expect(await read('{"key":"a\u2028b\u2029c"}\r\n{"key":"d"}\n')).toEqual([
      { key: 'a\u2028b\u2029c' },
      { key: 'd' },
    ]);
  },
);

test('a redrive goes on after the items that were read, and MaxItems ends the reading', async () => {
  expect(await read('1\n2\n3\n4\n', { from: 1, maxItems: 2 })).toEqual([2, 3]);
});

test.each<[string | Error, string]>([
  ['', 'the file is empty'],
  ['{"a":1}\n{"a":', 'line 2 is not JSON'],
  [Object.assign(new Error('no'), { name: 'AccessDenied' }), 'AccessDenied: no'],
])('fails as an item reader: %j', async (body, message) => {
  await expect(read(body)).rejects.toMatchObject({
    name: 'States.ItemReaderFailed',
    message: expect.stringContaining(message),
  });
});
