import { allStates, Definition, isDistributedMap } from '../engine/definition';
import { UsageError } from '../errors';
import { isObject } from '../json';
import { App, StackScope } from './scope';

/** The state machine of an archiver: what tells an archiver from other resources of an app. */
export interface ArchiverMachine {
  readonly scope: StackScope;
  readonly logicalId: string;
  /** Construct path of the archiver, `Stack/Nightly`. */
  readonly path: string;
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
}

/**
 * The archiver of an app.
 * @param wanted a stack's name, id or construct path, or a construct path below it
 */
export function findArchiver(app: App, wanted?: string): ArchiverMachine {
  const all = [...machinesWithDistributedMap(app)];
  const chosen = wanted === undefined ? all : all.filter((machine) => isBelow(machine, wanted));
  if (chosen.length === 1) return chosen[0]!;
  const choices = all.map(({ path, scope }) => `  ${path} (stack ${scope.stack.name})`).join('\n');
  if (all.length === 0) {
    throw new UsageError('no stack of this assembly holds an archiver: none has a state machine with a Distributed Map');
  }
  if (chosen.length === 0) throw new UsageError(`--stack ${wanted}: no archiver there; this assembly has\n${choices}`);
  throw new UsageError(`there are several archivers; choose one with --stack\n${choices}`);
}

function* machinesWithDistributedMap(app: App): Generator<ArchiverMachine> {
  for (const { scope, logicalId } of app.resources('AWS::StepFunctions::StateMachine')) {
    const properties = scope.properties(logicalId);
    const definition = definitionOf(properties);
    if (!definition || ![...allStates(definition)].some(({ state }) => isDistributedMap(state))) continue;
    yield {
      scope,
      logicalId,
      // `Stack/Nightly/StateMachine/Resource`: the archiver is the machine's parent.
      path: scope.constructPath(logicalId).replace(/\/[^/]+\/Resource$/, ''),
      arn: String(scope.ref(logicalId)),
      name: scope.physicalName(logicalId),
      roleArn: String(properties.RoleArn ?? ''),
      definition,
    };
  }
}

function definitionOf(properties: Record<string, unknown>): Definition | undefined {
  const given = properties.DefinitionString ?? properties.Definition;
  const parsed: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  return isObject(parsed) && isObject(parsed.States) ? parsed as unknown as Definition : undefined;
}

function isBelow({ path, scope }: ArchiverMachine, wanted: string): boolean {
  const { name, id, path: stackPath } = scope.stack;
  if ([name, id, stackPath, scope.name, scope.path].includes(wanted)) return true;
  return path === wanted || path.startsWith(`${wanted}/`);
}
