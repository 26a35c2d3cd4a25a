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

export function createWidgets(
  scope: Construct,
  archiver: string,
  stateMachine: sfn.IStateMachine,
  logGroups: logs.ILogGroup[],
): cloudwatch.IWidget[] {
  const metric = (name: MetricName, label: string, color?: string) =>
    createMetric(scope, archiver, name, { label, color });
  const sum = (name: MetricName) => createMetric(scope, archiver, name, dailySum);
  const math = (
    expression: string,
    label: string,
    usingMetrics: Record<string, cloudwatch.IMetric>,
    color?: string,
  ) => new cloudwatch.MathExpression({ expression, label, color, usingMetrics, period: DAY });
  const { BLUE, GREEN, GREY, ORANGE, RED } = cloudwatch.Color;
  const dailySum = { statistic: cloudwatch.Stats.SUM, period: DAY };
  const graph = (
    title: string,
    left: [string, cloudwatch.IMetric[]],
    right?: [string, cloudwatch.IMetric[]],
  ) =>
    new cloudwatch.GraphWidget({
      ...HALF,
      title: `${archiver}: ${title}`,
      left: left[1],
      leftYAxis: { min: 0, label: left[0], showUnits: false },
      ...(right && { right: right[1], rightYAxis: { min: 0, label: right[0], showUnits: false } }),
    });
  return [
    graph(
      'runs',
      [
        'Runs',
        [
          stateMachine.metricSucceeded({ ...dailySum, label: 'Succeeded', color: GREEN }),
          stateMachine.metricFailed({ ...dailySum, label: 'Failed', color: RED }),
          stateMachine.metricTimedOut({ ...dailySum, label: 'Timed out', color: ORANGE }),
          stateMachine.metricAborted({ ...dailySum, label: 'Aborted', color: GREY }),
        ],
      ],
      ['Seconds', [metric(MetricName.RUN_SECONDS, 'Seconds')]],
    ),
    graph(
      'objects',
      [
        'Objects',
        [
          metric(MetricName.OBJECTS_ARCHIVED, 'Archived', GREEN),
          metric(MetricName.OBJECTS_CONFLICTING, 'Conflicting', ORANGE),
          metric(MetricName.OBJECTS_FAILED, 'Failed', RED),
        ],
      ],
      [
        'Listed and skipped',
        [
          metric(MetricName.OBJECTS_LISTED, 'Listed', BLUE),
          metric(MetricName.OBJECTS_SKIPPED, 'Skipped', GREY),
          metric(MetricName.OBJECTS_UNDATED, 'Undated', ORANGE),
        ],
      ],
    ),
    // Sums divided by the sum of seconds, so that two runs on one day both count.
    graph(
      'bytes archived and throughput',
      ['Bytes', [metric(MetricName.BYTES_ARCHIVED, 'Bytes', BLUE)]],
      [
        'Per second',
        [
          math(
            'objects / seconds',
            'Objects per second',
            { objects: sum(MetricName.OBJECTS_ARCHIVED), seconds: sum(MetricName.RUN_SECONDS) },
            GREEN,
          ),
          math(
            'bytes / seconds / 1048576',
            'MiB per second',
            { bytes: sum(MetricName.BYTES_ARCHIVED), seconds: sum(MetricName.RUN_SECONDS) },
            ORANGE,
          ),
        ],
      ],
    ),
    graph('arrived, as a share of the usual', [
      'Share',
      [metric(MetricName.ARRIVAL_RATIO, 'Arrived', BLUE)],
    ]),
    graph(
      'left behind',
      ['Objects', [metric(MetricName.STRAGGLERS, 'Stragglers', ORANGE)]],
      ['Days', [metric(MetricName.OLDEST_STRAGGLER_DAYS, 'Oldest', RED)]],
    ),
    graph('archived, and changed, missing or unproven now', [
      'Objects',
      [metric(MetricName.OBJECTS_UNACCOUNTED, 'Unaccounted for', RED)],
    ]),
    createReasonsWidget(scope, archiver, logGroups, HALF),
  ];
}
