import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { createMetric } from './metrics';
import { type AlarmOptions, ArchiverAlarm } from '../../alarm-options';
import { MetricName } from '../../contract/metrics';
import { runbookUrl } from '../../contract/published/documents';
import { toKebabCase } from '../../contract/variables';

interface AlarmTargets {
  readonly archiver: string;
  readonly stateMachine: sfn.IStateMachine;
  readonly explainFailure: lambda.IFunction;
  readonly schedule?: scheduler.ScheduleExpression;
  readonly countsStragglers: boolean;
  readonly topics: readonly sns.ITopic[];
}

/** A metric of the archiver, with its usual statistic unless another is given. */
type GetMetric = (name: MetricName, statistic?: string) => cloudwatch.Metric;

interface AlarmDefinition {
  /** Undefined: no alarm. */
  readonly threshold: number | undefined;
  /** What happened, and what to do about it. */
  readonly description: string;
  readonly metric: cloudwatch.Metric | cloudwatch.MathExpression;
  /** Unset: the alarm goes off above the threshold. */
  readonly comparisonOperator?: cloudwatch.ComparisonOperator;
  /** How many periods in a row. Unset: one. */
  readonly evaluationPeriods?: number;
  /** Unset: an alarm keeps its state between runs, until a run emits another value. */
  readonly treatMissingData?: cloudwatch.TreatMissingData;
}

/**
 * A run emits its metrics once: a period of minutes could miss a late data point, and one of a day
 * would keep an alarm on after the fix.
 */
const PERIOD = Duration.hours(1);
/**
 * How many hours late a run may complete: it may have more to do than the run before it, and when
 * daylight saving time ends, the clock goes back.
 */
const GRACE_HOURS = 2;

/**
 * Creates the alarms whose threshold is given or has a default. CDK loads `aws-cloudwatch` on first
 * use, so every use of it is inside a function: an app without alarms does not load it.
 */
export function createAlarms(
  scope: Construct,
  options: AlarmOptions,
  targets: AlarmTargets,
): cloudwatch.Alarm[] {
  const actions = targets.topics.map((topic) => new SnsAction(topic));
  const definitions = Object.entries(defineAlarms(scope, options, targets)) as [
    ArchiverAlarm,
    AlarmDefinition,
  ][];
  return definitions
    .filter(([, { threshold }]) => threshold !== undefined)
    .filter(([id]) => !options.exclude?.includes(id))
    .map(([id, definition]) => createAlarm(scope, targets.archiver, id, definition, actions));
}

/** An id is also, in kebab-case, the alarm's section in the runbook. */
function createAlarm(
  scope: Construct,
  archiver: string,
  id: ArchiverAlarm,
  { metric, description, ...definition }: AlarmDefinition,
  actions: readonly SnsAction[],
): cloudwatch.Alarm {
  const alarm = metric.createAlarm(scope, id, {
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    ...definition,
    threshold: definition.threshold!,
    // NoRunCompleted has the section "No run completed".
    alarmDescription: `${archiver}: ${description}. Runbook: ${runbookUrl(toKebabCase(id))}`,
  });
  alarm.addAlarmAction(...actions);
  // This alarm goes to ALARM minutes after the first deployment, before any subscription is
  // confirmed. So the first message that people get is the OK.
  if (id === ArchiverAlarm.NO_RUN_COMPLETED) {
    alarm.addOkAction(...actions);
  }
  return alarm;
}

