/**
 * This describes an archiver and its buckets. It is drawn from a seed, and both the construct and
 * the core can use it.
 */
import { Size, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Random } from './random';
import type { ObjectStore, Versioning } from '../../packages/s3-double/src';
import {
  GlacierSources,
  ArchiveLayout,
  ConflictPolicy,
  DateSource,
  Listing,
  Packing,
  type RetrievalTier,
  type S3DatedArchiverProps,
} from '../../src';
import type { LayoutSettings } from '../../src/dates/settings';

export const DAY = '2026-11-24';
export const PREFIX = 'incoming/';

export interface BucketSetup {
  readonly versioning?: Versioning;
  readonly objectLock: boolean;
  /** The bucket encrypts with a KMS key by default. */
  readonly kms: boolean;
}

export interface DateSetup {
  readonly kind: 'objectName' | 'objectKey' | 'keyPrefix' | 'lastModified';
  readonly format: string;
}

export interface Setup {
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  readonly date: DateSetup;
  readonly layout: LayoutSettings;
  readonly source: BucketSetup;
  /** If this is undefined, the archive is in the source's bucket. */
  readonly destination?: BucketSetup;
  readonly destinationPrefix: string;
  readonly storageClass?: 'STANDARD_IA' | 'GLACIER_IR' | 'GLACIER';
  /** The archived objects get their own KMS key. */
  readonly destinationKey: boolean;
  /** Larger objects are copied in parts of 5 MiB, which is the smallest size that S3 accepts. */
  readonly multipartThreshold?: number;
  /** The objects of a batch that have their lines in one part of the ledger. */
  readonly ledgerPartLines?: number;
  readonly batchSize: number;
  readonly maxConcurrency: number;
  /** A function lists, and not the map. */
  readonly selective: boolean;
  /** Small objects are packed. */
  readonly packing: boolean;
  /** S3 has to restore sources that are in Glacier. */
  readonly restores?: 'Standard' | 'Bulk';
}

const DATES: readonly DateSetup[] = [
  { kind: 'objectName', format: 'yyyy-MM-dd' },
  { kind: 'objectName', format: 'yyyy-MM-dd' },
  { kind: 'objectName', format: 'yyyyMMdd' },
  { kind: 'objectKey', format: 'yyyy/MM/dd' },
  { kind: 'keyPrefix', format: 'yyyy-MM-dd' },
  { kind: 'lastModified', format: '' },
];

export function drawSetup(random: Random): Setup {
  const sameBucket = random.chance(0.3);
  const source = drawBucket(random);
  const setup: Setup = {
    conflictPolicy: random.pick(['REPORT', 'RENAME']),
    date: random.pick(DATES),
    layout: {
      format: random.pick([
        'yyyy/MM/dd/',
        'yyyy/MM/dd/',
        "'year='yyyy/'month='MM/'day='dd/",
        'yyyy/MM/',
      ]),
      flatten: random.chance(0.3),
      dropDateFolders: random.chance(0.3),
    },
    source,
    destination: sameBucket ? undefined : drawBucket(random),
    // If the archive is inside the listed prefix, the map lists its objects, too, but none of them
    // is selected.
    destinationPrefix: sameBucket && random.chance(0.3) ? `${PREFIX}archive/` : 'archive/',
    storageClass: random.pick([
      undefined,
      undefined,
      undefined,
      'STANDARD_IA',
      'GLACIER_IR',
      'GLACIER',
    ]),
    destinationKey: random.chance(0.2),
    multipartThreshold: random.pick([undefined, undefined, 30, 200]),
    batchSize: random.pick([3, 10, 20, 100]),
    maxConcurrency: random.pick([1, 3, 10]),
    selective: random.chance(0.5),
    packing: random.chance(0.3),
    restores: random.pick([undefined, undefined, 'Standard', 'Bulk']),
    ledgerPartLines: random.pick([undefined, 1, 2, 7]),
  };
  return setup.packing ? withPacking(setup) : setup;
}

/** What packing allows. */
function withPacking(setup: Setup): Setup {
  return {
    ...setup,
    conflictPolicy: 'REPORT',
    layout: { ...setup.layout, flatten: false, dropDateFolders: false },
    selective: true,
  };
}

function drawBucket(random: Random): BucketSetup {
  const objectLock = random.chance(0.15);
  const versioning = objectLock
    ? 'Enabled'
    : random.pick<Versioning | undefined>([undefined, undefined, 'Enabled', 'Suspended']);
  return { versioning, objectLock, kms: random.chance(0.15) };
}

/** Returns the props for the construct. */
export function propsOf(setup: Setup): (stack: Stack) => Partial<S3DatedArchiverProps> {
  return (stack) => {
    const bucket = (id: string, { kms, objectLock, versioning }: BucketSetup) =>
      new Bucket(stack, id, {
        versioned: versioning === 'Enabled',
        objectLockEnabled: objectLock,
        ...(kms && {
          encryption: BucketEncryption.KMS,
          encryptionKey: new Key(stack, `${id}Key`),
          bucketKeyEnabled: true,
        }),
      });
    const { date, layout } = setup;
    return {
      bucket: bucket('From', setup.source),
      prefix: PREFIX,
      destinationBucket: setup.destination && bucket('To', setup.destination),
      destinationPrefix: setup.destinationPrefix,
      dateSource:
        date.kind === 'lastModified'
          ? DateSource.lastModified()
          : DateSource[date.kind](date.format),
      layout: ArchiveLayout.of(layout.format, {
        flatten: layout.flatten,
        dropDateFolders: layout.dropDateFolders,
      }),
      conflictPolicy: ConflictPolicy[setup.conflictPolicy],
      storageClass: storageClassOf(setup),
      destinationKey: setup.destinationKey ? new Key(stack, 'ArchiveKey') : undefined,
      batchSize: setup.batchSize,
      maxConcurrency: setup.maxConcurrency,
      listing: setup.selective ? Listing.selective({ concurrency: 3 }) : Listing.distributedMap(),
      // These tests do not test the rate limit of the code.
      maxObjectsPerSecond: 100_000,
      packing: setup.packing
        ? Packing.zip({ maxObjectSize: Size.kibibytes(3), maxPackSize: Size.mebibytes(1) })
        : undefined,
      glacierSources:
        setup.restores &&
        GlacierSources.restoreFirst({ tier: setup.restores as RetrievalTier, days: 7 }),
      toleratedFailurePercentage: 100,
    };
  };
}

function storageClassOf({ storageClass }: Setup): StorageClass | undefined {
  if (storageClass === undefined) {
    return undefined;
  }
  const { INFREQUENT_ACCESS, GLACIER_INSTANT_RETRIEVAL, GLACIER } = StorageClass;
  return { STANDARD_IA: INFREQUENT_ACCESS, GLACIER_IR: GLACIER_INSTANT_RETRIEVAL, GLACIER }[
    storageClass
  ];
}

/** These are the names of the buckets of a run. */
export interface Buckets {
  readonly source: string;
  readonly destination: string;
  readonly report: string;
}

/**
 * Creates empty buckets with what the sandbox does not read from templates: Object Lock and
 * suspended versioning.
 */
export function makeBuckets(
  store: ObjectStore,
  setup: Setup,
  { source, destination, report }: Buckets,
): void {
  const make = (name: string, { versioning, objectLock }: Partial<BucketSetup>) =>
    store.createBucket(name, {
      versioning,
      objectLock,
      encryption: store.buckets.get(name)?.encryption,
    });
  make(source, setup.source);
  if (setup.destination) {
    make(destination, setup.destination);
  }
  make(report, {});
}
