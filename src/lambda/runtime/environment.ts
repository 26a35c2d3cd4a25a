/**
 * Reads the settings of the handlers from their environment variables.
 *
 * The construct cannot check a prop that is a token, so these functions check every prop again.
 */
import * as v from 'valibot';
import {
  checkSettings, checkWith, convertWith, type Environment, json, number, optionalText, prefix, readVariables, text,
} from './variables';
import { checkBucket } from '../../contract/checks/check-bucket';
import { checkFilter } from '../../contract/checks/check-filter';
import { checkStorageClass } from '../../contract/checks/check-storage-class';
import { ErrorName, namedError } from '../../contract/errors';
import { type BatchSettings, Env, type FilterSettings, type SelectionSettings, type TransferSettings } from '../../contract/settings';
import { checkHours } from '../../dates/check-hours';
import { checkReports, type Places } from '../../dates/check-reports';
import { type DateFormat, parseLayoutFormat } from '../../dates/date-format';
import { checkSelection, checkTimeZone } from '../../dates/date-window';
import { type DateSource, parseDateSource } from '../../dates/key-dates';

const FIVE_GIB = 5 * 1024 ** 3;

function conflictPolicy() {
  return v.picklist(['REPORT', 'RENAME'], (issue) => `conflictPolicy ${issue.received} must be "REPORT" or "RENAME"`);
}

const DateSourceJson = v.object({
  kind: v.picklist(['objectName', 'objectKey', 'keyPrefix', 'lastModified']),
  formats: v.array(v.string()),
});

const SelectionJson = v.pipe(
  v.object({ kind: v.picklist(['daysAgo', 'lastDays', 'olderThan']), days: v.number() }),
  checkWith(checkSelection),
);

const LayoutJson = v.pipe(
  v.object({ format: v.string(), flatten: v.boolean() }),
  convertWith(({ format, flatten }) => ({ format: parseLayoutFormat(format), flatten })),
);

const FilterJson = v.pipe(
  v.object({
    include: v.optional(v.array(v.string())),
    exclude: v.optional(v.array(v.string())),
    minSize: v.optional(v.number()),
    maxSize: v.optional(v.number()),
    minAge: v.optional(v.number()),
  }),
  checkWith(checkFilter),
);

const sourceVariables = {
  [Env.SOURCE_BUCKET]: text('bucket'),
  [Env.SOURCE_PREFIX]: prefix('prefix'),
  [Env.DESTINATION_BUCKET]: text('destinationBucket'),
  [Env.DESTINATION_PREFIX]: prefix('destinationPrefix'),
  [Env.DATE_SOURCE]: v.pipe(json('dateSource', DateSourceJson), convertWith(parseDateSource)),
  [Env.LAYOUT]: json('layout', LayoutJson),
  [Env.FILTER]: v.optional(json('filter', FilterJson)),
  [Env.SOURCE_DISPOSITION]: v.optional(v.picklist(['DELETE', 'KEEP'], (issue) => `sourceDisposition ${issue.received} must be "DELETE" or "KEEP"`)),
  [Env.TIME_ZONE]: v.pipe(text('timeZone'), convertWith(checkTimeZone)),
};

const PlanEnvironment = v.object({
  ...sourceVariables,
  [Env.SELECTION]: json('selection', SelectionJson),
  [Env.CONCURRENCY]: v.optional(number('maxConcurrency', 'a whole number from 1 to 10,000', (n) => Number.isInteger(n) && n >= 1 && n <= 10_000)),
  [Env.MAX_RUN_CONCURRENCY]: v.optional(number(Env.MAX_RUN_CONCURRENCY, 'a whole number from 1', (n) => Number.isInteger(n) && n >= 1)),
  [Env.MAX_OBJECTS_PER_SECOND]: number('maxObjectsPerSecond', 'a number above 0', (n) => n > 0),
  [Env.REPORT_BUCKET]: text('reportBucket'),
  [Env.REPORT_PREFIX]: prefix('reportPrefix'),
  [Env.ARCHIVER_NAME]: text(Env.ARCHIVER_NAME),
  [Env.LISTING]: optionalText(),
  [Env.ALLOW_RESTORE]: optionalText(),
  [Env.STORAGE_CLASS]: v.pipe(optionalText(), checkWith((value) => {
    if (value !== undefined) { checkStorageClass(value); }
  })),
});

