import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { createArchiveObjects } from './actions/archive';
import { createRestoreObjects } from './actions/restore';
import { createVerifyObjects } from './actions/verify';
import type { DefinitionProps } from './definition-props';
import { toPlanPath } from './distributed-map';
import { InvokeFunction, type PayloadOf } from './invoke-function';
import { createNotify, toSummaryPath } from './publish-alert';
import { toRetryProps } from './retry';
import { AlertMode } from '../../alert-mode';
import type { Action } from '../../contract/actions';
import { ErrorName } from '../../contract/errors';
import type { Plan } from '../../contract/payloads/plan';
import type { ReportRunEvent, RunSummary } from '../../contract/payloads/report-payloads';
import type { PlanRunEvent, Run } from '../../contract/payloads/run';

/**
 * Creates PlanRun -> Action -> ArchiveObjects or VerifyObjects -> ReportRun -> Outcome. The maps have no Catch, because a
 * map that was caught cannot be redriven. Where restores are allowed, there is a third map. Where a
 * function lists, it does so before ArchiveObjects.
 */
export function createDefinition(scope: Construct, props: DefinitionProps): sfn.IChainable {
  const retry = toRetryProps(props.settings.retry);
  const { listObjects } = props.functions;

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
  const action = new sfn.Choice(scope, 'Action');
  for (const name of ['verify', 'restore'] as const) {
    const map = LEDGER_MAPS[name](scope, props);
    if (map) { action.when(isAction(name), map.next(reportRun)); }
  }
  action.otherwise(createArchiveObjects(scope, props, reportRun));
  reportRun.next(createOutcome(scope, props));
  return planRun.next(action);
}

/** The maps of the actions that read ledgers. */
const LEDGER_MAPS = {
  verify: createVerifyObjects,
  restore: createRestoreObjects,
} satisfies { readonly [action in Exclude<Action, 'archive'>]: (scope: Construct, props: DefinitionProps) => sfn.DistributedMap | undefined };

function isAction(action: Action): sfn.Condition {
  return sfn.Condition.stringEquals(`$.${'run' satisfies keyof Plan}.${'action' satisfies keyof Run}`, action);
}

/**
 * Creates the end of a run: Fail beyond the tolerance, or if an archived object is not there any more, a message if there
 * is something to report or somebody waits for the end, else Succeed.
 */
function createOutcome(scope: Construct, { settings, functions, alertTopic, chatTopic }: DefinitionProps): sfn.IChainable {
  const succeed = new sfn.Succeed(scope, 'Succeed');
  const fail = new sfn.Fail(scope, 'Fail', { error: ErrorName.TOLERANCE_EXCEEDED, causePath: toSummaryPath('message') });
  const failVerification = new sfn.Fail(scope, 'FailVerification', { error: ErrorName.OBJECTS_UNACCOUNTED, causePath: toSummaryPath('message') });
  const notify = createNotify(scope, 'NotifyRun', alertTopic);
  notify.addRetry(toRetryProps(settings.retry));
  if (chatTopic) {
    const notifyChat = createNotify(scope, 'NotifyChat', chatTopic);
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
