/**
 * A run is tried for any day. What it says about time is true all the same, with every S3 that it
 * works on.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type S3Double, startS3 } from '../../packages/s3-double/src';
import { openSandbox, type Sandbox } from '../../packages/sandbox/src/internal';
import { AlertMode, S3DatedArchiver } from '../../src';

jest.setTimeout(120_000);

let outdir: string;
let double: S3Double;
beforeAll(async () => {
  double = await startS3();
  outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'clock-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Clock');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source', { bucketName: 'source' }),
    prefix: 'incoming/',
    alertMode: AlertMode.EVERY_RUN,
  });
  app.synth();
});
afterAll(async () => {
  await double.close();
  fs.rmSync(outdir, { recursive: true });
});

const JITTER = 1;

describe.each([
  ['the embedded S3', () => undefined],
  ['another S3', () => double.endpoint],
])('with %s', (_what, getEndpoint) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ app: outdir, endpoint: getEndpoint() });
  });
  afterAll(() => sandbox.close());

  test.each(['2020-02-29T01:00:00+09:00', '2049-11-25T01:00:00Z'])(
    'a run of %s takes as long as it takes',
    async (now) => {
      const day = new Date(Date.parse(`${now.slice(0, 10)}T00:00:00Z`) - 86_400_000)
        .toISOString()
        .slice(0, 10);
      const { store } = sandbox.s3 ?? double;
      store.put('source', `incoming/a-${day}.txt`, 'content');
      store.put('source', `incoming/b-${now.slice(0, 10)}.txt`, 'content');
      const began = Date.now();
      const summary = await sandbox.run({ now, input: { date: day } });
      const wall = (Date.now() - began) / 1000;
      expect(summary).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 1 } });
      // The summary is within a second of the wall clock, and the report, which ends earlier, is
      // between zero and that.
      expect(Math.abs(wall - summary.seconds)).toBeLessThan(JITTER);
      const { seconds, startedAt } = JSON.parse(
        store.get(summary.report!.bucket, summary.report!.key)!.body.bytes().toString(),
      );
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(summary.seconds);
      expect(Math.abs(Date.parse(startedAt) - Date.parse(now))).toBeLessThan(JITTER * 1_000);
      expect(summary.alerts[0].message).toMatch(/took \d+ s$/m);
    },
  );
});
