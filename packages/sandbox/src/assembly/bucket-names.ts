import { UsageError } from '../errors';
import { ifResolvable } from './resolvable';
import type { App, StackScope } from './scope';

/** What a name can be given to: a bucket of the templates, or a parameter that may hold a bucket's name. */
interface Nameable {
  readonly scope: StackScope;
  readonly logicalId: string;
}

/** Names as they were given, each under `STACK/LOGICALID`, so that none of them is taken for two buckets. */
export function distinctNames(app: App, given: Record<string, string>, used: () => readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([key, name]) => [choiceOf(theOne(app, key, used)), name]));
}

/**
 * What a logical id, or `STACK/LOGICALID`, stands for. Stacks that are alike, as those of Stages, hold buckets of one
 * logical id: then the one counts that the archiver uses.
 */
export function theOne(app: App, key: string, used: () => readonly string[]): Nameable {
  const [, stack, logicalId] = /^(?:(.*)\/)?([^/]*)$/.exec(key)!;
  const all = nameable(app).filter((each) => each.logicalId === logicalId && (stack === undefined || each.scope.names.includes(stack)));
  if (all.length === 0) {
    throw new UsageError(`--bucket ${key}: no bucket has that logical id; there are ${buckets(app).map((each) => each.logicalId).join(', ') || 'none'}`);
  }
  const chosen = all.length === 1 ? all : all.filter(({ scope, logicalId: id }) => used().includes(String(ifResolvable(() => scope.ref(id)))));
  if (chosen.length === 1) { return chosen[0]!; }
  throw new UsageError(`--bucket ${key}: there are several of that logical id; choose one\n${all.map((each) => `  ${choiceOf(each)}`).join('\n')}`);
}

function choiceOf({ scope, logicalId }: Nameable): string {
  return `${scope.path}/${logicalId}`;
}

function nameable(app: App): Nameable[] {
  return [...buckets(app), ...app.scopes.flatMap((scope) => Object.keys(scope.template.Parameters ?? {}).map((logicalId) => ({ scope, logicalId })))];
}

function buckets(app: App): Nameable[] {
  return [...app.resources('AWS::S3::Bucket')];
}
