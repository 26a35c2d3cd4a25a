import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { RetrySeconds } from './batch-budget';
import { ArchiveObjects, toPlanPath, VERIFY_LABEL } from './distributed-map';
import { InvokeFunction, type PayloadOf, type SelectorOf } from './invoke-function';
import { LedgerMap } from './ledger-map';
import { createListing, toListingPath } from './listing-states';
import { createNotifyBatch, createNotifyChat, createNotifyChatOfBatch, createNotifyRun, toSummaryPath } from './publish-alert';
import { createRestoreObjects } from './restore-states';
import { createRounds, createSingleState, PROGRESS_PATH, type RoundsProps } from './rounds';
import { AlertMode } from '../../alert-mode';
import { ErrorName } from '../../contract/errors';
import type { BatchEvent, PlannedBatchEvent, Progress, VerifyEvent, VerifyProgress } from '../../contract/payloads/batch-payloads';
import type { Plan } from '../../contract/payloads/plan';
import type { ReportRunEvent, RunSummary } from '../../contract/payloads/report-payloads';
import type { Action, PlanRunEvent, Run } from '../../contract/payloads/run';
import type { Functions } from '../functions/functions';
import type { Place } from '../place';
import type { Settings } from '../settings';

/** The parts that the definition is made of. */
export interface DefinitionProps {
  readonly settings: Settings;
  readonly reports: Place;
  readonly functions: Pick<Functions, 'planRun' | 'listObjects' | 'archiveBatch' | 'verifyBatch' | 'restoreBatch' | 'reportRun'>;
  readonly alertTopic: sns.ITopic;
  readonly chatTopic?: sns.ITopic;
}

/**
 * Creates PlanRun -> Action -> ArchiveObjects or VerifyObjects -> ReportRun -> Outcome. The maps have no Catch, because a
 * map that was caught cannot be redriven. Where restores are allowed, there is a third map. Where a
 * function lists, it does so before ArchiveObjects.
 */
export function createDefinition(scope: Construct, props: DefinitionProps): sfn.IChainable {
  const { settings, reports } = props;
  const retry = toRetryProps(settings.retry);
  const { listObjects, restoreBatch } = props.functions;

  const planRun = new InvokeFunction(scope, 'PlanRun', {
    function: props.functions.planRun,
    payload: sfn.TaskInput.fromObject({
      input: sfn.JsonPath.objectAt('$'),
      runId: sfn.JsonPath.executionName,
      startTime: sfn.JsonPath.executionStartTime,
      executionId: sfn.JsonPath.executionId,
    } satisfies PayloadOf<PlanRunEvent>),
    outputPath: '$.Payload',
    retry,
  });
  const archiveObjects = new ArchiveObjects(scope, 'ArchiveObjects', {
    source: settings.source,
    listsWholeBucket: settings.source.prefix === '' && !isNarrowed(settings),
    reports,
    batchSize: settings.batchSize,
    toleratedFailurePercentage: settings.toleratedFailurePercentage,
    mapExecutionType: settings.mapExecutionType,
    ...listObjects && { partsKeyPath: toListingPath('partsKey') },
  }).itemProcessor(createBatchDefinition(scope, props));
  const verifyObjects = new LedgerMap(scope, VERIFY_LABEL, reports).itemProcessor(createVerifyDefinition(scope, props));
  const reportRun = new InvokeFunction(scope, 'ReportRun', {
    function: props.functions.reportRun,
    payload: sfn.TaskInput.fromObject({
      run: sfn.JsonPath.objectAt('$.run'),
      executionId: sfn.JsonPath.executionId,
      map: sfn.JsonPath.objectAt('$.map'),
      ...listObjects && { listing: sfn.JsonPath.objectAt(toPlanPath('listing')) },
    } satisfies PayloadOf<ReportRunEvent>),
    outputPath: '$.Payload',
    retry,
  });
  const action = new sfn.Choice(scope, 'Action').when(isAction('verify'), verifyObjects.next(reportRun));
  if (restoreBatch) {
    const retryOfBatch = toRetryProps({ ...settings.retry, maxAttempts: settings.batch.maxAttempts });
    action.when(isAction('restore'), createRestoreObjects(scope, { function: restoreBatch, reports, retry: retryOfBatch }).next(reportRun));
  }
  archiveObjects.next(reportRun);
  action.otherwise(listObjects ? createListing(scope, { function: listObjects, retry, map: archiveObjects, reportRun }) : archiveObjects);
  reportRun.next(createOutcome(scope, props));
  return planRun.next(action);
}

