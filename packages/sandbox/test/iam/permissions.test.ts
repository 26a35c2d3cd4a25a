/** Checks what a caller sees of a refusal. Each AWS service has its own wording. */
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { openSandbox, type Sandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

const open: Sandbox[] = [];
afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));
afterAll(cleanUp);

const WHO = 'arn:aws:sts::123456789012:assumed-role/[\\w-]+/[\\w-]+';

/** Opens a sandbox with an archiver whose state machine role has only these statements. */
async function sandboxWith(
  statements: object[],
  role: object = {},
  enforcePolicies?: boolean,
): Promise<Sandbox> {
  const template = archiverTemplate();
  template.Resources.Role.Properties = {
    Policies: [{ PolicyName: 'P', PolicyDocument: { Statement: statements } }],
    ...role,
  };
  const sandbox = await openSandbox({
    app: writeAssembly([{ name: 'Stack', template }]),
    retryScale: 0,
    enforcePolicies,
  });
  open.push(sandbox);
  return sandbox;
}

const client = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'Machine', secretAccessKey: 'x' },
  maxAttempts: 1,
};
const s3Of = (sandbox: Sandbox) =>
  new S3Client({ ...client, endpoint: sandbox.s3Endpoint, forcePathStyle: true });
const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource });

test('S3: 403 AccessDenied', async () => {
  const sandbox = await sandboxWith([allow('s3:GetObject')]);
  const put = s3Of(sandbox).send(
    new PutObjectCommand({ Bucket: sandbox.sourceBucket, Key: 'in/a b', Body: 'x' }),
  );
  await expect(put).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
    message: expect.stringMatching(
      new RegExp(
        `^User: ${WHO} is not authorized to perform: s3:PutObject on resource: ` +
          `"arn:aws:s3:::${sandbox.sourceBucket}/in/a b" because no identity-based policy ` +
          'allows the s3:PutObject action$',
      ),
    ),
  });
});

