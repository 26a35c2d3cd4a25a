import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { createMetric } from './metrics';
import { createReasonsWidget } from './saved-queries';
import { MetricName } from '../../contract/metrics';

const HALF = { width: 12, height: 6 };
const DAY = Duration.days(1);

interface Axis {
  readonly label: string;
  readonly metrics: cloudwatch.IMetric[];
}

export function createWidgets(
  scope: Construct,
  archiver: string,
  stateMachine: sfn.IStateMachine,
  logGroups: logs.ILogGroup[],
): cloudwatch.IWidget[] {
  const metric = (name: MetricName, label: string, color?: string) =>
    createMetric(scope, archiver, name, { label, color });
  const graph = (title: string, left: Axis, right?: Axis) =>
    createGraph(`${archiver}: ${title}`, left, right);
  const { BLUE, GREEN, GREY, ORANGE, RED } = cloudwatch.Color;
  return [
    graph(
      'runs',
      { label: 'Runs', metrics: countRuns(stateMachine) },
      { label: 'Seconds', metrics: [metric(MetricName.RUN_SECONDS, 'Seconds')] },
    ),
    graph(
      'objects',
      {
        label: 'Objects',
        metrics: [
          metric(MetricName.OBJECTS_ARCHIVED, 'Archived', GREEN),
          metric(MetricName.OBJECTS_CONFLICTING, 'Conflicting', ORANGE),
          metric(MetricName.OBJECTS_FAILED, 'Failed', RED),
        ],
      },
      {
        label: 'Listed and skipped',
        metrics: [
          metric(MetricName.OBJECTS_LISTED, 'Listed', BLUE),
          metric(MetricName.OBJECTS_SKIPPED, 'Skipped', GREY),
          metric(MetricName.OBJECTS_UNDATED, 'Undated', ORANGE),
        ],
      },
    ),
    graph(
      'bytes archived and throughput',
      { label: 'Bytes', metrics: [metric(MetricName.BYTES_ARCHIVED, 'Bytes', BLUE)] },
      { label: 'Per second', metrics: measureThroughput(scope, archiver) },
    ),
    graph('arrived, as a share of the usual', {
      label: 'Share',
      metrics: [metric(MetricName.ARRIVAL_RATIO, 'Arrived', BLUE)],
    }),
    graph(
      'left behind',
      { label: 'Objects', metrics: [metric(MetricName.STRAGGLERS, 'Stragglers', ORANGE)] },
      { label: 'Days', metrics: [metric(MetricName.OLDEST_STRAGGLER_DAYS, 'Oldest', RED)] },
    ),
    graph('archived, and changed, missing or unproven now', {
      label: 'Objects',
      metrics: [metric(MetricName.OBJECTS_UNACCOUNTED, 'Unaccounted for', RED)],
    }),
    createReasonsWidget(scope, archiver, logGroups, HALF),
  ];
}

function createGraph(title: string, left: Axis, right?: Axis): cloudwatch.GraphWidget {
  const toYAxis = ({ label }: Axis) => ({ min: 0, label, showUnits: false });
  return new cloudwatch.GraphWidget({
    ...HALF,
    title,
    left: left.metrics,
    leftYAxis: toYAxis(left),
    ...(right && { right: right.metrics, rightYAxis: toYAxis(right) }),
  });
}

function countRuns(stateMachine: sfn.IStateMachine): cloudwatch.Metric[] {
  const { GREEN, GREY, ORANGE, RED } = cloudwatch.Color;
  const daily = getDailySum();
  return [
    stateMachine.metricSucceeded({ ...daily, label: 'Succeeded', color: GREEN }),
    stateMachine.metricFailed({ ...daily, label: 'Failed', color: RED }),
    stateMachine.metricTimedOut({ ...daily, label: 'Timed out', color: ORANGE }),
    stateMachine.metricAborted({ ...daily, label: 'Aborted', color: GREY }),
  ];
}

/** Divides sums by the sum of the seconds, so that two runs on one day both count. */
function measureThroughput(scope: Construct, archiver: string): cloudwatch.MathExpression[] {
  const sum = (name: MetricName) => createMetric(scope, archiver, name, getDailySum());
  return [
    new cloudwatch.MathExpression({
      expression: 'objects / seconds',
      label: 'Objects per second',
      color: cloudwatch.Color.GREEN,
      usingMetrics: {
        objects: sum(MetricName.OBJECTS_ARCHIVED),
        seconds: sum(MetricName.RUN_SECONDS),
      },
      period: DAY,
    }),
    new cloudwatch.MathExpression({
      expression: 'bytes / seconds / 1048576',
      label: 'MiB per second',
      color: cloudwatch.Color.ORANGE,
      usingMetrics: {
        bytes: sum(MetricName.BYTES_ARCHIVED),
        seconds: sum(MetricName.RUN_SECONDS),
      },
      period: DAY,
    }),
  ];
}

/** A function, because CDK loads `aws-cloudwatch` on first use. */
function getDailySum(): cloudwatch.MetricOptions {
  return { statistic: cloudwatch.Stats.SUM, period: DAY };
}
