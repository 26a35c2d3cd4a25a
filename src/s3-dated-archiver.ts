import { Duration, type IResource, Resource } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AlarmOptions } from './alarm-options';
import { grantArchiveBatch, grantExplainFailure, grantReportRun, getStateMachineKeyUses } from './construct/access/grants';
import { grantKeyUses } from './construct/access/key-grants';
import { suppressNagFindings } from './construct/cdk-nag';
import { withConstructPath } from './construct/construct-path';
import { createNetwork } from './construct/functions/function-options';
import { createFunctions } from './construct/functions/functions';
import { createAlarms } from './construct/monitoring/alarms';
import { createAlertTopic, grantAlarmsPublish, createRunFailedRule, warnAboutTopicPolicy } from './construct/monitoring/alert-topic';
import { createWidgets } from './construct/monitoring/dashboard';
import { grantLogsUseOfKey } from './construct/monitoring/log-groups';
import { createMetric } from './construct/monitoring/metrics';
import { getLogGroups, createSavedQueries } from './construct/monitoring/saved-queries';
import { createReportBucket } from './construct/report-bucket';
import { createSchedule } from './construct/run-schedule';
import { applyDefaults, getArchiverName, getHandlerEnvironment } from './construct/settings';
import { createStateMachine } from './construct/state-machine/state-machine';
import { validatePlaces, validateTopic } from './construct/validate-places';
import { validateAlarmOptions, validateProps } from './construct/validate-props';
import { MetricName } from './contract/metrics';
import type { S3DatedArchiverProps } from './s3-dated-archiver-props';

const ARCHIVER_SYMBOL = Symbol.for('cdk-s3-dated-archiver.S3DatedArchiver');

/** CDK gates the only ResultWriter that it has not deprecated: without the flag there would silently be none. */
const RESULT_WRITER_FLAG = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';

/**
 * Moves every object whose name carries a date from a prefix to a date-keyed archive: once a day or on demand, by
 * server-side copy and delete, at any scale, without losing or overwriting an object.
 *
 * A run is an execution of `stateMachine`. Its input may have `date`, or `from` and `to` (days such as `2026-11-24`),
 * `dryRun`, which counts and changes nothing, and `maxConcurrency`.
 *
 * Throws when a prop is not what its documentation allows.
 */
export class S3DatedArchiver extends Construct {
  /**
   * Whether something is an `S3DatedArchiver`, be it of another copy of this package.
   *
   * @param x anything
   */
  public static isS3DatedArchiver(x: any): x is S3DatedArchiver {
    return x !== null && typeof x === 'object' && ARCHIVER_SYMBOL in x;
  }

  /** The state machine. An execution of it is a run. */
  public readonly stateMachine: sfn.StateMachine;

  /** The archive-batch function, which moves the objects. */
  public readonly handler: lambda.Function;

  /** The topic that messages about runs go to: that of the props, or a new one. It has no subscriptions of its own. */
  public readonly alertTopic: sns.ITopic;

  /** The bucket that ledgers and reports are written to: that of the props, or a new one. */
  public readonly reportBucket: s3.IBucket;

  private readonly metricsName: string;
  private readonly schedule?: scheduler.ScheduleExpression;
  private readonly alertKey?: kms.IKey;
  private readonly logGroups: logs.ILogGroup[];
  private readonly explainFailure: lambda.IFunction;

