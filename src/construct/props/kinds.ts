/**
 * Checks the values of props and of options of factories. Apps in JavaScript have no compiler that
 * does so.
 */
import { Token } from 'aws-cdk-lib';
import { type FieldNames, refuseUnknown } from './unknown-fields';

/** Tokens of strings, numbers and lists are strings, numbers and lists. */
export interface Kind {
  readonly what: string;
  readonly is: (value: unknown) => boolean;
  readonly fix: (given?: string) => string;
  /**
   * Throws if the value is of the kind and not allowed. The values of tokens are known only at run
   * time, and the functions check them there.
   */
  readonly check?: (name: string, value: never) => void;
  readonly items?: Kind;
  readonly fields?: { readonly [field: string]: Kind };
  readonly isRequired?: boolean;
}

export type Kinds<T> = { readonly [prop in keyof Required<T>]: Kind };

export const STRING: Kind = {
  what: 'a string',
  is: (value) => typeof value === 'string',
  fix: () => 'write a string in quotes, or Token.asString() of a token',
};
export const NUMBER: Kind = {
  what: 'a number',
  is: (value) => typeof value === 'number',
  fix: () => 'write a number without quotes, or Token.asNumber() of a token',
};
export const BOOLEAN: Kind = {
  what: 'true or false',
  is: (value) => typeof value === 'boolean',
  fix: () => 'write it without quotes',
};

export const OBJECT: Kind = {
  what: 'an object',
  is: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  fix: () => 'write its fields in braces',
};

export const struct = <T>(fields: Kinds<T>): Kind => ({ ...OBJECT, fields });

export const required = (kind: Kind): Kind => ({ ...kind, isRequired: true });

export const listOf = (items: Kind, fix: Kind['fix']): Kind => ({
  what: 'a list',
  is: Array.isArray,
  fix,
  items,
});

export const oneOf = (type: string, values: object): Kind => ({
  what: `one of ${Object.values(values).join(', ')}`,
  is: (value) => Object.values(values).includes(value),
  fix: () => `use the constants of ${type}`,
});

/**
 * Recognizes the class by a member: an app may load several copies of the class, and `instanceof`
 * is false for instances of another copy.
 */
export const having = (member: string, what: string, fix: Kind['fix']): Kind => ({
  what,
  is: (value) => typeof value === 'object' && value !== null && member in value,
  fix,
});

/** Recognizes a class of this package by a setting, because all of them have the same method. */
export const withSettings = (setting: string, what: string, fix: Kind['fix']): Kind => ({
  what,
  is: (value) => setting in ((value as { _settings?: () => object } | null)?._settings?.() ?? {}),
  fix,
});

export const checked = <T>(kind: Kind, check: (name: string, value: T) => void): Kind => ({
  ...kind,
  check,
});

export const numberOf = (allowed: string, isAllowed: (value: number) => boolean): Kind =>
  checked<number>(NUMBER, (name, value) => {
    if (Token.isUnresolved(value) || (Number.isFinite(value) && isAllowed(value))) {
      return;
    }
    throw new Error(`${name} ${value} must be ${allowed}`);
  });

export const BUCKET = having(
  'bucketName',
  'a bucket',
  (name = 'my-bucket') => `pass Bucket.fromBucketName(this, 'Bucket', '${name}')`,
);
export const TOPIC = having(
  'topicArn',
  'a topic',
  () => "pass a Topic, or Topic.fromTopicArn(this, 'Topic', arn)",
);
export const KEY = having(
  'keyArn',
  'a KMS key',
  () => "pass a Key, or Key.fromKeyArn(this, 'Key', arn)",
);
export const DURATION = having(
  'toSeconds',
  'a Duration',
  () => 'pass, for example, Duration.minutes(5)',
);
export const DAYS: Kind = { ...DURATION, fix: () => 'pass, for example, Duration.days(30)' };
export const SIZE = having('toBytes', 'a Size', () => 'pass, for example, Size.mebibytes(1)');

/**
 * Throws if a field does not exist, or if a value is of another kind than its type says, or is not
 * allowed.
 */
export function validateTypes<T extends object>(
  values: T,
  kinds: Kinds<T>,
  names: Partial<FieldNames> = {},
): void {
  const { nameOf = (field) => field, meanings = new Map() } = names;
  refuseUnknown(values, Object.keys(kinds), { nameOf, meanings });
  for (const [field, kind] of Object.entries<Kind>(kinds)) {
    const value = (values as { readonly [field: string]: unknown })[field];
    if (value !== undefined || kind.isRequired) {
      validateKind(nameOf(field), value, kind);
    }
  }
}

/**
 * Throws if the argument of a factory, such as `Packing.zip()`, is no object, or if one of its
 * options is of another kind or not allowed.
 */
export function validateOptions<T extends object>(
  factory: string,
  options: T,
  kinds: Kinds<T>,
): void {
  validateKind(`${factory}: the argument`, options, OBJECT);
  validateTypes(options, kinds, { nameOf: (option) => `${factory}: ${option}` });
}

export function validateKind(name: string, value: unknown, kind: Kind): void {
  if (!kind.is(value)) {
    const given = typeof value === 'string' && !Token.isUnresolved(value) ? value : undefined;
    throw new Error(`${name} is ${describe(value)} and must be ${kind.what}: ${kind.fix(given)}`);
  }
  if (kind.fields) {
    validateTypes(value as { [field: string]: unknown }, kind.fields, {
      nameOf: (field) => `${name}.${field}`,
    });
  }
  if (kind.items && !Token.isUnresolved(value)) {
    for (const [index, item] of (value as unknown[]).entries()) {
      validateKind(`${name}[${index}]`, item, kind.items);
    }
  }
  kind.check?.(name, value as never);
}

function describe(value: unknown): string {
  if (Token.isUnresolved(value)) {
    return 'a token';
  }
  if (typeof value === 'string') {
    return `the string "${value}"`;
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'function') {
    return 'a function';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
