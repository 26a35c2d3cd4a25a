import type { Duration } from 'aws-cdk-lib';

/**
 * Which alarms `S3DatedArchiver.addAlarms()` defines, and where they draw the line.
 *
 * Those that tell what no message of a run tells are on unless you turn them off. Those that repeat one are off unless
 * you turn them on: a run that fails, or that leaves failed objects behind, sends its own message.
 */
export interface AlarmOptions {
  /**
   * Whether to alarm when no run has reported its counts in time, be it that none was started. Dry runs do not count.
   * It needs no run to go off: it is in ALARM from the deployment to the end of the first run, and after a run that failed
   * without a report, of which there is a message, it is the reminder if nobody has mended it by then.
   *
   * @default - true if `completedWithin` is given, or known from the archiver's schedule
   */
  readonly noRunCompleted?: boolean;

  /**
   * How long it may take from the end of a run to the end of the next, in whole hours: 1 hour to 7 days. A week between
   * runs is more than an alarm can look back.
   *
   * @default - the pause of the archiver's `schedule` and two hours more, where that is a rate or comes every day
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  readonly completedWithin?: Duration;

  /**
   * Whether to alarm when nothing arrived: a run selected no object, or far fewer than the runs before it. It stays in
   * ALARM until a run finds as much as usual. Runs that catch up with earlier days, and dry runs, do not count.
   *
   * @default true
   */
  readonly nothingArrived?: boolean;

  /**
   * What is far fewer: less than this share of the median of what arrived for the days of the last 14 runs, 0 to 1.
   * With 0, only a run that selects no object is one in which nothing arrived.
   *
   * @default 0.1
   */
  readonly minArrivalRatio?: number;

  /**
   * Whether to alarm when dated objects older than a run's days are still at the source. It stays in ALARM until a run
   * finds no more than `maxStragglers` of them. With `DateSource.keyPrefix` a run lists only its days and sees no stragglers.
   *
   * @default true
   */
  readonly stragglers?: boolean;

  /**
   * How many stragglers are no reason for an alarm.
   *
   * @default 0
   */
  readonly maxStragglers?: number;

  /**
   * How old the oldest straggler may become, in whole days, before there is an alarm of its own.
   *
   * @default - no alarm on the age of stragglers
   */
  readonly maxStragglerAge?: Duration;

  /**
   * Whether to alarm when the function that explains failed runs fails itself, so that a message may be missing or arrive as
   * a raw event. CloudWatch publishes to the topic in its own name: this alarm arrives where that function may not publish.
   *
   * @default true
   */
  readonly explainerFailed?: boolean;

  /**
   * Whether to alarm when a run leaves failed objects behind. The run sends a message of its own about them.
   *
   * @default false
   */
  readonly objectsFailed?: boolean;

  /**
   * Whether to alarm when a run fails, times out or is aborted. The archiver sends a message of its own about it.
   *
   * @default false
   */
  readonly runFailed?: boolean;
}
