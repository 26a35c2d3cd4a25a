import { Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type DefinitionProps, toPlanPath } from './distributed-map';
import { InvokeFunction, type PayloadOf, toRetryProps } from './invoke-function';
import { createLedgerMap } from './ledger-maps';
import { createNotify, isSummaryOf, toSummaryPath } from './publish-alert';
import { RunCompletedEvent } from './run-completed';
import {
  createArchiveObjects,
  createFinishBatches,
  endsUnfinished,
  isUnfinished,
} from '../../actions/archive/construct/archive-map';
import { AlertMode } from '../../alert-mode';
import { ACTION_NAMES, findActions, readsLedgers } from '../../contract/actions';
import { ErrorName } from '../../contract/errors';
import type { Plan } from '../../contract/payloads/batch-payloads';
import type { ReportRunEvent, RunSummary } from '../../contract/payloads/report-payloads';
import type { PlanRunEvent, Run } from '../../contract/payloads/run';
import type { LogGroupOptions } from '../functions/handler-function';
import { getStateMachineLogGroupName } from '../monitoring/log-groups';
import { shortenReferences } from '../places/shorten-references';
import { restrictStateMachineTrust } from '../places/trust';

/**
 * Creates the state machine. It logs errors without execution data, because that data contains
 * object keys.
 */
export function createStateMachine(
  scope: Construct,
  id: string,
  props: DefinitionProps,
  logGroup: LogGroupOptions,
): { readonly stateMachine: sfn.StateMachine; readonly runCompleted: RunCompletedEvent } {
  const { start, runCompleted } = createDefinition(new Construct(scope, 'Definition'), props);
  const stateMachine = new sfn.StateMachine(scope, id, {
    comment: 'Moves dated objects into an archive. An execution is a run.',
    definitionBody: sfn.DefinitionBody.fromChainable(start),
    // Distributed Maps need STANDARD, and only STANDARD workflows emit status events to
    // EventBridge.
    stateMachineType: sfn.StateMachineType.STANDARD,
    timeout: props.settings.timeout,
    tracingEnabled: props.settings.tracing === lambda.Tracing.ACTIVE,
    logs: {
      destination: new logs.LogGroup(scope, `${id}Logs`, {
        ...logGroup,
        logGroupName: getStateMachineLogGroupName(scope),
      }),
      level: sfn.LogLevel.ERROR,
      includeExecutionData: false,
    },
  });
  const resource = stateMachine.node.defaultChild as sfn.CfnStateMachine;
  resource.definitionString = Token.asString(shortenReferences(resource.definitionString));
  restrictStateMachineTrust(stateMachine);
  const { encryptionKey: key } = logGroup;
  // CDK's `encryptionConfiguration` would allow `kms:Decrypt*` to log delivery for any account. The
  // longest reuse of data keys makes the fewest requests to KMS:
  // https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
  if (key) {
    resource.encryptionConfiguration = {
      type: 'CUSTOMER_MANAGED_KMS_KEY',
      kmsKeyId: key.keyArn,
      kmsDataKeyReusePeriodSeconds: 900,
    };
  }
  return { stateMachine, runCompleted };
}

/**
 * PlanRun -> Action -> one of the maps -> ReportRun -> Outcome. If ReportRun finds unfinished
 * batches, FinishBatches and ReportRun follow. The maps have no Catch, because a caught map cannot
 * be redriven.
 */
function createDefinition(
  scope: Construct,
  props: DefinitionProps,
): { readonly start: sfn.IChainable; readonly runCompleted: RunCompletedEvent } {
  const { retry } = props.settings;
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
      map: sfn.JsonPath.objectAt(toPlanPath('map')),
      ...(listObjects && { listing: sfn.JsonPath.objectAt(toPlanPath('listing')) }),
      ...(endsUnfinished(props.settings) && { plan: sfn.JsonPath.objectAt('$') }),
    } satisfies PayloadOf<ReportRunEvent>),
    outputPath: '$.Payload',
    retry,
  });
  const action = createAction(scope, props, reportRun);
  const finishBatches = createFinishBatches(scope, props);
  finishBatches?.next(reportRun);
  const outcome = createOutcome(scope, props, finishBatches);
  const runCompleted = new RunCompletedEvent(scope, props, {
    reportRun,
    finishBatches,
    outcome,
  });
  return { start: planRun.next(action), runCompleted };
}

