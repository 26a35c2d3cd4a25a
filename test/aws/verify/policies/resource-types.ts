/**
 * What CloudFormation calls to create and to delete each type of the app's resources, with the form
 * of the ARNs. The handlers of a type name their permissions in its schema:
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
 */
interface Handlers {
  readonly actions: readonly string[];
  /** The ARN of a resource with a name. */
  readonly arn: (name: string) => string;
}

const OF_REGION = 'eu-central-1:111122223333';
const arn = (service: string, resource: string) => (name: string) =>
  `arn:aws:${service}:${OF_REGION}:${resource}${name}`;
const of = (service: string, actions: string, form: (name: string) => string): Handlers => ({
  actions: actions.split(' ').map((action) => `${service}:${action}`),
  arn: form,
});
const bucket = (name: string) => `arn:aws:s3:::${name}`;
const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const table = (name: string) =>
  `arn:aws:glue:${OF_REGION}:table/${name.replaceAll('-', '_')}/ledger`;
const anything = () => '*';

export const RESOURCE_TYPES: Readonly<Record<string, readonly Handlers[]>> = {
  'AWS::S3::Bucket': [
    of(
      's3',
      'CreateBucket DeleteBucket PutBucketTagging PutBucketVersioning ' +
        'PutBucketObjectLockConfiguration PutEncryptionConfiguration PutMetricsConfiguration',
      bucket,
    ),
  ],
  'AWS::S3::BucketPolicy': [of('s3', 'PutBucketPolicy GetBucketPolicy DeleteBucketPolicy', bucket)],
  'AWS::SNS::Topic': [
    of('sns', 'CreateTopic TagResource GetTopicAttributes DeleteTopic', arn('sns', '')),
  ],
  'AWS::SNS::TopicPolicy': [of('sns', 'SetTopicAttributes', arn('sns', ''))],
  'AWS::SNS::Subscription': [
    of('sns', 'Subscribe', arn('sns', '')),
    of('sns', 'Unsubscribe GetSubscriptionAttributes', anything),
  ],
  'AWS::SQS::Queue': [
    of('sqs', 'CreateQueue TagQueue GetQueueAttributes GetQueueUrl DeleteQueue', arn('sqs', '')),
  ],
  'AWS::SQS::QueuePolicy': [of('sqs', 'SetQueueAttributes', arn('sqs', ''))],
  'AWS::Logs::LogGroup': [
    of(
      'logs',
      'CreateLogGroup PutRetentionPolicy TagResource DeleteLogGroup',
      arn('logs', 'log-group:'),
    ),
    of('logs', 'DescribeLogGroups', anything),
  ],
  'AWS::Logs::QueryDefinition': [
    of('logs', 'PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition', anything),
  ],
  'AWS::IAM::Role': [
    of(
      'iam',
      'CreateRole TagRole GetRole PutRolePolicy DeleteRolePolicy DeleteRole PassRole',
      role,
    ),
  ],
  'AWS::IAM::Policy': [of('iam', 'PutRolePolicy GetRolePolicy DeleteRolePolicy', role)],
  'AWS::Lambda::Function': [
    of(
      'lambda',
      'CreateFunction GetFunction TagResource DeleteFunction',
      arn('lambda', 'function:'),
    ),
    of(
      's3',
      'GetObject',
      () => 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-central-1/code.zip',
    ),
  ],
  'AWS::Lambda::EventInvokeConfig': [
    of(
      'lambda',
      'PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig',
      arn('lambda', 'function:'),
    ),
  ],
  'AWS::Lambda::Permission': [
    of('lambda', 'AddPermission GetPolicy RemovePermission', arn('lambda', 'function:')),
  ],
  'AWS::Lambda::EventSourceMapping': [
    of('lambda', 'CreateEventSourceMapping DeleteEventSourceMapping', anything),
    of('lambda', 'GetEventSourceMapping', arn('lambda', 'event-source-mapping:')),
  ],
  'AWS::StepFunctions::StateMachine': [
    of(
      'states',
      'CreateStateMachine TagResource DescribeStateMachine DeleteStateMachine',
      arn('states', 'stateMachine:'),
    ),
  ],
  'AWS::Events::Rule': [
    of(
      'events',
      'PutRule PutTargets DescribeRule RemoveTargets DeleteRule',
      arn('events', 'rule/'),
    ),
  ],
  'AWS::Scheduler::Schedule': [
    of(
      'scheduler',
      'CreateSchedule GetSchedule DeleteSchedule',
      arn('scheduler', 'schedule/default/'),
    ),
  ],
  'AWS::CloudWatch::Alarm': [
    of('cloudwatch', 'PutMetricAlarm DescribeAlarms DeleteAlarms', arn('cloudwatch', 'alarm:')),
  ],
  'AWS::KMS::Key': [
    of('kms', 'CreateKey', anything),
    of('kms', 'DescribeKey PutKeyPolicy TagResource ScheduleKeyDeletion', arn('kms', 'key/')),
  ],
  'AWS::Athena::WorkGroup': [
    of('athena', 'CreateWorkGroup GetWorkGroup DeleteWorkGroup', arn('athena', 'workgroup/')),
  ],
  'AWS::Athena::NamedQuery': [
    of('athena', 'CreateNamedQuery DeleteNamedQuery', arn('athena', 'workgroup/')),
  ],
  'AWS::Glue::Database': [of('glue', 'CreateDatabase GetDatabase DeleteDatabase', table)],
  'AWS::Glue::Table': [of('glue', 'CreateTable GetTable DeleteTable', table)],
};
