import type { Duration } from 'aws-cdk-lib';

/**
 * The alarms that `S3DatedArchiver.addAlarms()` can create.
 */
export enum ArchiverAlarm {
  /** No run has completed for a while. */
  NO_RUN_COMPLETED = 'NoRunCompleted',
  /** A run selected no object, or far fewer than earlier runs. */
  NOTHING_ARRIVED = 'NothingArrived',
  /** Dated objects older than the days of a run are still at the source. */
  STRAGGLERS = 'Stragglers',
  /** A dated object has been at the source for too long. */
  OLD_STRAGGLERS = 'OldStragglers',
  /** A run listed objects without a date. */
  UNDATED_OBJECTS = 'UndatedObjects',
  /** The function that explains failed runs failed itself. */
  EXPLAINER_FAILED = 'ExplainerFailed',
  /** A run left failed objects at the source. */
  OBJECTS_FAILED = 'ObjectsFailed',
  /** A verification found archived objects that are changed, missing or unproven. */
  OBJECTS_UNACCOUNTED = 'ObjectsUnaccounted',
  /** A run failed, timed out or was aborted. */
  RUN_FAILED = 'RunFailed',
}

/**
 * The thresholds of the alarms that `S3DatedArchiver.addAlarms()` creates: one for each alarm.
 *
 * An alarm exists if its threshold is given, or has a default. Alarms for conditions that no run
 * reports have a default. Alarms for conditions that the archiver also publishes a message about,
 * such as failed runs and failed objects, have none. `exclude` names alarms that you do not want
 * although they have a default.
 */
export interface AlarmOptions {
  /**
   * The longest time from the end of one run to the end of the next, 1 hour to 7 days in whole
   * hours. The alarm fires if no run has completed within it.
   *
   * The alarm can fire without any run: it is in ALARM from minutes after the deployment until the
   * first run completes, and it reminds you of a failed run that still needs a fix. Dry runs do not
   * count as completed. It also notifies when it is OK again. So start a run right after the
   * deployment, once the subscriptions are confirmed: if it completes and no OK arrives, no alarm
   * will.
   *
   * An alarm evaluates at most the last 7 days, so it cannot watch runs that start only once a
   * week.
   *
   * @default - two hours more than the interval of `schedule`, if it is a rate of at most 6 days or
   * runs every day. Otherwise no alarm
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  readonly noRunCompleted?: Duration;

  /**
   * The share of the usual number of objects, 0 to 1. The alarm fires if a run selected fewer. The
   * usual number is the median of the last 14 runs.
   *
   * With 0, the alarm fires only if a run selected no object at all. It stays in ALARM until a run
   * selects as many as usual. Dry runs, runs that catch up with earlier days, and runs for days
   * that have not begun do not count.
   *
   * @default 0.1
   */
  readonly nothingArrived?: number;

  /**
   * How many stragglers are acceptable, a whole number of at least 0. Stragglers are dated objects
   * older than the days of a run that are still at the source. The alarm fires if a run finds more.
   *
   * It stays in ALARM until a run finds as few. With `DateSource.keyPrefix`, a run lists only its
   * own days and finds no stragglers.
   *
   * @default 0. With `SourceDisposition.KEEP`, where no run counts stragglers, no alarm
   */
  readonly stragglers?: number;

  /**
   * The age that the oldest straggler may have, in whole days. The alarm fires if it is older.
   *
   * @default - no alarm
   */
  readonly oldStragglers?: Duration;

  /**
   * How many objects without a date are acceptable, a whole number of at least 0. The alarm fires
   * if a run lists more.
   *
   * A run publishes its own message about undated objects when they begin to arrive. This alarm
   * stays in ALARM as long as they are there.
   *
   * @default - no alarm
   */
  readonly undatedObjects?: number;

  /**
   * How many times in an hour the function that explains failed runs may fail itself, a whole
   * number of at least 0. The alarm fires if it fails more often.
   *
   * An alert about a failed run may then be missing, or be a raw event. This alarm is delivered
   * even if that function may not publish to the topic, because CloudWatch publishes it as a
   * service.
   *
   * @default 0
   */
  readonly explainerFailed?: number;

  /**
   * How many failed objects are acceptable, a whole number of at least 0. The alarm fires if a run
   * leaves more of them at the source.
   *
   * The run publishes its own message about them.
   *
   * @default - no alarm
   */
  readonly objectsFailed?: number;

  /**
   * How many archived objects a verification may find changed, missing or unproven, a whole number
   * of at least 0. The alarm fires if it finds more.
   *
   * It stays in ALARM until a verification finds as few. The verification publishes its own message
   * about them.
   *
   * @default - no alarm
   */
  readonly objectsUnaccounted?: number;

  /**
   * How many runs in an hour may fail, time out or be aborted, a whole number of at least 0. The
   * alarm fires if more do.
   *
   * The archiver publishes its own message about each.
   *
   * @default - no alarm
   */
  readonly runFailed?: number;

  /**
   * Alarms that are not created although their threshold has a default.
   *
   * @default - none
   */
  readonly exclude?: ArchiverAlarm[];
}