  /**
   * Defines an archiver with its state machine, functions, roles and logs; a topic and a report bucket unless they are given; a
   * schedule if one is given.
   *
   * Throws when a prop is not what its documentation allows, or source and destination are the same place. What cannot be
   * known here, or granted from here, such as the policy of an imported bucket or key, is an annotation with the statement to add.
   *
   * @param scope the stack, or a construct within it
   * @param id the archiver's name within the scope
   * @param props of which only `bucket` is required
   */
  constructor(scope: Construct, id: string, props: S3DatedArchiverProps) {
    super(scope, id);
    Object.defineProperty(this, ARCHIVER_SYMBOL, { value: true });
    this.node.setContext(RESULT_WRITER_FLAG, true);
    this.metricsName = getArchiverName(this);
    this.schedule = props.schedule;

    const settings = withConstructPath(this, () => {
      validateProps(props);
      return applyDefaults(props);
    });
    const { encryptionKey } = props;
    const { source, destination, reportPrefix, removalPolicy } = settings;
    // Of what is defined in CDK its key is known, also that there is none.
    const unlessOwned = (resource: IResource) => (Resource.isOwnedResource(resource) ? undefined : encryptionKey);

    this.reportBucket = props.reportBucket ?? createReportBucket(this, 'Reports', {
      prefix: reportPrefix, retention: props.reportRetention ?? Duration.days(400), encryptionKey, removalPolicy,
    });
    const reports = { bucket: this.reportBucket, prefix: reportPrefix, key: this.reportBucket.encryptionKey ?? unlessOwned(this.reportBucket) };
    withConstructPath(this, () => validatePlaces(this, source, destination, reports));

    this.alertTopic = props.alertTopic ?? createAlertTopic(this, 'Alerts', encryptionKey);
    withConstructPath(this, () => validateTopic(this, this.alertTopic));
    this.alertKey = this.alertTopic.masterKey ?? unlessOwned(this.alertTopic);
    warnAboutTopicPolicy(this, this.alertTopic, this.alertKey);

    if (encryptionKey) { grantLogsUseOfKey(encryptionKey, this); }
    const logGroup = { retention: props.logRetention ?? logs.RetentionDays.ONE_YEAR, encryptionKey, removalPolicy };
    const functions = createFunctions(this, {
      environment: getHandlerEnvironment(this, settings, props, this.reportBucket),
      logLevel: props.logLevel,
      logGroup,
      network: createNetwork(this, props),
    }, {
      timeout: settings.batch.timeout,
      memorySize: props.memorySize,
      express: settings.mapExecutionType === sfn.StateMachineType.EXPRESS,
    }, this.alertTopic);
    this.handler = functions.archiveBatch;
    this.explainFailure = functions.explainFailure;
    this.logGroups = getLogGroups(functions);
    createSavedQueries(new Construct(this, 'Queries'), this.metricsName, this.logGroups);
    this.stateMachine = createStateMachine(this, 'StateMachine', { archiver: this.metricsName, settings, reports, functions, alertTopic: this.alertTopic }, logGroup);

    createRunFailedRule(this, 'RunFailed', this.stateMachine, {
      description: 'A run of an S3DatedArchiver failed, timed out or was aborted',
      target: new targets.LambdaFunction(functions.explainFailure),
    });
    const scheduleKeyUses = props.schedule === undefined ? [] : createSchedule(this, 'Schedule', {
      schedule: props.schedule, stateMachine: this.stateMachine, explainFailure: functions.explainFailure, encryptionKey,
    });

    const resources = { source, destination, reports, alertTopic: this.alertTopic, alertKey: this.alertKey };
    grantKeyUses(this, [
      ...grantArchiveBatch(functions.archiveBatch.role!, resources),
      ...grantReportRun(functions.reportRun.role!, resources),
      ...grantExplainFailure(functions.explainFailure.role!, this.stateMachine, resources),
      ...getStateMachineKeyUses(this.stateMachine.role, resources),
      ...scheduleKeyUses,
    ]);
    suppressNagFindings(this, [source, destination, reports]);
  }