function isAction(action: Action): sfn.Condition {
  return sfn.Condition.stringEquals(`$.${'run' satisfies keyof Plan}.${'action' satisfies keyof Run}`, action);
}

/** Returns true if runs list less than the source's prefix: keys start with their dates, and there is a first day. */
function isNarrowed({ dateSource, selection }: Settings): boolean {
  return dateSource._settings().kind === 'keyPrefix' && selection._settings().kind !== 'olderThan';
}

function createBatchDefinition(scope: Construct, { settings, functions, alertTopic, chatTopic }: DefinitionProps): sfn.IChainable {
  const isPlanned = functions.listObjects !== undefined;
  const round: Omit<RoundsProps, 'names'> = {
    function: functions.archiveBatch,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      ...isPlanned ? {
        part: sfn.JsonPath.objectAt('$.part'),
        ...settings.alertMode !== AlertMode.PER_BATCH && { retries: sfn.JsonPath.numberAt('$$.State.RetryCount') },
      } : { Items: sfn.JsonPath.objectAt('$.Items') },
      batchArn: sfn.JsonPath.executionId,
    } satisfies PayloadOf<BatchEvent> | PayloadOf<PlannedBatchEvent>),
    resultSelector: {
      'cursor.$': '$.Payload.cursor',
      'finished.$': '$.Payload.finished',
      'rounds.$': '$.Payload.rounds',
      'counts.$': '$.Payload.counts',
      'bytes.$': '$.Payload.bytes',
      'stragglers.$': '$.Payload.stragglers',
      'filtered.$': '$.Payload.filtered',
      'problems.$': '$.Payload.problems',
      'upload.$': '$.Payload.upload',
      'digest.$': '$.Payload.digest',
      ...settings.alertMode === AlertMode.PER_BATCH && { 'alert.$': '$.Payload.alert' },
    } satisfies SelectorOf<Omit<Progress, 'alert'>> & Partial<SelectorOf<Progress>>,
    retry: toRetryProps({ ...settings.retry, maxAttempts: settings.batch.maxAttempts }),
  };
  if (isPlanned && settings.alertMode !== AlertMode.PER_BATCH) { return createSingleState(scope, 'ArchiveBatch', round, settings.batch.maxRounds); }
  const { start, unfinished, finished } = createRounds(scope, {
    ...round, names: { round: 'ArchiveBatch', unfinished: 'Unfinished?', finished: 'BatchFinished' },
  });
  if (settings.alertMode === AlertMode.PER_BATCH) {
    // A message that cannot be sent must not fail the batch. The run's report contains the same problems.
    const ignoreErrors = (task: sfn.TaskStateBase) => task.addCatch(finished, { resultPath: sfn.JsonPath.DISCARD });
    const notify = ignoreErrors(createNotifyBatch(scope, alertTopic));
    (chatTopic ? notify.next(ignoreErrors(createNotifyChatOfBatch(scope, chatTopic))) : notify).next(finished);
    unfinished.when(sfn.Condition.or(
      sfn.Condition.numberGreaterThan(`${PROGRESS_PATH}.counts.failed`, 0),
      sfn.Condition.numberGreaterThan(`${PROGRESS_PATH}.counts.conflicting`, 0),
    ), notify);
  }
  unfinished.otherwise(finished);
  return start.next(unfinished);
}

