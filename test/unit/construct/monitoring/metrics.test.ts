import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../../../src';
import { METRIC_DIMENSION, METRIC_NAMESPACE, MetricName } from '../../../../src/contract/metrics';
import { build, environment, only, resolve } from '../../../helpers/synth';

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
  expect(metric).toMatchObject({
    metricName: name,
    namespace: METRIC_NAMESPACE,
    statistic,
    period: Duration.days(1),
  });
  // The dimension has to be what the handler finds in its environment.
  expect(metric.dimensions).toEqual({
    [METRIC_DIMENSION]: environment(Template.fromStack(stack), 'ReportRun').ARCHIVER_NAME,
  });
});

test('every metric of the contract has a method', () => {
  for (const name of Object.values(MetricName)) {
    expect(archiver).toHaveProperty(`metric${name}`);
  }
});

test('options override the defaults', () => {
  const metric = archiver.metricObjectsFailed({
    statistic: 'max',
    period: Duration.minutes(5),
    label: 'failed',
  });
  expect(metric).toMatchObject({
    statistic: 'Maximum',
    period: Duration.minutes(5),
    label: 'failed',
  });
  expect(archiver.metric('Other')).toMatchObject({ metricName: 'Other', statistic: 'Sum' });
});

test('an alarm on a metric watches the metric that the handler emits', () => {
  const built = build();
  built.archiver
    .metricObjectsFailed()
    .createAlarm(built.stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
  Template.fromStack(built.stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'S3DatedArchiver',
    MetricName: 'ObjectsFailed',
    Dimensions: [{ Name: 'Archiver', Value: 'Test/Archiver' }],
    Statistic: 'Sum',
  });
});

test("a dashboard in another region shows metrics and logs of the archiver's region", () => {
  const app = new App();
  const env = (region: string) => ({
    env: { account: '111122223333', region },
    crossRegionReferences: true,
  });
  const home = new Stack(app, 'Home', env('eu-west-1'));
  const it = new S3DatedArchiver(home, 'Archiver', { bucket: new s3.Bucket(home, 'Source') });
  const far = new Stack(app, 'Far', env('us-east-1'));
  new cloudwatch.Dashboard(far, 'Dashboard').addWidgets(...it.dashboardWidgets());
  const found = Template.fromStack(far);
  const { widgets } = JSON.parse(
    resolve(found, only(found, 'AWS::CloudWatch::Dashboard').properties.DashboardBody),
  );
  const graphs = widgets
    .flatMap(({ properties }: any) => properties.metrics ?? [])
    .map((metric: any[]) => metric[metric.length - 1]);
  expect(graphs.length).toBeGreaterThan(10);
  for (const metric of graphs.filter((each: any) => !each.expression)) {
    expect(metric).toMatchObject({ region: 'eu-west-1' });
  }
  expect(widgets.find(({ type }: any) => type === 'log').properties.region).toBe('eu-west-1');
});

describe('widgets', () => {
  const built = build();
  const dashboard = new cloudwatch.Dashboard(built.stack, 'Dashboard');
  dashboard.addWidgets(...built.archiver.dashboardWidgets());
  const template = Template.fromStack(built.stack);
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const { widgets } = JSON.parse(resolve(template, Properties.DashboardBody)) as {
    widgets: { type: string; properties: Record<string, any> }[];
  };
  const graphs = widgets
    .filter(({ type }) => type === 'metric')
    .flatMap(({ properties }) => properties.metrics as [unknown, string, ...unknown[]][]);

  test('show every metric and how runs ended', () => {
    const shown = graphs.map((metric) => metric[1]);
    for (const name of Object.values(MetricName)) {
      expect(shown).toContain(name);
    }
    for (const name of [
      'ExecutionsSucceeded',
      'ExecutionsFailed',
      'ExecutionsTimedOut',
      'ExecutionsAborted',
    ]) {
      expect(shown).toContain(name);
    }
  });

  test('show throughput as sums divided by the sum of seconds', () => {
    const expressions = graphs.flatMap(([first]) =>
      typeof first === 'object' && first !== null && 'expression' in first
        ? [first.expression]
        : [],
    );
    expect(expressions).toEqual(['objects / seconds', 'bytes / seconds / 1048576']);
    const hidden = graphs
      .filter((metric) => metric[1] === 'RunSeconds')
      .map((metric) => metric[metric.length - 1] as Record<string, unknown>);
    expect(hidden.filter(({ visible }) => visible === false)).toEqual([
      expect.objectContaining({ id: 'seconds', stat: 'Sum' }),
    ]);
  });

  test("show why objects were not archived, from the functions' logs", () => {
    const [
      {
        properties: { query, view },
      },
    ] = widgets.filter(({ type }) => type === 'log');
    expect(view).toBe('table');
    for (const name of ['PlanRun', 'ArchiveBatch', 'VerifyBatch', 'ReportRun', 'ExplainFailure']) {
      expect(query).toMatch(new RegExp(`SOURCE '<Archiver${name}Logs\\w+>'`));
    }
    expect(query).toContain('filter message = "not archived"');
    expect(query).toContain('by status, code');
  });

  test("have titles that begin with the archiver's name", () => {
    for (const {
      properties: { title },
    } of widgets) {
      expect(title).toMatch(/^Test\/Archiver: \w/);
    }
  });
});
