import { Duration, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { archiverMetric } from './metrics';
import type { AlarmOptions } from '../../alarm-options';
import { MetricName } from '../../contract/metrics';
import { longestPauseHours } from '../run-schedule';

/** What an archiver's alarms watch and tell. */
export interface AlarmParts {
  readonly archiver: string;
  readonly stateMachine: sfn.IStateMachine;
  readonly explainFailure: lambda.IFunction;
  readonly schedule?: scheduler.ScheduleExpression;
  readonly alertTopic: sns.ITopic;
}

/**
 * Of all alarms. A run emits its metrics once, so with the usual minutes they might come too late to be seen. With a
 * day, a run that puts things right would end no alarm before the next day.
 */
const PERIOD = Duration.hours(1);
/** What the end of a run may come later than its predecessor's: for longer work, and for the hour of a clock that is put back. */
const SLACK_HOURS = 2;

/** Defines the alarms that the options ask for. Each tells the topic when it goes off. */
export function archiverAlarms(scope: Construct, options: AlarmOptions, parts: AlarmParts): cloudwatch.Alarm[] {
  const { archiver } = parts;
  // Not outside: an app without alarms need not load what they are made of.
  const { GREATER_THAN_THRESHOLD, LESS_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;
  const { BREACHING, IGNORE, NOT_BREACHING } = cloudwatch.TreatMissingData;
  const alarms: cloudwatch.Alarm[] = [];
  const metric = (name: MetricName, statistic?: string) => archiverMetric(scope, archiver, name, { period: PERIOD, ...statistic && { statistic } });
  /** An alarm on what a run has said lasts until a run says otherwise, not until the metric falls silent between the two. */
  const add = (id: string, of: cloudwatch.Metric | cloudwatch.MathExpression, props: Omit<cloudwatch.CreateAlarmOptions, 'evaluationPeriods'>, periods = 1) => {
    alarms.push(of.createAlarm(scope, id, { evaluationPeriods: periods, treatMissingData: IGNORE, ...props, alarmDescription: `${archiver}: ${props.alarmDescription}` }));
  };

  const hours = hoursToComplete(options, parts.schedule);
  if (hours !== undefined) {
    add('NoRunCompleted', metric(MetricName.RUN_SECONDS, cloudwatch.Stats.SAMPLE_COUNT), {
      threshold: 1,
      comparisonOperator: LESS_THAN_THRESHOLD,
      treatMissingData: BREACHING,
      alarmDescription: `no run has come to its end for ${Tokenization.stringifyNumber(hours)} hours. Look for a failed run in the state machine, and for a schedule that does not start one`,
    }, hours);
  }
  if (options.nothingArrived ?? true) {
    const threshold = options.minArrivalRatio ?? 0.1;
    add('NothingArrived', metric(MetricName.ARRIVAL_RATIO), {
      threshold,
      comparisonOperator: threshold === 0 ? LESS_THAN_OR_EQUAL_TO_THRESHOLD : LESS_THAN_THRESHOLD,
      alarmDescription: 'nothing arrived for the days of the last run, or far less than usual. Look at who writes the objects, and at how they are named now',
    });
  }
  if (options.stragglers ?? true) {
    add('Stragglers', metric(MetricName.STRAGGLERS), {
      threshold: options.maxStragglers ?? 0,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      alarmDescription: 'dated objects older than the days of the last run are still at the source. Its report names them; start a run for their days',
    });
  }
  if (options.maxStragglerAge) {
    add('OldStragglers', metric(MetricName.OLDEST_STRAGGLER_DAYS), {
      threshold: options.maxStragglerAge.toDays(),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      alarmDescription: 'a dated object has been at the source for too long. The report of the last run names it; start a run for its day',
    });
  }
  if (options.explainerFailed ?? true) {
    add('ExplainerFailed', parts.explainFailure.metricErrors({ period: PERIOD, statistic: cloudwatch.Stats.SUM }), {
      threshold: 0,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      // It is invoked only when a run fails: it would stay in ALARM until the next one.
      treatMissingData: NOT_BREACHING,
      alarmDescription: 'the function that explains failed runs failed itself, and a message may be missing. Look for a failed run in the state machine, and at the log of ExplainFailure',
    });
  }
  if (options.objectsFailed) {
    add('ObjectsFailed', metric(MetricName.OBJECTS_FAILED), {
      threshold: 0,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      alarmDescription: 'objects could not be archived. The message of the run says which and why',
    });
  }
  if (options.runFailed) {
    add('RunFailed', runsFailed(parts.stateMachine), {
      threshold: 0,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      treatMissingData: NOT_BREACHING,
      alarmDescription: 'a run failed, timed out or was aborted. The message about it says why',
    });
  }
  for (const alarm of alarms) { alarm.addAlarmAction(new SnsAction(parts.alertTopic)); }
  return alarms;
}

/** `undefined` where there is to be no such alarm. */
function hoursToComplete({ noRunCompleted, completedWithin }: AlarmOptions, schedule?: scheduler.ScheduleExpression): number | undefined {
  if (noRunCompleted === false) { return undefined; }
  if (completedWithin) { return completedWithin.toHours(); }
  const pause = schedule && longestPauseHours(schedule);
  if (pause !== undefined) { return pause + SLACK_HOURS; }
  if (noRunCompleted) {
    throw new Error('noRunCompleted needs completedWithin where no schedule says how often runs come: give the longest time from the end of a run to that of the next');
  }
  return undefined;
}

/** Step Functions leaves metrics out that would be zero. */
function runsFailed(stateMachine: sfn.IStateMachine): cloudwatch.MathExpression {
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
