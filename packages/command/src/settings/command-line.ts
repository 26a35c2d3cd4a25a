/** The command line of the user, to be typed again with other flags. */
import type { Flag } from 'cdk-s3-dated-archiver-s3-double';
import { shellQuote } from '../../../../src/lambda/alerts/cli-commands';

/** Returns the arguments without these flags and their values. */
export function omitFlags(
  argv: readonly string[],
  flags: readonly Flag[],
  names: readonly string[],
): string[] {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    const [, name, value] = /^--([\w-]+)(=.*)?$/s.exec(argument) ?? [];
    if (name === undefined || !names.includes(name)) {
      kept.push(argument);
    } else if (value === undefined && flags.find((flag) => flag.name === name)?.value) {
      index++;
    }
  }
  return kept;
}

export function toCommandLine(command: string, argv: readonly string[]): string {
  const quoted = argv.map((each) => (/^[\w:/.@=+,%-]+$/.test(each) ? each : shellQuote(each)));
  return [command, ...quoted].join(' ');
}

/** Where the command sends its requests, and as whom. */
export interface Target {
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
}

/**
 * The commands of a message at the beginning of its lines, after the name of a file of the report.
 * What an object is called stands elsewhere.
 */
const AWS_COMMAND = /^((?:Report|Page): +)?aws (?=s3 |s3api )/gm;

/** Adds to the commands of the AWS CLI in a message what the user gave to this command. */
export function addTarget(message: string, { profile, region, endpoint }: Target): string {
  const given = { profile, region, 'endpoint-url': endpoint };
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return message.replace(
    AWS_COMMAND,
    (_, label = '') => `${label}${toCommandLine('aws', options)} `,
  );
}
