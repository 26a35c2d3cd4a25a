/** The custom metrics. ReportRun emits them, and `metricXxx()` reads them, under these names. */
export const METRIC_NAMESPACE = 'S3DatedArchiver';

/** The only dimension. Its value is the environment variable ARCHIVER_NAME. */
export const METRIC_DIMENSION = 'Archiver';

export enum MetricName {
  OBJECTS_LISTED = 'ObjectsListed',
  OBJECTS_ARCHIVED = 'ObjectsArchived',
  OBJECTS_SKIPPED = 'ObjectsSkipped',
  OBJECTS_UNDATED = 'ObjectsUndated',
  OBJECTS_CONFLICTING = 'ObjectsConflicting',
  OBJECTS_FAILED = 'ObjectsFailed',
  BYTES_ARCHIVED = 'BytesArchived',
  STRAGGLERS = 'Stragglers',
  OLDEST_STRAGGLER_DAYS = 'OldestStragglerDays',
  RUN_SECONDS = 'RunSeconds',
  /** How many objects arrived for the run's days, divided by the usual number. */
  ARRIVAL_RATIO = 'ArrivalRatio',
  OBJECTS_UNACCOUNTED = 'ObjectsUnaccounted',
}
