/** What a person types, or opens, next. */
import { parseArn } from '../text/arn';

export interface RunDates {
  /** `null`: every day up to `to`. */
  readonly from: string | null;
  readonly to: string;
}

/** The command that runs the same days again. Without an ARN, the reader has to fill it in. */
export function startExecutionCommand(stateMachineArn: string | undefined, input: object): string {
  const arn = stateMachineArn ?? 'STATE_MACHINE_ARN';
  return `aws stepfunctions start-execution${regionOption(stateMachineArn)} --state-machine-arn ${arn} --input ${shellQuote(JSON.stringify(input))}`;
}

export function redriveExecutionCommand(executionArn: string): string {
  return `aws stepfunctions redrive-execution${regionOption(executionArn)} --execution-arn ${executionArn}`;
}

/**
 * The input that selects the same days whenever it is used. A dry run stays one: a command
 * pasted after it must not move anything.
 */
export function sameRunInput(dates: RunDates, dryRun: boolean): object {
  return { from: dates.from ?? '0001-01-01', to: dates.to, ...(dryRun ? { dryRun } : {}) };
}

/** A copy of an object in the reader's folder. */
export function copyObjectCommand(bucket: string, key: string): string {
  return `aws s3 cp ${shellQuote(`s3://${bucket}/${key}`)} .`;
}

/** A copy of an object on the reader's terminal. */
export function catObjectCommand(bucket: string, key: string): string {
  return `aws s3 cp ${shellQuote(`s3://${bucket}/${key}`)} -`;
}

// The hosts of the console by partition ("Working with the AWS Management Console", and the partitions' own guides).
const CONSOLE_HOSTS: Record<string, string> = {
  'aws': 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** The execution's page in the console; `undefined` in a partition whose console we do not know. */
export function executionUrl(executionArn: string): string | undefined {
  return consoleUrl(executionArn, (region) => `states/home?region=${region}#/v2/executions/details/${executionArn}`);
}

/** The state machine's page. */
export function stateMachineUrl(stateMachineArn: string): string | undefined {
  return consoleUrl(stateMachineArn, (region) => `states/home?region=${region}#/statemachines/view/${stateMachineArn}`);
}

/** A folder of a bucket, in the partition and region of an ARN. */
export function folderUrl(arn: string, bucket: string, prefix: string): string | undefined {
  return consoleUrl(arn, (region) => `s3/buckets/${bucket}?region=${region}&prefix=${encodeURIComponent(prefix)}`);
}

/** A page of the console in the partition and region of an ARN. */
export function consoleUrl(arn: string, path: (region: string) => string): string | undefined {
  const { partition, region } = parseArn(arn) ?? {};
  const host = partition && CONSOLE_HOSTS[partition];
  return host && region && `https://${region}.${host}/${path(region)}`;
}

function regionOption(arn: string | undefined): string {
  const region = parseArn(arn)?.region;
  return region ? ` --region ${region}` : '';
}

function shellQuote(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
