import { S3_KEYS } from './known-keys';
import { toPattern } from './pattern';
import { isObject, toList } from '../common/json';

/** The values that a request gives to condition keys, by names in lower case. */
export interface ConditionKeys {
  get(name: string): string | undefined;
}

export interface Condition {
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

type Test = (actual: string, expected: string) => boolean;

const ignoringCase: Test = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const like: Test = (actual, expected) => toPattern(expected)(actual);

/**
 * "IAM JSON policy elements: Condition operators", reference_policies_elements_condition_operators.
 */
const TESTS: Record<string, Test> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: ignoringCase,
  StringLike: like,
  // The two are the same, wildcards included.
  ArnEquals: like,
  ArnLike: like,
  Bool: ignoringCase,
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
};

const NEGATED = /^(String|Arn|Numeric)Not/;

/**
 * Condition keys whose value, or absence, the sandbox knows. For other keys it cannot tell whether
 * a condition holds.
 */
const KNOWN_KEYS =
  /^(aws:(securetransport|sourceaccount|sourcearn|principalarn|principalaccount|principalorgid|principalisawsservice|principalservicename|resourceaccount|viaawsservice)|kms:(viaservice|calleraccount|encryptioncontext:.+)|s3:(resourceaccount|tlsversion))$/;

export function toConditions(block: unknown): Condition[] {
  if (!isObject(block)) {
    return [];
  }
  return Object.entries(block).flatMap(([operator, tests]) =>
    Object.entries(isObject(tests) ? tests : {}).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: toList(values).map(String),
    })),
  );
}

/** Whether the sandbox knows enough to say if the condition holds. */
export function isKnown({ operator, key }: Condition): boolean {
  return (KNOWN_KEYS.test(key) || S3_KEYS.test(key)) && isKnownOperator(operator);
}

export function isKnownOperator(operator: string): boolean {
  return operator === 'Null' || Object.hasOwn(TESTS, getBase(operator));
}

export function holds({ operator, key, values }: Condition, keys: ConditionKeys): boolean {
  const actual = keys.get(key);
  if (operator === 'Null') {
    return values.some((value) => (value === 'true') === (actual === undefined));
  }
  const negated = NEGATED.test(operator);
  // "If the key that you specify in a policy condition is not present in the request context, the
  // values do not match", and so a negated operator holds.
  if (actual === undefined) {
    return negated || operator.endsWith('IfExists');
  }
  return values.some((value) => TESTS[getBase(operator)]!(actual, value)) !== negated;
}

function getBase(operator: string): string {
  return operator.replace(/IfExists$/, '').replace(NEGATED, '$1');
}
