/** The props of the construct as flags. A file has them under the same names. */
import { COMMON_FLAGS, type Flag } from 'cdk-s3-dated-archiver-s3-double';

/** The commands that run an archiver. */
export type RunAction = 'archive' | 'verify';

/** What decides which objects go where, and how. Both commands have it. */
export const PROP_FLAGS: readonly Flag[] = [
  {
    name: 'date-source',
    value: 'KIND',
    completes: ['object-name', 'object-key', 'key-prefix', 'last-modified'],
    help: 'where the date of an object is; default: object-name',
  },
  {
    name: 'date-format',
    value: 'FORMAT',
    isRepeatable: true,
    help: 'how it is written; default: yyyy-MM-dd',
  },
  { name: 'time-zone', value: 'ZONE', help: 'whose days they are; default: UTC' },
  {
    name: 'layout',
    value: 'FORMAT',
    completes: ['daily', 'hive'],
    help: 'the folders of a day: daily, hive or a format; default: daily, yyyy/MM/dd/',
  },
  { name: 'flatten', help: 'omit the folders between the prefix and the name' },
  { name: 'drop-date-folders', help: 'omit folders that are a part of the date' },
  { name: 'include', value: 'GLOB', isRepeatable: true, help: 'only keys that match' },
  { name: 'exclude', value: 'GLOB', isRepeatable: true, help: 'no keys that match' },
  { name: 'min-size', value: 'SIZE', help: 'no smaller objects; SIZE is 512 or 64KiB' },
  { name: 'max-size', value: 'SIZE', help: 'no larger objects' },
  { name: 'min-age', value: 'AGE', help: 'no younger objects; AGE is 90m, 12h or 7d' },
  { name: 'storage-class', value: 'CLASS', help: "of archived objects; default: the bucket's" },
  { name: 'destination-key', value: 'ARN', help: 'the KMS key of archived objects' },
  {
    name: 'conflict-policy',
    value: 'POLICY',
    completes: ['report', 'rename'],
    help: 'what to do where another object lies at the destination; default: report',
  },
  {
    name: 'source-disposition',
    value: 'WHAT',
    completes: ['delete', 'keep'],
    help: 'what becomes of archived sources; default: delete',
  },
  { name: 'packing', help: 'put small objects into zip files' },
  { name: 'max-object-size', value: 'SIZE', help: 'of an object in a pack; default: 1MiB' },
  { name: 'max-pack-size', value: 'SIZE', help: 'of a pack; default: 256MiB' },
  {
    name: 'retention',
    value: 'MODE',
    completes: ['governance', 'compliance'],
    help: 'lock archived objects, by the days of their names',
  },
  { name: 'retention-years', value: 'N', help: 'for so many years' },
  { name: 'retention-days', value: 'N', help: 'for so many days' },
  {
    name: 'glacier-sources',
    value: 'TIER',
    completes: ['expedited', 'standard', 'bulk'],
    help: 'ask S3 to restore sources in Glacier; a later run archives them',
  },
  { name: 'glacier-days', value: 'N', help: 'keep what is restored for so many days' },
  {
    name: 'listing',
    value: 'WAY',
    completes: ['distributed-map', 'selective'],
    help: 'selective lists by several requests at once; default: distributed-map',
  },
  {
    name: 'listing-concurrency',
    value: 'N',
    help: 'requests of a selective listing at once; default: 32',
  },
  {
    name: 'max-concurrency',
    value: 'N',
    help: 'processes that archive at once; default: one for each core',
  },
  { name: 'max-objects-per-second', value: 'N', help: 'default: 1500' },
  {
    name: 'tolerated-failure-percentage',
    value: 'N',
    help: 'of the selected objects; default: 0',
  },
  { name: 'batch-size', value: 'N', help: 'objects of a batch' },
];

/** The places besides the two arguments, and who they belong to. */
const PLACE_FLAGS: readonly Flag[] = [
  { name: 'reports', value: 'URI', help: 'where the report and the ledger go; required' },
  { name: 'name', value: 'NAME', help: 'of the archiver; default: s3-dated-archiver' },
  {
    name: 'expected-owner',
    value: 'ACCOUNT',
    help: "the account of the buckets; default: the credentials'",
  },
  { name: 'source-owner', value: 'ACCOUNT', help: "the account of the source's bucket" },
  { name: 'destination-owner', value: 'ACCOUNT', help: "the account of the archive's bucket" },
  { name: 'reports-owner', value: 'ACCOUNT', help: "the account of the reports' bucket" },
];

const DAY_FLAGS: readonly Flag[] = [
  { name: 'date', value: 'DAY', help: 'one day, such as 2026-11-24' },
  { name: 'from', value: 'DAY', help: 'the first of several days' },
  { name: 'to', value: 'DAY', help: 'the last of them' },
];

const CALLER_FLAGS: readonly Flag[] = [
  {
    name: 'config',
    value: 'FILE',
    completes: 'file',
    help: 'read flags from this JSON file, by the same names',
  },
  { name: 'json', help: 'print the summary as JSON' },
  { name: 'print-policy', help: 'print the policy that this needs, send nothing, and end' },
  { name: 'profile', value: 'NAME', help: 'the profile of the AWS CLI' },
  { name: 'region', value: 'REGION', help: "the buckets' region; default: the profile's" },
  { name: 'endpoint', value: 'URL', help: 'another S3 than that of AWS' },
  { name: 'path-style', help: 'name the bucket in the path, as most other S3 servers need it' },
  ...COMMON_FLAGS,
];

export const ARCHIVE_FLAGS: readonly Flag[] = [
  ...PLACE_FLAGS,
  ...DAY_FLAGS,
  { name: 'dry-run', help: 'count what it would do, and change nothing' },
  { name: 'confirm', value: 'ID', help: 'archive what this dry run has counted' },
  ...PROP_FLAGS,
  ...CALLER_FLAGS,
];

export const VERIFY_FLAGS: readonly Flag[] = [
  ...PLACE_FLAGS,
  ...DAY_FLAGS,
  { name: 'run', value: 'NAME', help: 'verify what this run archived, in place of days' },
  { name: 'deep', help: 'compare checksums, too' },
  ...PROP_FLAGS,
  ...CALLER_FLAGS,
];
