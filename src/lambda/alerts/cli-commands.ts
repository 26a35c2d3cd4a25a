import { DEFAULT_ACTION } from '../../contract/actions';
import type { Run } from '../../contract/payloads/run';
import { getSurroundings } from '../surroundings/surroundings';
import { parseArn } from '../text/arn';
import { isPrintable, toAsciiJson, UNPRINTABLE } from '../text/escape';

type RepeatableRun = Pick<Run, 'from' | 'to'> &
  Partial<
    Pick<Run, 'action' | 'target' | 'lines' | 'dryRun' | 'manifest' | 'ledgerOf' | 'deep' | 'keys'>
  >;

const EARLIEST_DATE = '1970-01-01';

/**
 * The command that starts a run. Without an ARN, it contains a placeholder that the reader
 * replaces.
 */
export function startExecutionCommand(stateMachineArn: string | undefined, input: object): string {
  const { toStartCommand } = getSurroundings();
  if (toStartCommand) {
    return toStartCommand(input);
  }
  const arn = stateMachineArn ?? 'STATE_MACHINE_ARN';
  return (
    `aws stepfunctions start-execution${regionOption(stateMachineArn)} --state-machine-arn ` +
    `${quoteArn(arn)} --input ${shellQuote(toAsciiJson(input))}`
  );
}

export function redriveExecutionCommand(executionArn: string): string {
  return (
    `aws stepfunctions redrive-execution${regionOption(executionArn)} --execution-arn ` +
    `${quoteArn(executionArn)}`
  );
}

/**
 * The input that does the same again. After a dry run it is one of a dry run: what someone pastes
 * must not move objects unexpectedly.
 */
export function sameInput({
  action = DEFAULT_ACTION,
  target,
  lines,
  from,
  to,
  manifest,
  ledgerOf,
  deep,
  keys,
  dryRun,
}: RepeatableRun): object {
  return {
    ...(action !== DEFAULT_ACTION && { action }),
    ...(target && { target }),
    ...(lines && { lines }),
    ...(ledgerOf === undefined
      ? { from: from ?? EARLIEST_DATE, to, ...(manifest && { manifest }) }
      : { run: ledgerOf }),
    ...(deep && { deep }),
    ...(keys && { keys }),
    ...(dryRun && { dryRun }),
  };
}

/**
 * Prints recent logs of a function. The log group has a custom name, which the command asks Lambda
 * for.
 */
export function tailLogCommand(functionArn: string): string {
  const region = regionOption(functionArn);
  return (
    `aws logs tail${region} --since 3h "$(aws lambda get-function-configuration${region} ` +
    `--function-name ${quoteArn(functionArn)} --query LoggingConfig.LogGroup --output text)"`
  );
}

/** @param to the current folder, or the standard output */
export function copyObjectCommand(bucket: string, key: string, to: '.' | '-'): string {
  return `aws s3 cp ${shellQuote(`s3://${bucket}/${key}`)} ${to}`;
}

export function headObjectCommand(bucket: string, key: string): string {
  return `aws s3api head-object ${placeOptions(bucket, 'Key', key)}`;
}

export function listVersionsCommand(bucket: string, key: string): string {
  return `aws s3api list-object-versions ${placeOptions(bucket, 'Prefix', key)}`;
}

/**
 * The AWS CLI takes a key that begins with `-` for an option, and sends the content of a file or of
 * a web page in place of one that begins with `file://` or, in version 1, `https://`. In JSON, it
 * takes each key as it is.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 */
function placeOptions(bucket: string, name: 'Key' | 'Prefix', key: string): string {
  return key.startsWith('-') || key.includes('://')
    ? `--cli-input-json ${shellQuote(toAsciiJson({ Bucket: bucket, [name]: key }))}`
    : `--bucket ${bucket} --${name.toLowerCase()} ${shellQuote(key)}`;
}

// The console's hosts by partition ("Working with the AWS Management Console", and the guides of
// the other partitions).
const CONSOLE_HOSTS: Record<string, string> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

export function executionUrl(executionArn: string): string | undefined {
  return consoleUrl(
    executionArn,
    (region) => `states/home?region=${region}#/v2/executions/details/${encodeURI(executionArn)}`,
  );
}

export function stateMachineUrl(stateMachineArn: string): string | undefined {
  return consoleUrl(
    stateMachineArn,
    (region) => `states/home?region=${region}#/statemachines/view/${encodeURI(stateMachineArn)}`,
  );
}

export function folderUrl(arn: string, bucket: string, prefix: string): string | undefined {
  return consoleUrl(
    arn,
    (region) => `s3/buckets/${bucket}?region=${region}&prefix=${encodeURIComponent(prefix)}`,
  );
}

export function objectUrl(arn: string, bucket: string, key: string): string | undefined {
  return consoleUrl(
    arn,
    (region) => `s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`,
  );
}

export function consoleUrl(arn: string, path: (region: string) => string): string | undefined {
  const { partition, region } = parseArn(arn);
  const host = partition && CONSOLE_HOSTS[partition];
  return host && region && `https://${region}.${host}/${path(region)}`;
}

function regionOption(arn: string | undefined): string {
  const { region } = parseArn(arn);
  return region ? ` --region ${region}` : '';
}

/**
 * An execution's name may hold `!`, `'`, `(` and `)` (API_StartExecution). Unquoted, `x!!` would
 * insert the line that was typed before.
 */
function quoteArn(arn: string): string {
  return /^[\w:/.@=+,%-]+$/.test(arn) ? arn : shellQuote(arn);
}

/**
 * Quotes a text for bash and zsh. Unprintable characters are written as bytes, so that the command
 * can be read.
 */
export function shellQuote(text: string): string {
  return isPrintable(text)
    ? `'${text.replace(/'/g, "'\\''")}'`
    : quoteWithEscapes(text, UNPRINTABLE);
}

/**
 * Quotes a text for bash and zsh, which read the bytes of the given characters where other programs
 * see none of them.
 */
function quoteWithEscapes(text: string, characters: RegExp): string {
  return `$'${escapeBytes(text.replace(/['\\]/g, '\\$&'), characters)}'`;
}

function escapeBytes(text: string, characters: RegExp): string {
  return text.replace(characters, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

/**
 * The words of a command as `shellQuote` writes them: with escapes, or in plain quotes, or without
 * any.
 */
const WORDS = /(\$'(?:[^'\\]|\\.)*')|('[^']*'(?:\\''[^']*')*)|[^\s']+/g;

/**
 * Writes the given characters of a command so that bash and zsh pass the same arguments, and the
 * characters themselves are not in the text.
 */
export function escapeInCommand(command: string, characters: RegExp): string {
  return command.replace(WORDS, (word, escaped?: string, quoted?: string) => {
    if (word.search(characters) === -1) {
      return word;
    }
    if (escaped !== undefined) {
      return escapeBytes(word, characters);
    }
    return quoteWithEscapes(
      quoted === undefined ? word : word.slice(1, -1).replaceAll("'\\''", "'"),
      characters,
    );
  });
}
