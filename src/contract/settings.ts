/**
 * The settings that the construct passes to its handlers.
 *
 * This module must not import npm packages, because the construct loads it in every consumer's app.
 */

/**
 * The environment variables of the handlers. A variable that is marked JSON has one of the objects below as its value.
 */
export enum Env {
  SOURCE_BUCKET = 'SOURCE_BUCKET',
  /** The prop `prefix`. */
  SOURCE_PREFIX = 'SOURCE_PREFIX',
  DESTINATION_BUCKET = 'DESTINATION_BUCKET',
  DESTINATION_PREFIX = 'DESTINATION_PREFIX',
  /** JSON: DateSourceSettings */
  DATE_SOURCE = 'DATE_SOURCE',
  /** JSON: SelectionSettings */
  SELECTION = 'SELECTION',
  /** JSON: LayoutSettings */
  LAYOUT = 'LAYOUT',
  /** JSON: FilterSettings. Unset: no filter. */
  FILTER = 'FILTER',
  /** A name of the IANA time zone database. */
  TIME_ZONE = 'TIME_ZONE',
  /**
   * How many batches run at the same time. Unset: as many as the rate needs.
   *
   * The names of this variable and of the next one must not change, because they are part of every user's template.
   */
  CONCURRENCY = 'MAX_CONCURRENCY',
  /** The highest concurrency that the input of a run may ask for. Unset: the limit of Step Functions. */
  MAX_RUN_CONCURRENCY = 'MOST_CONCURRENCY',
  MAX_OBJECTS_PER_SECOND = 'MAX_OBJECTS_PER_SECOND',
  TOLERATED_FAILURE_PERCENTAGE = 'TOLERATED_FAILURE_PERCENTAGE',
  /** `KEEP`. Unset: sources of archived objects are deleted. */
  SOURCE_DISPOSITION = 'SOURCE_DISPOSITION',
  /** `REPORT` or `RENAME` */
  CONFLICT_POLICY = 'CONFLICT_POLICY',
  /** Unset: the default of the destination. */
  STORAGE_CLASS = 'STORAGE_CLASS',
  /** The ARN of the KMS key that encrypts archived objects. Unset: the default of the destination bucket. */
  DESTINATION_KEY_ARN = 'DESTINATION_KEY_ARN',
  /** The ARN of the KMS key that encrypts restored objects. Unset: the default of the source bucket. */
  SOURCE_KEY_ARN = 'SOURCE_KEY_ARN',
  /** `PROBLEMS`, `EVERY_RUN` or `PER_BATCH`. ReportRun computes the cost of a run's messages from it. */
  ALERT_MODE = 'ALERT_MODE',
  REPORT_BUCKET = 'REPORT_BUCKET',
  REPORT_PREFIX = 'REPORT_PREFIX',
  /** The number of rounds after which a batch stops. The objects that are left then fail. */
  MAX_ROUNDS = 'MAX_ROUNDS',
  /** What one request copies at most. Larger objects are copied in parts. Unset: 5 GiB, the limit of CopyObject. */
  MULTIPART_THRESHOLD_BYTES = 'MULTIPART_THRESHOLD_BYTES',
  ALERT_TOPIC_ARN = 'ALERT_TOPIC_ARN',
  /** The topic of the chat. Unset: there is none, and nobody writes messages for it. */
  CHAT_TOPIC_ARN = 'CHAT_TOPIC_ARN',
  /** The state machine that the schedule starts. Unset: there is no schedule. */
  STATE_MACHINE_ARN = 'STATE_MACHINE_ARN',
  /** The value of the only dimension of the metrics. */
  ARCHIVER_NAME = 'ARCHIVER_NAME',
  /** After so many days, reports expire. Unset: 400, or the bucket's own rules. */
  REPORT_RETENTION_DAYS = 'REPORT_RETENTION_DAYS',
  /** JSON: TransferSettings. Unset: source and destination are not known to be in different regions. */
  TRANSFER = 'TRANSFER',
  /** JSON: BatchSettings. Only ReportRun has it. */
  BATCH = 'BATCH',
  /** `selective`: a function lists, or reads a manifest. Unset: the map lists. Only PlanRun has it. */
  LISTING = 'LISTING',
  /** How many requests list at the same time. Only ListObjects has this and the next one. */
  LISTING_CONCURRENCY = 'LISTING_CONCURRENCY',
  /** The most objects in a batch. */
  BATCH_SIZE = 'BATCH_SIZE',
  /** `true`. Unset: runs that restore are refused. Only PlanRun has it. */
  ALLOW_RESTORE = 'ALLOW_RESTORE',
}

