/**
 * Writes the metrics of a run to the log. A dry run has none: it counts what a run would do, and
 * alarms would read that as done.
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Report } from './report/report';
import type { ReportBase } from './report/report-base';
import type { VerificationReport } from '../../actions/verify/lambda/verification-report';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../contract/metrics';
import type { Counts } from '../../contract/payloads/outcomes';
import { daysBetween } from '../../dates/calendar';
import { listNoteMetrics } from '../notes/note-text';

type MetricValue = readonly [
  name: string,
  value: number,
  unit?: (typeof MetricUnit)[keyof typeof MetricUnit],
];

/**
 * @param arrivalRatio undefined if the run says nothing about what arrived, or if earlier reports
 * could not be read
 */
export function publishMetrics(report: Report, counts: Counts, arrivalRatio?: number): void {
  const { stragglers, undated, dates, bytes, seconds, notes } = report;
  publish(report, [
    [MetricName.OBJECTS_LISTED, counts.listed],
    [MetricName.OBJECTS_ARCHIVED, counts.archived],
    [MetricName.OBJECTS_SKIPPED, counts.skipped],
    [MetricName.OBJECTS_UNDATED, undated],
    [MetricName.OBJECTS_CONFLICTING, counts.conflicting],
    [MetricName.OBJECTS_FAILED, counts.failed],
    [MetricName.BYTES_ARCHIVED, bytes, MetricUnit.Bytes],
    [MetricName.STRAGGLERS, stragglers.count],
    // CloudWatch has no unit for days.
    [
      MetricName.OLDEST_STRAGGLER_DAYS,
      stragglers.oldest ? daysBetween(stragglers.oldest, dates.to) : 0,
      MetricUnit.NoUnit,
    ],
    [MetricName.RUN_SECONDS, seconds, MetricUnit.Seconds],
    ...(arrivalRatio === undefined
      ? []
      : [[MetricName.ARRIVAL_RATIO, arrivalRatio, MetricUnit.NoUnit] as const]),
    ...listNoteMetrics(notes),
  ]);
}

export function publishVerificationMetrics(report: VerificationReport): void {
  const { changed, missing, unproven } = report.counts;
  publish(report, [[MetricName.OBJECTS_UNACCOUNTED, changed + missing + unproven]]);
}

function publish({ archiver, run }: ReportBase, values: readonly MetricValue[]): void {
  if (run.dryRun) {
    return;
  }
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds a dimension `service`. With it, our alarms would not find the metrics.
  metrics.clearDefaultDimensions();
  metrics.addDimension(METRIC_DIMENSION, archiver).addMetadata('runId', run.id);
  for (const [name, value, unit = MetricUnit.Count] of values) {
    metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}
