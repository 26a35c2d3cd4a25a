import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../errors';
import { isObject } from '../json';

export function describeUsage(command: string): string {
  return `${describeSynopsis(command)}
  --app DIR                 cloud assembly (cdk.out) of an app with an S3DatedArchiver
  --stack NAME              stack of the archiver, or its construct path (Stack/Nightly), if the app has several archivers
  --endpoint URL            any S3; default: the embedded one
  --allow-aws-endpoint      let the endpoint be S3 on AWS: a run then moves real objects with your credentials
  --run-other-functions     also run functions of the app that are not the archiver's, where a rule invokes them; no function,
                            of the archiver or not, can connect to anything but the sandbox
  --bucket LOGICALID=NAME   name of a bucket of the template, or of a parameter that holds one; may be repeated;
                            STACK/LOGICALID=NAME if several stacks have that logical id
  --input JSON              the execution's input; default: what the schedule sends, else {}
  --now ISO                 the instant of the schedule and of StartTime, such as 2026-11-24T16:00:00Z
  --json FILE               write the summary there
  --help, --version
exit status: 0 the run succeeded, 1 it failed, 2 wrong usage`;
}

export function describeSynopsis(command: string): string {
  return `usage: ${command} --app DIR [options]`;
}

export interface Arguments {
  readonly app: string;
  readonly stack?: string;
  readonly endpoint?: string;
  readonly allowAwsEndpoint?: boolean;
  readonly runOtherFunctions?: boolean;
  readonly buckets: Record<string, string>;
  readonly input?: object;
  readonly now?: string;
  readonly json?: string;
}

/** @param directory where relative paths start */
export function readArguments(argv: string[], directory: string): Arguments | 'help' | 'version' {
  const values = parse(argv);
  if (values.help) { return 'help'; }
  if (values.version) { return 'version'; }
  if (values.app === undefined) {
    throw new UsageError('--app is missing: give the directory of a cloud assembly (cdk.out)');
  }
  return {
    app: resolvePath(values.app, directory),
    stack: values.stack,
    endpoint: values.endpoint === undefined ? undefined : toEndpoint(values.endpoint),
    allowAwsEndpoint: values['allow-aws-endpoint'],
    runOtherFunctions: values['run-other-functions'],
    buckets: Object.fromEntries((values.bucket ?? []).map(toBucketName)),
    input: values.input === undefined ? undefined : toInput(values.input),
    now: values.now === undefined ? undefined : toInstant(values.now),
    json: values.json === undefined ? undefined : toWritableFile(values.json, directory),
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        'app': { type: 'string' },
        'stack': { type: 'string' },
        'endpoint': { type: 'string' },
        'allow-aws-endpoint': { type: 'boolean' },
        'run-other-functions': { type: 'boolean' },
        'bucket': { type: 'string', multiple: true },
        'input': { type: 'string' },
        'now': { type: 'string' },
        'json': { type: 'string' },
        'help': { type: 'boolean', short: 'h' },
        'version': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A path relative to the caller's directory; if nothing is there, relative to the process's own. */
function resolvePath(file: string, directory: string): string {
  const resolved = path.resolve(directory, file);
  return !fs.existsSync(resolved) && fs.existsSync(file) ? path.resolve(file) : resolved;
}

function toWritableFile(file: string, directory: string): string {
  const resolved = path.join(resolvePath(path.dirname(file), directory), path.basename(file));
  if (!fs.existsSync(path.dirname(resolved))) {
    throw new UsageError(`--json ${file}: no such directory as ${path.dirname(resolved)}`);
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
  if (!isNew && !fs.statSync(file).isFile()) { return; }
  try {
    fs.closeSync(fs.openSync(file, 'a'));
    if (isNew) { fs.rmSync(file); }
  } catch (error) {
    throw new UsageError(`--json ${given}: cannot be written: ${(error as Error).message}`);
  }
}

function toEndpoint(endpoint: string): string {
  if (!/^https?:\/\/[^/]+\/?$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError(`--endpoint is '${endpoint}', but must be a URL without a path, as http://127.0.0.1:9000`);
  }
  return endpoint;
}

function toBucketName(pair: string): [string, string] {
  const [, logicalId, name] = /^((?:[^=]+\/)?[A-Za-z0-9]+)=([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/.exec(pair) ?? [];
  if (!logicalId || !name) {
    throw new UsageError(`--bucket is '${pair}', but must be LOGICALID=NAME, or STACK/LOGICALID=NAME, with a name that S3 allows`);
  }
  return [logicalId, name];
}

function toInput(text: string): object {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--input is '${text}', which is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(input)) {
    throw new UsageError(`--input is '${text}', but must be a JSON object, as {"date":"2026-11-24"}`);
  }
  return input;
}

function toInstant(text: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text)) || !isCalendarDay(text.slice(0, 10))) {
    throw new UsageError(`--now is '${text}', but must be an instant with its offset, as 2026-11-24T16:00:00Z`);
  }
  return text;
}

/** `Date` takes 30 February for 2 March. */
function isCalendarDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
