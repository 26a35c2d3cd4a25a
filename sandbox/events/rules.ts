import { matchesPattern } from './pattern';
import { App } from '../assembly/scope';
import { isObject } from '../json';

export interface RuleTarget {
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
    if (State === 'DISABLED' || !matchesPattern(EventPattern, event)) continue;
    for (const target of Array.isArray(Targets) ? Targets : []) {
      if (isObject(target)) found.push({ arn: String(target.Arn), input: targetInput(target, event) });
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
  return String(transformer.InputTemplate).replace(/"?<([\w.-]+)>"?/g, (placeholder, name: string) => {
    if (name === 'aws.events.event.json') return JSON.stringify(event);
    const value = at(event, String(paths[name]));
    const quoted = placeholder.startsWith('"') && placeholder.endsWith('"');
    // Within a longer string a value stands as it is, without the quotes of JSON.
    return quoted || typeof value !== 'string' ? JSON.stringify(value ?? null) : placeholder.replace(`<${name}>`, JSON.stringify(value).slice(1, -1));
  });
}

function at(event: unknown, path: string): unknown {
  return path.split('.').slice(1).reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), event);
}
