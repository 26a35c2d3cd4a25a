/** `--print-policy`: what is needed, and nothing else. */
import { DAYS, openCommand, runWith } from '../helpers/run-command';

const ARGV = ['s3://logs/in/', 's3://logs/out/', '--reports', 's3://ops/runs/', '--print-policy'];

interface Policy {
  readonly Statement: { readonly Action: string[]; readonly Resource: string }[];
}

async function printPolicy(...argv: string[]): Promise<Policy> {
  const [action, ...flags] = argv;
  const { status, stdout } = await runWith(action as 'archive', [...ARGV, ...flags], {
    createClient: () => {
      throw new Error('something was sent');
    },
  });
  expect(status).toBe(0);
  return JSON.parse(stdout) as Policy;
}

const find = ({ Statement }: Policy, action: string) =>
  Statement.filter(({ Action }) => Action.includes(action)).map(({ Resource }) => Resource);

test('only a real run deletes, below the source, and writes to the archive', async () => {
  const [real, dry, verify] = [
    await printPolicy('archive'),
    await printPolicy('archive', '--dry-run'),
    await printPolicy('verify'),
  ];
  const places = ['s3:DeleteObject', 's3:PutObject'].map((action) =>
    [real, dry, verify].map((policy) => find(policy, action)),
  );
  const reports = 'arn:aws:s3:::ops/runs/*';
  expect(places).toEqual([
    [['arn:aws:s3:::logs/in/*'], [], []],
    [['arn:aws:s3:::logs/out/*', reports], [reports], [reports]],
  ]);
});

test('sources that stay are not deleted, and a key is used', async () => {
  const arn = 'arn:aws:kms:us-east-1:111122223333:key/1';
  const keep = ['--source-disposition', 'keep', '--destination-key', arn];
  const policy = await printPolicy('archive', ...keep);
  expect(find(policy, 's3:DeleteObject')).toEqual([]);
  expect(find(policy, 'kms:GenerateDataKey')).toEqual([arn]);
});

test.each([
  ['eu-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('the ARNs for %s are of the partition %s', async (region, partition) => {
  const { Statement } = await printPolicy('archive', '--region', region);
  const partitions = Statement.map(({ Resource }) => Resource.split(':')[1]);
  expect(new Set(partitions)).toEqual(new Set([partition]));
});

/** The action that S3 asks for, where it has another name than the request. */
const ACTIONS: { readonly [operation: string]: string } = {
  ListObjectsV2: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  CopyObject: 's3:PutObject',
  DeleteObjects: 's3:DeleteObject',
};

test('it has an action for each request of a run', async () => {
  const command = await openCommand();
  command.s3.store.put('source', 'incoming/a-2026-11-24.csv', 'a', { tags: { a: 'b' } });
  command.s3.store.put('source', 'incoming/b-2026-11-24.csv', 'b');
  command.s3.store.put('source', 'archive/2026/11/24/b-2026-11-24.csv', 'another');
  await command.archive(DAYS);
  const allowed = (await printPolicy('archive')).Statement.flatMap(({ Action }) => Action);
  const asked = Object.keys(command.s3.requests).map((each) => ACTIONS[each] ?? `s3:${each}`);
  await command.close();
  expect(asked.filter((action) => !allowed.includes(action))).toEqual([]);
});