/** The page below the report prefix that has a calendar of all runs. */
export const CALENDAR_NAME = 'index.html';

/** The object that says which execution has a folder. */
export const CLAIM_NAME = 'claim.json';

/** The report of a run, in its folder. */
export const REPORT_NAME = 'report.json';

/** The list of the parts of a ledger with which its run was balanced, beside the report. */
export const BALANCED_PARTS_NAME = 'ledger-parts.jsonl';

/** The folder of a restore, beside its report, that says which archived copies nothing needs any more. */
export const COPIES_FOLDER = 'remove-copies/';

/** The folder below the report prefix that has the ledgers of all runs, and nothing else. */
export const LEDGER_FOLDER = 'ledger/';

/** The folder below the report prefix that says which run has which folder of the ledgers: it has the same tree, of claims. */
export const CLAIMS_FOLDER = 'claims/';

/** The folder, in the folder of a run, for what PlanRun and ListObjects found out for the run's map. */
export const PLAN_FOLDER = 'plan/';

/** The end of the name of a file that has the progress of a planned batch. */
export const PROGRESS_SUFFIX = '.progress.json';

/** The label of the Distributed Map that archives. It is part of the ARNs of Map Runs and children, so it must not change. */
export const MAP_LABEL = 'ArchiveObjects';

/** Who lists the source: the reader of the map, or the list-objects function, with so many requests at the same time. */
export type ListingSettings = { readonly kind: 'distributedMap' } | { readonly kind: 'selective'; readonly concurrency: number };

/** The regions of source and destination. AWS bills what is copied from one to the other. */
export interface TransferSettings {
  readonly from: string;
  readonly to: string;
}

/** The type of the metadata in a cloud assembly that say what a resource outside of its templates must allow. */
export const RESOURCE_POLICY_METADATA = 'cdk-s3-dated-archiver:resourcePolicy';

/** What is known of a resource that is not in the templates. */
export interface ResourcePolicyMetadata {
  /** An ARN. */
  readonly resource: string;
  readonly account?: string;
  readonly region?: string;
  /** The statements that its policy must have for the archiver. Unset: they are not known. */
  readonly statements?: object[];
}

/** Where the date of an object is read from. `lastModified` has no formats, and `keyPrefix` has exactly one. */
export interface DateSourceSettings {
  readonly kind: 'objectName' | 'objectKey' | 'keyPrefix' | 'lastModified';
  readonly formats: string[];
}

/** The days that a run archives if its input names none. They are counted from the day of the scheduled instant. */
export interface SelectionSettings {
  /**
   * `daysAgo`: the one day that is `days` days before today. `lastDays`: `days` days, of which the last is yesterday.
   * `olderThan`: every day before the day that is `days` days before today.
   */
  readonly kind: 'daysAgo' | 'lastDays' | 'olderThan';
  readonly days: number;
}

/** The folder of a day, as a date format (`yyyy/MM/dd/`). `flatten`: objects keep only their base names in it. */
export interface LayoutSettings {
  readonly format: string;
  readonly flatten: boolean;
}

/** What an object must be like to be archived. Globs match the key after the archiver's prefix. */
export interface FilterSettings {
  readonly include?: string[];
  readonly exclude?: string[];
  /** Bytes, both included. */
  readonly minSize?: number;
  readonly maxSize?: number;
  /** Seconds since the last modification, included. */
  readonly minAge?: number;
}

/** Facts about the archive-batch function for the report. */
export interface BatchSettings {
  readonly logGroup: string;
  readonly memoryMb: number;
  /** Whether the children of the Distributed Map are EXPRESS workflows. */
  readonly express: boolean;
}