const ArchiveEnvironment = v.object({
  ...sourceVariables,
  [Env.CONFLICT_POLICY]: conflictPolicy(),
  [Env.ALERT_MODE]: optionalText(),
  [Env.CHAT_TOPIC_ARN]: optionalText(),
  [Env.ARCHIVER_NAME]: optionalText(),
  [Env.STORAGE_CLASS]: optionalText(),
  [Env.DESTINATION_KEY_ARN]: optionalText(),
  [Env.SOURCE_KEY_ARN]: optionalText(),
  [Env.REPORT_BUCKET]: text('reportBucket'),
  [Env.MAX_ROUNDS]: number('the number of rounds of a batch', 'a whole number above 0', (n) => Number.isInteger(n) && n > 0),
  [Env.MULTIPART_THRESHOLD_BYTES]: v.optional(
    number(Env.MULTIPART_THRESHOLD_BYTES, 'a whole number from 0 to 5368709120 (5 GiB)', (n) => Number.isInteger(n) && n >= 0 && n <= FIVE_GIB),
    String(FIVE_GIB),
  ),
});

const ListEnvironment = v.object({
  ...sourceVariables,
  [Env.REPORT_BUCKET]: text('reportBucket'),
  [Env.LISTING_CONCURRENCY]: number('the concurrency of Listing.selective()', 'a whole number from 1 to 64', (n) => Number.isInteger(n) && n >= 1 && n <= 64),
  [Env.BATCH_SIZE]: number('batchSize', 'a whole number from 1 to 1,000', (n) => Number.isInteger(n) && n >= 1 && n <= 1_000),
});

const TransferJson = v.object({ from: v.string(), to: v.string() });

const BatchJson = v.object({ logGroup: v.string(), memoryMb: v.number(), express: v.boolean() });

const ReportEnvironment = v.object({
  ...sourceVariables,
  [Env.SELECTION]: v.optional(json('selection', SelectionJson)),
  [Env.CONFLICT_POLICY]: conflictPolicy(),
  [Env.ALERT_MODE]: optionalText(),
  [Env.STORAGE_CLASS]: optionalText(),
  /** Lambda sets this variable. */
  AWS_REGION: optionalText(),
  [Env.TRANSFER]: v.optional(json(Env.TRANSFER, TransferJson)),
  [Env.REPORT_BUCKET]: text('reportBucket'),
  [Env.REPORT_RETENTION_DAYS]: v.optional(number('reportRetention', 'a number of days above 0', (n) => n > 0)),
  [Env.TOLERATED_FAILURE_PERCENTAGE]: number('toleratedFailurePercentage', 'a number from 0 to 100', (n) => n >= 0 && n <= 100),
  [Env.ARCHIVER_NAME]: text(Env.ARCHIVER_NAME),
  [Env.BATCH]: json(Env.BATCH, BatchJson),
});

/** Where the objects come from, and where they go. */
export interface SourceSettings {
  readonly sourceBucket: string;
  readonly sourcePrefix: string;
  readonly destinationBucket: string;
  readonly destinationPrefix: string;
  readonly dateSource: DateSource;
  readonly layout: { readonly format: DateFormat; readonly flatten: boolean };
  readonly timeZone: string;
  /** Whether sources of archived objects stay. */
  readonly keepsSources?: boolean;
  /** Unset: all objects pass. */
  readonly filter?: FilterSettings;
}

export interface PlanSettings extends SourceSettings {
  readonly selection: SelectionSettings;
  /** Unset: as many batches as the rate needs. */
  readonly maxConcurrency?: number;
  /** The highest `maxConcurrency` that the input of a run may have. */
  readonly maxRunConcurrency?: number;
  readonly maxObjectsPerSecond: number;
  readonly reportBucket: string;
  readonly reportPrefix: string;
  readonly archiverName: string;
  /** Whether a function lists, which can also read a list. */
  readonly readsManifests: boolean;
  readonly allowsRestore: boolean;
}

export interface ArchiveSettings extends SourceSettings {
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  readonly alertMode?: string;
  /** Unset: no message is written for a chat. */
  readonly chatTopicArn?: string;
  /** The name in alerts. */
  readonly archiverName?: string;
  readonly storageClass?: string;
  readonly destinationKeyArn?: string;
  /** The key for restored objects. Unset: the default of the source bucket. */
  readonly sourceKeyArn?: string;
  readonly reportBucket: string;
  readonly maxRounds: number;
  /** What one request copies at most. */
  readonly multipartThresholdBytes: number;
}

/**
 * ReportRun also needs the source and the destination: if a batch failed, it looks at both to find the batch's objects.
 */
export interface ReportSettings extends SourceSettings {
  /** The days of a run whose input names none. */
  readonly selection?: SelectionSettings;
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  readonly alertMode?: string;
  readonly storageClass: string;
  readonly region?: string;
  /** Unset: source and destination are not known to be in different regions. */
  readonly transfer?: TransferSettings;
  readonly reportBucket: string;
  /** Unset: not known. */
  readonly reportRetentionDays?: number;
  readonly toleratedFailurePercentage: number;
  readonly archiverName: string;
  readonly batch: BatchSettings;
}