test('S3: an explicit deny says whose it is', async () => {
  const sandbox = await sandboxWith([
    allow('s3:*'),
    { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' },
  ]);
  await expect(
    s3Of(sandbox).send(new PutObjectCommand({ Bucket: sandbox.sourceBucket, Key: 'k', Body: 'x' })),
  ).rejects.toThrow(/with an explicit deny in an identity-based policy$/);
});

test('S3: a missing key is 404 to who may list the bucket, 403 to others', async () => {
  const mayList = await sandboxWith([allow('s3:GetObject'), allow('s3:ListBucket')]);
  const missing = { Bucket: mayList.sourceBucket, Key: 'missing' };
  await expect(s3Of(mayList).send(new GetObjectCommand(missing))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  const prefix = { Condition: { StringLike: { 's3:prefix': '*' } } };
  const mayListPrefix = await sandboxWith([
    allow('s3:GetObject'),
    { ...allow('s3:ListBucket'), ...prefix },
  ]);
  await expect(s3Of(mayListPrefix).send(new GetObjectCommand(missing))).rejects.toThrow(
    /s3:ListBucket on resource: "arn:aws:s3:::[\w-]+" because/,
  );
  await expect(s3Of(mayListPrefix).send(new HeadObjectCommand(missing))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
});

test('S3: the number of tags is for who may read tags', async () => {
  for (const [statements, count] of [
    [[allow('s3:GetObject')], undefined],
    [[allow('s3:GetObject*')], 1],
  ] as const) {
    const sandbox = await sandboxWith([...statements]);
    sandbox.s3!.store.put(sandbox.sourceBucket, 'k', 'x', { tags: { a: 'b' } });
    const { TagCount } = await s3Of(sandbox).send(
      new GetObjectCommand({ Bucket: sandbox.sourceBucket, Key: 'k' }),
    );
    expect(TagCount).toBe(count);
  }
});

describe('S3: conditions are judged by what the request and the object have', () => {
  const deny = (Action: string, Condition: object) => ({
    ...allow(Action),
    Effect: 'Deny',
    Condition,
  });
  const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

  async function writer(statement: object) {
    const sandbox = await sandboxWith([allow('s3:*'), statement]);
    const Bucket = sandbox.sourceBucket;
    const s3 = s3Of(sandbox);
    sandbox.s3!.store.put(Bucket, 'source', 'x');
    return (input: Partial<PutObjectCommandInput>) => [
      s3.send(new PutObjectCommand({ Bucket, Key: 'put', Body: 'x', ...input })),
      s3.send(
        new CopyObjectCommand({
          Bucket,
          Key: 'copy',
          CopySource: `${Bucket}/source`,
          ...input,
        } as never),
      ),
      s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ...input } as never)),
    ];
  }

  test.each<[string, string, Partial<PutObjectCommandInput>, Partial<PutObjectCommandInput>[]]>([
    [
      'x-amz-storage-class',
      'GLACIER_IR',
      { StorageClass: 'GLACIER_IR' },
      [{}, { StorageClass: 'STANDARD_IA' }],
    ],
    [
      'x-amz-server-side-encryption',
      'aws:kms',
      { ServerSideEncryption: 'aws:kms' },
      [{}, { ServerSideEncryption: 'AES256' }],
    ],
  ])('a deny of uploads whose %s is not %s', async (header, value, has, not) => {
    const write = await writer(
      deny('s3:PutObject', { StringNotEquals: { [`s3:${header}`]: value } }),
    );
    for (const input of not) {
      for (const refused of write(input)) {
        await expect(refused).rejects.toMatchObject(DENIED);
      }
    }
    await Promise.all(write(has));
  });

  test('an allow of uploads in one class', async () => {
    const Condition = { StringEquals: { 's3:x-amz-storage-class': 'STANDARD_IA' } };
    const sandbox = await sandboxWith([{ ...allow('s3:PutObject'), Condition }]);
    const put = (StorageClass?: 'STANDARD_IA') =>
      s3Of(sandbox).send(
        new PutObjectCommand({ Bucket: sandbox.sourceBucket, Key: 'k', Body: 'x', StorageClass }),
      );
    await expect(put()).rejects.toMatchObject(DENIED);
    await put('STANDARD_IA');
  });

  test('a deny of the tags of some objects refuses them and hides their count', async () => {
    const sandbox = await sandboxWith([
      allow('s3:*'),
      deny('s3:GetObjectTagging', { StringEquals: { 's3:ExistingObjectTag/class': 'secret' } }),
    ]);
    const { store } = sandbox.s3!;
    const Bucket = sandbox.sourceBucket;
    for (const Key of ['open', 'secret']) {
      store.put(Bucket, Key, 'x', { tags: { class: Key } });
    }
    const s3 = s3Of(sandbox);
    const count = async (Key: string) =>
      (await s3.send(new HeadObjectCommand({ Bucket, Key }))).TagCount;
    expect([await count('open'), await count('secret')]).toEqual([1, undefined]);
    await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'open' }));
    await expect(
      s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'secret' })),
    ).rejects.toMatchObject(DENIED);
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/secret` };
    await expect(s3.send(new CopyObjectCommand(copy))).rejects.toMatchObject(DENIED);
  });

  test('a statement by a key that is not known is left out, and named', async () => {
    const Condition = { NumericLessThan: { 's3:signatureAge': '600000' } };
    const sandbox = await sandboxWith([{ ...allow('s3:*'), Condition }]);
    await expect(
      s3Of(sandbox).send(
        new PutObjectCommand({ Bucket: sandbox.sourceBucket, Key: 'k', Body: 'x' }),
      ),
    ).rejects.toMatchObject(DENIED);
    const known = await sandboxWith([
      {
        ...allow('s3:*'),
        Condition: {
          NumericGreaterThanEquals: { 's3:TlsVersion': '1.2' },
          StringEquals: { 's3:ResourceAccount': '123456789012' },
        },
      },
    ]);
    await s3Of(known).send(
      new PutObjectCommand({ Bucket: known.sourceBucket, Key: 'k', Body: 'x' }),
    );
  });
});

test('Step Functions: AccessDeniedException', async () => {
  const sandbox = await sandboxWith([]);
  const executionArn = sandbox.stateMachineArn.replace('stateMachine', 'execution').concat(':x');
  const described = new SFNClient({ ...client, endpoint: sandbox.awsEndpoint }).send(
    new DescribeExecutionCommand({ executionArn }),
  );
  await expect(described).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      /is not authorized to perform: states:DescribeExecution on resource: arn:aws:states:/,
    ),
  });
});

describe('Step Functions, where a customer managed key encrypts executions', () => {
  const KEY = {
    Type: 'AWS::KMS::Key',
    Properties: {
      KeyPolicy: {
        Statement: [
          {
            ...allow('kms:*'),
            Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
          },
        ],
      },
    },
  };
  const states = [allow('states:*'), allow('lambda:*'), allow('s3:*')];

  async function encrypted(
    statements: object[],
  ): Promise<{ sfn: SFNClient; executionArn: string }> {
    const template = archiverTemplate();
    template.Resources.Key = KEY;
    template.Resources.Machine.Properties.EncryptionConfiguration = {
      Type: 'CUSTOMER_MANAGED_KMS_KEY',
      KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
    };
    template.Resources.Role.Properties = {
      Policies: [{ PolicyName: 'P', PolicyDocument: { Statement: statements } }],
    };
    const sandbox = await openSandbox({
      app: writeAssembly([{ name: 'Stack', template }]),
      retryScale: 0,
    });
    open.push(sandbox);
    await sandbox.run({ input: {} });
    return {
      sfn: new SFNClient({ ...client, endpoint: sandbox.awsEndpoint }),
      executionArn: sandbox.lastExecution!.arn,
    };
  }

  test.each<[string, (sfn: SFNClient, executionArn: string) => Promise<object>]>([
    [
      'DescribeExecution',
      (sfn, executionArn) => sfn.send(new DescribeExecutionCommand({ executionArn })),
    ],
    [
      'GetExecutionHistory',
      (sfn, executionArn) => sfn.send(new GetExecutionHistoryCommand({ executionArn })),
    ],
  ])('%s is for who may decrypt with the key', async (_, read) => {
    const without = await encrypted(states);
    await expect(read(without.sfn, without.executionArn)).rejects.toMatchObject({
      name: 'KmsAccessDeniedException',
      message: expect.stringMatching(
        /is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:/,
      ),
    });
    const { executionArn } = without;
    const conditions = {
      'kms:ViaService': 'states.us-east-1.amazonaws.com',
      'kms:EncryptionContext:aws:states:stateMachineArn': executionArn
        .replace(':execution:', ':stateMachine:')
        .replace(/:[^:]+$/, ''),
    };
    const allowed = await encrypted([
      ...states,
      { ...allow('kms:Decrypt'), Condition: { StringEquals: conditions } },
    ]);
    await expect(read(allowed.sfn, allowed.executionArn)).resolves.toBeDefined();
  });

  test('the counts of a Map Run and the list of executions are not encrypted', async () => {
    const { sfn, executionArn } = await encrypted(states);
    const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
    const [{ mapRunArn }] = mapRuns!;
    await expect(sfn.send(new DescribeMapRunCommand({ mapRunArn }))).resolves.toMatchObject({
      status: 'SUCCEEDED',
    });
    await expect(sfn.send(new ListExecutionsCommand({ mapRunArn }))).resolves.toBeDefined();
  });
});

test('SNS: AuthorizationError', async () => {
  const sandbox = await sandboxWith([]);
  const publish = new PublishCommand({
    TopicArn: 'arn:aws:sns:us-east-1:123456789012:t',
    Message: 'm',
  });
  await expect(
    new SNSClient({ ...client, endpoint: sandbox.awsEndpoint }).send(publish),
  ).rejects.toMatchObject({
    name: 'AuthorizationErrorException',
    message: expect.stringMatching(
      /is not authorized to perform: SNS:Publish on resource: arn:.* allows the SNS:Publish action$/,
    ),
  });
});

test('a Task: Lambda.AWSLambdaException', async () => {
  const sandbox = await sandboxWith([]);
  const { status, error, cause } = await sandbox.run({ input: {} });
  expect([status, error]).toEqual(['FAILED', 'Lambda.AWSLambdaException']);
  expect(cause).toMatch(
    new RegExp(
      `^User: ${WHO} is not authorized to perform: lambda:InvokeFunction on resource: arn:.* ` +
        '\\(Service: AWSLambda; Status Code: 403; ',
    ),
  );
});

test(
  'a Distributed Map: States.Permissions without StartExecution, ItemReaderFailed without ' +
    'ListBucket',
  async () => {
    const withoutStart = await sandboxWith([allow('lambda:*'), allow('s3:*')]);
    expect(await withoutStart.run({ input: {} })).toMatchObject({ error: 'States.Permissions' });
    const withoutList = await sandboxWith([allow('lambda:*'), allow('states:*')]);
    expect(await withoutList.run({ input: {} })).toMatchObject({
      error: 'States.ItemReaderFailed',
      cause: expect.stringContaining('s3:ListBucket'),
    });
  },
);

test('a managed policy that the templates do not have is named', async () => {
  const sandbox = await sandboxWith([], {
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'],
  });
  await expect(
    s3Of(sandbox).send(new PutObjectCommand({ Bucket: sandbox.sourceBucket, Key: 'k', Body: 'x' })),
  ).rejects.toThrow(/\(the sandbox does not know arn:aws:iam::aws:policy\/AmazonS3FullAccess\)$/);
});

test('nothing is refused where policies are not enforced', async () => {
  const sandbox = await sandboxWith([], {}, false);
  expect(await sandbox.run({ input: {} })).toMatchObject({ status: 'SUCCEEDED' });
});
