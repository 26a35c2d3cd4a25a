import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../src/contract/metrics';
import { build, environment, resolve } from '../synth';

const { archiver, stack } = build();

test.each([
  ['ObjectsListed', archiver.metricObjectsListed(), 'Sum'],
  ['ObjectsArchived', archiver.metricObjectsArchived(), 'Sum'],
  ['ObjectsSkipped', archiver.metricObjectsSkipped(), 'Sum'],
  ['ObjectsConflicting', archiver.metricObjectsConflicting(), 'Sum'],
  ['ObjectsFailed', archiver.metricObjectsFailed(), 'Sum'],
  ['BytesArchived', archiver.metricBytesArchived(), 'Sum'],
  ['Stragglers', archiver.metricStragglers(), 'Maximum'],
  ['OldestStragglerDays', archiver.metricOldestStragglerDays(), 'Maximum'],
  ['RunSeconds', archiver.metricRunSeconds(), 'Maximum'],
])('%s: name, namespace and dimension that ReportRun emits', (name, metric, statistic) => {
  expect(metric).toMatchObject({ metricName: name, namespace: METRIC_NAMESPACE, statistic, period: Duration.days(1) });
  // The dimension has to be what the handler finds in its environment.
  expect(metric.dimensions).toEqual({ [METRIC_DIMENSION]: environment(Template.fromStack(stack), 'ReportRun').ARCHIVER_NAME });
});

test('every metric of the contract has a method', () => {
  for (const name of Object.values(MetricName)) expect(archiver).toHaveProperty(`metric${name}`);
});

test('options win', () => {
  const metric = archiver.metricObjectsFailed({ statistic: 'max', period: Duration.minutes(5), label: 'failed' });
  expect(metric).toMatchObject({ statistic: 'Maximum', period: Duration.minutes(5), label: 'failed' });
  expect(archiver.metric('Other')).toMatchObject({ metricName: 'Other', statistic: 'Sum' });
});

test('an alarm on a metric watches what the handler emits', () => {
  const built = build();
  built.archiver.metricObjectsFailed().createAlarm(built.stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
  Template.fromStack(built.stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'S3DatedArchiver',
    MetricName: 'ObjectsFailed',
    Dimensions: [{ Name: 'Archiver', Value: 'Test/Archiver' }],
    Statistic: 'Sum',
  });
});

test('widgets: every metric and how runs ended', () => {
  const built = build();
  const dashboard = new cloudwatch.Dashboard(built.stack, 'Dashboard');
  dashboard.addWidgets(...built.archiver.dashboardWidgets());
  const template = Template.fromStack(built.stack);
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.parse(resolve(template, Properties.DashboardBody));
  const shown = body.widgets.flatMap((widget: { properties: { metrics: string[][] } }) => widget.properties.metrics.map(metric => metric[1]));
  for (const name of Object.values(MetricName)) expect(shown).toContain(name);
  for (const name of ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']) expect(shown).toContain(name);
});
