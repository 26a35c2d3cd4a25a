import {
  COMMON_FLAGS,
  describeFaultKinds,
  describeFlags,
  type Flag,
} from 'cdk-s3-dated-archiver-s3-double';
import { FUNCTION_TIMEOUT_HELP } from './function-timeouts';

/** The flags of the command, by what they are for. */
const GROUPS: Readonly<Record<string, readonly Flag[]>> = {
  'What runs:': [
    {
      name: 'app',
      value: 'DIR',
      completes: 'directory',
      help: 'cloud assembly (cdk.out) of an app with an S3DatedArchiver',
    },
    {
      name: 'stack',
      value: 'NAME',
      help:
        'stack of the archiver, or its construct path (Stack/Nightly), if the app has several ' +
        'archivers',
    },
    {
      name: 'demo',
      help:
        'put objects with names of real producers into the source bucket first; without --app, ' +
        'run an archiver with default props; without --out, write to archiver-demo',
    },
    {
      name: 'run-other-functions',
      help:
        "also run functions of the app that are not the archiver's, where a rule invokes " +
        'them; no function can connect to anything but the sandbox',
    },
  ],
  'What the run does:': [
    {
      name: 'date',
      value: 'DAY',
      help: 'the day to archive, such as 2026-11-24; default: what the construct selects',
    },
    { name: 'from', value: 'DAY', help: 'the first day to archive, with --to' },
    { name: 'to', value: 'DAY', help: 'the last day to archive, with --from' },
    { name: 'dry-run', help: 'count what a run would do, and change nothing' },
    {
      name: 'input',
      value: 'JSON',
      help:
        "the execution's whole input, in place of the four flags above; default: what the " +
        'schedule sends, else {}',
    },
    {
      name: 'now',
      value: 'INSTANT',
      help:
        'the instant of the schedule and of the start, such as 2026-11-25T01:00:00+09:00; ' +
        'default: now',
    },
  ],
  'S3:': [
    {
      name: 'fill',
      value: 'DIR',
      completes: 'directory',
      help:
        'put the files below DIR into the source bucket first; keys are their paths relative to ' +
        'DIR',
    },
    {
      name: 'out',
      value: 'DIR',
      completes: 'directory',
      help:
        'write what the buckets hold after the run there, the report page too: a folder for each ' +
        'bucket',
    },
    { name: 'endpoint', value: 'URL', help: 'any S3; default: the embedded one' },
    {
      name: 'allow-aws-endpoint',
      help: 'let the endpoint be S3 on AWS: a run then moves real objects with your credentials',
    },
    {
      name: 'bucket',
      value: 'LOGICALID=NAME',
      isRepeatable: true,
      help:
        'name of a bucket of the template, or of a parameter that holds one; may be repeated; ' +
        'STACK/LOGICALID=NAME if several stacks have that logical id',
    },
    {
      name: 'bucket-policy',
      value: 'NAME=FILE',
      isRepeatable: true,
      help:
        "policy of the bucket with that name, as JSON; may be repeated; default: the template's, " +
        'or what the archiver prints for a bucket of another account',
    },
    {
      name: 'organization',
      value: 'ACCOUNT=ID',
      isRepeatable: true,
      help:
        'the organization that an account is in, for policies with aws:PrincipalOrgID; may be ' +
        'repeated; default: none is in one',
    },
    {
      name: 'faults',
      value: 'SPEC',
      help:
        'make S3 or a function fail for the archiver: KIND=PROBABILITY, or ' +
        'KIND:OPERATION=PROBABILITY, separated by commas, and seed=N; or JSON',
    },
  ],
  'Output:': [
    {
      name: 'list',
      help:
        'list each object that the run moved, or would move, and where to; and each that it ' +
        'skipped, and why',
    },
    { name: 'json', value: 'FILE', completes: 'file', help: 'write the summary there' },
    {
      name: 'keep-serving',
      help:
        'serve after the run, so that the printed commands of the AWS CLI can be pasted; Ctrl-C ' +
        'ends it',
    },
    ...COMMON_FLAGS,
  ],
};

export const FLAGS: readonly Flag[] = Object.values(GROUPS).flat();

export function describeSynopsis(command: string): string {
  return `usage: ${command} --app DIR [options]`;
}

export function describeUsage(command: string): string {
  return `${describeSynopsis(command)}
       ${command} --demo

Runs the archiver of an app without AWS.

${Object.entries(GROUPS)
  .map(([title, flags]) => `${title}\n${describeFlags(flags)}`)
  .join('\n\n')}

${describeFaultKinds()}${FUNCTION_TIMEOUT_HELP}

Exit status: 0 the run succeeded, 1 it failed, 2 wrong usage`;
}
