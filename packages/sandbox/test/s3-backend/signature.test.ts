/**
 * The examples of "Authenticating Requests: Using the Authorization Header",
 * sig-v4-header-based-auth.
 */
import { createHash } from 'node:crypto';
import { sign } from '../../src/s3-backend/signature';

const EMPTY = createHash('sha256').digest('hex');
const signer = {
  host: 'examplebucket.s3.amazonaws.com',
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  now: new Date('2013-05-24T00:00:00Z'),
};

test.each([
  [
    'GET Object',
    'GET',
    '/test.txt',
    { range: 'bytes=0-9', 'x-amz-content-sha256': EMPTY },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT Object',
    'PUT',
    '/test$file.text',
    {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET Bucket Lifecycle',
    'GET',
    '/?lifecycle',
    { 'x-amz-content-sha256': EMPTY },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'List Objects',
    'GET',
    '/?prefix=J&max-keys=2',
    { 'x-amz-content-sha256': EMPTY },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('the example %s', (_name, method, url, headers, signature) => {
  expect(sign({ method, url, headers }, signer).headers.authorization).toMatch(
    new RegExp(`Signature=${signature}$`),
  );
});

test('nothing of the old signature stays, in headers or in the query', () => {
  const signed = sign(
    {
      method: 'GET',
      url: '/b/k%20?versionId=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=OLD%2F20130524%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=abc&X-Amz-Expires=9',
      headers: { 'x-amz-security-token': 'old', authorization: 'old', host: '127.0.0.1:1' },
    },
    { ...signer, credentials: { ...signer.credentials, sessionToken: 'fresh' } },
  );
  expect(signed.url).toBe('/b/k%20?versionId=1');
  expect(signed.headers).toMatchObject({
    host: signer.host,
    'x-amz-security-token': 'fresh',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  });
  expect(signed.headers.authorization).toContain(
    'Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/s3/aws4_request',
  );
  expect(JSON.stringify(signed)).not.toMatch(/old|OLD/);
});
