import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../contract/metrics';

/**
 * The default statistics: the sum of what a run counts, and the worst value of what a run measures. Two runs on one day
 * measure the same objects twice, so their values must not be added up.
 */
const STATISTICS: { readonly [name in MetricName]: string } = {
  [MetricName.OBJECTS_LISTED]: cloudwatch.Stats.SUM,
  [MetricName.OBJECTS_ARCHIVED]: cloudwatch.Stats.SUM,
  [MetricName.OBJECTS_SKIPPED]: cloudwatch.Stats.SUM,
  [MetricName.OBJECTS_CONFLICTING]: cloudwatch.Stats.SUM,
  [MetricName.OBJECTS_FAILED]: cloudwatch.Stats.SUM,
  [MetricName.BYTES_ARCHIVED]: cloudwatch.Stats.SUM,
  [MetricName.STRAGGLERS]: cloudwatch.Stats.MAXIMUM,
  [MetricName.OLDEST_STRAGGLER_DAYS]: cloudwatch.Stats.MAXIMUM,
  [MetricName.RUN_SECONDS]: cloudwatch.Stats.MAXIMUM,
  [MetricName.ARRIVAL_RATIO]: cloudwatch.Stats.MINIMUM,
  [MetricName.OBJECTS_UNACCOUNTED]: cloudwatch.Stats.MAXIMUM,
};

/**
 * Creates a metric that the report-run function emits once per run, hence the period of a day. It is bound to the
 * account and region of the scope, so a dashboard or alarm in another region finds it.
 */
export function createMetric(scope: Construct, archiver: string, metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: archiver },
    period: Duration.days(1),
    statistic: STATISTICS[metricName as MetricName] ?? cloudwatch.Stats.SUM,
    ...options,
  }).attachTo(scope);
}
