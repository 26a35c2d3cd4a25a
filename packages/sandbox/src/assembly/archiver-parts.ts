import {
  allStates,
  type Definition,
  type DistributedMapState,
  type FunctionSpec,
  isDistributedMap,
  isSupported,
  readerOf,
} from 'cdk-s3-dated-archiver-engine';
import type { Encryption, LockDefaults } from 'cdk-s3-dated-archiver-s3-double';
import type { ArchiverMachine } from './archiver';
import { checkDefinitionLimits } from './definition-limits';
import { readForeignResources } from './foreign-resources';
import type { Functions } from './functions';
import { ifResolvable } from './resolvable';
import type { App, Located } from './scope';
import { ACTIONS } from '../../../../src/contract/actions';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

interface Validation {
  readonly isValid: boolean;
  errorsText(separator: string): string;
}
// The package's types are not next to its entry point.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate = require('asl-validator') as (
  definition: Definition,
  options: { checkArn: boolean; checkPaths: boolean },
) => Validation;

export interface BucketSetup {
  readonly name: string;
  /**
   * Account and region apply to the embedded double only: in another S3, all buckets are created in
   * the region of the stack.
   */
  readonly account: string;
  readonly region: string;
  readonly versioned: boolean;
  /** A bucket with Object Lock has versions, too. */
  readonly objectLock?: boolean;
  /** The default retention, if it has Object Lock. */
  readonly lockDefaults?: LockDefaults;
  /**
   * Default encryption with a KMS key. Applied to the embedded double only: another S3 may not have
   * that key.
   */
  readonly encryption?: Encryption;
}

const TOPIC_ARN = /arn:[\w-]+:sns:[\w-]+:\d+:[\w.-]+/g;

/** The resources of an archiver, found through its definition and its functions' environment. */
export interface Parts {
  readonly sourceBucket: string;
  readonly destinationBucket: string;
  readonly reportBucket: string;
  readonly buckets: BucketSetup[];
  readonly topicArns: Set<string>;
  /** Environment of the function that archives: the props as the construct passes them on. */
  readonly settings: Readonly<Record<string, string>>;
}

export function findParts(app: App, functions: Functions, machine: ArchiverMachine): Parts {
  const map = findMap(machine);
  const roles = bucketsByRole(functions, machine);
  for (const [role, name] of Object.entries(roles)) {
    checkName(role, name, machine);
  }
  const named = [
    toParameters(map.ItemReader?.Parameters).Bucket,
    toParameters(map.ResultWriter?.Parameters).Bucket,
  ];
  return {
    ...roles,
    buckets: bucketsToCreate(app, machine, [...Object.values(roles), ...named]),
    topicArns: findTopics(app, functions, machine),
    settings: archiveBatch(map, functions)?.environment ?? {},
  };
}

/** Names of the buckets that an archiver uses. */
export function bucketsByRole(
  functions: Functions,
  machine: ArchiverMachine,
): Pick<Parts, 'sourceBucket' | 'destinationBucket' | 'reportBucket'> {
  const map = findMap(machine);
  const environment = archiveBatch(map, functions)?.environment ?? {};
  const source =
    environment.SOURCE_BUCKET ?? String(toParameters(map.ItemReader?.Parameters).Bucket ?? '');
  return {
    sourceBucket: source,
    destinationBucket: environment.DESTINATION_BUCKET ?? source,
    reportBucket:
      environment.REPORT_BUCKET ?? String(toParameters(map.ResultWriter?.Parameters).Bucket ?? ''),
  };
}

/** The map that archives. The others do something with what was archived. */
function findMap({ definition }: ArchiverMachine): DistributedMapState {
  const maps = [...allStates(definition)].map(({ state }) => state).filter(isDistributedMap);
  const lists = maps.find(({ ItemReader: reader }) => !reader || readerOf(reader) === 'objects');
  return lists ?? maps.find(({ Label }) => Label === ACTIONS.archive.map) ?? maps[0]!;
}

/** Rejects dynamic references, which CloudFormation would look up during a deployment. */
function checkName(role: string, name: string, { path }: ArchiverMachine): void {
  if (!name.includes('{{resolve:')) {
    return;
  }
  throw new UsageError(
    `${path}: its ${role.replace('Bucket', ' bucket')} is called ${name}, which only ` +
      'CloudFormation can look up; ' +
      'take it from a parameter (CfnParameter, StringParameter.valueForStringParameter), and ' +
      'give it with --bucket PARAMETERID=NAME',
  );
}

/**
 * Definitions without errors: the validator compiles its schema for each call, which takes as long
 * as a run of twenty objects.
 */
const VALID = new Set<string>();

/** Rejects an invalid definition, as AWS does when it is deployed. */
export function checkDefinition({ definition, path, type }: ArchiverMachine): void {
  const problems =
    findErrors(withWholeTolerance(definition)) ||
    [...checkDefinitionLimits(definition, type)].join('\n');
  if (problems !== '') {
    throw new UsageError(`${path}: the state machine's definition is not valid:\n${problems}`);
  }
  for (const { name, state } of allStates(definition)) {
    if (state.Type === 'Task' && !isSupported(state.Resource ?? '')) {
      throw new UsageError(
        `${path}: state ${name} calls ${state.Resource}; the sandbox has Lambda functions, ` +
          'sns:publish and events:putEvents',
      );
    }
    if (isDistributedMap(state) && state.ItemReader && !readerOf(state.ItemReader)) {
      const { Resource, ReaderConfig } = state.ItemReader;
      throw new UsageError(
        `${path}: state ${name} reads with ` +
          `${Resource}${ReaderConfig?.InputType ? ` and ${ReaderConfig.InputType}` : ''}; ` +
          'the sandbox has s3:listObjectsV2, and s3:getObject for JSONL',
      );
    }
  }
}

