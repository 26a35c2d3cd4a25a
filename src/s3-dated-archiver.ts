import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { MetricName } from './contract/metrics';
import { Env } from './contract/settings';
import type { S3DatedArchiverProps } from './s3-dated-archiver-props';
import { alertTopic, runFailedPattern } from './state-machine/alerts';
import { ArchiveBatchFunction } from './state-machine/archive-batch-function';
import { runDefinition } from './state-machine/definition';
import { ExplainFailureFunction } from './state-machine/explain-failure-function';
import { grantArchiveBatch, grantExplainFailure, grantReportRun, grantStateMachineKeys } from './state-machine/grants';
import { handlerOptions, network, OwnOptions } from './state-machine/handlers';
import { stateMachineLogGroupName } from './state-machine/logging';
import { archiverMetric } from './state-machine/metrics';
import { PlanRunFunction } from './state-machine/plan-run-function';
import { reportBucket } from './state-machine/report-bucket';
import { ReportRunFunction } from './state-machine/report-run-function';
import { runSchedule } from './state-machine/run-schedule';
import { archiverName, handlerEnvironment, withDefaults } from './state-machine/settings';

const ARCHIVER_SYMBOL = Symbol.for('cdk-s3-dated-archiver.S3DatedArchiver');

/** CDK gates the only ResultWriter that it has not deprecated; without the flag there would silently be none. */
const RESULT_WRITER_FLAG = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';

/**
 * Moves every object whose name carries a date from a prefix to a date-keyed archive: once a day or on demand, by
 * server-side copy and delete, at any scale, without losing or overwriting an object.
 */
export class S3DatedArchiver extends Construct {
  /** Whether something is an `S3DatedArchiver`, be it from another copy of this package. */
  public static isS3DatedArchiver(x: any): x is S3DatedArchiver {
    return x !== null && typeof x === 'object' && ARCHIVER_SYMBOL in x;
  }

  /** The state machine; an execution of it is a run. */
  public readonly stateMachine: sfn.StateMachine;

  /** The function that archives batches. */
  public readonly handler: lambda.Function;

  /** The topic that messages about runs go to. */
  public readonly alertTopic: sns.ITopic;

  /** The bucket that ledgers and reports are written to. */
  public readonly reportBucket: s3.IBucket;

  private readonly name: string;

  constructor(scope: Construct, id: string, props: S3DatedArchiverProps) {
    super(scope, id);
    Object.defineProperty(this, ARCHIVER_SYMBOL, { value: true });
    this.node.setContext(RESULT_WRITER_FLAG, true);
    const settings = withDefaults(props);
    const { encryptionKey } = props;
    this.name = archiverName(this);

    this.reportBucket = props.reportBucket ?? reportBucket(this, 'Reports', {
      prefix: settings.reportPrefix,
      retention: props.reportRetention ?? Duration.days(400),
      encryptionKey,
      removalPolicy: settings.removalPolicy,
    });
    this.alertTopic = props.alertTopic ?? alertTopic(this, 'Alerts', encryptionKey);
    const resources = {
      source: settings.source,
      destination: settings.destination,
      reports: { bucket: this.reportBucket, prefix: settings.reportPrefix, key: this.reportBucket.encryptionKey ?? encryptionKey },
      alertTopic: this.alertTopic,
      alertKey: this.alertTopic.masterKey ?? encryptionKey,
    };

    const logGroup = {
      retention: props.logRetention ?? logs.RetentionDays.ONE_YEAR,
      encryptionKey,
      removalPolicy: settings.removalPolicy,
    };
    const common = {
      environment: handlerEnvironment(this, settings, props, this.reportBucket),
      logLevel: props.logLevel,
      logGroup,
      network: network(this, props),
    };
    const options = (handler: Construct, own: OwnOptions) => handlerOptions(handler, common, own);

    const planRunScope = new Construct(this, 'PlanRun');
    const planRun = new PlanRunFunction(planRunScope, 'Function', options(planRunScope, {
      description: 'Freezes the days and the limits of a run',
      timeout: Duration.minutes(1),
      memorySize: 256,
    }));
    const archiveBatchScope = new Construct(this, 'ArchiveBatch');
    this.handler = new ArchiveBatchFunction(archiveBatchScope, 'Function', options(archiveBatchScope, {
      description: 'Archives a batch of objects',
      timeout: Duration.seconds(settings.batch.timeout),
      memorySize: props.memorySize ?? 1_769,
    }));
    const reportRunScope = new Construct(this, 'ReportRun');
    const reportRun = new ReportRunFunction(reportRunScope, 'Function', options(reportRunScope, {
      description: 'Adds a run up, judges and reports it',
      timeout: Duration.minutes(15),
      memorySize: 1_769,
    }));

    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'Archives the objects of some days',
      definitionBody: sfn.DefinitionBody.fromChainable(runDefinition(new Construct(this, 'Definition'), {
        settings, reports: resources.reports, planRun, archiveBatch: this.handler, reportRun, alertTopic: this.alertTopic,
      })),
      timeout: settings.timeout,
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'StateMachineLogs', { ...logGroup, logGroupName: stateMachineLogGroupName(this) }),
        level: sfn.LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    const explainFailureScope = new Construct(this, 'ExplainFailure');
    const explainFailure = new ExplainFailureFunction(explainFailureScope, 'Function', options(explainFailureScope, {
      description: 'Tells why a run failed',
      timeout: Duration.minutes(2),
      memorySize: 512,
      environment: { [Env.ALERT_TOPIC_ARN]: this.alertTopic.topicArn },
      // If it breaks itself, the raw event still arrives.
      onFailure: { bind: () => ({ destination: this.alertTopic.topicArn }) },
    }));
    this.onRunFailed('RunFailed', {
      description: 'A run of an S3DatedArchiver failed, timed out or was aborted',
      target: new targets.LambdaFunction(explainFailure),
    });
    if (props.schedule) runSchedule(this, 'Schedule', props.schedule, this.stateMachine);

    grantArchiveBatch(this.handler.role!, resources);
    grantReportRun(reportRun.role!, resources);
    grantExplainFailure(explainFailure.role!, this.stateMachine, resources);
    grantStateMachineKeys(this.stateMachine.role, resources);
  }

  /** Lets `grantee` start runs. */
  public grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Defines a rule for runs that failed, timed out or were aborted. */
  public onRunFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    const rule = new events.Rule(this, id, options);
    rule.addEventPattern(runFailedPattern(this.stateMachine));
    rule.addTarget(options.target);
    return rule;
  }

  /** A metric of this archiver. */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return archiverMetric(this.name, metricName, options).attachTo(this);
  }

  /** Objects listed. */
  public metricObjectsListed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_LISTED, options);
  }
}
