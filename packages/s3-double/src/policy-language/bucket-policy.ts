import { type Condition, type ConditionKeys, holds } from './conditions';
import { toActionPattern, toPattern } from './pattern';
import { unsupportedCondition } from './policy-conditions';
import { S3Error } from '../common/errors';
import { isObject, toList } from '../common/json';

/** A request in the terms of policies. */
export interface Attempt {
  /** As `s3:PutObject`. */
  readonly action: string;
  /** As `arn:aws:s3:::bucket/key`. */
  readonly resource: string;
  readonly keys: ConditionKeys;
}

interface Deny {
  readonly actions: readonly string[];
  /** True for NotAction. */
  readonly otherActions: boolean;
  readonly resources: readonly string[];
  readonly otherResources: boolean;
  readonly conditions: readonly Condition[];
}

/**
 * The explicit denials of a bucket policy. Statements that allow change nothing, since the
 * double allows everything. A denial that it cannot evaluate is rejected when the policy is put,
 * so no denial is silently ignored.
 */
export class BucketPolicy {
  static parse(text: string): BucketPolicy {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      throw new S3Error('MalformedPolicy');
    }
    if (!isObject(document) || document.Statement === undefined) {
      throw new S3Error('MalformedPolicy', { message: 'Missing required field Statement' });
    }
    return new BucketPolicy(text, toList(document.Statement).flatMap(toDenials));
  }

  private constructor(
    readonly text: string,
    private readonly denials: readonly Deny[],
  ) {}

  denies(attempt: Attempt): boolean {
    return this.denials.some((deny) => applies(deny, attempt));
  }
}

function applies(deny: Deny, { action, resource, keys }: Attempt): boolean {
  return (
    deny.actions.some((pattern) => toActionPattern(pattern)(action)) !== deny.otherActions &&
    deny.resources.some((pattern) => toPattern(pattern)(resource)) !== deny.otherResources &&
    deny.conditions.every((condition) => holds(condition, keys))
  );
}

function toDenials(statement: unknown): Deny[] {
  if (!isObject(statement) || (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')) {
    throw new S3Error('MalformedPolicy', { message: 'Invalid effect' });
  }
  const actions = statement.Action ?? statement.NotAction;
  const resources = statement.Resource ?? statement.NotResource;
  const principal = statement.Principal ?? statement.NotPrincipal;
  if (actions === undefined || resources === undefined || principal === undefined) {
    throw new S3Error('MalformedPolicy', {
      message: 'Missing required field Principal, Action or Resource',
    });
  }
  if (statement.Effect === 'Allow') {
    return [];
  }
  if (!isEverybody(statement.Principal)) {
    throw unsupported('principals other than *');
  }
  const conditions = readConditions(statement.Condition);
  const reason = conditions.map(unsupportedCondition).find((found) => found !== undefined);
  if (reason) {
    throw unsupported(reason);
  }
  return [
    {
      actions: toStrings(actions),
      otherActions: statement.Action === undefined,
      resources: toStrings(resources),
      otherResources: statement.Resource === undefined,
      conditions,
    },
  ];
}

function readConditions(block: unknown): Condition[] {
  if (block === undefined) {
    return [];
  }
  if (!isObject(block)) {
    throw new S3Error('MalformedPolicy', { message: 'Conditions must be a JSON object' });
  }
  return Object.entries(block).flatMap(([operator, tests]) => {
    if (!isObject(tests)) {
      throw new S3Error('MalformedPolicy', { message: 'Conditions must be a JSON object' });
    }
    return Object.entries(tests).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: toList(values).map(String),
    }));
  });
}

function isEverybody(principal: unknown): boolean {
  return principal === '*' || (isObject(principal) && toList(principal.AWS).includes('*'));
}

function unsupported(what: string): S3Error {
  return new S3Error('NotImplemented', {
    message: `the sandbox's S3 does not evaluate ${what} in a Deny statement`,
  });
}

function toStrings(value: unknown): string[] {
  return toList(value).map((item) => {
    if (typeof item !== 'string') {
      throw new S3Error('MalformedPolicy', { message: 'Actions and resources must be strings' });
    }
    return item;
  });
}
