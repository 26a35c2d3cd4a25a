import * as fs from 'node:fs';
import * as path from 'node:path';
import type { InvocationHook } from 'cdk-s3-dated-archiver-engine';
import {
  type FaultPlan,
  parseFlags,
  readFaultPlan,
  renderCompletion,
} from 'cdk-s3-dated-archiver-s3-double';
import { describeUsage, FLAGS } from './flags';
import { splitFunctionTimeouts } from './function-timeouts';
import type { Invocation } from './invocation';
import { type InputFlags, isCalendarDay, toRunInput } from './run-input';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

export interface Arguments {
  /** Undefined: the app of the demo. */
  readonly app?: string;
  readonly stack?: string;
  readonly endpoint?: string;
  readonly allowAwsEndpoint?: boolean;
  readonly runOtherFunctions?: boolean;
  readonly buckets: Record<string, string>;
  readonly bucketPolicies?: Record<string, object>;
  readonly organizations: Record<string, string>;
  readonly input?: object;
  readonly now?: string;
  readonly json?: string;
  readonly faults?: FaultPlan;
  /** Makes invocations fail that a fault is for. */
  readonly onInvoke?: (invocation: InvocationHook) => void;
  readonly fill?: string;
  readonly out?: string;
  readonly demo: boolean;
  readonly list: boolean;
  readonly keepServing: boolean;
}

const NAME = 'cdk-s3-dated-archiver-sandbox';
/** Where the demo writes to, so that there is a report to open. */
const DEMO_OUT = 'archiver-demo';

type Values = InputFlags & {
  readonly [
    name in 'app' | 'stack' | 'endpoint' | 'now' | 'json' | 'faults' | 'fill' | 'out' | 'completion'
  ]?: string;
} & {
  readonly [
    name in
      | 'allow-aws-endpoint'
      | 'run-other-functions'
      | 'demo'
      | 'list'
      | 'keep-serving'
      | 'help'
      | 'version'
  ]?: boolean;
} & { readonly [name in 'bucket' | 'bucket-policy' | 'organization']?: string[] };

/** What to run, or a text to print instead. */
export function readArguments(
  argv: string[],
  { command, directory, version }: Pick<Invocation, 'command' | 'directory' | 'version'>,
): Arguments | string {
  const values = asUsage(() => parseFlags(FLAGS, argv)) as Values;
  if (values.help) {
    return describeUsage(command);
  }
  if (values.version) {
    return version;
  }
  if (values.completion !== undefined) {
    return asUsage(() => renderCompletion(values.completion!, NAME, FLAGS));
  }
  if (values.app === undefined && !values.demo) {
    throw new UsageError(
      '--app is missing: give the directory of a cloud assembly (cdk.out), or --demo',
    );
  }
  if (values.demo && values.fill !== undefined) {
    throw new UsageError('--demo and --fill exclude each other: both fill the source bucket');
  }
  const out = values.out ?? (values.demo ? DEMO_OUT : undefined);
  const fill = values.fill === undefined ? undefined : toFolder(values.fill, directory);
  if (fill !== undefined && out !== undefined && isBelow(path.resolve(directory, out), fill)) {
    throw new UsageError(
      `--out ${out}: lies in --fill ${values.fill}, so that the next run would fill in what ` +
        'this one writes',
    );
  }
  return {
    app: values.app === undefined ? undefined : resolvePath(values.app, directory),
    stack: values.stack,
    endpoint: values.endpoint === undefined ? undefined : toEndpoint(values.endpoint),
    allowAwsEndpoint: values['allow-aws-endpoint'],
    runOtherFunctions: values['run-other-functions'],
    buckets: Object.fromEntries((values.bucket ?? []).map(toBucketName)),
    bucketPolicies:
      values['bucket-policy'] &&
      Object.fromEntries(values['bucket-policy'].map((pair) => toBucketPolicy(pair, directory))),
    organizations: Object.fromEntries((values.organization ?? []).map(toOrganization)),
    input: toRunInput(values),
    now: values.now === undefined ? undefined : toInstant(values.now),
    json: values.json === undefined ? undefined : toWritableFile(values.json, directory),
    ...(values.faults !== undefined && toFaults(values.faults, values.endpoint)),
    fill,
    out: out === undefined ? undefined : toOutFolder(out, directory),
    demo: values.demo ?? false,
    list: values.list ?? false,
    keepServing: values['keep-serving'] ?? false,
  };
}

function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function toFaults(
  text: string,
  endpoint: string | undefined,
): Pick<Arguments, 'faults' | 'onInvoke'> {
  const { faults, onInvoke } = asUsage(() => splitFunctionTimeouts(text));
  return { faults: faults === undefined ? undefined : toFaultPlan(faults, endpoint), onInvoke };
}

