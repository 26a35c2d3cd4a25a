import * as sdk from '@aws-sdk/client-s3';
import { onlyReads } from '../../../../src/lambda/s3/only-reads';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
  harness.put('in/a.csv');
});
beforeEach(() => harness.resetRequests());
afterAll(() => harness.close());

const READS = [
  'GetObjectAnnotationCommand',
  'GetObjectCommand',
  'GetObjectTaggingCommand',
  'HeadObjectCommand',
  'ListObjectAnnotationsCommand',
  'ListObjectsV2Command',
];
const OTHERS = Object.entries(sdk).filter(
  ([name, value]) => /^[A-Z].*Command$/.test(name) && !READS.includes(name) && value,
) as [string, new (input: object) => sdk.PutObjectCommand][];

test('the reads of a move are sent', async () => {
  const s3 = onlyReads(harness.s3);
  const place = { Bucket: 'source', Key: 'in/a.csv' };
  await s3.send(new sdk.HeadObjectCommand(place));
  await (await s3.send(new sdk.GetObjectCommand(place))).Body!.transformToString();
  await s3.send(new sdk.GetObjectTaggingCommand(place));
  await s3.send(new sdk.ListObjectsV2Command({ Bucket: 'source' }));
  expect(harness.requests).toEqual({
    HeadObject: 1,
    GetObject: 1,
    GetObjectTagging: 1,
    ListObjectsV2: 1,
  });
});

test('any other command of the SDK throws, and nothing is sent', async () => {
  const s3 = onlyReads(harness.s3);
  const input = { Bucket: 'source', Key: 'in/a.csv', Delete: { Objects: [{ Key: 'in/a.csv' }] } };
  expect(OTHERS.length).toBeGreaterThan(90);
  for (const [name, Command] of OTHERS) {
    await expect(s3.send(new Command(input))).rejects.toThrow(`a dry run does not send ${name}`);
  }
  expect(harness.requests).toEqual({});
});
