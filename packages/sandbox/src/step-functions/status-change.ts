import { randomUUID } from 'node:crypto';
import {
  errorOf,
  type ExecutionRecord,
  MAX_EVENT_PAYLOAD_BYTES,
  redriveStatus,
} from 'cdk-s3-dated-archiver-engine';
import type { Environment } from '../assembly/template';
import { utf8Length } from '../common/json';

export interface EventFacts {
  readonly environment: Environment;
  readonly now: Date;
  /** Whether a customer managed key encrypts the execution. */
  readonly isEncryptedByCustomer?: boolean;
}

/**
 * "Step Functions Execution Status Change", as EventBridge delivers it: "Automating Step Functions
 * event delivery", eventbridge-integration.
 */
export function statusChangeEvent(
  record: ExecutionRecord,
  { environment, now, isEncryptedByCustomer = false }: EventFacts,
): Record<string, unknown> {
  const { account, region } = environment;
  // "If the combined escaped input and escaped output exceeds 248 KiB, the input will be excluded;
  // similarly the output."
  const escaped = (text?: string) => (text === undefined ? 0 : utf8Length(JSON.stringify(text)));
  const inputIncluded =
    !isEncryptedByCustomer &&
    escaped(record.input) + escaped(record.output) <= MAX_EVENT_PAYLOAD_BYTES;
  const outputIncluded =
    !isEncryptedByCustomer && escaped(record.output) <= MAX_EVENT_PAYLOAD_BYTES;
  const redrive = redriveStatus(record, now);
  const { error = null, cause = null } = errorOf(record);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: (record.stopDate ?? record.redriveDate ?? record.startDate)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [record.arn],
    detail: {
      executionArn: record.arn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      startDate: record.startDate.getTime(),
      stopDate: record.stopDate?.getTime() ?? null,
      // What the key encrypts is not in the event (encryption-at-rest).
      ...(isEncryptedByCustomer
        ? {}
        : {
            input: inputIncluded ? record.input : null,
            output: outputIncluded ? (record.output ?? null) : null,
            error,
            cause,
          }),
      inputDetails: { included: inputIncluded },
      outputDetails: record.output === undefined ? null : { included: outputIncluded },
      redriveCount: record.redriveCount,
      redriveDate: record.redriveDate?.getTime() ?? null,
      redriveStatus: redrive.redriveStatus,
      redriveStatusReason: redrive.redriveStatusReason ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
    },
  };
}