function toFaultPlan(text: string, endpoint: string | undefined): FaultPlan {
  const plan = asUsage(() => readFaultPlan(text));
  if (endpoint !== undefined && plan.rules.some(({ kind }) => kind === 'StaleAnswer')) {
    throw new UsageError(
      '--faults has StaleAnswer, which only the embedded S3 can do: leave out --endpoint',
    );
  }
  return plan;
}

function toFolder(given: string, directory: string): string {
  const folder = resolvePath(given, directory);
  if (!fs.existsSync(folder)) {
    throw new UsageError(
      `--fill ${given}: no such directory; give one whose files go into the source bucket`,
    );
  }
  if (!fs.statSync(folder).isDirectory()) {
    throw new UsageError(`--fill ${given}: is not a directory`);
  }
  return folder;
}

function isBelow(folder: string, parent: string): boolean {
  return !path.relative(parent, folder).startsWith('..');
}

/** It is created now: that nothing can be written there is said before the run. */
function toOutFolder(given: string, directory: string): string {
  const folder = path.resolve(directory, given);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `--out ${given}: cannot be a directory to write to: ${(error as Error).message}`,
    );
  }
  return folder;
}

/**
 * A path relative to the caller's directory; if nothing is there, relative to the process's own.
 */
function resolvePath(file: string, directory: string): string {
  const resolved = path.resolve(directory, file);
  return !fs.existsSync(resolved) && fs.existsSync(file) ? path.resolve(file) : resolved;
}

function toWritableFile(file: string, directory: string): string {
  const resolved = path.join(resolvePath(path.dirname(file), directory), path.basename(file));
  if (!fs.existsSync(path.dirname(resolved))) {
    throw new UsageError(
      `--json ${file}: no such directory as ${path.dirname(resolved)}; create it first`,
    );
  }
  if (fs.existsSync(resolved) && fs.statSync(resolved).isDirectory()) {
    throw new UsageError(`--json ${file}: is a directory; name a file in it`);
  }
  checkWritable(file, resolved);
  return resolved;
}

/** A run may take long: that its summary cannot be written is said before. */
function checkWritable(given: string, file: string): void {
  const isNew = !fs.existsSync(file);
  // A pipe would see its end.
  if (!isNew && !fs.statSync(file).isFile()) {
    return;
  }
  try {
    fs.closeSync(fs.openSync(file, 'a'));
    if (isNew) {
      fs.rmSync(file);
    }
  } catch (error) {
    throw new UsageError(`--json ${given}: cannot be written: ${(error as Error).message}`);
  }
}

function toEndpoint(endpoint: string): string {
  if (!/^https?:\/\/[^/]+\/?$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError(
      `--endpoint is '${endpoint}', but must be a URL without a path, as http://127.0.0.1:9000`,
    );
  }
  return endpoint;
}

function toBucketName(pair: string): [string, string] {
  const [, logicalId, name] =
    /^((?:[^=]+\/)?[A-Za-z0-9]+)=([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/.exec(pair) ?? [];
  if (!logicalId || !name) {
    throw new UsageError(
      `--bucket is '${pair}', but must be LOGICALID=NAME, or STACK/LOGICALID=NAME, with a name ` +
        'that S3 allows',
    );
  }
  return [logicalId, name];
}

function toOrganization(pair: string): [string, string] {
  const [, account, organization] = /^(\d{12})=(o-[a-z0-9]{10,32})$/.exec(pair) ?? [];
  if (!account || !organization) {
    throw new UsageError(
      `--organization is '${pair}', but must be ACCOUNT=ID, such as ` +
        '111122223333=o-exampleorgid',
    );
  }
  return [account, organization];
}

function toBucketPolicy(pair: string, directory: string): [string, object] {
  const [, name, file] = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])=(.+)$/.exec(pair) ?? [];
  if (!name || !file) {
    throw new UsageError(
      `--bucket-policy is '${pair}', but must be NAME=FILE: the name of a bucket, and a file ` +
        'with its policy',
    );
  }
  let policy: unknown;
  try {
    policy = JSON.parse(fs.readFileSync(resolvePath(file, directory), 'utf8'));
  } catch (error) {
    throw new UsageError(
      `--bucket-policy ${pair}: cannot be read as JSON: ${(error as Error).message}`,
    );
  }
  // Also the statements alone, as the archiver prints them.
  if (Array.isArray(policy)) {
    return [name, { Statement: policy }];
  }
  if (isObject(policy) && policy.Statement !== undefined) {
    return [name, policy];
  }
  throw new UsageError(
    `--bucket-policy ${pair}: has no Statement; give a bucket policy, or a list of statements`,
  );
}

function toInstant(text: string): string {
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ||
    Number.isNaN(Date.parse(text)) ||
    !isCalendarDay(text.slice(0, 10))
  ) {
    throw new UsageError(
      `--now is '${text}', but must be an instant with its offset, as 2026-11-24T16:00:00Z`,
    );
  }
  return text;
}