/** Creates the states of a part of a verification. */
function createVerifyDefinition(scope: Construct, { settings, functions }: DefinitionProps): sfn.IChainable {
  const { start, unfinished, finished } = createRounds(scope, {
    function: functions.verifyBatch,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      parts: sfn.JsonPath.objectAt('$.parts'),
    } satisfies PayloadOf<VerifyEvent>),
    resultSelector: {
      'cursor.$': '$.Payload.cursor',
      'finished.$': '$.Payload.finished',
      'rounds.$': '$.Payload.rounds',
      'counts.$': '$.Payload.counts',
      'bytes.$': '$.Payload.bytes',
      'requests.$': '$.Payload.requests',
      'milliseconds.$': '$.Payload.milliseconds',
      'seen.$': '$.Payload.seen',
    } satisfies SelectorOf<VerifyProgress>,
    retry: toRetryProps(settings.retry),
    names: { round: 'VerifyBatch', unfinished: 'VerifyUnfinished?', finished: 'VerifyFinished' },
  });
  return start.next(unfinished.otherwise(finished));
}

/**
 * Creates the end of a run: Fail beyond the tolerance, or if an archived object is not there any more, a message if there
 * is something to report or somebody waits for the end, else Succeed.
 */
function createOutcome(scope: Construct, { settings, functions, alertTopic, chatTopic }: DefinitionProps): sfn.IChainable {
  const succeed = new sfn.Succeed(scope, 'Succeed');
  const fail = new sfn.Fail(scope, 'Fail', { error: ErrorName.TOLERANCE_EXCEEDED, causePath: toSummaryPath('message') });
  const failVerification = new sfn.Fail(scope, 'FailVerification', { error: ErrorName.OBJECTS_UNACCOUNTED, causePath: toSummaryPath('message') });
  const notify = createNotifyRun(scope, alertTopic);
  notify.addRetry(toRetryProps(settings.retry));
  if (chatTopic) {
    const notifyChat = createNotifyChat(scope, chatTopic);
    notifyChat.addRetry(toRetryProps(settings.retry));
    notify.next(notifyChat).next(succeed);
  } else {
    notify.next(succeed);
  }
  const isSummaryOf = (action: Action) => sfn.Condition.stringEquals(toSummaryPath('action'), action);
  const outcome = new sfn.Choice(scope, 'Outcome')
    .when(sfn.Condition.and(createOutcomeCondition('FAILED'), isSummaryOf('verify')), failVerification)
    .when(createOutcomeCondition('FAILED'), fail)
    .when(createOutcomeCondition('PROBLEMS'), notify)
    // Somebody asked what a run would do.
    .when(sfn.Condition.booleanEquals(toSummaryPath('dryRun'), true), notify);
  // Somebody started it, and waits for its end.
  if (functions.restoreBatch) { outcome.when(isSummaryOf('restore'), notify); }
  return outcome.otherwise(settings.alertMode === AlertMode.EVERY_RUN ? notify : succeed);
}

function createOutcomeCondition(value: RunSummary['outcome']): sfn.Condition {
  return sfn.Condition.stringEquals(toSummaryPath('outcome'), value);
}

/**
 * Retries every error of a task. A list of Lambda's errors would never be complete: a crash is `Runtime.ExitError` or
 * `Lambda.Unknown`, the first invocation of an idle function can be refused while its code is loaded, and in a VPC a
 * network interface can be missing.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
function toRetryProps(retry: RetrySeconds): sfn.RetryProps {
  // "MaxDelaySeconds" has to be greater than "IntervalSeconds". If both are the same, no delay grows.
  const grows = retry.maxDelay !== retry.interval;
  return {
    errors: [sfn.Errors.TASKS_FAILED],
    interval: Duration.seconds(retry.interval),
    maxAttempts: retry.maxAttempts,
    backoffRate: grows ? retry.backoffRate : 1,
    ...grows && { maxDelay: Duration.seconds(retry.maxDelay) },
    jitterStrategy: sfn.JitterType.FULL,
  };
}
