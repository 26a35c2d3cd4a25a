/** The recipe for StackSets: its template deploys without a bootstrap, in any account. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Aws, CliCredentialsStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { pageOf } from './tables';
import { S3DatedArchiver } from '../../../../src';

const ASSETS = 'org-assets-${AWS::Region}';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let outdir: string;
let text: string;
let template: Readonly<Record<string, unknown>> & { Resources: Record<string, Resource> };
beforeAll(() => {
  outdir = mkdtempSync(path.join(tmpdir(), 'stack-sets-'));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Archivers', {
    synthesizer: new CliCredentialsStackSynthesizer({ fileAssetsBucketName: ASSETS }),
  });
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: Bucket.fromBucketName(stack, 'Landing', `landing-${Aws.ACCOUNT_ID}-${Aws.REGION}`),
    prefix: 'incoming/',
    destinationBucket: Bucket.fromBucketName(stack, 'Central', 'org-archive'),
    destinationPrefix: `archive/${Aws.ACCOUNT_ID}/`,
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  });
  app.synth();
  text = readFileSync(path.join(outdir, 'Archivers.template.json'), 'utf8');
  template = JSON.parse(text) as typeof template;
});
afterAll(() => rmSync(outdir, { recursive: true }));

const ofType = (type: string) =>
  Object.values(template.Resources).filter(({ Type }) => Type === type);

test('the recipe has the synthesizer of this test', () => {
  expect(pageOf('docs/recipes.md')).toContain(
    `new CliCredentialsStackSynthesizer({ fileAssetsBucketName: '${ASSETS}' })`,
  );
});

test('nothing asks for a bootstrap, and no value has to be given', () => {
  expect(Object.keys(template)).toEqual(['Resources']);
  expect(text).not.toContain('/cdk-bootstrap/');
});

test('the code of every function is in the bucket of the region', () => {
  const functions = ofType('AWS::Lambda::Function');
  expect(functions.length).toBeGreaterThan(4);
  expect(
    functions.map(({ Properties }) => (Properties.Code as { S3Bucket: unknown }).S3Bucket),
  ).toEqual(functions.map(() => ({ 'Fn::Sub': ASSETS })));
});

test('a publisher needs no role: the credentials of the shell suffice', () => {
  const assets = readFileSync(path.join(outdir, 'Archivers.assets.json'), 'utf8');
  expect(assets).toContain(ASSETS);
  expect(assets).not.toContain('assumeRoleArn');
});

test('StackSets takes it: no nested stack, no macro, no named role, and below a megabyte', () => {
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types.filter((type) => /Stack$|^Custom::|CustomResource|Macro/.test(type))).toEqual([]);
  expect(ofType('AWS::IAM::Role').filter(({ Properties }) => Properties.RoleName)).toEqual([]);
  expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  // So the recipe has to give an address in place of a body.
  expect(Buffer.byteLength(text)).toBeGreaterThan(51_200);
});
