/**
 * Checks the messages of an archiver whose function lists: a listing that S3 denies, and manifests
 * that cannot be used.
 */
import { deleteBucket, denyEveryone, KEYS, Stage, type Trouble } from './stage';
import { check, type Row } from './table';
import { Listing } from '../../../src';

const ORDER = 'lists/today.csv';

/** Puts a manifest into the report bucket. The repair replaces it by one that names all objects. */
function putManifest(content: string): Trouble {
  return ({ sandbox: { reportBucket }, store }) => {
    store.put(reportBucket, ORDER, content);
    return () => {
      store.put(reportBucket, ORDER, `key\n${KEYS.join('\n')}\n`);
    };
  };
}

const input = (stage: Stage) => ({
  date: '2026-11-24',
  manifest: `s3://${stage.sandbox.reportBucket}/${ORDER}`,
});
const wrong = {
  subject: /^Archive run of 2026-11-24 failed: input/,
  layer: 'input',
  code: 'InvalidRunInput',
  command: 'start-execution',
} as const;

const ROWS: [string, Row, hasManifest: boolean][] = [
  [
    "the source's policy denies the listing",
    {
      trouble: denyEveryone(({ sandbox }) => sandbox.sourceBucket, 's3:ListBucket', ''),
      subject: /^Archive run of 2026-11-24 failed: IAM/,
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause:
        /^Cause: SystemicFailure: ACCESS_DENIED: the source could not be listed: AccessDenied: .*$/m,
      contains: ['state ListObjects'],
      command: 'redrive-execution',
    },
    false,
  ],
  [
    'the source bucket does not exist',
    {
      trouble: deleteBucket(({ sandbox }) => sandbox.sourceBucket),
      subject: /^Archive run of 2026-11-24 failed: S3/,
      layer: 'S3',
      code: 'NO_SUCH_BUCKET',
      cause:
        /^Cause: SystemicFailure: NO_SUCH_BUCKET: the source could not be listed: NoSuchBucket: .*$/m,
      contains: ['a bucket is missing'],
      command: 'redrive-execution',
    },
    false,
  ],
  [
    'keys of a manifest are outside of the prefix',
    {
      ...wrong,
      trouble: putManifest(`key\n${KEYS[0]}\nother/2026-11-24.csv\nx\n`),
      cause:
        /^Cause: InvalidRunInput: the run's manifest is wrong: s3:\/\/\S+\/lists\/today\.csv: 2 of its keys do not begin with "incoming\/", the prefix of this archiver, the first one at s3:\/\/\S+\/lists\/today\.csv, line 3: /m,
    },
    true,
  ],
  [
    'a manifest does not say how its keys are encoded',
    {
      ...wrong,
      trouble: putManifest('key\nincoming/a+b-2026-11-24.csv\n'),
      cause: /^Cause: InvalidRunInput: the run's manifest is wrong: .*keyEncoding/m,
    },
    true,
  ],
];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open({ listing: Listing.selective() });
});
afterAll(() => stage.close());

test.each(ROWS)('%s', async (_, row, hasManifest) => {
  await check(stage, hasManifest ? { ...row, input: input(stage) } : row);
});
