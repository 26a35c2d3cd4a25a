import { COMMON_FLAGS, describeFlags, type Flag } from 'cdk-s3-dated-archiver-s3-double';

export const DEFAULT_PAGES = 2_000;

export const FLAGS: readonly Flag[] = [
  {
    name: 'pages',
    value: 'N',
    help: 'list at most so many pages of 1,000 keys; default: 2000, which costs $0.01',
  },
  {
    name: 'destination',
    value: 'URI',
    help: 'where an archiver would put them; default: archive/ in the same bucket',
  },
  {
    name: 'time-zone',
    value: 'ZONE',
    help: 'whose days they are, such as Asia/Tokyo; default: UTC',
  },
  { name: 'keys', help: 'show some keys; without it, only their shapes' },
  { name: 'json', help: 'print the report as JSON' },
  {
    name: 'out',
    value: 'FILE',
    completes: 'file',
    help: 'write the report there as a page (HTML)',
  },
  { name: 'print-policy', help: 'print the policy that this needs, send nothing, and end' },
  { name: 'region', value: 'REGION', help: "the bucket's region; default: the profile's" },
  { name: 'endpoint', value: 'URL', help: 'another S3 than that of AWS' },
  { name: 'path-style', help: 'name the bucket in the path, as most other S3 servers need it' },
  ...COMMON_FLAGS,
];

export function describeSynopsis(command: string): string {
  return `usage: ${command} s3://BUCKET/PREFIX/ [options]`;
}

export function describeUsage(command: string): string {
  return `${describeSynopsis(command)}

Lists what an archiver would list, and says what it would find: objects, days,
date formats, what has no date and why, costs, and the props. It sends
ListObjectsV2 and nothing else, with the credentials of the AWS CLI.

${describeFlags(FLAGS)}

Exit status: 0 it looked, 1 it failed, 2 wrong usage`;
}
