import { CfnOutput, Duration, RemovalPolicy, Size, TimeZone } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ApplicationLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AlertMode,
  GlacierSources,
  ArchiveLayout,
  ConflictPolicy,
  DateSelection,
  DateSource,
  RetrievalTier,
  S3DatedArchiver,
} from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

/**
 * Uses every prop, attribute and method of the public API, except for those that cannot be combined
 * with others: see `packing`.
 */
export const allProps: Scenario = {
  name: 'all props',
  prefixes: ['data/incoming/', 'cold/', 'reports/'],
  allowRestore: true,
  isToldOfBatches: true,
  build: inStack((stack) => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const securityGroup = new SecurityGroup(stack, 'SecurityGroup', {
      vpc,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443));

    const archiver = new S3DatedArchiver(stack, 'Archiver', {
      bucket: new Bucket(stack, 'Source'),
      prefix: 'data/incoming/',
      destinationBucket: new Bucket(stack, 'Destination'),
      destinationPrefix: 'cold/',
      dateSource: DateSource.objectName('yyyy-MM-dd', 'yyyyMMdd', "'u_ex'yyMMdd"),
      selection: DateSelection.lastDays(3),
      timeZone: TimeZone.EUROPE_BERLIN,
      schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
      filter: {
        include: ['**/*.csv', '**/*.{json,gz}'],
        exclude: ['tmp/**'],
        minSize: Size.bytes(1),
        maxSize: Size.gibibytes(5),
        minAge: Duration.hours(1),
      },
      layout: ArchiveLayout.of('yyyy/MM/', { flatten: true }),
      maxConcurrency: 5,
      maxObjectsPerSecond: 200,
      batchSize: 100,
      toleratedFailurePercentage: 2.5,
      retryPolicy: {
        interval: Duration.seconds(1),
        maxAttempts: 3,
        backoffRate: 1.5,
        maxDelay: Duration.seconds(20),
      },
      conflictPolicy: ConflictPolicy.RENAME,
      alertTopic: new Topic(stack, 'Topic'),
      alertMode: AlertMode.PER_BATCH,
      storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
      sourceKey: new Key(stack, 'SourceKey'),
      destinationKey: new Key(stack, 'DestinationKey'),
      encryptionKey: new Key(stack, 'ReportKey'),
      reportPrefix: 'reports/',
      reportRetention: Duration.days(30),
      glacierSources: GlacierSources.restoreFirst({ tier: RetrievalTier.BULK, days: 3 }),
      timeout: Duration.hours(6),
      batchTimeout: Duration.minutes(10),
      memorySize: 512,
      logLevel: ApplicationLogLevel.DEBUG,
      logRetention: RetentionDays.ONE_WEEK,
      tracing: Tracing.ACTIVE,
      removalPolicy: RemovalPolicy.DESTROY,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      allowRestore: true,
    });

    archiver.addVerification('Weekly', {
      schedule: ScheduleExpression.cron({
        weekDay: 'SUN',
        hour: '6',
        minute: '0',
        timeZone: TimeZone.EUROPE_BERLIN,
      }),
      selection: DateSelection.lastDays(30),
    });
    archiver.addVerification('Quarterly', {
      schedule: ScheduleExpression.rate(Duration.days(90)),
      deep: true,
    });
    const database = new CfnDatabase(stack, 'Database', {
      catalogId: stack.account,
      databaseInput: { name: 'analytics' },
    });
    const ledger = archiver.addLedgerTable('Ledger', {
      database: database.ref,
      tableName: 'moves',
      firstDay: '2026-01-01',
      workGroup: 'analysts',
    });
    if (!ledger.ref) {
      throw new Error('addLedgerTable is wrong');
    }
    if (archiver.addCommandOutputs().length < 5) {
      throw new Error('addCommandOutputs is wrong');
    }

    archiver.grantStartExecution(
      new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() }),
    );
    archiver.onRunFailed('Page', { target: new SnsTopic(new Topic(stack, 'Pager')) });
    new CfnOutput(stack, 'Reports', { value: archiver.reportBucket.s3UrlForObject('reports/') });
    archiver.handler
      .metricErrors()
      .createAlarm(stack, 'HandlerErrors', { threshold: 1, evaluationPeriods: 1 });
    archiver.stateMachine
      .metricFailed()
      .createAlarm(stack, 'RunFailures', { threshold: 1, evaluationPeriods: 1 });
    const metrics = [
      archiver.metric('ObjectsArchived'),
      archiver.metricObjectsListed(),
      archiver.metricObjectsArchived(),
      archiver.metricObjectsSkipped(),
      archiver.metricObjectsConflicting(),
      archiver.metricObjectsFailed(),
      archiver.metricBytesArchived(),
      archiver.metricStragglers(),
      archiver.metricOldestStragglerDays(),
      archiver.metricRunSeconds(),
      archiver.metricArrivalRatio(),
      archiver.metricObjectsUnaccounted(),
    ];
    metrics.forEach((metric, i) =>
      metric.createAlarm(stack, `Alarm${i}`, { threshold: 1, evaluationPeriods: 1 }),
    );
    const alarms = archiver.addAlarms({
      noRunCompleted: Duration.days(2),
      nothingArrived: 0.2,
      stragglers: 5,
      undatedObjects: 100,
      oldStragglers: Duration.days(7),
      explainerFailed: 0,
      objectsFailed: 0,
      objectsUnaccounted: 0,
      runFailed: 0,
      exclude: [],
    });
    if (alarms.length !== 9) {
      throw new Error('addAlarms is wrong');
    }
    new Dashboard(stack, 'Dashboard', { widgets: [archiver.dashboardWidgets()] });
    if (!S3DatedArchiver.isS3DatedArchiver(archiver) || S3DatedArchiver.isS3DatedArchiver(stack)) {
      throw new Error('isS3DatedArchiver is wrong');
    }
    if (!archiver.alertTopic.topicArn) {
      throw new Error('alertTopic is missing');
    }
  }),
};
