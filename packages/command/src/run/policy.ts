/** What the credentials need for a run, and nothing else. */
import { ATTRIBUTES } from '../../../../src/contract/object-attributes';
import type { Settings } from '../../../../src/contract/payloads/settings';
import type { Place } from '../look/place';
import { escapePattern, toBucketArn } from '../look/policy';
import type { Places } from '../settings/given-settings';

export type Mode = 'dry-run' | 'archive' | 'verify';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
}

const READS = Object.values(ATTRIBUTES).flatMap(({ read }) => read);
const WRITES = Object.values(ATTRIBUTES).flatMap(({ write }) => write);

/** A place whose region is undefined is in a region of the partition `aws`. */
interface RegionalPlace extends Place {
  readonly region?: string;
}

export function createRunPolicy(
  places: Places,
  settings: Settings,
  mode: Mode,
  region?: string,
): object {
  const [source, destination, reports] = [places.source, places.destination, places.reports].map(
    (place): RegionalPlace => ({ ...place, region }),
  );
  const writes = mode === 'archive';
  const readsSource = mode !== 'verify';
  return {
    Version: '2012-10-17',
    Statement: [
      ...(readsSource ? allowSource(source, settings, writes) : []),
      allowList(destination),
      allowObjects(destination, ['s3:GetObject', ...(readsSource ? READS : [])]),
      ...(writes ? allowCopies(destination) : []),
      ...(readsSource ? [allowBucket(destination, ['s3:GetBucketObjectLockConfiguration'])] : []),
      allowList(reports),
      allowObjects(reports, [
        's3:GetObject',
        's3:PutObject',
        's3:AbortMultipartUpload',
        's3:ListMultipartUploadParts',
      ]),
      ...(writes && settings.destinationKeyArn !== undefined
        ? [allow(['kms:GenerateDataKey', 'kms:Decrypt'], settings.destinationKeyArn)]
        : []),
    ],
  };
}

function allowSource(source: RegionalPlace, settings: Settings, writes: boolean): Statement[] {
  const { keepsSources, glacierSources } = settings;
  return [
    allowList(source),
    allowBucket(source, ['s3:GetBucketObjectLockConfiguration']),
    allowObjects(source, [
      's3:GetObject',
      ...READS,
      ...(writes && !keepsSources ? ['s3:DeleteObject'] : []),
      ...(writes && glacierSources ? ['s3:RestoreObject'] : []),
    ]),
  ];
}

function allowCopies(destination: RegionalPlace): Statement[] {
  return [
    allowObjects(destination, [
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
      ...WRITES,
    ]),
    allowBucket(destination, ['s3:ListBucketMultipartUploads']),
  ];
}

function allow(actions: readonly string[], resource: string): Statement {
  return { Effect: 'Allow', Action: [...new Set(actions)], Resource: resource };
}

function allowObjects(
  { bucket, prefix, region }: RegionalPlace,
  actions: readonly string[],
): Statement {
  return allow(actions, `${toBucketArn(bucket, region)}/${escapePattern(prefix)}*`);
}

function allowBucket({ bucket, region }: RegionalPlace, actions: readonly string[]): Statement {
  return allow(actions, toBucketArn(bucket, region));
}

function allowList(place: RegionalPlace): Statement {
  const { prefix } = place;
  return {
    ...allowBucket(place, ['s3:ListBucket']),
    ...(prefix !== '' && {
      Condition: { StringLike: { 's3:prefix': `${escapePattern(prefix)}*` } },
    }),
  };
}
