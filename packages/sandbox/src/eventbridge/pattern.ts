import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

/**
 * Whether an event matches a rule's pattern: "Creating Amazon EventBridge event patterns",
 * eb-event-patterns. It supports the comparison operators that rules on executions use.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) {
    return false;
  }
  return Object.entries(pattern).every(([field, wanted]) => {
    const actual = isObject(event) ? event[field] : undefined;
    if (isObject(wanted)) {
      return matchesPattern(wanted, actual);
    }
    if (!Array.isArray(wanted)) {
      throw new UsageError(
        `event pattern: ${field} must be a list or an object, not ${JSON.stringify(wanted)}`,
      );
    }
    const values = Array.isArray(actual) ? actual : [actual];
    return wanted.some((condition) => values.some((value) => matchesCondition(condition, value)));
  });
}

function matchesCondition(condition: unknown, value: unknown): boolean {
  if (!isObject(condition)) {
    return condition === value;
  }
  const [operator = '', operand] = Object.entries(condition)[0] ?? [];
  switch (operator) {
    case 'exists':
      return (value !== undefined) === operand;
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand));
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase();
    case 'numeric':
      return typeof value === 'number' && isInRange(value, operand as (string | number)[]);
    case 'anything-but':
      return (
        value !== undefined &&
        !(Array.isArray(operand) ? operand : [operand]).some((item) =>
          matchesCondition(item, value),
        )
      );
    default:
      throw new UsageError(`event pattern: the sandbox does not know the operator ${operator}`);
  }
}

/** `[">", 0, "<=", 5]`: all comparisons hold. */
function isInRange(
  value: number,
  [comparison, limit, ...more]: readonly (string | number)[],
): boolean {
  const holds: { readonly [comparison: string]: (limit: number) => boolean } = {
    '=': (n) => value === n,
    '>': (n) => value > n,
    '>=': (n) => value >= n,
    '<': (n) => value < n,
    '<=': (n) => value <= n,
  };
  return (
    (holds[comparison]?.(Number(limit)) ?? false) && (more.length === 0 || isInRange(value, more))
  );
}