  /**
   * Lets a principal start runs. Nothing else: to read their outcome, or to stop or redrive them, it needs the grants of `stateMachine`.
   *
   * @param grantee such as a role or a function
   * @returns the grant
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  public grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Defines a rule that matches the end of every run that failed, timed out or was aborted. The archiver's own message
   * about it goes to `alertTopic` anyway.
   *
   * Throws when the event pattern has another `status`: it may have some of `FAILED`, `TIMED_OUT` and `ABORTED`.
   *
   * @param id of the rule, among those of this method
   * @param options target, and what else of the event must match
   * @returns the rule
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
   */
  public onRunFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    // In a scope of their own, ids are the caller's to choose.
    const scope = this.node.tryFindChild('OnRunFailed') as Construct ?? new Construct(this, 'OnRunFailed');
    return withConstructPath(this, () => createRunFailedRule(scope, id, this.stateMachine, options));
  }

  /**
   * A metric of this archiver in the namespace `S3DatedArchiver`. A run emits each once, when it reports.
   *
   * @param metricName such as `ObjectsFailed`
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day; for stragglers and seconds the maximum, for the arrival ratio the minimum over a day
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/working_with_metrics.html
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return createMetric(this, this.metricsName, metricName, options);
  }

  /**
   * How many objects were listed. It is the sum of archived, skipped, conflicting and failed ones.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day
   */
  public metricObjectsListed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_LISTED, options);
  }

  /**
   * How many objects were archived: the destination holds them and the source is gone.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day
   */
  public metricObjectsArchived(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_ARCHIVED, options);
  }

  /**
   * How many of the listed objects were not selected.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day
   */
  public metricObjectsSkipped(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_SKIPPED, options);
  }

  /**
   * How many objects stayed at their source because the destination holds other content, or because they changed after their copy.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day
   */
  public metricObjectsConflicting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_CONFLICTING, options);
  }

  /**
   * How many selected objects could not be archived and are still at their source.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day
   */
  public metricObjectsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_FAILED, options);
  }

  /**
   * The sizes of the archived objects in bytes.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - sum over a day
   */
  public metricBytesArchived(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.BYTES_ARCHIVED, options);
  }

  /**
   * How many dated objects older than the run's window are still at the source.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - maximum over a day
   */
  public metricStragglers(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.STRAGGLERS, options);
  }

  /**
   * The age of the oldest straggler in days.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - maximum over a day
   */
  public metricOldestStragglerDays(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OLDEST_STRAGGLER_DAYS, options);
  }

  /**
   * How long a run took, in seconds.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - maximum over a day
   */
  public metricRunSeconds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.RUN_SECONDS, options);
  }

  /**
   * What arrived for the days of a run, divided by the median of what arrived for the days of the runs before it: 1 is as much as usual, 0 is nothing.
   * 1, too, as long as there are fewer than five to compare it with. Runs that catch up with earlier days emit none.
   *
   * @param options what is to differ from the defaults: statistic, period, label, colour
   * @default - minimum over a day
   */
  public metricArrivalRatio(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.ARRIVAL_RATIO, options);
  }

  /**
   * Defines alarms that tell `alertTopic` what no message of a run tells: that no run came to its end in time, that nothing
   * arrived, that objects of earlier days are still at the source, that the function which explains failed runs broke. To have
   * other actions, add them to the alarms.
   *
   * Call it once, and after an `alertTopic` of your own has its policy, if it gets one: CloudWatch is then let in by it.
   * Throws when an option is not what its documentation allows.
   *
   * @param options which alarms, and where they draw the line
   * @returns the alarms
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   */
  public addAlarms(options: AlarmOptions = {}): cloudwatch.Alarm[] {
    withConstructPath(this, () => validateAlarmOptions(options));
    grantAlarmsPublish(this, this.alertTopic, this.alertKey);
    return createAlarms(new Construct(this, 'Alarms'), options, {
      archiver: this.metricsName,
      stateMachine: this.stateMachine,
      explainFailure: this.explainFailure,
      schedule: this.schedule,
      alertTopic: this.alertTopic,
    });
  }

  /**
   * Widgets for a dashboard: runs and their seconds, objects, bytes and throughput, what arrived, what is left behind, and
   * why objects were not archived. The last asks the logs each time the dashboard is looked at.
   *
   * @returns the widgets, for `Dashboard.addWidgets`
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
   */
  public dashboardWidgets(): cloudwatch.IWidget[] {
    return createWidgets(this, this.metricsName, this.stateMachine, this.logGroups);
  }
}
