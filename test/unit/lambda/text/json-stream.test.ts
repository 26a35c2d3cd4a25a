import fc from 'fast-check';
import { readJsonObjects } from '../../../../src/lambda/text/json-stream';

async function read(text: string, chunkSize = 7): Promise<unknown[]> {
  const objects: unknown[] = [];
  for await (const object of readJsonObjects(chunked(Buffer.from(text), chunkSize), 's3://b/k')) {
    objects.push(object);
  }
  return objects;
}

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) {
    yield bytes.subarray(i, i + size);
  }
}

const OBJECTS = [
  { key: 'a' },
  { key: 'b}{"\\', nested: { deep: [{}, '}'] } },
  { key: 'line\u2028separator\u2029 é 😀' },
];

test.each([
  ['lines', OBJECTS.map((each) => JSON.stringify(each)).join('\n')],
  ['lines with a last newline', OBJECTS.map((each) => `${JSON.stringify(each)}\n`).join('')],
  ['lines that end as on Windows', OBJECTS.map((each) => `${JSON.stringify(each)}\r\n`).join('')],
  ['an array', JSON.stringify(OBJECTS)],
  ['an array over several lines', JSON.stringify(OBJECTS, undefined, 2)],
])('reads %s', async (_, text) => {
  expect(await read(text)).toEqual(OBJECTS);
});

test.each([[''], ['[]'], ['\n\n']])('finds nothing in %j', async (text) => {
  expect(await read(text)).toEqual([]);
});

test('any objects, wherever the chunks are cut', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.array(fc.dictionary(fc.string(), fc.string())),
  );
  const objectsOf = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), value), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(
      objectsOf,
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (objects, size, lines) => {
        const text = lines
          ? objects.map((each) => JSON.stringify(each)).join('\n')
          : JSON.stringify(objects);
        expect(await read(text, size)).toEqual(JSON.parse(JSON.stringify(objects)));
      },
    ),
  );
});

test('fails where the file was cut', async () => {
  await expect(read('{"a":1}\n{"b":')).rejects.toThrow(
    's3://b/k, line 2: the file ends in the middle of an object',
  );
});

test('fails where an object is no JSON, and says where', async () => {
  await expect(read('{"a":1}\n\n{b}\n')).rejects.toThrow(/^s3:\/\/b\/k, line 3: /);
  await expect(read('{"a":1}}')).rejects.toThrow('a closing brace without an opening one');
});
