import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { runDefinition, type RunParts } from './definition';
import type { LogGroupOptions } from '../functions/function-options';
import { stateMachineLogGroupName } from '../monitoring/log-groups';

/** The state machine. It logs errors, without the data of executions: those are names of objects. */
export function runMachine(scope: Construct, id: string, parts: RunParts, logGroup: LogGroupOptions): sfn.StateMachine {
  return new sfn.StateMachine(scope, id, {
    comment: 'Moves dated objects into an archive. An execution is a run.',
    definitionBody: sfn.DefinitionBody.fromChainable(runDefinition(new Construct(scope, 'Definition'), parts)),
    // Distributed Maps need it, and only STANDARD workflows tell EventBridge how they end.
    stateMachineType: sfn.StateMachineType.STANDARD,
    timeout: parts.settings.timeout,
    tracingEnabled: true,
    logs: {
      destination: new logs.LogGroup(scope, `${id}Logs`, { ...logGroup, logGroupName: stateMachineLogGroupName(scope) }),
      level: sfn.LogLevel.ERROR,
      includeExecutionData: false,
    },
  });
}
