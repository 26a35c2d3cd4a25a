/**
 * The names of everything that a verification creates. They are known before the deployment, so
 * that a clean-up never depends on its outputs, and so that the policies in docs/verify-aws can be
 * limited to them.
 */

export interface Where {
  readonly account: string;
  readonly region: string;
}

/** Every resource of a verification has this tag. The clean-up touches no other resource. */
export const TAG = 'cdk-s3-dated-archiver';
export const tagOf = (id: string) => `verify-${id}`;

/**
 * Says from when on any user of the account may delete the resource: for a user who finds it after
 * a terminal died.
 */
export const EXPIRY_TAG = 'cdk-s3-dated-archiver-expires';
const MILLISECONDS_TO_EXPIRY = 24 * 3_600_000;
export const expiryOf = (started: string) =>
  new Date(Date.parse(started) + MILLISECONDS_TO_EXPIRY).toISOString();

export const stackName = (id: string) => `archiver-verify-${id}`;

/** What scenarios may need besides the default app, as `--with` says. */
export const FLAGS = ['kms', 'load', 'versioned', 'large', 'athena', 'locks'] as const;
export type Flag = (typeof FLAGS)[number];

/** The archivers of the app. Only those are deployed that a scenario needs. */
export const ARCHIVERS = [
  'Standard',
  'Batches',
  'Whole',
  'Scheduled',
  'Packed',
  'Selective',
  'Versioned',
  'Kms',
  'Ledger',
  'Locked',
  'Smoke',
] as const;
export type Machine = (typeof ARCHIVERS)[number];

export const PLACES = [
  'Source',
  'Archive',
  'Reports',
  'VersionedSource',
  'KmsSource',
  'KmsArchive',
  'KmsReports',
  'LockedSource',
  'LockedArchive',
] as const;
export type Place = (typeof PLACES)[number];
/**
 * S3 refuses to delete a locked version, and refuses in other buckets the header with which it does
 * so all the same.
 */
export const hasObjectLock = (place: Place) => place.startsWith('Locked');

/**
 * The buckets of an archiver: those from which it moves, to which it moves, and that of its
 * reports.
 */
export function placesOf(
  machine: Machine,
): readonly [source: Place, archive: Place, reports: Place] {
  if (machine === 'Kms') {
    return ['KmsSource', 'KmsArchive', 'KmsReports'];
  }
  if (machine === 'Locked') {
    return ['LockedSource', 'LockedArchive', 'Reports'];
  }
  return [machine === 'Versioned' ? 'VersionedSource' : 'Source', 'Archive', 'Reports'];
}

/** The prefixes of an archiver: at the source, in the archive, and in the bucket of reports. */
export function prefixesOf(
  machine: Machine,
): readonly [source: string, archive: string, reports: string] {
  const name = machine.toLowerCase();
  if (machine === 'Standard') {
    return ['incoming/', 'archive/', 'runs/'];
  }
  return [machine === 'Whole' ? '' : `${name}/`, `archive-${name}/`, `runs-${name}/`];
}

/** Messages about schedules and alarms go to a queue of their own, since they come at any time. */
export const QUEUES = ['Messages', 'ScheduleMessages'] as const;
export type Queue = (typeof QUEUES)[number];
/** The queue that gets the messages of an archiver. */
export const queueOf = (machine: Machine): Queue =>
  machine === 'Scheduled' ? 'ScheduleMessages' : 'Messages';

export const bucketName = (id: string, place: Place) => `${stackName(id)}-${place.toLowerCase()}`;
export const machineName = (id: string, machine: Machine) => `${stackName(id)}-${machine}`;

export const LEDGER_TABLE = 'ledger';
/** A name of a Glue database has no hyphens. */
export const databaseName = (stack: string) => stack.replaceAll('-', '_');

/** What a verification creates, as far as the scenarios and the clean-up call it by name. */
export interface Deployment {
  /** The id of the verification. */
  readonly id: string;
  readonly buckets: Readonly<Partial<Record<Place, string>>>;
  readonly machines: Readonly<Partial<Record<Machine, string>>>;
}

export function deploymentOf(
  id: string,
  { account, region }: Where,
  machines: readonly Machine[],
): Deployment {
  const places = PLACES.filter((place) =>
    machines.some((machine) => placesOf(machine).includes(place)),
  );
  const arn = (machine: Machine) =>
    `arn:${partitionOf(region)}:states:${region}:${account}:stateMachine:${machineName(id, machine)}`;
  return {
    id,
    buckets: Object.fromEntries(places.map((place) => [place, bucketName(id, place)])),
    machines: Object.fromEntries(machines.map((machine) => [machine, arn(machine)])),
  };
}

export const bucketsOf = ({ buckets }: Deployment) => Object.values(buckets);
export const lockedBucketsOf = ({ buckets }: Deployment) =>
  PLACES.filter(hasObjectLock).flatMap((place) => buckets[place] ?? []);
export const machinesOf = ({ machines }: Deployment) => Object.values(machines);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  if (region.startsWith('us-gov-')) {
    return 'aws-us-gov';
  }
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
}