/**
 * Chooses the states of the planned action. If the default branch archived, an action that is
 * missing here would delete sources. So the default branch fails.
 */
function createAction(
  scope: Construct,
  props: DefinitionProps,
  reportRun: sfn.IChainable & sfn.INextable,
): sfn.Choice {
  const action = new sfn.Choice(scope, 'Action');
  for (const name of ACTION_NAMES) {
    const states = readsLedgers(name)
      ? createLedgerMap(scope, name, props)?.next(reportRun)
      : createArchiveObjects(scope, props, reportRun);
    const isPlanned = sfn.Condition.stringEquals(
      `$.${'run' satisfies keyof Plan}.${'action' satisfies keyof Run}`,
      name,
    );
    if (states) {
      action.when(isPlanned, states);
    }
  }
  return action.otherwise(
    new sfn.Fail(scope, 'UnknownAction', {
      error: ErrorName.UNKNOWN_ACTION,
      cause:
        'PlanRun planned an action that this state machine has no branch for, so this run did ' +
        'nothing. The function and the state machine are probably of different deployments: ' +
        'deploy the archiver again, and start the run again.',
    }),
  );
}

/**
 * Fails the run beyond the tolerance, or if an archived object is not there any more. Otherwise it
 * sends a message if there is something to report, and succeeds.
 */
function createOutcome(
  scope: Construct,
  { settings, functions, alertTopic, chatTopic }: DefinitionProps,
  finishBatches?: sfn.DistributedMap,
): sfn.Choice {
  const succeed = new sfn.Succeed(scope, 'Succeed');
  const fail = new sfn.Fail(scope, 'Fail', {
    error: ErrorName.TOLERANCE_EXCEEDED,
    causePath: toSummaryPath('message'),
  });
  const failVerification = new sfn.Fail(scope, 'FailVerification', {
    error: ErrorName.OBJECTS_UNACCOUNTED,
    causePath: toSummaryPath('message'),
  });
  const notify = createNotify(scope, 'NotifyRun', alertTopic);
  const notifyChat = chatTopic && createNotify(scope, 'NotifyChat', chatTopic);
  for (const task of [notify, ...(notifyChat ? [notifyChat] : [])]) {
    task.addRetry(toRetryProps(settings.retry));
  }
  (notifyChat ? notify.next(notifyChat) : notify).next(succeed);
  const hasOutcome = (value: RunSummary['outcome']) =>
    sfn.Condition.stringEquals(toSummaryPath('outcome'), value);
  const outcome = new sfn.Choice(scope, 'Outcome');
  if (finishBatches) {
    outcome.when(isUnfinished(), finishBatches);
  }
  outcome
    .when(
      sfn.Condition.and(
        hasOutcome('FAILED'),
        isSummaryOf(findActions(({ works }) => works === 'compares')),
      ),
      failVerification,
    )
    .when(hasOutcome('FAILED'), fail)
    .when(hasOutcome('PROBLEMS'), notify)
    // A user asked what a run would do.
    .when(sfn.Condition.booleanEquals(toSummaryPath('dryRun'), true), notify);
  const answered = findActions(({ isAnswered }) => isAnswered).filter(
    (action) => functions[`${action}Batch`],
  );
  if (answered.length > 0) {
    outcome.when(isSummaryOf(answered), notify);
  }
  return outcome.otherwise(settings.alertMode === AlertMode.EVERY_RUN ? notify : succeed);
}
