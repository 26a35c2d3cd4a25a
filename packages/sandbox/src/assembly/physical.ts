import { createHash } from 'node:crypto';
import type { Environment, Resource } from './template';

/**
 * A name like those that CloudFormation generates, `stack-logicalid-suffix`, but the same in every
 * run.
 */
export function madeUpName(type: string, stackName: string, logicalId: string): string {
  const suffix = createHash('sha256')
    .update(`${stackName}/${logicalId}`)
    .digest('hex')
    .slice(0, 12);
  if (type === 'AWS::S3::Bucket') {
    return `${stackName.slice(0, 24)}-${logicalId.slice(0, 24)}-${suffix}`.toLowerCase();
  }
  if (type === 'AWS::StepFunctions::StateMachine') {
    return `${logicalId.slice(0, 67)}-${suffix}`;
  }
  return `${stackName.slice(0, 24)}-${logicalId.slice(0, 24)}-${suffix}`;
}

/** The property with the name of a resource. CloudFormation names resources of other types. */
export const NAME_PROPERTIES: Record<string, string> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Events::Rule': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
};

/** ARN of a resource, by the formats of the service authorization reference. */
export function toArn(
  resource: Resource,
  name: string,
  { partition, region, account }: Environment,
): string {
  const arn = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  switch (resource.Type) {
    case 'AWS::S3::Bucket':
      return `arn:${partition}:s3:::${name}`;
    case 'AWS::Lambda::Function':
      return arn('lambda', `function:${name}`);
    case 'AWS::StepFunctions::StateMachine':
      return arn('states', `stateMachine:${name}`);
    case 'AWS::SNS::Topic':
      return arn('sns', name);
    case 'AWS::SQS::Queue':
      return arn('sqs', name);
    case 'AWS::KMS::Key':
      return arn('kms', `key/${name}`);
    case 'AWS::IAM::Role':
      return `arn:${partition}:iam::${account}:role/${name}`;
    case 'AWS::Logs::LogGroup':
      return arn('logs', `log-group:${name}:*`);
    case 'AWS::Events::Rule':
      return arn('events', `rule/${name}`);
    case 'AWS::Scheduler::Schedule':
      return arn('scheduler', `schedule/default/${name}`);
    default:
      return arn(resource.Type.split('::')[1]?.toLowerCase() ?? 'unknown', name);
  }
}

/** The value of `Ref`: the ARN for some types, a name for the others. */
export function toRef(resource: Resource, name: string, environment: Environment): string {
  switch (resource.Type) {
    case 'AWS::StepFunctions::StateMachine':
    case 'AWS::SNS::Topic':
      return toArn(resource, name, environment);
    case 'AWS::SQS::Queue':
      return `https://sqs.${environment.region}.amazonaws.com/${environment.account}/${name}`;
    default:
      return name;
  }
}

/** The value of `Fn::GetAtt`, or undefined for an attribute that cannot be derived. */
export function toAttribute(
  resource: Resource,
  name: string,
  attribute: string,
  environment: Environment,
): string | undefined {
  switch (attribute) {
    case 'Arn':
    case 'TopicArn':
    case 'StateMachineArn':
      return toArn(resource, name, environment);
    case 'Name':
    case 'TopicName':
    case 'QueueName':
    case 'KeyId':
    case 'RoleId':
      return name;
    case 'DomainName':
      return `${name}.s3.amazonaws.com`;
    case 'RegionalDomainName':
      return `${name}.s3.${environment.region}.amazonaws.com`;
    default:
      return undefined;
  }
}
