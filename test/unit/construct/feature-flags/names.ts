import type { Template } from 'aws-cdk-lib/assertions';

/**
 * The longest values that AWS allows for properties with names or texts that contain ids, by
 * resource type.
 */
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

/** The total size of the environment variables of a function (Lambda "Quotas"). */
const ENVIRONMENT = 4_096;
/** The limit of CDK. PutMetricData allows more. */
const DIMENSION_VALUE = 255;
/** The longest logical id (CloudFormation "Quotas"). */
const LOGICAL_ID = 255;

/** Stands for the value of a reference, at the greatest length that it may have. */
const LONGEST = 'x'.repeat(64);

/** Returns a message for each name or text that is too long for AWS. */
export function findNameProblems(template: Template, given: Record<string, string> = {}): string[] {
  const { Resources } = template.toJSON() as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => [
    ...checkLength(`logical id ${id}`, id, LOGICAL_ID),
    ...Object.entries(LIMITS[Type] ?? {}).flatMap(([property, limit]) =>
      checkLength(`${id}.${property}`, toText(Properties[property], given), limit),
    ),
    ...(Type === 'AWS::Lambda::Function' ? findEnvironmentProblems(id, Properties, given) : []),
  ]);
}

function findEnvironmentProblems(
  id: string,
  { Environment }: Record<string, unknown>,
  given: Record<string, string>,
): string[] {
  const variables = Object.entries(
    (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {},
  );
  const all = variables.map(([name, value]) => name + toText(value, given)).join('');
  const archiver = variables.find(([name]) => name === 'ARCHIVER_NAME')?.[1];
  return [
    ...checkLength(`${id}: environment`, all, ENVIRONMENT),
    ...checkLength(`${id}: dimension`, toText(archiver, given), DIMENSION_VALUE),
  ];
}

function checkLength(what: string, text: string, limit: number): string[] {
  return text.length > limit ? [`${what} has ${text.length} characters, more than ${limit}`] : [];
}

/** Returns a text with its references replaced by given or long values. */
function toText(value: unknown, given: Record<string, string>): string {
  if (value === undefined) {
    return '';
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const [[name, argument]] = Object.entries(value);
  if (name === 'Fn::Join') {
    return (argument as [string, unknown[]])[1]
      .map((part) => toText(part, given))
      .join((argument as [string])[0]);
  }
  if (name === 'Fn::Sub') {
    return (argument as string).replace(/\$\{([^!}]+)\}/g, (_, id: string) =>
      toText({ Ref: id }, given),
    );
  }
  return name === 'Ref' ? (given[argument as string] ?? LONGEST) : LONGEST;
}