/**
 * The Amazon States Language takes any number from 0 to 100, such as 2.5 as the value of a
 * parameter. The validator takes whole ones.
 */
function withWholeTolerance(definition: Definition): Definition {
  return JSON.parse(JSON.stringify(definition), (field, value: unknown) =>
    field === 'ToleratedFailurePercentage' && typeof value === 'number' ? Math.ceil(value) : value,
  ) as Definition;
}

function findErrors(definition: Definition): string {
  const text = JSON.stringify(definition);
  if (VALID.has(text)) {
    return '';
  }
  const { isValid, errorsText } = validate(definition, { checkArn: true, checkPaths: true });
  if (!isValid) {
    return errorsText('\n');
  }
  VALID.add(text);
  return '';
}

/** The function that the children of the map invoke first. */
function archiveBatch(map: DistributedMapState, functions: Functions): FunctionSpec | undefined {
  for (const { state } of allStates(map.ItemProcessor)) {
    if (state.Type !== 'Task') {
      continue;
    }
    const found = functions.find(
      String(toParameters(state.Parameters).FunctionName ?? state.Resource),
    );
    if (found) {
      return found;
    }
  }
  return undefined;
}

function bucketsToCreate(app: App, machine: ArchiverMachine, used: unknown[]): BucketSetup[] {
  const setups = new Map<string, BucketSetup>();
  const { account, region } = machine.scope.stack.environment;
  const usedNames = new Set(used.filter((name) => typeof name === 'string' && name !== ''));
  const named = app.resolvable('AWS::S3::Bucket', (located) => ({
    located,
    name: located.scope.physicalName(located.logicalId),
  }));
  for (const { located, name } of named) {
    const read = () => readSetup(located, name);
    const ofTheStack = () =>
      located.scope.stack === machine.scope.stack ? ifResolvable(read) : undefined;
    const setup = usedNames.has(name) ? read() : ofTheStack();
    if (setup) {
      setups.set(name, setup);
    }
  }
  for (const name of usedNames) {
    if (!setups.has(String(name))) {
      setups.set(String(name), { name: String(name), versioned: false, account, region });
    }
  }
  for (const foreign of readForeignResources(app)) {
    const setup = setups.get(foreign.resource.split(':::')[1] ?? '');
    if (setup) {
      setups.set(setup.name, {
        ...setup,
        account: foreign.account ?? setup.account,
        region: foreign.region ?? setup.region,
      });
    }
  }
  return [...setups.values()];
}

function readSetup({ scope, logicalId }: Located, name: string): BucketSetup {
  const {
    VersioningConfiguration: versioning,
    BucketEncryption: encryption,
    ObjectLockEnabled: objectLock,
    ObjectLockConfiguration: lock,
  } = scope.properties(
    logicalId,
    'VersioningConfiguration',
    'BucketEncryption',
    'ObjectLockEnabled',
    'ObjectLockConfiguration',
  );
  const { account, region } = scope.stack.environment;
  const versioned = isObject(versioning) && versioning.Status === 'Enabled';
  return {
    name,
    account,
    region,
    versioned,
    objectLock: String(objectLock) === 'true',
    lockDefaults: readLockDefaults(lock),
    encryption: readEncryption(encryption),
  };
}

/** AWS::S3::Bucket DefaultRetention: "either days or years". */
function readLockDefaults(configuration: unknown): LockDefaults | undefined {
  const rule = isObject(configuration) ? configuration.Rule : undefined;
  const retention = isObject(rule) ? rule.DefaultRetention : undefined;
  if (!isObject(retention)) {
    return undefined;
  }
  const { Mode, Days, Years } = retention;
  return {
    mode: String(Mode),
    period: Days === undefined ? { years: Number(Years) } : { days: Number(Days) },
  };
}

/** A bucket's default encryption, if it uses a KMS key. */
function readEncryption(configuration: unknown): Encryption | undefined {
  const rules = isObject(configuration)
    ? configuration.ServerSideEncryptionConfiguration
    : undefined;
  const [rule] = Array.isArray(rules) ? (rules as unknown[]) : [];
  const byDefault = isObject(rule) ? rule.ServerSideEncryptionByDefault : undefined;
  if (!isObject(rule) || !isObject(byDefault) || byDefault.SSEAlgorithm !== 'aws:kms') {
    return undefined;
  }
  const kmsKeyId =
    byDefault.KMSMasterKeyID === undefined ? undefined : String(byDefault.KMSMasterKeyID);
  return { algorithm: 'aws:kms', kmsKeyId, bucketKey: rule.BucketKeyEnabled === true || undefined };
}

/** Topics of the templates, and imported ones that the archiver names. */
function findTopics(app: App, functions: Functions, machine: ArchiverMachine): Set<string> {
  const arns = new Set<string>(JSON.stringify(machine.definition).match(TOPIC_ARN) ?? []);
  for (const arn of app.resolvable('AWS::SNS::Topic', ({ scope, logicalId }) =>
    String(scope.ref(logicalId)),
  )) {
    arns.add(arn);
  }
  for (const { scope, logicalId } of app.resources('AWS::Lambda::Function')) {
    if (!scope.constructPath(logicalId).startsWith(`${machine.path}/`)) {
      continue;
    }
    const environment = functions.find(scope.physicalName(logicalId))?.environment ?? {};
    for (const arn of JSON.stringify(environment).match(TOPIC_ARN) ?? []) {
      arns.add(arn);
    }
  }
  return arns;
}

function toParameters(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
