/** An alert for machines: the attributes of its SNS message, by which subscriptions filter and which programs read. */
import type { AlertDetails } from '../../contract/alert-details';
import type { AlertAttributes } from '../../contract/payloads';
import { formatCause } from '../text/format';

const PROBLEMS = 10;
/** Of the keys: each may have 1,024 bytes, and six characters for a byte. */
const PROBLEMS_LENGTH = 8 * 1024;
const CAUSE_LENGTH = 1000;

export function toAttributes(details: Omit<AlertDetails, 'schemaVersion'>): AlertAttributes {
  const { archiver, runId, outcome, layer, cause, problems } = details;
  return {
    archiver,
    runId: runId ?? 'unknown',
    outcome,
    // An attribute cannot be empty.
    layer: layer ?? 'none',
    details: asciiJson({
      schemaVersion: 1,
      ...details,
      cause: cause === null ? null : formatCause(cause, CAUSE_LENGTH),
      problems: firstOf(problems),
    } satisfies AlertDetails),
  };
}

function firstOf(problems: AlertDetails['problems']): AlertDetails['problems'] {
  let length = 0;
  const first = problems.slice(0, PROBLEMS).map(({ key, code }) => ({ key, code }));
  return first.filter((problem) => (length += asciiJson(problem).length) <= PROBLEMS_LENGTH);
}

/** Keys may hold characters that SQS takes for no text (SendMessage, MessageBody). In JSON all can be written in ASCII. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As the SDK takes them. */
export function messageAttributes(attributes: AlertAttributes): Record<string, { DataType: 'String'; StringValue: string }> {
  return Object.fromEntries(Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));
}
