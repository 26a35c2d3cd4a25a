import { allStates, type Definition, isDistributedMap } from 'cdk-s3-dated-archiver-engine';
import { ifResolvable } from './resolvable';
import type { App, Located, StackScope } from './scope';
import type { Resource } from './template';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

/** The state machine of an archiver. The archiver is found by it. */
export interface ArchiverMachine {
  readonly scope: StackScope;
  readonly logicalId: string;
  /** Construct path of the archiver, `Stack/Nightly`. */
  readonly path: string;
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** STANDARD or EXPRESS. Unset: STANDARD. */
  readonly type?: unknown;
  /** Whether a customer managed key encrypts its executions. */
  readonly isEncryptedByCustomer: boolean;
}

/** An archiver, or a state machine that may be one but cannot be resolved here. */
interface Candidate {
  readonly scope: StackScope;
  readonly path: string;
  readonly machine?: ArchiverMachine;
  readonly reason?: string;
}

/**
 * The archiver of an app.
 * @param wanted a stack's name, id or construct path, or a construct path below it
 */
export function findArchiver(app: App, wanted?: string): ArchiverMachine {
  const all = [...app.templated('AWS::StepFunctions::StateMachine')]
    .filter(namesDistributedMap)
    .map(toCandidate)
    .filter(({ machine, reason }) => machine ?? reason);
  if (all.length === 0) {
    throw new UsageError(
      'no stack of this assembly holds an archiver: none has a state machine with a Distributed ' +
        'Map',
    );
  }
  const chosen = wanted === undefined ? all : all.filter((candidate) => isBelow(candidate, wanted));
  const resolved = chosen.flatMap(({ machine }) => machine ?? []);
  if (resolved.length === 1) {
    return resolved[0]!;
  }
  const choices = all.map(({ path, scope }) => `  ${path} (stack ${scope.stack.name})`).join('\n');
  if (chosen.length === 0) {
    throw new UsageError(`--stack ${wanted}: no archiver there; this assembly has\n${choices}`);
  }
  if (resolved.length === 0) {
    throw new UsageError(
      chosen.map(({ path, reason }) => `${path} cannot be resolved here: ${reason}`).join('\n'),
    );
  }
  throw new UsageError(`there are several archivers; choose one with --stack\n${choices}`);
}

/** Reads the text only: other references of a state machine may not be resolvable. */
function namesDistributedMap({ resource: { Properties } }: Located): boolean {
  return JSON.stringify([Properties?.DefinitionString, Properties?.Definition]).includes(
    'DISTRIBUTED',
  );
}

function toCandidate(located: Located): Candidate {
  const { scope, logicalId } = located;
  // `Stack/Nightly/StateMachine/Resource`: the archiver is the machine's parent.
  const path = scope.constructPath(logicalId).replace(/\/[^/]+\/Resource$/, '');
  let reason: string | undefined;
  const machine = ifResolvable(
    () => readMachine(located, path),
    (why) => {
      reason = why;
    },
  );
  return { scope, path, machine, reason };
}

function readMachine(
  { scope, logicalId, resource }: Located,
  path: string,
): ArchiverMachine | undefined {
  if (!scope.exists(resource.Condition)) {
    return undefined;
  }
  const properties = scope.properties(
    logicalId,
    'DefinitionString',
    'Definition',
    'RoleArn',
    'StateMachineType',
  );
  const definition = readDefinition(properties);
  if (!definition || ![...allStates(definition)].some(({ state }) => isDistributedMap(state))) {
    return undefined;
  }
  return {
    scope,
    logicalId,
    path,
    arn: String(scope.ref(logicalId)),
    name: scope.physicalName(logicalId),
    roleArn: String(properties.RoleArn ?? ''),
    definition,
    type: properties.StateMachineType,
    isEncryptedByCustomer: isEncryptedByCustomer(resource),
  };
}

/** Reads the type alone: the key may not be resolvable. */
export function isEncryptedByCustomer({ Properties }: Resource): boolean {
  const encryption = Properties?.EncryptionConfiguration;
  return isObject(encryption) && encryption.Type === 'CUSTOMER_MANAGED_KMS_KEY';
}

function readDefinition(properties: Record<string, unknown>): Definition | undefined {
  const given = properties.DefinitionString ?? properties.Definition;
  const parsed = typeof given === 'string' ? parse(given) : given;
  return isObject(parsed) && isObject(parsed.States)
    ? (parsed as unknown as Definition)
    : undefined;
}

/**
 * A definition that is not JSON, such as YAML or a text with DefinitionSubstitutions, is not an
 * archiver's.
 */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isBelow({ path, scope }: Candidate, wanted: string): boolean {
  const { name, id, path: stackPath } = scope.stack;
  if ([name, id, stackPath, scope.name, scope.path].includes(wanted)) {
    return true;
  }
  return path === wanted || path.startsWith(`${wanted}/`);
}
