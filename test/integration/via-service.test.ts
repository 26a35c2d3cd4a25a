/** A role uses a key only for requests that S3 makes for it. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { openSandbox } from '../../packages/sandbox/src/internal';
import { S3DatedArchiver } from '../../src';

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'via-service-'));
const template = path.join(outdir, 'Test.template.json');
let original: string;

beforeAll(() => {
  const app = new App({ outdir, treeMetadata: false });
  const stack = new Stack(app, 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  const bucket = (id: string, key: string) =>
    new s3.Bucket(stack, id, { encryptionKey: new kms.Key(stack, key) });
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: bucket('Source', 'SourceKey'),
    prefix: 'incoming/',
    destinationBucket: bucket('Archive', 'ArchiveKey'),
  });
  app.synth();
  original = fs.readFileSync(template, 'utf8');
});
afterAll(() => fs.rmSync(outdir, { recursive: true }));

test.each([
  ['S3 of the region of the keys', 's3.eu-west-1.', 'SUCCEEDED'],
  ['another service', 'ec2.eu-west-1.', 'FAILED'],
  ['S3 of another region', 's3.eu-west-2.', 'FAILED'],
])('a run where the keys are for %s', async (_, service, status) => {
  const count = original.split('"s3.eu-west-1.').length - 1;
  expect(count).toBeGreaterThan(1);
  fs.writeFileSync(template, original.replaceAll('"s3.eu-west-1.', `"${service}`));
  const sandbox = await openSandbox({ app: outdir, retryScale: 0 });
  try {
    const { store } = sandbox.s3!;
    store.put(sandbox.sourceBucket, 'incoming/a-2026-11-24.csv', 'a');
    const run = await sandbox.run({ input: { date: '2026-11-24' } });
    expect(run.status).toBe(status);
    const isMoved = status === 'SUCCEEDED';
    expect(store.keys(sandbox.sourceBucket)).toHaveLength(isMoved ? 0 : 1);
    expect(store.keys(sandbox.destinationBucket)).toHaveLength(isMoved ? 1 : 0);
    if (!isMoved) {
      expect(run.cause).toContain('KMS_DENIED');
    }
  } finally {
    await sandbox.close();
  }
});
