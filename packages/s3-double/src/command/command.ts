import { renderCompletion } from './completion';
import { describeFaultKinds } from './describe-fault-kinds';
import { COMMON_FLAGS, describeFlags, type Flag, parseFlags } from './flags';
import { readFaultPlan } from './read-fault-plan';
import { type S3Double, type S3DoubleOptions, startS3 } from '../server/start';

export interface S3Invocation {
  /**
   * What the usage text calls the command: it differs between a clone of the repository and the
   * published package.
   */
  readonly command: string;
  readonly version: string;
}

const NAME = 'cdk-s3-dated-archiver-s3';

const FLAGS: readonly Flag[] = [
  { name: 'port', value: 'N', help: 'port on 127.0.0.1; default: any free one' },
  { name: 'latency', value: 'MS', help: 'milliseconds that every request takes longer' },
  {
    name: 'writes-per-second',
    value: 'N',
    help: 'answer SlowDown to writes beyond this rate, separately for each prefix',
  },
  {
    name: 'faults',
    value: 'SPEC',
    help:
      'make requests fail: KIND=PROBABILITY, or KIND:OPERATION=PROBABILITY, separated by commas, ' +
      'and seed=N; or JSON',
  },
  ...COMMON_FLAGS,
];

function describeSynopsis(command: string): string {
  return `usage: ${command} [--port N] [options]`;
}

function describeUsage(command: string): string {
  return `${describeSynopsis(command)}

Starts an S3 with its objects in memory, prints its endpoint, and serves until
it is stopped.

${describeFlags(FLAGS)}

${describeFaultKinds()}

Exit status: 0 it was stopped, 2 wrong usage`;
}

/** What to start, or a text to print instead. */
function readArguments(
  args: string[],
  { command, version }: S3Invocation,
): S3DoubleOptions | string {
  const values = parseFlags(FLAGS, args) as Record<string, string | undefined>;
  if (values.help) {
    return describeUsage(command);
  }
  if (values.version) {
    return version;
  }
  if (values.completion) {
    return renderCompletion(values.completion, NAME, FLAGS);
  }
  const writesPerSecond = toWholeNumber(
    '--writes-per-second',
    values['writes-per-second'],
    1_000_000,
  );
  return {
    port: toWholeNumber('--port', values.port, 65535),
    latencyMs: toWholeNumber('--latency', values.latency, 600_000),
    throttling: writesPerSecond === undefined ? undefined : { writesPerSecond },
    faults: values.faults === undefined ? undefined : readFaultPlan(values.faults),
  };
}

function toWholeNumber(flag: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^\d+$/.test(text) || Number(text) > max) {
    throw new Error(`${flag} is '${text}', but must be a whole number up to ${max}`);
  }
  return Number(text);
}

async function start(options: S3DoubleOptions): Promise<S3Double> {
  try {
    return await startS3(options);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new Error(
      `--port is '${options.port}', ` +
        `${taken ? 'which is in use' : `which cannot be used: ${(error as Error).message}`}`,
    );
  }
}

/** Starts the double and serves until it is told to stop. */
export async function runS3Command(args: string[], invocation: S3Invocation): Promise<void> {
  let double: S3Double;
  try {
    const options = parse(args, invocation);
    if (typeof options === 'string') {
      console.log(options);
      return;
    }
    double = await start(options);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
    return;
  }
  console.log(double.endpoint);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void double.close());
  }
}

function parse(args: string[], invocation: S3Invocation): ReturnType<typeof readArguments> {
  try {
    return readArguments(args, invocation);
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\n${describeSynopsis(invocation.command)}; --help explains them`,
    );
  }
}
