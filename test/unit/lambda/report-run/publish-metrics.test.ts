import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../../../src/contract/metrics';
import { Tally } from '../../../../src/lambda/ledger/tally';
import { publishMetrics } from '../../../../src/lambda/report-run/publish-metrics';
import { toCounts } from '../../../../src/lambda/report-run/report/outcome';
import { createReport, type Report } from '../../../../src/lambda/report-run/report/report';
import { factsOf } from '../../../helpers/report-fixtures';
import { noted, skippedObjects } from '../../../helpers/skipped-objects';

function report(
  dryRun = false,
  stragglers: Report['stragglers'] = { count: 7, oldest: '2026-10-25' },
): Report {
  const tally = new Tally();
  tally.bytes = 1234;
  return createReport({
    ...factsOf({ run: { dryRun } }),
    counts: { listed: 15, archived: 5, skipped: 4, conflicting: 3, failed: 3 },
    tally,
    skipped: skippedObjects({ stragglers, reasons: { 'no-date': 2 } }),
  });
}

function published(given: Report, arrivalRatio?: number): Record<string, any>[] {
  const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    publishMetrics(given, toCounts(given.counts), arrivalRatio);
    return write.mock.calls.map(([text]) => JSON.parse(String(text)));
  } finally {
    write.mockRestore();
  }
}

test('publishes every metric, in our namespace and with our one dimension', () => {
  const [emf, ...others] = published(report(), 0.25);
  expect(others).toEqual([]);
  const [{ Namespace, Dimensions, Metrics }] = emf._aws.CloudWatchMetrics;
  expect(Namespace).toBe(METRIC_NAMESPACE);
  expect(Dimensions).toEqual([[METRIC_DIMENSION]]);
  expect(Metrics.map(({ Name }: { Name: string }) => Name).sort()).toEqual(
    Object.values(MetricName)
      .filter((name) => name !== MetricName.OBJECTS_UNACCOUNTED)
      .sort(),
  );
  expect(emf).toMatchObject({
    Archiver: 'Demo/Archiver',
    runId: 'nightly',
    ObjectsListed: 15,
    ObjectsArchived: 5,
    ObjectsSkipped: 4,
    ObjectsConflicting: 3,
    ObjectsFailed: 3,
    BytesArchived: 1234,
    Stragglers: 7,
    OldestStragglerDays: 30,
    RunSeconds: 150,
    ArrivalRatio: 0.25,
  });
});

test('a note has its metric in the runs that have such objects', () => {
  const [emf] = published({
    ...report(),
    notes: { ...noted('notPacked', 5), ...noted('gone', 2) },
  });
  const [{ Metrics }] = emf._aws.CloudWatchMetrics;
  expect(Metrics).toContainEqual({ Name: 'ObjectsNotPacked', Unit: 'Count' });
  expect(emf.ObjectsNotPacked).toBe(5);
  expect(published(report())[0]).not.toHaveProperty('ObjectsNotPacked');
});

test('omits the arrival ratio if it is not known', () => {
  expect(published(report())[0]).not.toHaveProperty('ArrivalRatio');
  expect(published(report(), 0)[0]).toMatchObject({ ArrivalRatio: 0 });
});

test('without stragglers the age of the oldest one is 0 days', () => {
  expect(published(report(false, { count: 0, oldest: null }))[0]).toMatchObject({
    Stragglers: 0,
    OldestStragglerDays: 0,
  });
});

test('a second run of the same process has its own values', () => {
  published(report());
  expect(published(report())[0].ObjectsListed).toBe(15);
});

test('publishes nothing for a dry run', () => {
  expect(published(report(true))).toEqual([]);
});
