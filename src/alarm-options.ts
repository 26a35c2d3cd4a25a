import type { Duration } from 'aws-cdk-lib';

/**
 * Which alarms `S3DatedArchiver.addAlarms()` creates, and their thresholds.
 *
 * Alarms for conditions that no run reports are on by default. Alarms for conditions that the
 * archiver also publishes a message about, which are failed runs and failed objects, are off by
 * default.
 */
export interface AlarmOptions {
  /**
   * Whether to create an alarm that fires if no run has completed within `completedWithin`.
   *
   * It can fire without any run: it is in ALARM from minutes after the deployment until the first
   * run completes, and it reminds you of a failed run that nobody has fixed. Dry runs do not count
   * as completed. It also notifies when it is OK again. So start a run right after the deployment,
   * once the subscriptions are confirmed: if it completes and no OK arrives, no alarm will.
   *
   * @default - true if `completedWithin` is given, or if its default is known from the archiver's
   * schedule
   */
  readonly noRunCompleted?: boolean;

  /**
   * The longest time from the end of one run to the end of the next, 1 hour to 7 days in whole
   * hours.
   *
   * An alarm evaluates at most the last 7 days, so it cannot watch runs that start only once a
   * week.
   *
   * @default - two hours more than the interval of `schedule`, if it is a rate of at most 6 days or
   * runs every day
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  readonly completedWithin?: Duration;

  /**
   * Whether to create an alarm that fires if a run selected no object, or far fewer objects than
   * earlier runs.
   *
   * It stays in ALARM until a run selects as many as usual. Dry runs, runs that catch up with
   * earlier days, and runs for days that have not begun do not count.
   *
   * @default true
   */
  readonly nothingArrived?: boolean;

  /**
   * The threshold of `nothingArrived`, as a share of the median of the last 14 runs, 0 to 1.
   *
   * With 0, the alarm fires only if a run selected no object at all.
   *
   * @default 0.1
   */
  readonly minArrivalRatio?: number;

  /**
   * Whether to create an alarm that fires if dated objects older than the days of a run are still
   * at the source.
   *
   * It stays in ALARM until a run finds at most `maxStragglers` of them. With
   * `DateSource.keyPrefix`, a run lists only its own days and finds no stragglers. It is off with
   * `SourceDisposition.KEEP`, where no run counts stragglers.
   *
   * @default true
   */
  readonly stragglers?: boolean;

  /**
   * The number of stragglers that is still acceptable, a whole number of at least 0.
   *
   * @default 0
   */
  readonly maxStragglers?: number;

  /**
   * The age that the oldest straggler may have before a second alarm fires, in whole days.
   *
   * @default - no alarm on the age of stragglers
   */
  readonly maxStragglerAge?: Duration;

  /**
   * Whether to create an alarm that fires if the function that explains failed runs fails itself.
   *
   * An alert about a failed run may then be missing, or be a raw event. This alarm is delivered
   * even if that function may not publish to the topic, because CloudWatch publishes it as a
   * service.
   *
   * @default true
   */
  readonly explainerFailed?: boolean;

  /**
   * Whether to create an alarm that fires if a run leaves failed objects at the source.
   *
   * The run publishes its own message about them.
   *
   * @default false
   */
  readonly objectsFailed?: boolean;

  /**
   * Whether to create an alarm that fires if a verification finds archived objects that are
   * changed, missing or unproven.
   *
   * It stays in ALARM until a verification finds none. The verification publishes its own message
   * about them.
   *
   * @default false
   */
  readonly objectsUnaccounted?: boolean;

  /**
   * Whether to create an alarm that fires if a run fails, times out or is aborted.
   *
   * The archiver publishes its own message about it.
   *
   * @default false
   */
  readonly runFailed?: boolean;
}