function defineAlarms(
  scope: Construct,
  options: AlarmOptions,
  { archiver, stateMachine, explainFailure, schedule, countsStragglers }: AlarmTargets,
): Record<ArchiverAlarm, AlarmDefinition> {
  const getMetric: GetMetric = (name, statistic) =>
    createMetric(scope, archiver, name, { period: PERIOD, ...(statistic && { statistic }) });
  return {
    NoRunCompleted: watchCompletion(options, schedule, getMetric),
    NothingArrived: watchArrivals(options, getMetric),
    Stragglers: {
      threshold: options.stragglers ?? (countsStragglers ? 0 : undefined),
      description:
        'dated objects older than the days of the last run are still at the source. Its report ' +
        'names them; start a run for their days',
      metric: getMetric(MetricName.STRAGGLERS),
    },
    OldStragglers: {
      threshold: options.oldStragglers?.toDays(),
      description:
        'a dated object has been at the source for too long. The report of the last run names ' +
        'it; start a run for its day',
      metric: getMetric(MetricName.OLDEST_STRAGGLER_DAYS),
    },
    UndatedObjects: {
      threshold: options.undatedObjects,
      description:
        'objects at the source have no date that dateSource reads, so no run archives them. The ' +
        'report of the last run shows some; check the format',
      metric: getMetric(MetricName.OBJECTS_UNDATED),
    },
    ExplainerFailed: {
      threshold: options.explainerFailed ?? 0,
      description:
        'the function that explains failed runs failed itself, and a message may be missing. ' +
        'Look for a failed run in the state machine, and at the log of ExplainFailure',
      metric: explainFailure.metricErrors({ period: PERIOD, statistic: cloudwatch.Stats.SUM }),
      // The function is invoked only when a run fails. With IGNORE, the alarm would stay on until
      // the next failed run.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    },
    ObjectsFailed: {
      threshold: options.objectsFailed,
      description: 'objects could not be archived. The message of the run says which and why',
      metric: getMetric(MetricName.OBJECTS_FAILED),
    },
    ObjectsUnaccounted: {
      threshold: options.objectsUnaccounted,
      description:
        'archived objects are changed, missing or unproven. The message of the verification ' +
        'names them; its ledger has all of them',
      metric: getMetric(MetricName.OBJECTS_UNACCOUNTED),
    },
    RunFailed: {
      threshold: options.runFailed,
      description: 'a run failed, timed out or was aborted. The message about it says why',
      metric: createFailedRunsMetric(stateMachine),
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    },
  };
}

function watchCompletion(
  { noRunCompleted }: AlarmOptions,
  schedule: scheduler.ScheduleExpression | undefined,
  getMetric: GetMetric,
): AlarmDefinition {
  const hours = noRunCompleted?.toHours() ?? getDefaultHours(schedule);
  return {
    threshold: hours && 1,
    description:
      `no run has completed for ${Tokenization.stringifyNumber(hours ?? 0)} hours. Look for a ` +
      'failed run in the state machine, and check that the schedule starts runs',
    metric: getMetric(MetricName.RUN_SECONDS, cloudwatch.Stats.SAMPLE_COUNT),
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: hours,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  };
}

function watchArrivals(
  { nothingArrived: threshold = 0.1 }: AlarmOptions,
  getMetric: GetMetric,
): AlarmDefinition {
  const { LESS_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;
  return {
    threshold,
    description:
      'nothing arrived for the days of the last run, or far less than usual. Check what ' +
      'writes the objects, and how it names them now',
    metric: getMetric(MetricName.ARRIVAL_RATIO),
    // No ratio is below zero.
    comparisonOperator: threshold === 0 ? LESS_THAN_OR_EQUAL_TO_THRESHOLD : LESS_THAN_THRESHOLD,
  };
}

/** Undefined: the interval between two runs is not known, or too long for an alarm. */
function getDefaultHours(schedule?: scheduler.ScheduleExpression): number | undefined {
  const interval = schedule && getIntervalHours(schedule);
  return interval !== undefined && interval <= MAX_WATCHED_HOURS
    ? interval + GRACE_HOURS
    : undefined;
}

/**
 * An alarm evaluates at most the last seven days, so it cannot watch runs that start only once a
 * week.
 */
const MAX_WATCHED_HOURS = 144;
const HOURS_OF_WEEK = 168;
const HOURS_BY_UNIT: Record<string, number> = { minute: 1 / 60, hour: 1, day: 24 };

/** Returns the longest interval between two runs, in whole hours. Undefined: it is not known. */
export function getIntervalHours({
  expressionString,
}: scheduler.ScheduleExpression): number | undefined {
  if (Token.isUnresolved(expressionString)) {
    return undefined;
  }
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expressionString) ?? [];
  if (unit) {
    return Math.ceil(Number(count) * HOURS_BY_UNIT[unit]);
  }
  const [, dayOfWeek] =
    /^cron\(\S+ \S+ [*?] \* ([*?]|\w{1,3})(?: \*)?\)$/.exec(expressionString) ?? [];
  if (dayOfWeek === undefined) {
    return undefined;
  }
  const isWeekly = /\w/.test(dayOfWeek);
  return isWeekly ? HOURS_OF_WEEK : HOURS_BY_UNIT.day;
}

/**
 * Returns how many runs did not succeed. Step Functions emits no data points of zero, so each
 * metric is filled.
 */
function createFailedRunsMetric(stateMachine: sfn.IStateMachine): cloudwatch.MathExpression {
  const statistic = cloudwatch.Stats.SUM;
  return new cloudwatch.MathExpression({
    expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
    label: 'Runs that did not succeed',
    period: PERIOD,
    usingMetrics: {
      failed: stateMachine.metricFailed({ statistic }),
      timedOut: stateMachine.metricTimedOut({ statistic }),
      aborted: stateMachine.metricAborted({ statistic }),
    },
  });
}
