import type { Environment, Template } from './template';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

/** What intrinsic functions refer to: their template, and the other stacks of the app. */
export interface Resolver {
  readonly name: string;
  readonly template: Pick<Template, 'Mappings'>;
  readonly stack: { readonly environment: Environment };
  readonly app: { exported(name: string): unknown };
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
}

/** `AWS::NoValue`: a property with this value is removed. */
const NO_VALUE = Symbol('AWS::NoValue');

/** A template's value with its intrinsic functions evaluated. */
export function resolveValue(value: unknown, scope: Resolver): unknown {
  const resolved = evaluate(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

function evaluate(value: unknown, scope: Resolver): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (!isObject(value)) {
    return value;
  }
  const keys = Object.keys(value);
  const name = keys.length === 1 ? keys[0]! : '';
  const intrinsic = INTRINSICS[name];
  if (intrinsic) {
    return intrinsic(value[name], scope);
  }
  if (name.startsWith('Fn::')) {
    throw new UsageError(`template of ${scope.name}: the sandbox does not evaluate ${name}`);
  }
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    const item = evaluate(value[key], scope);
    if (item !== NO_VALUE) {
      result[key] = item;
    }
  }
  return result;
}

type Intrinsic = (argument: unknown, scope: Resolver) => unknown;

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (name, scope) => (name === 'AWS::NoValue' ? NO_VALUE : scope.ref(String(name))),
  Condition: (name, scope) =>
    typeof name === 'string' ? scope.condition(name) : { Condition: evaluate(name, scope) },
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : evaluateStrings(argument, scope);
    return scope.attribute(logicalId!, attribute.join('.'));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = evaluateList(argument, scope);
    return requireList(parts, argument, scope).map(toText).join(String(separator));
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, scope) => {
    const [index, items] = evaluateList(argument, scope);
    return requireList(items, argument, scope)[Number(index)];
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = evaluateList(argument, scope);
    return String(source).split(String(separator));
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = argument as [string, unknown, unknown];
    return evaluate(scope.condition(condition) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = evaluateList(argument, scope);
    return toText(left) === toText(right);
  },
  'Fn::And': (argument, scope) => evaluateList(argument, scope).every((item) => item === true),
  'Fn::Or': (argument, scope) => evaluateList(argument, scope).some((item) => item === true),
  'Fn::Not': (argument, scope) => evaluateList(argument, scope)[0] !== true,
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second, fallback] = evaluateList(argument, scope);
    const found = scope.template.Mappings?.[String(map)]?.[String(first)]?.[String(second)];
    if (found !== undefined) {
      return found;
    }
    if (isObject(fallback) && 'DefaultValue' in fallback) {
      return fallback.DefaultValue;
    }
    throw new UsageError(`template of ${scope.name}: mapping ${map} has no ${first}.${second}`);
  },
  'Fn::ImportValue': (argument, scope) => scope.app.exported(String(evaluate(argument, scope))),
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(evaluate(argument, scope)),
  'Fn::Length': (argument, scope) => evaluateList(argument, scope).length,
  'Fn::Base64': (argument, scope) =>
    Buffer.from(toText(evaluate(argument, scope))).toString('base64'),
  'Fn::GetAZs': (_argument, scope) =>
    ['a', 'b', 'c'].map((zone) => `${scope.stack.environment.region}${zone}`),
};

function substitute(argument: unknown, scope: Resolver): string {
  const [pattern, given] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [argument as string, {}];
  return pattern.replace(/\$\{([^}]+)\}/g, (_match, name: string) => {
    if (name.startsWith('!')) {
      return `\${${name.slice(1)}}`;
    }
    if (name in given) {
      return toText(evaluate(given[name], scope));
    }
    const [logicalId, ...attribute] = name.split('.');
    return toText(
      attribute.length > 0 ? scope.attribute(logicalId!, attribute.join('.')) : scope.ref(name),
    );
  });
}

function evaluateList(argument: unknown, scope: Resolver): unknown[] {
  return requireList(evaluate(argument, scope), argument, scope);
}

function requireList(evaluated: unknown, argument: unknown, scope: Resolver): unknown[] {
  if (!Array.isArray(evaluated)) {
    throw new UsageError(
      `template of ${scope.name}: a function wants a list but got ${JSON.stringify(argument)}`,
    );
  }
  return evaluated;
}

function evaluateStrings(argument: unknown, scope: Resolver): string[] {
  return evaluateList(argument, scope).map(toText);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
