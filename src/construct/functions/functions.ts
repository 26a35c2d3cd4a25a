import { Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ArchiveBatchFunction } from './archive-batch-function';
import { ExplainFailureFunction } from './explain-failure-function';
import { type CommonOptions, handlerOptions, type OwnOptions } from './function-options';
import { PlanRunFunction } from './plan-run-function';
import { ReportRunFunction } from './report-run-function';
import { ARCHIVE_BATCH_MEMORY, EXPLAIN_FAILURE_MEMORY, PLAN_RUN_MEMORY, REPORT_RUN_MEMORY } from '../../contract/memory';
import { type BatchSettings, Env } from '../../contract/settings';

export interface Functions {
  readonly planRun: lambda.Function;
  readonly archiveBatch: lambda.Function;
  readonly reportRun: lambda.Function;
  readonly explainFailure: lambda.Function;
}

/** The four functions, each in a scope of its own beside its role and log group. */
export function archiverFunctions(
  scope: Construct, common: CommonOptions, batch: { timeout: number; memorySize?: number; express: boolean }, alertTopic: sns.ITopic,
): Functions {
  const place = (id: string, own: OwnOptions) => {
    const home = new Construct(scope, id);
    return [home, 'Function', handlerOptions(home, common, own)] as const;
  };
  const archiveBatch = new ArchiveBatchFunction(...place('ArchiveBatch', {
    description: 'Archives a batch of objects for an S3DatedArchiver',
    timeout: Duration.seconds(batch.timeout),
    memorySize: batch.memorySize ?? ARCHIVE_BATCH_MEMORY,
  }));
  const batchSettings: BatchSettings = {
    logGroup: archiveBatch.logGroup.logGroupName,
    memoryMb: batch.memorySize ?? ARCHIVE_BATCH_MEMORY,
    express: batch.express,
  };
  return {
    planRun: new PlanRunFunction(...place('PlanRun', {
      description: 'Freezes the days and the limits of a run of an S3DatedArchiver',
      timeout: Duration.minutes(1),
      memorySize: PLAN_RUN_MEMORY,
    })),
    archiveBatch,
    reportRun: new ReportRunFunction(...place('ReportRun', {
      description: 'Adds up, judges and reports a run of an S3DatedArchiver',
      timeout: Duration.minutes(15),
      memorySize: REPORT_RUN_MEMORY,
      environment: { [Env.BATCH]: Stack.of(scope).toJsonString(batchSettings) },
      logLevel: atLeastInfo(common.logLevel),
    })),
    explainFailure: new ExplainFailureFunction(...place('ExplainFailure', {
      description: 'Says why a run of an S3DatedArchiver failed',
      timeout: Duration.minutes(2),
      memorySize: EXPLAIN_FAILURE_MEMORY,
      environment: { [Env.ALERT_TOPIC_ARN]: alertTopic.topicArn },
      // If it breaks itself, the raw event still arrives. Its role may publish to the topic anyway.
      onFailure: { bind: () => ({ destination: alertTopic.topicArn }) },
    })),
  };
}

const QUIETER_THAN_INFO = [lambda.ApplicationLogLevel.WARN, lambda.ApplicationLogLevel.ERROR, lambda.ApplicationLogLevel.FATAL];

/**
 * Metrics are lines of the log, and have no level. Lambda takes such lines for INFO, and a quieter log would have none.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
function atLeastInfo(level?: lambda.ApplicationLogLevel): lambda.ApplicationLogLevel | undefined {
  return level && QUIETER_THAN_INFO.includes(level) ? lambda.ApplicationLogLevel.INFO : level;
}
