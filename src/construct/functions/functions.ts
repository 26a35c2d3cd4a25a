import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type CommonOptions, HandlerFunction, type OwnOptions } from './handler-function';
import type { Action } from '../../contract/actions';
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

type ActionFunctions = { readonly [name in `${Action}Batch`]?: lambda.Function };

/** The functions of an archiver. Those that some props need are there only with these props. */
export interface Functions extends ActionFunctions {
  readonly archiveBatch: lambda.Function;
  readonly planRun: lambda.Function;
  /** With `Listing.selective()`. */
  readonly listObjects?: lambda.Function;
  readonly verifyBatch: lambda.Function;
  /** With `allowRestore`, or with `packing`, whose packs it can open without it. */
  readonly restoreBatch?: lambda.Function;
  readonly reportRun: lambda.Function;
  readonly explainFailure: lambda.Function;
}

export function createFunctions(
  scope: Construct,
  common: CommonOptions,
  settings: Settings,
  alertTopic: sns.ITopic,
): Functions {
  const { allowRestore, packing } = settings;
  const create = (id: string, own: OwnOptions) =>
    new HandlerFunction(getScope(scope, id), common, own);
  const move = {
    timeout: Duration.seconds(settings.batchTimeout),
    memorySize: settings.memorySize,
  };
  // The order here is the order in the template.
  const archiveBatch = create('ArchiveBatch', {
    description: 'Archives a batch of objects for an S3DatedArchiver',
    ...move,
  });
  const planRun = create('PlanRun', {
    description: 'Freezes the days and the limits of a run of an S3DatedArchiver',
    timeout: Duration.minutes(1),
    // To restore, it compares what several runs archived.
    memorySize: allowRestore || packing ? COMPARING_PLAN_RUN_MEMORY : PLAN_RUN_MEMORY,
  });
  const listObjects =
    settings.listingConcurrency === undefined
      ? undefined
      : create('ListObjects', {
          description: 'Lists and selects the objects of a run of an S3DatedArchiver',
          timeout: Duration.minutes(15),
          memorySize: LIST_OBJECTS_MEMORY,
        });
  const verifyBatch = create('VerifyBatch', {
    description: 'Compares the archive with ledgers of an S3DatedArchiver',
    timeout: Duration.minutes(5),
    memorySize: VERIFY_BATCH_MEMORY,
  });
  const restoreBatch =
    allowRestore || packing
      ? create('RestoreBatch', {
          description: allowRestore
            ? 'Copies archived objects back to their old keys for an S3DatedArchiver'
            : 'Copies objects out of packs for an S3DatedArchiver',
          ...move,
        })
      : undefined;
  const reportRun = create('ReportRun', {
    description: 'Adds up, judges and reports a run of an S3DatedArchiver',
    timeout: Duration.minutes(15),
    memorySize: REPORT_RUN_MEMORY,
    logLevel: toReportLogLevel(common.logLevel),
  });
  const explainFailure = create('ExplainFailure', toExplainFailureOptions(alertTopic));
  return omitMissing({
    archiveBatch,
    planRun,
    listObjects,
    verifyBatch,
    restoreBatch,
    reportRun,
    explainFailure,
  });
}

function toExplainFailureOptions(alertTopic: sns.ITopic): OwnOptions {
  return {
    description: 'Says why a run of an S3DatedArchiver failed',
    timeout: Duration.minutes(2),
    memorySize: EXPLAIN_FAILURE_MEMORY,
    // If the function itself fails, the topic gets the raw event. CDK's SnsDestination would grant
    // what the role already has.
    onFailure: { bind: () => ({ destination: alertTopic.topicArn }) },
    isPolling: true,
  };
}

/** @param functions all that there may be, so that the compiler asks for that of a new action */
function omitMissing(
  functions: Readonly<Record<keyof Functions, lambda.Function | undefined>>,
): Functions {
  const created = Object.entries(functions).filter(([, each]) => each !== undefined);
  return Object.fromEntries(created) as unknown as Functions;
}

/**
 * Metrics are log lines without a level, which Lambda treats as INFO (AWS Lambda "Configuring JSON
 * and plain text log formats").
 */
function toReportLogLevel(
  logLevel: lambda.ApplicationLogLevel | undefined,
): lambda.ApplicationLogLevel | undefined {
  return logLevel && QUIETER_THAN_INFO.includes(logLevel)
    ? lambda.ApplicationLogLevel.INFO
    : logLevel;
}

const QUIETER_THAN_INFO = [
  lambda.ApplicationLogLevel.WARN,
  lambda.ApplicationLogLevel.ERROR,
  lambda.ApplicationLogLevel.FATAL,
];
