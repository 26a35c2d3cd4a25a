/** Headers of an upload come back as they were written. */
import { startDouble } from './start-double';
import type { S3Double } from '../src';

let double: S3Double;
beforeEach(async () => {
  ({ double } = await startDouble('other'));
});

/** The byte `x` in a frame, as the SDK sends a body in chunks. */
const IN_CHUNKS = {
  headers: {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '1',
  },
  body: '1\r\nx\r\n0\r\n\r\n',
};

/** Writes an object with these headers, and returns what HEAD says of it. */
async function putAndHead(headers: Record<string, string>, isFramed = false): Promise<Headers> {
  const url = `${double.endpoint}/bucket/key`;
  const put = isFramed
    ? { headers: { ...headers, ...IN_CHUNKS.headers }, body: IN_CHUNKS.body }
    : { headers, body: 'x' };
  expect((await fetch(url, { method: 'PUT', ...put })).status).toBe(200);
  return (await fetch(url, { method: 'HEAD' })).headers;
}

test.each([
  ['br, gzip', 'br, gzip'],
  ['br,gzip', 'br,gzip'],
  ['aws-chunked, br, gzip', 'br, gzip'],
  ['br, gzip, aws-chunked', 'br, gzip'],
  ['aws-chunked', null],
])('of the codings %j, the object has %j', async (written, stored) => {
  const isFramed = written.includes('aws-chunked');
  const headers = await putAndHead({ 'content-encoding': written }, isFramed);
  expect(headers.get('content-encoding')).toBe(stored);
});

test('metadata may have a name that objects of JavaScript have', async () => {
  const names = ['__proto__', 'constructor', 'tostring'];
  const headers = await putAndHead(
    Object.fromEntries(names.map((name) => [`x-amz-meta-${name}`, `value of ${name}`])),
  );
  expect(names.map((name) => headers.get(`x-amz-meta-${name}`))).toEqual(
    names.map((name) => `value of ${name}`),
  );
});
