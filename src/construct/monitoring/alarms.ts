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
import { runbookUrl } from '../../contract/documents';
import { MetricName } from '../../contract/metrics';
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

export function createAlarms(
  scope: Construct,
  options: AlarmOptions,
  targets: AlarmTargets,
): cloudwatch.Alarm[] {
  const { archiver } = targets;
  // Inside the function because CDK loads `aws-cloudwatch` on first use: an app without alarms does
  // not load it.
  const { GREATER_THAN_THRESHOLD, LESS_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } =
    cloudwatch.ComparisonOperator;
  const { BREACHING, IGNORE, NOT_BREACHING } = cloudwatch.TreatMissingData;
  const alarms: cloudwatch.Alarm[] = [];
  const actions = targets.topics.map((topic) => new SnsAction(topic));
  const metric = (name: MetricName, statistic?: string) =>
    createMetric(scope, archiver, name, { period: PERIOD, ...(statistic && { statistic }) });
  // Missing data is ignored by default: an alarm keeps its state between runs, until a run emits
  // another value.
  const add = (
    id: string,
    metricToWatch: Watched,
    props: Omit<cloudwatch.CreateAlarmOptions, 'evaluationPeriods'>,
    periods = 1,
  ) => {
    const alarm = metricToWatch.createAlarm(scope, id, {
      evaluationPeriods: periods,
      treatMissingData: IGNORE,
      ...props,
      // NoRunCompleted has the section "No run completed".
      alarmDescription: `${archiver}: ${props.alarmDescription}. Runbook: ${runbookUrl(toKebabCase(id))}`,
    });
    alarm.addAlarmAction(...actions);
    // It is in ALARM minutes after the first deployment, when nobody has confirmed a subscription.
    // What people get is the first OK.
    if (id === 'NoRunCompleted') {
      alarm.addOkAction(...actions);
    }
    alarms.push(alarm);
  };

  const hours = getHoursToComplete(options, targets.schedule);
  if (hours !== undefined) {
    add(
      'NoRunCompleted',
      metric(MetricName.RUN_SECONDS, cloudwatch.Stats.SAMPLE_COUNT),
      {
        threshold: 1,
        comparisonOperator: LESS_THAN_THRESHOLD,
        treatMissingData: BREACHING,
        alarmDescription:
          `no run has completed for ${Tokenization.stringifyNumber(hours)} hours. Look for a ` +
          'failed run in the state machine, and check that the schedule starts runs',
      },
      hours,
    );
  }
  if (options.nothingArrived ?? true) {
    const threshold = options.minArrivalRatio ?? 0.1;
    add('NothingArrived', metric(MetricName.ARRIVAL_RATIO), {
      threshold,
      comparisonOperator: threshold === 0 ? LESS_THAN_OR_EQUAL_TO_THRESHOLD : LESS_THAN_THRESHOLD,
      alarmDescription:
        'nothing arrived for the days of the last run, or far less than usual. Check what ' +
        'writes the objects, and how it names them now',
    });
  }
  type Row = [
    id: string,
    isWanted: unknown,
    metric: Watched,
    description: string,
    threshold?: number,
    missing?: cloudwatch.TreatMissingData,
  ];
  const above: Row[] = [
    [
      'Stragglers',
      options.stragglers ?? targets.countsStragglers,
      metric(MetricName.STRAGGLERS),
      'dated objects older than the days of the last run are still at the source. Its report ' +
        'names them; start a run for their days',
      options.maxStragglers,
    ],
    [
      'OldStragglers',
      options.maxStragglerAge,
      metric(MetricName.OLDEST_STRAGGLER_DAYS),
      'a dated object has been at the source for too long. The report of the last run names it; ' +
        'start a run for its day',
      options.maxStragglerAge?.toDays(),
    ],
    // The function is invoked only when a run fails. With IGNORE the alarm would stay on until the
    // next failed run.
    [
      'ExplainerFailed',
      options.explainerFailed ?? true,
      targets.explainFailure.metricErrors({ period: PERIOD, statistic: cloudwatch.Stats.SUM }),
      'the function that explains failed runs failed itself, and a message may be missing. ' +
        'Look for a failed run in the state machine, and at the log of ExplainFailure',
      0,
      NOT_BREACHING,
    ],
    [
      'ObjectsFailed',
      options.objectsFailed,
      metric(MetricName.OBJECTS_FAILED),
      'objects could not be archived. The message of the run says which and why',
    ],
    [
      'ObjectsUnaccounted',
      options.objectsUnaccounted,
      metric(MetricName.OBJECTS_UNACCOUNTED),
      'archived objects are changed, missing or unproven. The message of the verification names ' +
        'them; its ledger has all of them',
    ],
    [
      'RunFailed',
      options.runFailed,
      createFailedRunsMetric(targets.stateMachine),
      'a run failed, timed out or was aborted. The message about it says why',
      0,
      NOT_BREACHING,
    ],
  ];
  for (const [
    id,
    isWanted,
    metricToWatch,
    alarmDescription,
    threshold = 0,
    treatMissingData = IGNORE,
  ] of above) {
    if (isWanted) {
      add(id, metricToWatch, {
        threshold,
        comparisonOperator: GREATER_THAN_THRESHOLD,
        alarmDescription,
        treatMissingData,
      });
    }
  }
  return alarms;
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
  return dayOfWeek === undefined ? undefined : /\w/.test(dayOfWeek) ? 168 : 24;
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
