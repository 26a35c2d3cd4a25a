import { type Json, utf8Length } from '../../common/json';
import type { Transformation } from '../../states-language/definition';
import { dataLimitExceeded } from '../../states-language/errors';
import { MAX_PAYLOAD_BYTES } from '../quotas';
import { errorOf, type ExecutionRecord } from '../records';
import { redriveStatus } from '../redrive';

/** A child's entry in result files: "Structure of result files", input-output-resultwriter. */
export function resultEntries(record: ExecutionRecord, transformation: Transformation): string[] {
  // With every transformation, a failed child is written as it is.
  if (record.status !== 'SUCCEEDED' || transformation === 'NONE') {
    return [wholeEntry(record)];
  }
  const output = record.output ?? 'null';
  if (transformation === 'COMPACT') {
    return [output];
  }
  const parsed = JSON.parse(output) as Json;
  return Array.isArray(parsed) ? parsed.map((item) => JSON.stringify(item)) : [output];
}

function wholeEntry(record: ExecutionRecord): string {
  const { arn, name, stateMachineArn, status, input, output, redriveCount, startDate, stopDate } =
    record;
  const { error, cause } = errorOf(record);
  const { redriveStatus: RedriveStatus, redriveStatusReason: RedriveStatusReason } = redriveStatus(
    record,
    stopDate!,
  );
  return JSON.stringify({
    ...(error === undefined ? {} : { Cause: cause, Error: error }),
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined ? {} : { Output: output }),
    OutputDetails: { Included: true },
    RedriveCount: redriveCount,
    RedriveStatus,
    RedriveStatusReason,
    StartDate: startDate.toISOString(),
    StateMachineArn: stateMachineArn,
    Status: status,
    StopDate: stopDate?.toISOString(),
  });
}

export function pendingEntry(child: {
  arn: string;
  name: string;
  stateMachineArn: string;
  input: string;
}): string {
  return JSON.stringify({
    ExecutionArn: child.arn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    OutputDetails: { Included: true },
    RedriveCount: 0,
    RedriveStatus: 'NOT_REDRIVABLE',
    RedriveStatusReason: 'Execution is PENDING and cannot be redriven',
    StateMachineArn: child.stateMachineArn,
    Status: 'PENDING',
  });
}

/** Results of a map without a writer: the state's output, in the order of the items. */
export class OutputArray {
  private readonly entries = new Map<number, string[]>();
  private bytes = 2;

  /** A child that runs again replaces its earlier entries. */
  add(index: number, entries: string[]): void {
    this.bytes += size(entries) - size(this.entries.get(index) ?? []);
    this.entries.delete(index);
    // Entries beyond the limit are not kept: the map fails anyway when it ends.
    if (this.bytes <= 2 * MAX_PAYLOAD_BYTES) {
      this.entries.set(index, entries);
    }
  }

  take(stateName: string): Json {
    if (this.bytes - 1 > MAX_PAYLOAD_BYTES) {
      throw dataLimitExceeded(`The state/task '${stateName}' returned a result`);
    }
    const ordered = [...this.entries].sort(([left], [right]) => left - right);
    return ordered.flatMap(([, entries]) => entries).map((entry) => JSON.parse(entry) as Json);
  }
}

function size(entries: string[]): number {
  return entries.reduce((sum, entry) => sum + utf8Length(entry) + 1, 0);
}
