import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../contract/metrics';

/**
 * Gauges use the worst value, because two runs on one day measure the same objects twice. Counts
 * are added up.
 */
const STATISTICS: { readonly [name in MetricName]?: string } = {
  [MetricName.STRAGGLERS]: cloudwatch.Stats.MAXIMUM,
  [MetricName.OLDEST_STRAGGLER_DAYS]: cloudwatch.Stats.MAXIMUM,
  [MetricName.RUN_SECONDS]: cloudwatch.Stats.MAXIMUM,
  [MetricName.ARRIVAL_RATIO]: cloudwatch.Stats.MINIMUM,
  [MetricName.OBJECTS_UNACCOUNTED]: cloudwatch.Stats.MAXIMUM,
};

/**
 * The function emits a metric once per run, hence the period of a day. Account and region let a
 * dashboard in another region find it.
 */
export function createMetric(
  scope: Construct,
  archiver: string,
  metricName: string,
  options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: archiver },
    period: Duration.days(1),
    statistic: STATISTICS[metricName as MetricName] ?? cloudwatch.Stats.SUM,
    ...options,
  }).attachTo(scope);
}
