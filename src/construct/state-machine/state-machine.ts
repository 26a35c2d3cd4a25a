import { Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { createDefinition } from './definition';
import type { DefinitionProps } from './distributed-map';
import type { RunCompletedEvent } from './run-completed';
import type { LogGroupOptions } from '../functions/handler-function';
import { getStateMachineLogGroupName } from '../monitoring/log-groups';
import { shortenReferences } from '../places/shorten-references';
import { restrictStateMachineTrust } from '../places/trust';

export interface Runs {
  readonly stateMachine: sfn.StateMachine;
  readonly runCompleted: RunCompletedEvent;
}

/** Creates the state machine. It logs errors without execution data, because that data contains object keys. */
export function createStateMachine(scope: Construct, id: string, props: DefinitionProps, logGroup: LogGroupOptions): Runs {
  const { start, runCompleted } = createDefinition(new Construct(scope, 'Definition'), props);
  const stateMachine = new sfn.StateMachine(scope, id, {
    comment: 'Moves dated objects into an archive. An execution is a run.',
    definitionBody: sfn.DefinitionBody.fromChainable(start),
    // Distributed Maps need STANDARD, and only STANDARD workflows emit status events to EventBridge.
    stateMachineType: sfn.StateMachineType.STANDARD,
    timeout: props.settings.timeout,
    tracingEnabled: true,
    logs: {
      destination: new logs.LogGroup(scope, `${id}Logs`, { ...logGroup, logGroupName: getStateMachineLogGroupName(scope) }),
      level: sfn.LogLevel.ERROR,
      includeExecutionData: false,
    },
  });
  const resource = stateMachine.node.defaultChild as sfn.CfnStateMachine;
  resource.definitionString = Token.asString(shortenReferences(resource.definitionString));
  restrictStateMachineTrust(stateMachine);
  if (logGroup.encryptionKey) { encryptExecutions(resource, logGroup.encryptionKey); }
  return { stateMachine, runCompleted };
}

/**
 * Encrypts executions, which hold the names of objects. CDK's `encryptionConfiguration` would allow `kms:Decrypt*` to whatever delivers logs,
 * of any account. The longest reuse of data keys makes the fewest requests to KMS, as a run may have thousands of children.
 * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
function encryptExecutions(resource: sfn.CfnStateMachine, { keyArn }: kms.IKey): void {
  resource.encryptionConfiguration = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: keyArn, kmsDataKeyReusePeriodSeconds: 900 };
}
