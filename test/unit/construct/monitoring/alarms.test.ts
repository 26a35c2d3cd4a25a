import { CfnParameter, Duration, type Stack, TimeZone, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  type AlarmOptions,
  ArchiverAlarm,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../../src';
import { getIntervalHours } from '../../../../src/construct/monitoring/alarms';
import { build, only, resolve } from '../../../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

const NIGHTLY = ScheduleExpression.cron({ hour: '1', minute: '0' });
const ALL: AlarmOptions = {
  undatedObjects: 100,
  objectsFailed: 0,
  objectsUnaccounted: 0,
  runFailed: 0,
  oldStragglers: Duration.days(7),
};

type Props = Partial<S3DatedArchiverProps> | ((stack: Stack) => Partial<S3DatedArchiverProps>);

function alarmed(options?: AlarmOptions, props: Props = { schedule: NIGHTLY }) {
  const { stack, archiver } = build(props, {
    stack: { env: { account: '111122223333', region: 'eu-west-1' } },
  });
  const alarms = archiver.addAlarms(options);
  const template = Template.fromStack(stack);
  const found: Record<string, any> = Object.fromEntries(
    Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
      /^ArchiverAlarms(\w+?)[0-9A-F]{8}$/.exec(id)![1],
      resolve(template, Properties),
    ]),
  );
  return { stack, archiver, alarms, template, found };
}

test('an archiver that keeps its sources has no alarm on stragglers, because its runs count none', () => {
  const props = { schedule: NIGHTLY, sourceDisposition: SourceDisposition.KEEP };
  expect(Object.keys(alarmed({}, props).found).sort()).toEqual([
    'ExplainerFailed',
    'NoRunCompleted',
    'NothingArrived',
  ]);
  for (const options of [{ stragglers: 5 }, { oldStragglers: Duration.days(7) }]) {
    expect(() => alarmed(options, props)).toThrow(
      `Archiver: ${Object.keys(options)[0]} needs sources that are deleted, and the archiver ` +
        'has sourceDisposition KEEP, ' +
        'so objects of earlier days stay at the source and no run counts stragglers: omit',
    );
  }
});

test('by default: alarms for conditions that no run reports', () => {
  expect(Object.keys(alarmed().found).sort()).toEqual([
    'ExplainerFailed',
    'NoRunCompleted',
    'NothingArrived',
    'Stragglers',
  ]);
});

test('with all thresholds: all nine alarms', () => {
  const { found, alarms } = alarmed(ALL);
  expect(Object.keys(found).sort()).toEqual([
    'ExplainerFailed',
    'NoRunCompleted',
    'NothingArrived',
    'ObjectsFailed',
    'ObjectsUnaccounted',
    'OldStragglers',
    'RunFailed',
    'Stragglers',
    'UndatedObjects',
  ]);
  expect(alarms).toHaveLength(9);
});

test('each can be turned off', () => {
  expect(
    alarmed({
      exclude: [
        ArchiverAlarm.NO_RUN_COMPLETED,
        ArchiverAlarm.NOTHING_ARRIVED,
        ArchiverAlarm.STRAGGLERS,
        ArchiverAlarm.EXPLAINER_FAILED,
      ],
    }).found,
  ).toEqual({});
  expect(() => alarmed({ exclude: [ArchiverAlarm.RUN_FAILED], runFailed: 2 })).toThrow(
    'Test/Archiver: exclude names RunFailed, and runFailed has a threshold: omit one of both',
  );
});

test(
  'each notifies the topic when it goes into ALARM, the one about missing runs also when it ' +
    'is OK again, and describes what to look at',
  () => {
    const { found, template } = alarmed(ALL);
    const topic = `<${only(template, 'AWS::SNS::Topic').id}>`;
    for (const [id, alarm] of Object.entries(found)) {
      expect(alarm).toMatchObject({
        AlarmActions: [topic],
        AlarmDescription: expect.stringMatching(/^Test\/Archiver: .{40,}\. Runbook: https:\S+$/),
      });
      // It is in ALARM before a subscriber has confirmed a subscription, and would stay silent
      // until a run is missing.
      expect(alarm.OKActions).toEqual(id === 'NoRunCompleted' ? [topic] : undefined);
      expect(alarm).not.toHaveProperty('InsufficientDataActions');
    }
  },
);

