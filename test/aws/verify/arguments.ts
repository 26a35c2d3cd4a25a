import { parseArgs } from 'node:util';
import { parseEndpoint } from './emulator';
import { type Flag, FLAGS } from './names';
import { UsageError } from './usage';

export { UsageError };

export const DEFAULT_MINUTES = 60;

export const USAGE = `usage: npm run verify:aws -- --profile PROFILE --region REGION [--only WORD] [--with ${FLAGS.join(',')}] [--minutes N] [--endpoint URL] [--yes] [--keep]
       npm run verify:aws -- --clean-up [ID] [--endpoint URL] [--yes]

Deploys an app with archivers into an account of yours under a name of its own, runs scenarios on real S3, Lambda and Step
Functions, compares each with what the sandbox says of the same app, writes a report, and destroys everything.

  --profile, --region     where; there is no default, so that it is never an account that happens to be configured
  --current-credentials   instead of --profile: the credentials that this shell has, as in AWS CloudShell
  --only WORD             scenarios whose name has that word; "smoke": one run, one refusal and one schedule, in about seven minutes
  --with WORD[,WORD]      more scenarios: ${FLAGS.join(', ')}
  --minutes N             after that many minutes no scenario begins any more, and it cleans up; ${DEFAULT_MINUTES} if not given
  --endpoint URL          asks an emulator in place of AWS; its rows are not those of AWS
  --yes                   do not ask before something is created, or cleaned up
  --keep                  do not destroy; --clean-up does it later
  --clean-up [ID]         destroys what an earlier call left behind: that one, or all

exit status: 0 as the sandbox said, and all destroyed; 1 something differs, was not played, or is left; 2 wrong usage`;

export interface Verification {
  /** Undefined: the credentials of the shell. */
  readonly profile?: string;
  readonly region: string;
  readonly yes: boolean;
  readonly keep: boolean;
  readonly only: string;
  readonly flags: readonly Flag[];
  readonly minutes: number;
  /** Of an emulator. Undefined: AWS, or what the variables of the shell say. */
  readonly endpoint?: string;
}

export interface CleanUp {
  readonly cleanUp: string | true;
  readonly yes: boolean;
  readonly endpoint?: string;
}

export type Arguments = CleanUp | Verification;

export function parseArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  const endpoint = values.endpoint === undefined ? undefined : parseEndpoint(values.endpoint);
  if (values['clean-up']) {
    if (positionals.length > 1) {
      throw new UsageError(`--clean-up takes one id, not ${positionals.join(' ')}`);
    }
    return { cleanUp: positionals[0] ?? true, yes: values.yes ?? false, endpoint };
  }
  if (positionals.length > 0) {
    throw new UsageError(`${positionals.join(' ')} is no option`);
  }
  const { profile, region, yes = false, keep = false, only = '' } = values;
  const current = values['current-credentials'] ?? false;
  if (profile !== undefined && current) {
    throw new UsageError(
      '--profile and --current-credentials exclude each other: name the one that you mean',
    );
  }
  if (!profile && !current) {
    throw new UsageError(
      '--profile is missing: name one of your AWS configuration, of an account that is made for ' +
        'tests; in AWS CloudShell, give --current-credentials',
    );
  }
  if (!region) {
    throw new UsageError(
      '--region is missing: name the region to deploy to, for example eu-central-1',
    );
  }
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(region)) {
    throw new UsageError(`--region ${region} is no region: write it as eu-central-1`);
  }
  const [flags, minutes] = [parseFlags(values.with ?? []), parseMinutes(values.minutes)];
  return {
    profile: current ? undefined : profile,
    region,
    yes,
    keep,
    only,
    flags,
    minutes,
    endpoint,
  };
}

function parseFlags(given: readonly string[]): Flag[] {
  const words = given.flatMap((each) => each.split(','));
  const unknown = words.find((word) => !(FLAGS as readonly string[]).includes(word));
  if (unknown !== undefined) {
    throw new UsageError(`--with ${unknown} is not known: there are ${FLAGS.join(', ')}`);
  }
  return FLAGS.filter((flag) => words.includes(flag));
}

function parseMinutes(given?: string): number {
  const minutes = given === undefined ? DEFAULT_MINUTES : Number(given);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 720) {
    throw new UsageError(`--minutes ${given} is no number of minutes: write one from 1 to 720`);
  }
  return minutes;
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        profile: text,
        region: text,
        only: text,
        minutes: text,
        endpoint: text,
        with: { ...text, multiple: true },
        yes: flag,
        keep: flag,
        'clean-up': flag,
        'current-credentials': flag,
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
