import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RetrySeconds } from './batch-budget';
import { ArchiveObjects } from './distributed-map';
import { Invoke } from './invoke-function';
import { notifyBatch, notifyRun } from './publish-alert';
import { AlertMode } from '../../alert-mode';
import { ErrorName } from '../../contract/errors';
import type { BatchEvent, PlanRunEvent, Progress, ReportRunEvent, RunSummary } from '../../contract/payloads';
import type { Functions } from '../functions/functions';
import type { Place } from '../place';
import type { Settings } from '../settings';

export interface RunParts {
  /** Its name in alerts. */
  readonly archiver: string;
  readonly settings: Settings;
  readonly reports: Place;
  readonly functions: Pick<Functions, 'planRun' | 'archiveBatch' | 'reportRun'>;
  readonly alertTopic: sns.ITopic;
}

/** Errors of Lambda itself. What a handler throws has a name of its own and is not retried. */
const LAMBDA_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'Sandbox.Timedout', // the function's time-out, or a crash of its process
];

/** PlanRun -> ArchiveObjects -> ReportRun -> Outcome. The map has no Catch: a caught map cannot be redriven. */
export function runDefinition(scope: Construct, parts: RunParts): sfn.IChainable {
  const { settings, reports } = parts;
  const retry = retryOf(LAMBDA_ERRORS, settings.retry);

  const planRun = new Invoke(scope, 'PlanRun', {
    function: parts.functions.planRun,
    payload: sfn.TaskInput.fromObject({
      input: sfn.JsonPath.objectAt('$'),
      runId: sfn.JsonPath.executionName,
      startTime: sfn.JsonPath.executionStartTime,
    } satisfies PayloadOf<PlanRunEvent>),
    outputPath: '$.Payload',
    retry,
  });
  const archiveObjects = new ArchiveObjects(scope, 'ArchiveObjects', {
    source: settings.source,
    reports,
    batchSize: settings.batchSize,
    toleratedFailurePercentage: settings.toleratedFailurePercentage,
    mapExecutionType: settings.mapExecutionType,
  }).itemProcessor(batchDefinition(scope, parts));
  const reportRun = new Invoke(scope, 'ReportRun', {
    function: parts.functions.reportRun,
    payload: sfn.TaskInput.fromObject({
      run: sfn.JsonPath.objectAt('$.run'),
      executionId: sfn.JsonPath.executionId,
      results: sfn.JsonPath.objectAt('$.map.ResultWriterDetails'),
    } satisfies PayloadOf<ReportRunEvent>),
    outputPath: '$.Payload',
    retry,
  });
  return planRun.next(archiveObjects).next(reportRun).next(outcome(scope, parts));
}

/** A batch: ArchiveBatch until its progress is finished. The items stay in the state as they are; only the progress changes. */
function batchDefinition(scope: Construct, { archiver, settings, reports, functions, alertTopic }: RunParts): sfn.IChainable {
  const progress = `$.${'BatchInput' satisfies keyof BatchEvent}.progress`;
  const batch = new Invoke(scope, 'ArchiveBatch', {
    function: functions.archiveBatch,
    payload: sfn.TaskInput.fromJsonPathAt('$'),
    resultSelector: {
      'cursor.$': '$.Payload.cursor',
      'finished.$': '$.Payload.finished',
      'rounds.$': '$.Payload.rounds',
      'counts.$': '$.Payload.counts',
      'bytes.$': '$.Payload.bytes',
      'stragglers.$': '$.Payload.stragglers',
      'problems.$': '$.Payload.problems',
      'upload.$': '$.Payload.upload',
    } satisfies SelectorOf<Progress>,
    resultPath: progress,
    retry: retryOf(LAMBDA_ERRORS, { ...settings.retry, maxAttempts: settings.batch.maxAttempts }),
  });
  // Not a Succeed state: by the Amazon States Language it may have an OutputPath, by cfn-lint's schema it may not.
  const finished = new sfn.Pass(scope, 'BatchFinished', { outputPath: progress });
  const unfinished = new sfn.Choice(scope, 'Unfinished?')
    .when(sfn.Condition.booleanEquals(`${progress}.finished`, false), batch);
  if (settings.alertMode === AlertMode.PER_BATCH) {
    unfinished.when(sfn.Condition.or(
      sfn.Condition.numberGreaterThan(`${progress}.counts.failed`, 0),
      sfn.Condition.numberGreaterThan(`${progress}.counts.conflicting`, 0),
      // A message that could not be sent must not fail a batch: the run's report tells the same.
    ), notifyBatch(scope, alertTopic, archiver, reports).addCatch(finished, { resultPath: sfn.JsonPath.DISCARD }).next(finished));
  }
  return batch.next(unfinished.otherwise(finished));
}

function outcome(scope: Construct, { settings, alertTopic }: RunParts): sfn.IChainable {
  const succeed = new sfn.Succeed(scope, 'Succeed');
  const fail = new sfn.Fail(scope, 'Fail', { error: ErrorName.TOLERANCE_EXCEEDED, causePath: summary('message') });
  const notify = notifyRun(scope, alertTopic);
  notify.addRetry(retryOf([sfn.Errors.TASKS_FAILED], settings.retry));
  notify.next(succeed);
  return new sfn.Choice(scope, 'Outcome')
    .when(is('FAILED'), fail)
    .when(is('PROBLEMS'), notify)
    .otherwise(settings.alertMode === AlertMode.EVERY_RUN ? notify : succeed);
}

function is(value: RunSummary['outcome']): sfn.Condition {
  return sfn.Condition.stringEquals(summary('outcome'), value);
}

/** A path into ReportRun's answer. */
function summary(field: keyof RunSummary): string {
  return `$.${field}`;
}

function retryOf(errors: string[], retry: RetrySeconds): sfn.RetryProps {
  return {
    errors,
    interval: Duration.seconds(retry.interval),
    maxAttempts: retry.maxAttempts,
    backoffRate: retry.backoffRate,
    maxDelay: Duration.seconds(retry.maxDelay),
    jitterStrategy: sfn.JitterType.FULL,
  };
}

/** A payload has the fields of what its handler expects, no more and no fewer. */
type PayloadOf<T> = { [field in keyof T]: unknown };
type SelectorOf<T> = { [field in keyof T & string as `${field}.$`]: string };
