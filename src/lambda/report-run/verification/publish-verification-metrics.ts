import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { VerificationReport } from './verification-report';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../../contract/metrics';

/**
 * Writes the metrics of a verification to the log in CloudWatch's embedded metric format. A dry run has none, because it did
 * not look at the archive.
 */
export function publishVerificationMetrics(archiverName: string, { run, counts }: VerificationReport): void {
  if (run.dryRun) { return; }
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds a dimension `service`. With it, our alarms would not find the metrics.
  metrics.clearDefaultDimensions();
  metrics
    .addDimension(METRIC_DIMENSION, archiverName)
    .addMetadata('runId', run.id)
    .addMetric(MetricName.OBJECTS_UNACCOUNTED, MetricUnit.Count, counts.changed + counts.missing + counts.unproven)
    .publishStoredMetrics();
}
