import { type Condition, isKnownOperator } from './conditions';

/**
 * Condition keys whose value the double knows. For other keys it cannot tell whether a condition
 * holds.
 */
const KEYS =
  /^(aws:securetransport|s3:(if-match|if-none-match|objectcreationoperation|prefix|delimiter|max-keys|x-amz-[a-z0-9-]+))$/;

/** Says why the double cannot evaluate a condition; undefined if it can. */
export function unsupportedCondition({ operator, key }: Condition): string | undefined {
  if (!isKnownOperator(operator)) {
    return `the condition operator ${operator}`;
  }
  return KEYS.test(key) ? undefined : `the condition key ${key}`;
}
