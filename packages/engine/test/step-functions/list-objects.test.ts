import { type FaultKind, type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { s3ClientFor } from './machine';
import { listObjects } from '../../src/step-functions/map/items';

let double: S3Double;
/** The kinds of the next answers to a listing; the last one goes on. Undefined: S3's own. */
let answers: (FaultKind | undefined)[];
beforeEach(async () => {
  answers = [];
  double = await startS3({
    hooks: {
      before: () => {
        const kind = answers.length > 1 ? answers.shift() : answers[0];
        return kind && { kind };
      },
    },
  });
  double.store.createBucket('source');
  for (let n = 0; n < 3; n++) {
    double.store.put('source', `in/${n}`, 'x');
  }
});
afterEach(() => double.close());

async function list(): Promise<unknown[]> {
  const s3 = s3ClientFor(double);
  const keys: unknown[] = [];
  for await (const { Key } of listObjects(
    s3,
    { Bucket: 'source', Prefix: 'in/' },
    { maxItems: Infinity },
  )) {
    keys.push(Key);
  }
  return keys;
}

test.each<FaultKind>(['EmptyAnswer', 'ProxyPage', 'CutXml'])(
  'a 200 that is no listing is asked for again: %s',
  async (kind) => {
    answers = [kind, undefined];
    expect(await list()).toEqual(['in/0', 'in/1', 'in/2']);
  },
);

test(
  'if S3 never answers with a listing, the reader fails: nothing says that the bucket is ' +
    'empty',
  async () => {
    answers = ['EmptyAnswer'];
    await expect(list()).rejects.toMatchObject({
      name: 'States.ItemReaderFailed',
      message: expect.stringContaining('UnreadableAnswer'),
    });
    expect(double.requests.ListObjectsV2).toBe(8);
  },
);