export function readPlanSettings(environment: Environment): PlanSettings {
  const values = readVariables(PlanEnvironment, environment);
  const source = toSourceSettings(values);
  const reports = { reportBucket: values.REPORT_BUCKET, reportPrefix: values.REPORT_PREFIX };
  checkPlaces({ ...source, ...reports, layout: source.layout.format });
  return {
    ...source,
    selection: values.SELECTION,
    maxConcurrency: values.MAX_CONCURRENCY,
    maxRunConcurrency: values.MOST_CONCURRENCY,
    maxObjectsPerSecond: values.MAX_OBJECTS_PER_SECOND,
    ...reports,
    archiverName: values.ARCHIVER_NAME,
    readsManifests: values.LISTING === 'selective',
    allowsRestore: values.ALLOW_RESTORE === 'true',
  };
}

export interface ListSettings extends SourceSettings {
  readonly reportBucket: string;
  /** How many requests list at the same time. */
  readonly concurrency: number;
  readonly batchSize: number;
}

export function readListSettings(environment: Environment): ListSettings {
  const values = readVariables(ListEnvironment, environment);
  return {
    ...toSourceSettings(values),
    reportBucket: values.REPORT_BUCKET,
    concurrency: values.LISTING_CONCURRENCY,
    batchSize: values.BATCH_SIZE,
  };
}

export function readArchiveSettings(environment: Environment): ArchiveSettings {
  const values = readVariables(ArchiveEnvironment, environment);
  return {
    ...toSourceSettings(values),
    conflictPolicy: values.CONFLICT_POLICY,
    alertMode: values.ALERT_MODE,
    chatTopicArn: values.CHAT_TOPIC_ARN,
    archiverName: values.ARCHIVER_NAME,
    storageClass: values.STORAGE_CLASS,
    destinationKeyArn: values.DESTINATION_KEY_ARN,
    ...values.SOURCE_KEY_ARN !== undefined && { sourceKeyArn: values.SOURCE_KEY_ARN },
    reportBucket: values.REPORT_BUCKET,
    maxRounds: values.MAX_ROUNDS,
    multipartThresholdBytes: values.MULTIPART_THRESHOLD_BYTES,
  };
}

export function readReportSettings(environment: Environment): ReportSettings {
  const values = readVariables(ReportEnvironment, environment);
  return {
    ...toSourceSettings(values),
    selection: values.SELECTION,
    conflictPolicy: values.CONFLICT_POLICY,
    alertMode: values.ALERT_MODE,
    storageClass: values.STORAGE_CLASS ?? 'STANDARD',
    region: values.AWS_REGION,
    ...values.TRANSFER && { transfer: values.TRANSFER },
    reportBucket: values.REPORT_BUCKET,
    ...values.REPORT_RETENTION_DAYS !== undefined && { reportRetentionDays: values.REPORT_RETENTION_DAYS },
    toleratedFailurePercentage: values.TOLERATED_FAILURE_PERCENTAGE,
    archiverName: values.ARCHIVER_NAME,
    batch: values.BATCH,
  };
}

/** Repeats the checks of the construct, which cannot check tokens. PlanRun is the first state, so it makes them for all. */
function checkPlaces(places: Places): void {
  checkSettings(() => {
    checkBucket('bucket', places.sourceBucket);
    checkBucket('destinationBucket', places.destinationBucket);
    checkBucket('reportBucket', places.reportBucket);
    checkReports(places);
  });
}

type SourceValues = v.InferOutput<v.ObjectSchema<typeof sourceVariables, undefined>>;

function toSourceSettings(values: SourceValues): SourceSettings {
  const settings = {
    sourceBucket: values.SOURCE_BUCKET,
    sourcePrefix: values.SOURCE_PREFIX,
    destinationBucket: values.DESTINATION_BUCKET,
    destinationPrefix: values.DESTINATION_PREFIX,
    dateSource: values.DATE_SOURCE,
    layout: values.LAYOUT,
    timeZone: values.TIME_ZONE,
    ...values.SOURCE_DISPOSITION === 'KEEP' && { keepsSources: true },
    ...values.FILTER !== undefined && { filter: values.FILTER },
  };
  checkSettings(() => checkHours(settings.layout.format, settings.dateSource));
  if (settings.sourceBucket === settings.destinationBucket && settings.sourcePrefix === settings.destinationPrefix) {
    throw namedError(
      ErrorName.INVALID_RUN_INPUT,
      `prefix and destinationPrefix are both "${settings.sourcePrefix}" in bucket ${settings.sourceBucket}, but must differ: set another destinationPrefix or destinationBucket`,
    );
  }
  return settings;
}
