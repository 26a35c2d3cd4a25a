import { matchesPattern } from './pattern';
import { ifResolvable } from '../assembly/resolvable';
import type { App, StackScope } from '../assembly/scope';
import { isObject } from '../common/json';

export interface RuleTarget {
  readonly ruleArn: string;
  readonly arn: string;
  /** The target's input for the event. */
  readonly input: string;
}

/**
 * The targets of every enabled rule of the app that an event matches. Patterns and targets that
 * cannot be resolved, or evaluated are left out: the archiver may not need them.
 */
export function matchingTargets(app: App, event: Record<string, unknown>): RuleTarget[] {
  const rules = app.resolvable('AWS::Events::Rule', ({ scope, logicalId, resource }) => {
    const { EventPattern, State } = scope.properties(logicalId, 'EventPattern', 'State');
    if (State === 'DISABLED' || !matchesPattern(EventPattern, event)) {
      return [];
    }
    return readTargets(
      scope,
      String(scope.attribute(logicalId, 'Arn')),
      resource.Properties?.Targets,
      event,
    );
  });
  return [...rules].flat();
}

function readTargets(
  scope: StackScope,
  ruleArn: string,
  targets: unknown,
  event: Record<string, unknown>,
): RuleTarget[] {
  const given = Array.isArray(targets) ? (targets as unknown[]) : scope.resolve(targets);
  return (Array.isArray(given) ? given : []).flatMap(
    (target) =>
      ifResolvable(() => {
        const resolved = scope.resolve(
          isObject(target) && 'Arn' in target ? delivered(target) : target,
        );
        return isObject(resolved)
          ? { ruleArn, arn: String(resolved.Arn), input: targetInput(resolved, event) }
          : undefined;
      }) ?? [],
  );
}

/**
 * The fields that say where an event goes and which part of it; a role or a dead-letter queue may
 * not be resolvable.
 */
function delivered({
  Arn,
  Input,
  InputPath,
  InputTransformer,
}: Record<string, unknown>): Record<string, unknown> {
  return { Arn, Input, InputPath, InputTransformer };
}

/** "Amazon EventBridge input transformation", eb-transform-target-input. */
function targetInput(target: Record<string, unknown>, event: Record<string, unknown>): string {
  if (typeof target.Input === 'string') {
    return target.Input;
  }
  if (typeof target.InputPath === 'string') {
    return JSON.stringify(at(event, target.InputPath) ?? null);
  }
  const transformer = target.InputTransformer;
  if (!isObject(transformer)) {
    return JSON.stringify(event);
  }
  const paths = isObject(transformer.InputPathsMap) ? transformer.InputPathsMap : {};
  const json = (name: string) =>
    JSON.stringify(
      name === 'aws.events.event.json' ? event : (at(event, String(paths[name])) ?? null),
    );
  // Inside a string a value is inserted as text; outside of strings as JSON.
  return String(transformer.InputTemplate).replace(
    /"(?:[^"\\]|\\.)*"|<([\w.-]+)>/g,
    (token, name?: string) => {
      if (name !== undefined) {
        return json(name);
      }
      return token.replace(/<([\w.-]+)>/g, (_placeholder, inner: string) =>
        json(inner).replace(/^"(.*)"$/s, '$1'),
      );
    },
  );
}

function at(event: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), event);
}
