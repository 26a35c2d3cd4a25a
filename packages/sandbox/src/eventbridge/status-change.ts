import { randomUUID } from 'node:crypto';
import type { Environment } from '../assembly/template';
import { utf8Length } from '../json';
import { MAX_EVENT_PAYLOAD_BYTES } from '../step-functions/quotas';
import { errorOf, type ExecutionRecord } from '../step-functions/records';
import { redriveStatus } from '../step-functions/redrive';

/**
 * "Step Functions Execution Status Change", as EventBridge delivers it: "Automating Step Functions event delivery",
 * eventbridge-integration.
 */
export function statusChangeEvent(record: ExecutionRecord, { account, region }: Environment, now: Date): Record<string, unknown> {
  // "If the combined escaped input and escaped output exceeds 248 KiB, the input will be excluded; similarly the
  // output."
  const escaped = (text?: string) => (text === undefined ? 0 : utf8Length(JSON.stringify(text)));
  const inputIncluded = escaped(record.input) + escaped(record.output) <= MAX_EVENT_PAYLOAD_BYTES;
  const outputIncluded = escaped(record.output) <= MAX_EVENT_PAYLOAD_BYTES;
  const redrive = redriveStatus(record, now);
  const { error = null, cause = null } = errorOf(record);
  return {
    'version': '0',
    'id': randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    'source': 'aws.states',
    account,
    'time': (record.stopDate ?? record.redriveDate ?? record.startDate).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    'resources': [record.arn],
    'detail': {
      executionArn: record.arn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      startDate: record.startDate.getTime(),
      stopDate: record.stopDate?.getTime() ?? null,
      input: inputIncluded ? record.input : null,
      output: outputIncluded ? record.output ?? null : null,
      inputDetails: { included: inputIncluded },
      outputDetails: record.output === undefined ? null : { included: outputIncluded },
      error,
      cause,
      redriveCount: record.redriveCount,
      redriveDate: record.redriveDate?.getTime() ?? null,
      redriveStatus: redrive.redriveStatus,
      redriveStatusReason: redrive.redriveStatusReason ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
    },
  };
}
