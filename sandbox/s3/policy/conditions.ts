import { matchesPattern } from './pattern';

/** The values that a request gives to condition keys, names in lower case. */
export type ConditionKeys = ReadonlyMap<string, string>;

type Test = (actual: string, expected: string) => boolean;

interface Operator {
  readonly test: Test;
  /** Negated ones hold if no value matches, and where the key is missing (page "IAM JSON policy elements: Condition operators"). */
  readonly negated?: true;
}

const equals: Test = (actual, expected) => actual === expected;
const equalsIgnoringCase: Test = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const like: Test = (actual, expected) => matchesPattern(actual, expected);

const OPERATORS: Record<string, Operator> = {
  Bool: { test: equalsIgnoringCase },
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { test: equalsIgnoringCase, negated: true },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: like },
  ArnLike: { test: like },
  NumericLessThan: { test: (actual, expected) => Number(actual) < Number(expected) },
  NumericGreaterThan: { test: (actual, expected) => Number(actual) > Number(expected) },
};

/** Keys that the double knows the value of; of the others it cannot tell whether a condition holds. */
const KEYS = /^(aws:securetransport|s3:(if-match|if-none-match|objectcreationoperation|prefix|delimiter|max-keys|x-amz-[a-z0-9-]+))$/;

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Why a condition cannot be evaluated here; undefined if it can. */
export function unsupportedCondition({ operator, key }: Condition): string | undefined {
  if (operator !== 'Null' && !Object.hasOwn(OPERATORS, operator.replace(/IfExists$/, ''))) {
    return `the condition operator ${operator}`;
  }
  return KEYS.test(key) ? undefined : `the condition key ${key}`;
}

export function holds({ operator, key, values }: Condition, keys: ConditionKeys): boolean {
  const actual = keys.get(key);
  if (operator === 'Null') {
    return values.some((value) => (value === 'true') === (actual === undefined));
  }
  const { test, negated } = OPERATORS[operator.replace(/IfExists$/, '')];
  if (actual === undefined) {
    return negated === true || operator.endsWith('IfExists');
  }
  return values.some((value) => test(actual, value)) !== (negated === true);
}
