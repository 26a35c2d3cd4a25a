/**
 * What each call of the verification needs, as the Service Authorization Reference says.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
export interface Need {
  readonly action: string;
  readonly resource: string;
}

/** What is known of a call: the fields of its request that name something. */
export type Input = Readonly<Record<string, any>>;

const bucket = ({ Bucket }: Input) => `arn:aws:s3:::${Bucket}`;
const object = (input: Input) => `${bucket(input)}/${input.Key ?? 'any/key'}`;
const source = ({ CopySource }: Input) => `arn:aws:s3:::${String(CopySource).replace(/^\//, '')}`;
const needs =
  (resource: (input: Input) => string, ...actions: string[]) =>
  (input: Input): Need[] =>
    actions.map((action) => ({ action, resource: resource(input) }));
const all =
  (...each: ((input: Input) => Need[])[]) =>
  (input: Input) =>
    each.flatMap((need) => need(input));
const machine = ({ stateMachineArn, resourceArn }: Input) => String(stateMachineArn ?? resourceArn);
const execution = ({ executionArn }: Input) => String(executionArn);
/** A stack that is named without its id: any stack of the name. */
const stack = ({ StackName }: Input) =>
  String(StackName).startsWith('arn:')
    ? String(StackName)
    : `arn:aws:cloudformation:eu-central-1:111122223333:stack/${StackName}/*`;
const queue = ({ queueArn }: Input) => String(queueArn);
const anything = () => '*';

/** What the script for CloudShell asks besides: whether the region has a bootstrap. */
export const CALLS_OF_SCRIPT: Readonly<Record<string, (input: Input) => Need[]>> = {
  GetParameter: needs(
    ({ Name }) => `arn:aws:ssm:eu-central-1:111122223333:parameter${Name}`,
    'ssm:GetParameter',
  ),
};

/** By the name of the call. A call that is not here may not be made: a test demands it. */
export const CALLS: Readonly<Record<string, (input: Input) => Need[]>> = {
  // No policy can deny this one:
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  GetCallerIdentity: () => [],
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
  DescribeStacks: needs(stack, 'cloudformation:DescribeStacks'),
  DeleteStack: needs(stack, 'cloudformation:DeleteStack'),
  ListObjectsV2: needs(bucket, 's3:ListBucket'),
  ListObjectVersions: needs(bucket, 's3:ListBucketVersions'),
  HeadBucket: needs(bucket, 's3:ListBucket'),
  GetBucketTagging: needs(bucket, 's3:GetBucketTagging'),
  GetBucketPolicy: needs(bucket, 's3:GetBucketPolicy'),
  PutBucketPolicy: needs(bucket, 's3:PutBucketPolicy'),
  DeleteBucketPolicy: needs(bucket, 's3:DeleteBucketPolicy'),
  GetObject: needs(object, 's3:GetObject'),
  // The count of tags and the locks are only answered to a caller who may read them. Without
  // s3:ListBucket, a missing key is answered 403.
  HeadObject: all(
    needs(
      object,
      's3:GetObject',
      's3:GetObjectVersion',
      's3:GetObjectTagging',
      's3:GetObjectRetention',
      's3:GetObjectLegalHold',
    ),
    needs(bucket, 's3:ListBucket'),
  ),
  PutObject: needs(
    object,
    's3:PutObject',
    's3:PutObjectTagging',
    's3:PutObjectRetention',
    's3:PutObjectLegalHold',
  ),
  // A retention that is stated again, or ended, bypasses governance.
  PutObjectRetention: needs(object, 's3:PutObjectRetention', 's3:BypassGovernanceRetention'),
  PutObjectLegalHold: needs(object, 's3:PutObjectLegalHold'),
  PutObjectAnnotation: needs(object, 's3:PutObjectAnnotation'),
  GetObjectAnnotation: needs(object, 's3:GetObjectAnnotation'),
  CopyObject: all(
    needs(source, 's3:GetObject', 's3:GetObjectTagging'),
    needs(object, 's3:PutObject', 's3:PutObjectTagging'),
  ),
  // With If-Match, S3 demands s3:GetObject as well: conditional-deletes.
  DeleteObject: needs(object, 's3:DeleteObject', 's3:GetObject'),
  DeleteObjects: needs(
    object,
    's3:DeleteObject',
    's3:DeleteObjectVersion',
    's3:BypassGovernanceRetention',
    's3:GetObject',
  ),
  CreateMultipartUpload: needs(object, 's3:PutObject'),
  UploadPartCopy: all(needs(source, 's3:GetObject'), needs(object, 's3:PutObject')),
  CompleteMultipartUpload: needs(object, 's3:PutObject'),
  StartExecution: needs(machine, 'states:StartExecution'),
  ListExecutions: needs(machine, 'states:ListExecutions'),
  DescribeStateMachine: needs(machine, 'states:DescribeStateMachine'),
  ListTagsForResource: needs(machine, 'states:ListTagsForResource'),
  DescribeExecution: needs(execution, 'states:DescribeExecution'),
  GetExecutionHistory: needs(execution, 'states:GetExecutionHistory'),
  StopExecution: needs(execution, 'states:StopExecution'),
  RedriveExecution: needs(execution, 'states:RedriveExecution'),
  TestState: needs(anything, 'states:TestState'),
  ValidateStateMachineDefinition: needs(anything, 'states:ValidateStateMachineDefinition'),
  ReceiveMessage: needs(queue, 'sqs:ReceiveMessage'),
  DeleteMessageBatch: needs(queue, 'sqs:DeleteMessage'),
  GetMetricStatistics: needs(anything, 'cloudwatch:GetMetricStatistics'),
  ListNamedQueries: needs(({ workGroupArn }) => String(workGroupArn), 'athena:ListNamedQueries'),
  BatchGetNamedQuery: needs(
    ({ workGroupArn }) => String(workGroupArn),
    'athena:BatchGetNamedQuery',
  ),
  StartQueryExecution: needs(
    ({ workGroupArn }) => String(workGroupArn),
    'athena:StartQueryExecution',
  ),
  GetQueryExecution: needs(({ workGroupArn }) => String(workGroupArn), 'athena:GetQueryExecution'),
  GetQueryResults: needs(({ workGroupArn }) => String(workGroupArn), 'athena:GetQueryResults'),
};
