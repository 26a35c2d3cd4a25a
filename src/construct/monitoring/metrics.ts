import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../contract/metrics';

/** Sums of what a run counts; of what a run measures, the worst, since two runs of a day measure the same twice. */
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
};

/** A metric that ReportRun emits once a run: hence a period of a day. In the scope's region and account, wherever it is shown. */
export function archiverMetric(scope: Construct, archiver: string, metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: archiver },
    period: Duration.days(1),
    statistic: STATISTICS[metricName as MetricName] ?? cloudwatch.Stats.SUM,
    ...options,
  }).attachTo(scope);
}
