/**
 * What the construct tells its handlers: plain data, without third-party imports, since the
 * construct loads this module in every consumer's app.
 */

/** Environment variables of the handlers. Values are strings; those marked JSON hold an object below. */
export enum Env {
  SOURCE_BUCKET = 'SOURCE_BUCKET',
  /** The `prefix` prop. */
  SOURCE_PREFIX = 'SOURCE_PREFIX',
  DESTINATION_BUCKET = 'DESTINATION_BUCKET',
  DESTINATION_PREFIX = 'DESTINATION_PREFIX',
  /** JSON: DateSourceSettings */
  DATE_SOURCE = 'DATE_SOURCE',
  /** JSON: SelectionSettings */
  SELECTION = 'SELECTION',
  /** JSON: LayoutSettings */
  LAYOUT = 'LAYOUT',
  /** IANA name */
  TIME_ZONE = 'TIME_ZONE',
  /** Unset: as many batches as the rate needs. */
  CONCURRENCY = 'MAX_CONCURRENCY',
  /** What the input of a run may have at most in its place. Unset: what Step Functions takes. */
  MAX_RUN_CONCURRENCY = 'MOST_CONCURRENCY',
  MAX_OBJECTS_PER_SECOND = 'MAX_OBJECTS_PER_SECOND',
  TOLERATED_FAILURE_PERCENTAGE = 'TOLERATED_FAILURE_PERCENTAGE',
  /** `REPORT` or `RENAME` */
  CONFLICT_POLICY = 'CONFLICT_POLICY',
  /** Unset: the destination's default. */
  STORAGE_CLASS = 'STORAGE_CLASS',
  /** ARN of a KMS key to encrypt archived objects with. Unset: the destination bucket's default. */
  DESTINATION_KEY_ARN = 'DESTINATION_KEY_ARN',
  /** `PROBLEMS`, `EVERY_RUN` or `PER_BATCH`: what messages a run sends, which is a part of what it costs. */
  ALERT_MODE = 'ALERT_MODE',
  REPORT_BUCKET = 'REPORT_BUCKET',
  REPORT_PREFIX = 'REPORT_PREFIX',
  /** Rounds after which a batch gives up what is left. */
  MAX_ROUNDS = 'MAX_ROUNDS',
  /** Objects above this size are copied in parts. Unset: 5 GiB, the limit of CopyObject. */
  MULTIPART_THRESHOLD_BYTES = 'MULTIPART_THRESHOLD_BYTES',
  ALERT_TOPIC_ARN = 'ALERT_TOPIC_ARN',
  /** Of the runs that a schedule could not start. Unset: there is no schedule. */
  STATE_MACHINE_ARN = 'STATE_MACHINE_ARN',
  /** Value of the metrics' one dimension. */
  ARCHIVER_NAME = 'ARCHIVER_NAME',
  /** JSON: BatchSettings. For ReportRun. */
  BATCH = 'BATCH',
}

/** Where a date is looked for. `lastModified` has no formats, `keyPrefix` exactly one. */
export interface DateSourceSettings {
  readonly kind: 'objectName' | 'objectKey' | 'keyPrefix' | 'lastModified';
  readonly formats: string[];
}

/** Which days a run without dates of its own archives, counted from the day of the scheduled instant. */
export interface SelectionSettings {
  /** `daysAgo`: that one day. `lastDays`: as many days, the last of them yesterday. `olderThan`: every day before that. */
  readonly kind: 'daysAgo' | 'lastDays' | 'olderThan';
  readonly days: number;
}

/** The folder of a day, as a date format (`yyyy/MM/dd/`), and whether only base names are kept in it. */
export interface LayoutSettings {
  readonly format: string;
  readonly flatten: boolean;
}

/** What a report says of the function that archives batches, beside what it did. */
export interface BatchSettings {
  readonly logGroup: string;
  readonly memoryMb: number;
  /** Whether the map's children are EXPRESS workflows. */
  readonly express: boolean;
}
