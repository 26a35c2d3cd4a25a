import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run verify:aws -- --profile PROFILE --region REGION [--yes] [--only WORD] [--keep]
       npm run verify:aws -- --clean-up [ID] [--yes]

Deploys an app with three archivers into an account of yours under a name of its own, runs scenarios on real S3, Lambda and Step
Functions, compares each with what the sandbox says of the same app, and destroys everything.

  --profile, --region   where; there is no default, so that it is never an account that happens to be configured
  --yes                 do not ask before something is created, or cleaned up
  --only WORD           scenarios whose name has that word
  --keep                do not destroy; --clean-up does it later
  --clean-up [ID]       destroys what an earlier call left behind: that one, or all

exit status: 0 as the sandbox said, and all destroyed; 1 something differs, or is left; 2 wrong usage`;

/** The command prints this error with the usage, and exits with status 2. */
export class UsageError extends Error {}

export interface Verification {
  readonly profile: string;
  readonly region: string;
  readonly yes: boolean;
  readonly keep: boolean;
  readonly only: string;
}

export type Arguments = { readonly cleanUp: string | true; readonly yes: boolean } | Verification;

export function parseArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  if (values['clean-up']) {
    if (positionals.length > 1) { throw new UsageError(`--clean-up takes one id, not ${positionals.join(' ')}`); }
    return { cleanUp: positionals[0] ?? true, yes: values.yes ?? false };
  }
  if (positionals.length > 0) { throw new UsageError(`${positionals.join(' ')} is no option`); }
  const { profile, region, yes = false, keep = false, only = '' } = values;
  if (!profile) {
    throw new UsageError('--profile is missing: name one of your AWS configuration, of an account that is made for tests');
  }
  if (!region) { throw new UsageError('--region is missing: name the region to deploy to, for example eu-central-1'); }
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(region)) {
    throw new UsageError(`--region ${region} is no region: write it as eu-central-1`);
  }
  return { profile, region, yes, keep, only };
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options: { 'profile': text, 'region': text, 'only': text, 'yes': flag, 'keep': flag, 'clean-up': flag } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
