import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { createMetric } from './metrics';
import type { AlarmOptions } from '../../alarm-options';
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

type Watched = cloudwatch.Metric | cloudwatch.MathExpression;

/** A metric of the archiver, with its usual statistic unless another is given. */
type GetMetric = (name: MetricName, statistic?: string) => cloudwatch.Metric;

/** An alarm that the options ask for. */
interface AlarmDefinition {
  /** The construct's id. In kebab-case, it is also the alarm's section in the runbook. */
  readonly id: string;
  /** What happened, and what to do about it. */
  readonly description: string;
  readonly metric: Watched;
  readonly threshold: number;
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
 * Creates the alarms that the options ask for. CDK loads `aws-cloudwatch` on first use, so every
 * use of it is inside a function: an app without alarms does not load it.
 */
export function createAlarms(
  scope: Construct,
  options: AlarmOptions,
  targets: AlarmTargets,
): cloudwatch.Alarm[] {
  const { archiver, stateMachine } = targets;
  const getMetric: GetMetric = (name, statistic) =>
    createMetric(scope, archiver, name, { period: PERIOD, ...(statistic && { statistic }) });
  const definitions = [
    ...watchCompletion(options, targets.schedule, getMetric),
    ...watchArrivals(options, getMetric),
    ...watchStragglers(options, targets.countsStragglers, getMetric),
    ...watchExplainer(options, targets.explainFailure),
    ...watchObjects(options, getMetric),
    ...watchFailedRuns(options, stateMachine),
  ];
  const actions = targets.topics.map((topic) => new SnsAction(topic));
  return definitions.map((definition) => createAlarm(scope, archiver, definition, actions));
}

function createAlarm(
  scope: Construct,
  archiver: string,
  { id, metric, description, ...definition }: AlarmDefinition,
  actions: readonly SnsAction[],
): cloudwatch.Alarm {
  const alarm = metric.createAlarm(scope, id, {
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    ...definition,
    // NoRunCompleted has the section "No run completed".
    alarmDescription: `${archiver}: ${description}. Runbook: ${runbookUrl(toKebabCase(id))}`,
  });
  alarm.addAlarmAction(...actions);
  // This alarm is in ALARM minutes after the first deployment, when nobody has confirmed a
  // subscription. What people get is the first OK.
  if (id === NO_RUN_COMPLETED) {
    alarm.addOkAction(...actions);
  }
  return alarm;
}

const NO_RUN_COMPLETED = 'NoRunCompleted';

function watchCompletion(
  options: AlarmOptions,
  schedule: scheduler.ScheduleExpression | undefined,
  getMetric: GetMetric,
): AlarmDefinition[] {
  const hours = getHoursToComplete(options, schedule);
  if (hours === undefined) {
    return [];
  }
  return [
    {
      id: NO_RUN_COMPLETED,
      description:
        `no run has completed for ${Tokenization.stringifyNumber(hours)} hours. Look for a ` +
        'failed run in the state machine, and check that the schedule starts runs',
      metric: getMetric(MetricName.RUN_SECONDS, cloudwatch.Stats.SAMPLE_COUNT),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: hours,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    },
  ];
}

function watchArrivals(
  { nothingArrived = true, minArrivalRatio = 0.1 }: AlarmOptions,
  getMetric: GetMetric,
): AlarmDefinition[] {
  if (!nothingArrived) {
    return [];
  }
  const { LESS_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;
  return [
    {
      id: 'NothingArrived',
      description:
        'nothing arrived for the days of the last run, or far less than usual. Check what ' +
        'writes the objects, and how it names them now',
      metric: getMetric(MetricName.ARRIVAL_RATIO),
      threshold: minArrivalRatio,
      // No ratio is below zero.
      comparisonOperator:
        minArrivalRatio === 0 ? LESS_THAN_OR_EQUAL_TO_THRESHOLD : LESS_THAN_THRESHOLD,
    },
  ];
}

function watchStragglers(
  { stragglers, maxStragglers = 0, maxStragglerAge }: AlarmOptions,
  countsStragglers: boolean,
  getMetric: GetMetric,
): AlarmDefinition[] {
  const definitions: AlarmDefinition[] = [];
  if (stragglers ?? countsStragglers) {
    definitions.push({
      id: 'Stragglers',
      description:
        'dated objects older than the days of the last run are still at the source. Its report ' +
        'names them; start a run for their days',
      metric: getMetric(MetricName.STRAGGLERS),
      threshold: maxStragglers,
    });
  }
  if (maxStragglerAge) {
    definitions.push({
      id: 'OldStragglers',
      description:
        'a dated object has been at the source for too long. The report of the last run names ' +
        'it; start a run for its day',
      metric: getMetric(MetricName.OLDEST_STRAGGLER_DAYS),
      threshold: maxStragglerAge.toDays(),
    });
  }
  return definitions;
}

function watchExplainer(
  { explainerFailed = true }: AlarmOptions,
  explainFailure: lambda.IFunction,
): AlarmDefinition[] {
  if (!explainerFailed) {
    return [];
  }
  return [
    {
      id: 'ExplainerFailed',
      description:
        'the function that explains failed runs failed itself, and a message may be missing. ' +
        'Look for a failed run in the state machine, and at the log of ExplainFailure',
      metric: explainFailure.metricErrors({ period: PERIOD, statistic: cloudwatch.Stats.SUM }),
      threshold: 0,
      // The function is invoked only when a run fails. With IGNORE, the alarm would stay on until
      // the next failed run.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    },
  ];
}

function watchObjects(
  { objectsFailed, objectsUnaccounted }: AlarmOptions,
  getMetric: GetMetric,
): AlarmDefinition[] {
  const definitions: AlarmDefinition[] = [];
  if (objectsFailed) {
    definitions.push({
      id: 'ObjectsFailed',
      description: 'objects could not be archived. The message of the run says which and why',
      metric: getMetric(MetricName.OBJECTS_FAILED),
      threshold: 0,
    });
  }
  if (objectsUnaccounted) {
    definitions.push({
      id: 'ObjectsUnaccounted',
      description:
        'archived objects are changed, missing or unproven. The message of the verification ' +
        'names them; its ledger has all of them',
      metric: getMetric(MetricName.OBJECTS_UNACCOUNTED),
      threshold: 0,
    });
  }
  return definitions;
}

function watchFailedRuns(
  { runFailed }: AlarmOptions,
  stateMachine: sfn.IStateMachine,
): AlarmDefinition[] {
  if (!runFailed) {
    return [];
  }
  return [
    {
      id: 'RunFailed',
      description: 'a run failed, timed out or was aborted. The message about it says why',
      metric: createFailedRunsMetric(stateMachine),
      threshold: 0,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    },
  ];
}

function getHoursToComplete(
  { noRunCompleted, completedWithin }: AlarmOptions,
  schedule?: scheduler.ScheduleExpression,
): number | undefined {
  if (noRunCompleted === false) {
    return undefined;
  }
  if (completedWithin) {
    return completedWithin.toHours();
  }
  const interval = schedule && getIntervalHours(schedule);
  if (interval !== undefined && interval <= MAX_WATCHED_HOURS) {
    return interval + GRACE_HOURS;
  }
  if (noRunCompleted) {
    throw new Error(
      'noRunCompleted needs completedWithin, since the archiver has no schedule from which the ' +
        'interval between runs is known: ' +
        'set completedWithin to the longest time from the end of one run to the end of the next',
    );
  }
  return undefined;
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
