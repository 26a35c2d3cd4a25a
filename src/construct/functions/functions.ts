import { Duration, Stack, Tokenization } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ArchiveBatchFunction } from './archive-batch-function';
import { checkEnvironmentSize } from './environment-size';
import { ExplainFailureFunction } from './explain-failure-function';
import { type CommonOptions, createFunctionOptions, type OwnOptions } from './function-options';
import { ListObjectsFunction } from './list-objects-function';
import { PlanRunFunction } from './plan-run-function';
import { ReportRunFunction } from './report-run-function';
import { RestoreBatchFunction } from './restore-batch-function';
import { VerifyBatchFunction } from './verify-batch-function';
import { EXPLAIN_FAILURE_MEMORY, LIST_OBJECTS_MEMORY, PLAN_RUN_MEMORY, REPORT_RUN_MEMORY, VERIFY_BATCH_MEMORY } from '../../contract/memory';
import { type BatchSettings, Env } from '../../contract/settings';
import { withConstructPath } from '../construct-path';
import type { Settings } from '../settings';

export interface Functions {
  readonly planRun: lambda.Function;
  /** Only if the map does not list. */
  readonly listObjects?: lambda.Function;
  readonly archiveBatch: lambda.Function;
  readonly verifyBatch: lambda.Function;
  /** Only if restores are allowed. */
  readonly restoreBatch?: lambda.Function;
  readonly reportRun: lambda.Function;
  readonly explainFailure: lambda.Function;
}

/** Creates the functions. Each has its own scope, which also holds its role and its log group. */
export function createFunctions(
  scope: Construct, common: CommonOptions, settings: Settings, alertTopic: sns.ITopic, chatTopic?: sns.ITopic,
): Functions {
  const inOwnScope = (id: string, own: OwnOptions) => {
    const ownScope = new Construct(scope, id);
    const options = createFunctionOptions(ownScope, common, own);
    withConstructPath(scope, () => checkEnvironmentSize(scope, options.environment!));
    return [ownScope, 'Function', options] as const;
  };
  const { batch, listing, memorySize } = settings;
  const chat = chatTopic && { [Env.CHAT_TOPIC_ARN]: chatTopic.topicArn };
  const archiveBatch = new ArchiveBatchFunction(...inOwnScope('ArchiveBatch', {
    description: 'Archives a batch of objects for an S3DatedArchiver',
    timeout: Duration.seconds(batch.timeout),
    memorySize,
    environment: chat,
  }));
  const batchSettings: BatchSettings = {
    logGroup: archiveBatch.logGroup.logGroupName,
    memoryMb: memorySize,
    express: settings.mapExecutionType === sfn.StateMachineType.EXPRESS,
  };
  return {
    planRun: new PlanRunFunction(...inOwnScope('PlanRun', {
      description: 'Freezes the days and the limits of a run of an S3DatedArchiver',
      timeout: Duration.minutes(1),
      memorySize: PLAN_RUN_MEMORY,
      environment: {
        ...listing.kind === 'selective' && { [Env.LISTING]: listing.kind },
        ...settings.allowRestore && { [Env.ALLOW_RESTORE]: 'true' },
      },
    })),
    ...listing.kind === 'selective' && {
      listObjects: new ListObjectsFunction(...inOwnScope('ListObjects', {
        description: 'Lists and selects the objects of a run of an S3DatedArchiver',
        timeout: Duration.minutes(15),
        memorySize: LIST_OBJECTS_MEMORY,
        environment: {
          [Env.LISTING_CONCURRENCY]: Tokenization.stringifyNumber(listing.concurrency),
          [Env.BATCH_SIZE]: Tokenization.stringifyNumber(settings.batchSize),
        },
      })),
    },
    archiveBatch,
    verifyBatch: new VerifyBatchFunction(...inOwnScope('VerifyBatch', {
      description: 'Compares the archive with ledgers of an S3DatedArchiver',
      timeout: Duration.minutes(5),
      memorySize: VERIFY_BATCH_MEMORY,
    })),
    ...settings.allowRestore && {
      restoreBatch: new RestoreBatchFunction(...inOwnScope('RestoreBatch', {
        description: 'Copies archived objects back to their old keys for an S3DatedArchiver',
        timeout: Duration.seconds(batch.timeout),
        memorySize,
      })),
    },
    reportRun: new ReportRunFunction(...inOwnScope('ReportRun', {
      description: 'Adds up, judges and reports a run of an S3DatedArchiver',
      timeout: Duration.minutes(15),
      memorySize: REPORT_RUN_MEMORY,
      environment: { [Env.BATCH]: Stack.of(scope).toJsonString(batchSettings), ...chat },
      logLevel: atLeastInfo(common.logLevel),
    })),
    explainFailure: new ExplainFailureFunction(...inOwnScope('ExplainFailure', {
      description: 'Says why a run of an S3DatedArchiver failed',
      timeout: Duration.minutes(2),
      memorySize: EXPLAIN_FAILURE_MEMORY,
      environment: { [Env.ALERT_TOPIC_ARN]: alertTopic.topicArn, ...chat },
      // If the function itself fails, the topic gets the raw event. CDK's SnsDestination would grant what the role
      // already has.
      onFailure: { bind: () => ({ destination: alertTopic.topicArn }) },
      isPolling: true,
    })),
  };
}

const QUIETER_THAN_INFO = [lambda.ApplicationLogLevel.WARN, lambda.ApplicationLogLevel.ERROR, lambda.ApplicationLogLevel.FATAL];

/**
 * Returns INFO instead of a quieter level. Metrics are log lines without a level (embedded metric format). Lambda
 * treats such lines as INFO, so a quieter log would drop the metrics.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
function atLeastInfo(level?: lambda.ApplicationLogLevel): lambda.ApplicationLogLevel | undefined {
  return level && QUIETER_THAN_INFO.includes(level) ? lambda.ApplicationLogLevel.INFO : level;
}
