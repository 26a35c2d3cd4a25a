import { matchesPattern } from './pattern';
import { App } from '../assembly/scope';
import { isObject } from '../json';

export interface RuleTarget {
  readonly ruleArn: string;
  readonly arn: string;
  /** What the target gets for an event. */
  readonly input: string;
}

/** The targets of every enabled rule of the app that an event matches. */
export function matchingTargets(app: App, event: Record<string, unknown>): RuleTarget[] {
  const found: RuleTarget[] = [];
  for (const { scope, logicalId, resource } of app.resources('AWS::Events::Rule')) {
    // Rules on other sources may hold what cannot be resolved here.
    if (!JSON.stringify(resource.Properties?.EventPattern ?? null).includes('aws.states')) continue;
    const { EventPattern, State, Targets } = scope.properties(logicalId);
    const ruleArn = String(scope.attribute(logicalId, 'Arn'));
    if (State === 'DISABLED' || !matchesPattern(EventPattern, event)) continue;
    for (const target of Array.isArray(Targets) ? Targets : []) {
      if (isObject(target)) found.push({ ruleArn, arn: String(target.Arn), input: targetInput(target, event) });
    }
  }
  return found;
}

/** "Amazon EventBridge input transformation", eb-transform-target-input. */
function targetInput(target: Record<string, unknown>, event: Record<string, unknown>): string {
  if (typeof target.Input === 'string') return target.Input;
  if (typeof target.InputPath === 'string') return JSON.stringify(at(event, target.InputPath));
  const transformer = target.InputTransformer;
  if (!isObject(transformer)) return JSON.stringify(event);
  const paths = isObject(transformer.InputPathsMap) ? transformer.InputPathsMap : {};
  const json = (name: string) => JSON.stringify(name === 'aws.events.event.json' ? event : at(event, String(paths[name])) ?? null);
  // Within a string a value stands as text; outside of one as JSON.
  return String(transformer.InputTemplate).replace(/"(?:[^"\\]|\\.)*"|<([\w.-]+)>/g, (token, name?: string) => {
    if (name !== undefined) return json(name);
    return token.replace(/<([\w.-]+)>/g, (_placeholder, inner: string) => json(inner).replace(/^"(.*)"$/s, '$1'));
  });
}

function at(event: unknown, path: string): unknown {
  return path.split('.').slice(1).reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), event);
}
