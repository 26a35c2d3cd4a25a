import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Report } from './report/report';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../contract/metrics';
import { daysBetween } from '../../dates/calendar';

/**
 * Writes the metrics of a run to the log in CloudWatch's embedded metric format.
 *
 * A dry run has no metrics: it counts what a run would do, and alarms would read that as done.
 *
 * @param arrivalRatio undefined if the run says nothing about what arrived, or if earlier reports could not be read
 */
export function publishMetrics(archiverName: string, report: Report, arrivalRatio?: number): void {
  if (report.run.dryRun) { return; }
  const { counts, stragglers } = report;
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds a dimension `service`. With it, our alarms would not find the metrics.
  metrics.clearDefaultDimensions();
  metrics
    .addDimension(METRIC_DIMENSION, archiverName)
    .addMetadata('runId', report.run.id)
    .addMetric(MetricName.OBJECTS_LISTED, MetricUnit.Count, counts.listed)
    .addMetric(MetricName.OBJECTS_ARCHIVED, MetricUnit.Count, counts.archived)
    .addMetric(MetricName.OBJECTS_SKIPPED, MetricUnit.Count, counts.skipped)
    .addMetric(MetricName.OBJECTS_CONFLICTING, MetricUnit.Count, counts.conflicting)
    .addMetric(MetricName.OBJECTS_FAILED, MetricUnit.Count, counts.failed)
    .addMetric(MetricName.BYTES_ARCHIVED, MetricUnit.Bytes, report.bytes)
    .addMetric(MetricName.STRAGGLERS, MetricUnit.Count, stragglers.count)
    // CloudWatch has no unit for days.
    .addMetric(MetricName.OLDEST_STRAGGLER_DAYS, MetricUnit.NoUnit, stragglers.oldest ? daysBetween(stragglers.oldest, report.dates.to) : 0)
    .addMetric(MetricName.RUN_SECONDS, MetricUnit.Seconds, report.seconds);
  if (arrivalRatio !== undefined) { metrics.addMetric(MetricName.ARRIVAL_RATIO, MetricUnit.NoUnit, arrivalRatio); }
  metrics.publishStoredMetrics();
}
