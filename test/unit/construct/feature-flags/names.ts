import type { Template } from 'aws-cdk-lib/assertions';

/** The lengths that AWS allows, of what gets its name or text from ids: properties by resource type. */
const LIMITS: Record<string, Record<string, number>> = {
  'AWS::Logs::LogGroup': { LogGroupName: 512 },
  'AWS::Logs::QueryDefinition': { Name: 255 },
  'AWS::Lambda::Function': { FunctionName: 64, Description: 256 },
  'AWS::IAM::Role': { RoleName: 64, Description: 1_000 },
  'AWS::IAM::Policy': { PolicyName: 128 },
  'AWS::StepFunctions::StateMachine': { StateMachineName: 80, DefinitionString: 1_048_576 },
  'AWS::Events::Rule': { Name: 64, Description: 512 },
  'AWS::Scheduler::Schedule': { Name: 64, Description: 512 },
  'AWS::CloudWatch::Alarm': { AlarmName: 255, AlarmDescription: 1_024 },
  'AWS::SNS::Topic': { TopicName: 256 },
  'AWS::SQS::Queue': { QueueName: 80 },
  'AWS::S3::Bucket': { BucketName: 63 },
};

/** Lambda "Quotas": all environment variables of a function together. */
const ENVIRONMENT = 4_096;
/** What CDK takes; PutMetricData takes more. */
const DIMENSION_VALUE = 255;
/** CloudFormation "Quotas". */
const LOGICAL_ID = 255;

/** What CloudFormation puts in where a template has a reference, as long as it gets. */
const LONGEST = 'x'.repeat(64);

/** Names and texts that AWS would not take. */
export function nameProblems(template: Template, given: Record<string, string> = {}): string[] {
  const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }> };
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => [
    ...tooLong(`logical id ${id}`, id, LOGICAL_ID),
    ...Object.entries(LIMITS[Type] ?? {}).flatMap(([property, limit]) => tooLong(`${id}.${property}`, textOf(Properties[property], given), limit)),
    ...Type === 'AWS::Lambda::Function' ? environmentProblems(id, Properties, given) : [],
  ]);
}

function environmentProblems(id: string, { Environment }: Record<string, unknown>, given: Record<string, string>): string[] {
  const variables = Object.entries((Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {});
  const all = variables.map(([name, value]) => name + textOf(value, given)).join('');
  const archiver = variables.find(([name]) => name === 'ARCHIVER_NAME')?.[1];
  return [...tooLong(`${id}: environment`, all, ENVIRONMENT), ...tooLong(`${id}: dimension`, textOf(archiver, given), DIMENSION_VALUE)];
}

function tooLong(what: string, text: string, limit: number): string[] {
  return text.length > limit ? [`${what} has ${text.length} characters, more than ${limit}`] : [];
}

/** A text with what references may stand for. */
function textOf(value: unknown, given: Record<string, string>): string {
  if (value === undefined) { return ''; }
  if (typeof value !== 'object' || value === null) { return String(value); }
  const [[name, argument]] = Object.entries(value);
  if (name === 'Fn::Join') {
    return (argument as [string, unknown[]])[1].map((part) => textOf(part, given)).join((argument as [string])[0]);
  }
  return name === 'Ref' ? given[argument as string] ?? LONGEST : LONGEST;
}
