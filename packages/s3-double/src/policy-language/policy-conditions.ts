import { type Condition, isKnownOperator } from './conditions';
import { S3_KEYS } from './known-keys';

/** Says why the double cannot evaluate a condition; undefined if it can. */
export function unsupportedCondition({ operator, key }: Condition): string | undefined {
  if (!isKnownOperator(operator)) {
    return `the condition operator ${operator}`;
  }
  return key === 'aws:securetransport' || S3_KEYS.test(key)
    ? undefined
    : `the condition key ${key}`;
}
