/**
 * Written into environment variables, texts as they are, the rest as JSON. Checked again as props
 * are, which may be tokens. Messages name props.
 */
import * as v from 'valibot';
import {
  checkWith,
  choice,
  convertWith,
  number,
  object,
  optionalText,
  prefix,
  text,
} from './setting-schemas';
import { checkSelection, checkTimeZone } from '../../dates/date-window';
import { parseDateSource } from '../../dates/key-dates';
import { parseLayout } from '../../dates/layout';
import {
  checkGlacierSources,
  RETRIEVAL_TIERS,
} from '../../features/glacier/contract/check-glacier-sources';
import { checkPacking } from '../../features/packing/contract/check-packing';
import { checkRetention } from '../../features/retention/contract/check-retention';
import { checkBucket } from '../checks/check-bucket';
import { checkFilter } from '../checks/check-filter';
import { checkStorageClass } from '../checks/check-storage-class';
import { isWhole } from '../checks/is-whole';
import type { GivenName } from '../given';
import { toVariableName } from '../variables';

const FIVE_GIB = 5 * 1024 ** 3;

const Filter = object('filter', {
  include: v.optional(v.array(v.string())),
  exclude: v.optional(v.array(v.string())),
  /** Bytes, both included. */
  minSize: v.optional(v.number()),
  maxSize: v.optional(v.number()),
  /** Seconds since the last modification, included. */
  minAge: v.optional(v.number()),
});

/** The regions of source and destination. AWS bills what is copied from one to the other. */
const Transfer = object('transfer', { from: v.string(), to: v.string() });

/** Facts about the archive-batch function for the report. */
const Batch = object('batch', { logGroup: v.string(), memoryMb: v.number() });

/** Of the props that give something to each copy. The compiler asks for those of a new one. */
const GIVEN_SETTINGS = {
  retention: v.optional(
    v.pipe(
      object('retention', {
        retentionMode: v.picklist(['GOVERNANCE', 'COMPLIANCE']),
        years: v.optional(v.number()),
        days: v.optional(v.number()),
      }),
      checkWith((value) => checkRetention(value)),
    ),
  ),
} satisfies { readonly [name in GivenName]: v.GenericSchema };

export const Settings = v.object(
  {
    sourceBucket: text('bucket', checkBucket),
    sourcePrefix: prefix('prefix'),
    destinationBucket: text('destinationBucket', checkBucket),
    destinationPrefix: prefix('destinationPrefix'),
    dateSource: v.pipe(
      object('dateSource', {
        kind: v.picklist(['objectName', 'objectKey', 'keyPrefix', 'lastModified']),
        formats: v.array(v.string()),
      }),
      convertWith(parseDateSource),
    ),
    selection: v.pipe(
      object('selection', {
        kind: v.picklist(['daysAgo', 'lastDays', 'olderThan']),
        days: v.number(),
      }),
      checkWith(checkSelection),
    ),
    layout: v.pipe(
      object('layout', {
        format: v.string(),
        flatten: v.optional(v.boolean()),
        dropDateFolders: v.optional(v.boolean()),
      }),
      convertWith(parseLayout),
    ),
    filter: v.optional(v.pipe(Filter, checkWith(checkFilter))),
    timeZone: v.pipe(text('timeZone'), convertWith(checkTimeZone)),
    keepsSources: v.optional(v.boolean()),
    conflictPolicy: choice('conflictPolicy', ['REPORT', 'RENAME']),
    storageClass: optionalText(checkStorageClass),
    /**
     * The ARNs of the KMS keys of archived and of restored objects. Unset: the defaults of the
     * buckets.
     */
    destinationKeyArn: optionalText(),
    sourceKeyArn: optionalText(),
    /** How many batches run at the same time. Unset: as many as the rate needs. */
    maxConcurrency: v.optional(
      number('maxConcurrency', 'a whole number from 1 to 10,000', isWhole(1, 10_000)),
    ),
    maxObjectsPerSecond: number('maxObjectsPerSecond', 'a number above 0', (value) => value > 0),
    toleratedFailurePercentage: number(
      'toleratedFailurePercentage',
      'a number from 0 to 100',
      (value) => value >= 0 && value <= 100,
    ),
    batchSize: number('batchSize', 'a whole number from 1 to 10,000', isWhole(1, 10_000)),
    maxRounds: number('the number of rounds of a batch', 'a whole number above 0', isWhole(1)),
    /**
     * The largest size that one request copies. Larger objects are copied in parts. Unset: the
     * limit of CopyObject.
     */
    multipartThresholdBytes: v.optional(
      number(
        'MULTIPART_THRESHOLD_BYTES',
        'a whole number from 0 to 5368709120 (5 GiB)',
        isWhole(0, FIVE_GIB),
      ),
      FIVE_GIB,
    ),
    /** Objects of a batch with their lines in one part of the ledger. Unset: `MAX_PART_LINES`. */
    ledgerPartLines: v.optional(
      number('LEDGER_PART_LINES', 'a whole number from 1 to 1,000', isWhole(1, 1_000)),
    ),
    /**
     * How many requests list at the same time. Unset: the map lists, and no manifest can be read.
     */
    listingConcurrency: v.optional(
      number(
        'the concurrency of Listing.selective()',
        'a whole number from 1 to 64',
        isWhole(1, 64),
      ),
    ),
    packing: v.optional(
      v.pipe(
        object('packing', {
          maxObjectSize: v.number(),
          maxPackSize: v.number(),
          askTags: v.optional(v.boolean()),
        }),
        checkWith(checkPacking),
      ),
    ),
    ...GIVEN_SETTINGS,
    glacierSources: v.optional(
      v.pipe(
        object('glacierSources', {
          tier: v.picklist(RETRIEVAL_TIERS),
          days: v.number(),
          /** The largest number of objects that one run asks S3 to restore. */
          maxObjects: v.number(),
          maxBytes: v.number(),
        }),
        checkWith((value) => checkGlacierSources(value)),
      ),
    ),
    allowRestore: v.optional(v.boolean()),
    /**
     * The cost of a run's messages depends on it, too. Unset: a restore, which writes no message
     * about a batch.
     */
    alertMode: v.optional(choice('alertMode', ['PROBLEMS', 'EVERY_RUN', 'PER_BATCH'])),
    alertTopicArn: optionalText(),
    chatTopicArn: optionalText(),
    /**
     * The state machine that the schedule starts. Only ExplainFailure has it. Unset: there is no
     * schedule.
     */
    stateMachineArn: optionalText(),
    reportBucket: text('reportBucket', checkBucket),
    reportPrefix: prefix('reportPrefix'),
    /** The number of days after which reports expire. Unset: 400, or the bucket's own rules. */
    reportRetentionDays: v.optional(
      number('reportRetention', 'a number of days above 0', (value) => value > 0),
    ),
    /** The value of the only dimension of the metrics, and the name in alerts. */
    archiverName: text('ARCHIVER_NAME'),
    transfer: v.optional(Transfer),
    batch: Batch,
    awsRegion: optionalText(),
  },
  ({ path }) => `${toVariableName(String(path?.[0].key))} is missing`,
);

export type Settings = v.InferOutput<typeof Settings>;
/** The settings as the construct writes them. Every string and number may be a token. */
export type GivenSettings = v.InferInput<typeof Settings>;

export type FilterSettings = v.InferOutput<typeof Filter>;
export type TransferSettings = v.InferOutput<typeof Transfer>;
