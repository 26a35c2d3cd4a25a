import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type CommonOptions, HandlerFunction, type OwnOptions } from './handler-function';
import {
  COMPARING_PLAN_RUN_MEMORY,
  EXPLAIN_FAILURE_MEMORY,
  LIST_OBJECTS_MEMORY,
  PLAN_RUN_MEMORY,
  REPORT_RUN_MEMORY,
  VERIFY_BATCH_MEMORY,
} from '../../contract/memory';
import { getScope } from '../props/construct-path';
import type { Settings } from '../props/settings';

export type Functions = ReturnType<typeof createFunctions>;

export function createFunctions(
  scope: Construct,
  common: CommonOptions,
  settings: Settings,
  alertTopic: sns.ITopic,
) {
  const { logLevel } = common;
  const create = (id: string, own: OwnOptions) =>
    new HandlerFunction(getScope(scope, id), common, own);
  const move = {
    timeout: Duration.seconds(settings.batch.timeout),
    memorySize: settings.memorySize,
  };
  /** It extracts, too, if an archiver does both. */
  const getRestoreBatch = () =>
    (restoreBatch ??= create('RestoreBatch', {
      description: settings.allowRestore
        ? 'Copies archived objects back to their old keys for an S3DatedArchiver'
        : 'Copies objects out of packs for an S3DatedArchiver',
      ...move,
    }));
  let restoreBatch: lambda.Function | undefined;
  return {
    archiveBatch: create('ArchiveBatch', {
      description: 'Archives a batch of objects for an S3DatedArchiver',
      ...move,
    }),
    planRun: create('PlanRun', {
      description: 'Freezes the days and the limits of a run of an S3DatedArchiver',
      timeout: Duration.minutes(1),
      // To restore or to extract, it compares what several runs archived.
      memorySize:
        settings.allowRestore || settings.packing ? COMPARING_PLAN_RUN_MEMORY : PLAN_RUN_MEMORY,
    }),
    ...(settings.listingConcurrency !== undefined && {
      listObjects: create('ListObjects', {
        description: 'Lists and selects the objects of a run of an S3DatedArchiver',
        timeout: Duration.minutes(15),
        memorySize: LIST_OBJECTS_MEMORY,
      }),
    }),
    verifyBatch: create('VerifyBatch', {
      description: 'Compares the archive with ledgers of an S3DatedArchiver',
      timeout: Duration.minutes(5),
      memorySize: VERIFY_BATCH_MEMORY,
    }),
    ...(settings.allowRestore && { restoreBatch: getRestoreBatch() }),
    ...(settings.packing && { extractBatch: getRestoreBatch() }),
    reportRun: create('ReportRun', {
      description: 'Adds up, judges and reports a run of an S3DatedArchiver',
      timeout: Duration.minutes(15),
      memorySize: REPORT_RUN_MEMORY,
      // Metrics are log lines without a level, which Lambda treats as INFO (AWS Lambda "Configuring
      // JSON and plain text log formats").
      logLevel:
        logLevel && QUIETER_THAN_INFO.includes(logLevel)
          ? lambda.ApplicationLogLevel.INFO
          : logLevel,
    }),
    explainFailure: create('ExplainFailure', {
      description: 'Says why a run of an S3DatedArchiver failed',
      timeout: Duration.minutes(2),
      memorySize: EXPLAIN_FAILURE_MEMORY,
      // If the function itself fails, the topic gets the raw event. CDK's SnsDestination would
      // grant what the role already has.
      onFailure: { bind: () => ({ destination: alertTopic.topicArn }) },
      isPolling: true,
    }),
  };
}

const QUIETER_THAN_INFO = [
  lambda.ApplicationLogLevel.WARN,
  lambda.ApplicationLogLevel.ERROR,
  lambda.ApplicationLogLevel.FATAL,
];