test('every alarm has a period and evaluation periods that CloudWatch accepts', () => {
  for (const { Period, EvaluationPeriods, Metrics = [] } of Object.values(
    alarmed({ ...ALL, noRunCompleted: Duration.days(7) }).found,
  )) {
    for (const period of [
      Period,
      ...Metrics.map(({ MetricStat }: any) => MetricStat?.Period),
    ].filter(Boolean)) {
      expect(period * EvaluationPeriods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
    }
  }
});

describe('no run completed', () => {
  const periods = (options: AlarmOptions, schedule?: ScheduleExpression) =>
    alarmed(options, { schedule }).found.NoRunCompleted?.EvaluationPeriods;

  test.each([
    ['a night', NIGHTLY, 26],
    ['twice a day', ScheduleExpression.cron({ hour: '1,13', minute: '0' }), 26],
    ['a rate of an hour', ScheduleExpression.rate(Duration.hours(1)), 3],
    ['a rate of minutes', ScheduleExpression.rate(Duration.minutes(90)), 4],
    ['a rate of days', ScheduleExpression.rate(Duration.days(3)), 74],
  ])('%s', (_, schedule, hours) => {
    expect(periods({}, schedule)).toBe(hours);
  });

  test.each([
    ['on working days', ScheduleExpression.cron({ weekDay: 'MON-FRI', hour: '1', minute: '0' })],
    ['a week', ScheduleExpression.rate(Duration.days(7))],
    ['a month', ScheduleExpression.cron({ day: '1', hour: '1', minute: '0' })],
    ['once', ScheduleExpression.at(new Date('2026-11-24T00:00:00Z'))],
    ['on demand', undefined],
  ])('%s: only with noRunCompleted', (_, schedule) => {
    expect(periods({}, schedule)).toBeUndefined();
    expect(periods({ noRunCompleted: Duration.days(4) }, schedule)).toBe(96);
  });

  test('a schedule that is a token has no known interval', () => {
    const token = Token.asString({ Ref: 'Schedule' });
    expect(
      getIntervalHours(ScheduleExpression.expression(token, TimeZone.ETC_UTC)),
    ).toBeUndefined();
  });
});

test('thresholds can be set', () => {
  const { found } = alarmed({
    nothingArrived: 0.5,
    stragglers: 10,
    oldStragglers: Duration.days(3),
  });
  expect(found.NothingArrived).toMatchObject({
    Threshold: 0.5,
    ComparisonOperator: 'LessThanThreshold',
  });
  expect(found.Stragglers).toMatchObject({
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(found.OldStragglers).toMatchObject({
    Threshold: 3,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(alarmed({ nothingArrived: 0 }).found.NothingArrived).toMatchObject({
    Threshold: 0,
    ComparisonOperator: 'LessThanOrEqualToThreshold',
  });
});

test('thresholds may be tokens', () => {
  const { stack, archiver } = build();
  const value = new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
  archiver.addAlarms({
    stragglers: value,
    nothingArrived: value,
    noRunCompleted: Duration.hours(value),
    oldStragglers: Duration.days(value),
  });
  const alarms = Object.values(
    Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'),
  ).map(({ Properties }) => Properties);
  expect(alarms.map(({ Threshold, EvaluationPeriods }) => [Threshold, EvaluationPeriods])).toEqual(
    expect.arrayContaining([
      [1, { Ref: 'Value' }],
      [{ Ref: 'Value' }, 1],
      [{ Ref: 'Value' }, 1],
      [{ Ref: 'Value' }, 1],
    ]),
  );
  expect(JSON.stringify(alarms)).not.toMatch(/Token\[|-1\.8881\d+e\+289/);
  expect(JSON.stringify(alarms)).toContain(
    '["",["Test/Archiver: no run has completed for ",{"Ref":"Value"}," hours',
  );
});

test.each<[AlarmOptions, string]>([
  [
    { noRunCompleted: Duration.minutes(90) },
    'noRunCompleted 1 hour 30 minutes must be a whole number of hours from 1 hour to 7 days: ' +
      'an alarm evaluates at most the last 7 days',
  ],
  [
    { noRunCompleted: Duration.days(8) },
    'noRunCompleted 8 days must be a whole number of hours from 1 hour to 7 days: an alarm ' +
      'evaluates at most the last 7 days',
  ],
  [{ nothingArrived: 10 }, 'nothingArrived 10 must be a number from 0 to 1'],
  [{ stragglers: -1 }, 'stragglers -1 must be a whole number of at least 0'],
  [{ undatedObjects: 0.5 }, 'undatedObjects 0.5 must be a whole number of at least 0'],
  [
    { oldStragglers: Duration.hours(36) },
    'oldStragglers 1 day 12 hours must be a whole number of days, since the dates in names ' +
      'are days',
  ],
])('throws: %j', (options, message) => {
  expect(() => alarmed(options)).toThrow(new Error(`Test/Archiver: ${message}`));
});

test('users can add actions to the alarms', () => {
  const { stack, archiver } = build({ schedule: NIGHTLY });
  for (const alarm of archiver.addAlarms()) {
    alarm.addAlarmAction({
      bind: () => ({ alarmActionArn: 'arn:aws:ssm:eu-west-1:111122223333:opsitem:1' }),
    });
  }
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  for (const { Properties } of alarms) {
    expect(Properties.AlarmActions).toHaveLength(2);
  }
});

describe('CloudWatch may publish to the topic', () => {
  const toPublish = expect.objectContaining({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
  });
  const toUseTheKey = expect.objectContaining({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
  });
  const topicPolicy = (template: Template) =>
    resolve(template, only(template, 'AWS::SNS::TopicPolicy').properties.PolicyDocument.Statement);
  const keyPolicy = (template: Template) =>
    resolve(template, only(template, 'AWS::KMS::Key').properties.KeyPolicy.Statement);

  test('a new topic: allowed by one statement', () => {
    expect(
      topicPolicy(alarmed().template).filter((each: unknown) => toPublish.asymmetricMatch(each)),
    ).toHaveLength(1);
  });

  test('a new topic with encryptionKey: CloudWatch may use the key', () => {
    expect(
      keyPolicy(alarmed({}, (stack) => ({ encryptionKey: new kms.Key(stack, 'Key') })).template),
    ).toContainEqual(toUseTheKey);
  });

  test('without alarms, CloudWatch may not use the key', () => {
    const { stack } = build((scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
    expect(JSON.stringify(keyPolicy(Template.fromStack(stack)))).not.toContain(
      'cloudwatch.amazonaws.com',
    );
  });

  test('a given topic with a policy: the policy gets another statement', () => {
    expect(
      topicPolicy(
        alarmed({}, (stack) => ({ alertTopic: new sns.Topic(stack, 'Mine', { enforceSSL: true }) }))
          .template,
      ),
    ).toContainEqual(toPublish);
  });

  test('a given topic without a policy: the default policy of SNS stays', () => {
    alarmed({}, (stack) => ({ alertTopic: new sns.Topic(stack, 'Mine') })).template.resourceCountIs(
      'AWS::SNS::TopicPolicy',
      0,
    );
  });

  test('a given topic with a key: CloudWatch may use the key', () => {
    const { template } = alarmed({}, (stack) => ({
      alertTopic: new sns.Topic(stack, 'Mine', { masterKey: new kms.Key(stack, 'Key') }),
    }));
    expect(keyPolicy(template)).toContainEqual(toUseTheKey);
  });

  test('an imported key and a topic of another account: warnings with the statements to add', () => {
    const { stack } = alarmed({}, (scope) => ({
      alertTopic: sns.Topic.fromTopicArn(
        scope,
        'Theirs',
        'arn:aws:sns:eu-west-1:999999999999:theirs',
      ),
      encryptionKey: kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-1:999999999999:key/k'),
    }));
    const warnings = Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^the policy of alertTopic cannot be changed from this app.*"Action":"sns:Publish".*"Service":"cloudwatch\.amazonaws\.com"/,
      ),
    );
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^the policy of the key of alertTopic cannot be changed from this app.*kms:Decrypt/,
      ),
    );
  });
});

test('without addAlarms there are no alarms', () => {
  Template.fromStack(build({ schedule: NIGHTLY }).stack).resourceCountIs(
    'AWS::CloudWatch::Alarm',
    0,
  );
});

test('alarms can be shown on a dashboard', () => {
  const { stack, archiver } = build({ schedule: NIGHTLY });
  new cloudwatch.Dashboard(stack, 'Dashboard', {
    widgets: [[new cloudwatch.AlarmStatusWidget({ alarms: archiver.addAlarms() })]],
  });
  expect(
    JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')),
  ).toContain('NothingArrived');
});
