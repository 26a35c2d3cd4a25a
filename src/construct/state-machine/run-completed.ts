import { Lazy, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DefinitionProps } from './distributed-map';
import { toRetryProps } from './invoke-function';
import { isSummaryOf, toSummaryPath } from './publish-alert';
import { isUnfinished } from '../../actions/archive/construct/archive-map';
import { findActions } from '../../contract/actions';
import type { AlertAttributes } from '../../contract/payloads/outcomes';
import type { RunSummary } from '../../contract/payloads/report-payloads';
import { RUN_COMPLETED, type RunCompletedDetail } from '../../contract/published/run-completed';
import { createStatement } from '../places/statements';

/** The states before and after those that send the event. */
export interface NeighborStates {
  readonly reportRun: sfn.TaskStateBase;
  /** Follows ReportRun in place of the event while batches are unfinished. */
  readonly finishBatches?: sfn.DistributedMap;
  readonly outcome: sfn.Choice;
}

/**
 * The states that send the event, between ReportRun and Outcome: a redrive of either sends no
 * second event. State transitions cost, so the states are left out until a rule needs the event.
 */
export class RunCompletedEvent {
  private isSent = false;

  constructor(
    private readonly scope: Construct,
    props: DefinitionProps,
    { reportRun, finishBatches, outcome }: NeighborStates,
  ) {
    const send = new PutEvents(scope, 'SendRunCompleted', {
      entries: [{ ...RUN_COMPLETED, detail: sfn.TaskInput.fromObject(createDetail(props)) }],
      resultPath: sfn.JsonPath.DISCARD,
    });
    send.addRetry(toRetryProps(props.settings.retry));
    send.next(outcome);
    const isArchived = new sfn.Choice(scope, 'Archived?');
    if (finishBatches) {
      isArchived.when(isUnfinished(), finishBatches);
    }
    isArchived
      .when(
        sfn.Condition.and(
          isSummaryOf(findActions(({ target }) => target === 'destination')),
          sfn.Condition.booleanEquals(toSummaryPath('dryRun'), false),
        ),
        send,
      )
      .otherwise(outcome);
    reportRun.next(isArchived);
    for (const state of [isArchived, send]) {
      this.renderLate(state, (json) => (this.isSent ? json : undefined));
    }
    this.renderLate(reportRun, (json) => ({
      ...json,
      Next: this.isSent ? isArchived.stateId : outcome.stateId,
    }));
  }

  enable(stateMachine: sfn.StateMachine): void {
    if (this.isSent) {
      return;
    }
    this.isSent = true;
    const eventBusArn = Stack.of(this.scope).formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: 'default',
    });
    stateMachine.addToRolePolicy(createStatement(['events:PutEvents'], eventBusArn));
  }

  private renderLate(state: sfn.State, render: (json: object) => object | undefined): void {
    const toStateJson = state.toStateJson.bind(state);
    state.toStateJson = (language) =>
      Lazy.uncachedAny({ produce: () => render(toStateJson(language)) }) as unknown as object;
  }
}

class PutEvents extends tasks.EventBridgePutEvents {
  // The state machine gets the permission together with the state.
  protected readonly taskPolicies: iam.PolicyStatement[] = [];
}

function createDetail({ settings }: DefinitionProps): {
  [field in keyof RunCompletedDetail]: unknown;
} {
  const { destination } = settings;
  const field = (name: keyof RunSummary) => sfn.JsonPath.objectAt(toSummaryPath(name));
  return {
    archiver: sfn.JsonPath.stringAt(
      `${toSummaryPath('attributes')}.${'archiver' satisfies keyof AlertAttributes}`,
    ),
    stateMachineArn: sfn.JsonPath.stringAt('$$.StateMachine.Id'),
    executionArn: sfn.JsonPath.executionId,
    runId: field('runId'),
    dates: field('dates'),
    outcome: field('outcome'),
    counts: field('counts'),
    bytes: field('bytes'),
    destination: { bucket: destination.bucket.bucketName, prefix: destination.prefix },
    report: field('report'),
  };
}
