/**
 * The part of an alert for machines: the attributes of its SNS message. Subscriptions filter by
 * them, and programs read them.
 */
import type { AlertDetails } from '../../contract/alert-details';
import type { AlertAttributes } from '../../contract/payloads/outcomes';
import { escapeUnprintable, toAsciiJson } from '../text/escape';
import { formatCause } from '../text/format';

const MAX_PROBLEMS = 10;
/** In characters. A key may have 1,024 bytes, and escaping writes up to six characters per byte. */
const MAX_PROBLEMS_LENGTH = 8 * 1024;
const MAX_CAUSE_LENGTH = 1000;

export function toAttributes(details: Omit<AlertDetails, 'schemaVersion'>): AlertAttributes {
  const { archiver, runId, outcome, layer, cause, problems } = details;
  return {
    archiver,
    runId: escapeUnprintable(runId ?? 'unknown'),
    outcome,
    // SNS refuses empty attributes.
    layer: layer ?? 'none',
    details: toAsciiJson({
      schemaVersion: 1,
      ...details,
      cause: cause === null ? null : formatCause(cause, MAX_CAUSE_LENGTH),
      problems: limitProblems(problems),
    } satisfies AlertDetails),
  };
}

function limitProblems(problems: AlertDetails['problems']): AlertDetails['problems'] {
  let length = 0;
  const first = problems.slice(0, MAX_PROBLEMS).map(({ key, code }) => ({ key, code }));
  return first.filter((problem) => (length += toAsciiJson(problem).length) <= MAX_PROBLEMS_LENGTH);
}

export function toMessageAttributes(
  attributes: AlertAttributes,
): Record<string, { DataType: 'String'; StringValue: string }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  );
}
