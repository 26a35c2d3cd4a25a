import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { openSandbox } from '../../src/internal';
import { isAwsHost } from '../../src/s3-backend/aws-hosts';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const PARTITIONS = path.resolve(
  __dirname,
  '../../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
);

test('every domain that the SDK knows is one of AWS', () => {
  const suffixes = [
    ...readFileSync(PARTITIONS, 'utf8').matchAll(/"(?:dnsSuffix|dualStackDnsSuffix)": "([^"]+)"/g),
  ].map(([, suffix]) => suffix);
  expect(suffixes.length).toBeGreaterThan(10);
  expect(suffixes.filter((suffix) => !isAwsHost(`s3.eu-west-1.${suffix}`))).toEqual([]);
});

test.each([
  'amazonaws.com.example.org',
  'myamazonaws.com',
  'localhost',
  '127.0.0.1',
  'minio.internal',
])('%s is not', (name) => {
  expect(isAwsHost(name)).toBe(false);
});

test.each([
  'https://s3.eu-west-1.amazonaws.com',
  'https://S3.AMAZONAWS.COM.',
  'https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com',
  'https://s3.dualstack.eu-west-1.api.aws',
  'https://s3.cn-north-1.amazonaws.com.cn',
])('an endpoint %s is refused before anything is asked of it', async (endpoint) => {
  const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
  await expect(openSandbox({ app, endpoint })).rejects.toThrow(
    expect.objectContaining({
      name: 'UsageError',
      message:
        `--endpoint ${endpoint} is AWS itself, where a run moves real objects; if that is what ` +
        'you want, give --allow-aws-endpoint',
    }),
  );
});
