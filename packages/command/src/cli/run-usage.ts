import { describeFlags, type Flag } from 'cdk-s3-dated-archiver-s3-double';
import { ARCHIVE_FLAGS, type RunAction, VERIFY_FLAGS } from '../settings/flags';

interface RunCommand {
  readonly flags: readonly Flag[];
  readonly about: string;
}

export const RUN_COMMANDS: { readonly [action in RunAction]: RunCommand } = {
  archive: {
    flags: ARCHIVE_FLAGS,
    about: `Moves the objects of some days into an archive by date, with your credentials. A dry
run comes first: it writes a report and prints what to type next.`,
  },
  verify: {
    flags: VERIFY_FLAGS,
    about: `Compares the archive with the ledgers of earlier runs. It writes a report, and changes
nothing else.`,
  },
};

export function describeRunSynopsis(command: string, action: RunAction): string {
  return `usage: ${command} ${action} s3://BUCKET/PREFIX/ s3://BUCKET/ARCHIVE/ --reports URI [options]`;
}

export function describeRunUsage(command: string, action: RunAction): string {
  const { flags, about } = RUN_COMMANDS[action];
  return `${describeRunSynopsis(command, action)}

${about}

${describeFlags(flags)}

Exit status: 0 done, 1 it failed or has problems, 2 wrong usage`;
}
