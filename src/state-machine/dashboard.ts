import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { archiverMetric } from './metrics';
import { MetricName } from '../contract/metrics';

const HALF = { width: 12, height: 6 };

/** What an operator asks first: did runs succeed, how much did they move, is something left behind, how long did it take. */
export function archiverWidgets(archiver: string, stateMachine: sfn.IStateMachine): cloudwatch.IWidget[] {
  const metric = (name: MetricName, label: string, color?: string) => archiverMetric(archiver, name, { label, color });
  const day = { period: Duration.days(1) };
  return [
    new cloudwatch.GraphWidget({
      ...HALF,
      title: `${archiver}: runs`,
      left: [
        stateMachine.metricSucceeded({ ...day, label: 'Succeeded', color: cloudwatch.Color.GREEN }),
        stateMachine.metricFailed({ ...day, label: 'Failed', color: cloudwatch.Color.RED }),
        stateMachine.metricTimedOut({ ...day, label: 'Timed out', color: cloudwatch.Color.ORANGE }),
        stateMachine.metricAborted({ ...day, label: 'Aborted', color: cloudwatch.Color.GREY }),
      ],
      right: [metric(MetricName.RUN_SECONDS, 'Seconds')],
      leftYAxis: { min: 0, label: 'Runs', showUnits: false },
      rightYAxis: { min: 0, label: 'Seconds', showUnits: false },
    }),
    new cloudwatch.GraphWidget({
      ...HALF,
      title: `${archiver}: objects`,
      left: [
        metric(MetricName.OBJECTS_ARCHIVED, 'Archived', cloudwatch.Color.GREEN),
        metric(MetricName.OBJECTS_CONFLICTING, 'Conflicting', cloudwatch.Color.ORANGE),
        metric(MetricName.OBJECTS_FAILED, 'Failed', cloudwatch.Color.RED),
      ],
      right: [
        metric(MetricName.OBJECTS_LISTED, 'Listed', cloudwatch.Color.BLUE),
        metric(MetricName.OBJECTS_SKIPPED, 'Skipped', cloudwatch.Color.GREY),
      ],
      leftYAxis: { min: 0, label: 'Objects', showUnits: false },
      rightYAxis: { min: 0, label: 'Listed and skipped', showUnits: false },
    }),
    new cloudwatch.GraphWidget({
      ...HALF,
      title: `${archiver}: bytes archived`,
      left: [metric(MetricName.BYTES_ARCHIVED, 'Bytes')],
      leftYAxis: { min: 0, label: 'Bytes', showUnits: false },
    }),
    new cloudwatch.GraphWidget({
      ...HALF,
      title: `${archiver}: left behind`,
      left: [metric(MetricName.STRAGGLERS, 'Stragglers', cloudwatch.Color.ORANGE)],
      right: [metric(MetricName.OLDEST_STRAGGLER_DAYS, 'Oldest', cloudwatch.Color.RED)],
      leftYAxis: { min: 0, label: 'Objects', showUnits: false },
      rightYAxis: { min: 0, label: 'Days', showUnits: false },
    }),
  ];
}
