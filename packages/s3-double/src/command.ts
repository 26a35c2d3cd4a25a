import { parseArgs } from 'node:util';
import { FAULT_KINDS, type FaultPlan, type FaultRule } from './faults/faults';
import { SERVED } from './http/routes';
import { type S3Double, type S3DoubleOptions, startS3 } from './start';

export interface S3Invocation {
  /** What the usage text calls the command: it differs between a clone of the repository and the published package. */
  readonly command: string;
  readonly version: string;
}

function describeSynopsis(command: string): string {
  return `usage: ${command} [--port N] [--latency MS] [--writes-per-second N] [--faults JSON]`;
}

function describeUsage(command: string): string {
  return `${describeSynopsis(command)}
  --port N        port on 127.0.0.1; default: any free one
  --latency MS    milliseconds that every request takes longer
  --writes-per-second N
                  answer SlowDown to writes beyond this rate, separately for each prefix
  --faults JSON   a fault plan: {"seed":1,"rules":[{"kind":"SlowDown","probability":0.05}]}
  --help, --version
exit status: 0 it was stopped, 2 wrong usage`;
}

function readOptions(args: string[]): S3DoubleOptions | 'help' | 'version' {
  const { values } = parseArgs({
    args,
    options: {
      'port': { type: 'string' },
      'latency': { type: 'string' },
      'writes-per-second': { type: 'string' },
      'faults': { type: 'string' },
      'help': { type: 'boolean', short: 'h' },
      'version': { type: 'boolean' },
    },
  });
  if (values.help) { return 'help'; }
  if (values.version) { return 'version'; }
  const writesPerSecond = wholeNumber('--writes-per-second', values['writes-per-second'], 1_000_000);
  return {
    port: wholeNumber('--port', values.port, 65535),
    latencyMs: wholeNumber('--latency', values.latency, 600_000),
    throttling: writesPerSecond === undefined ? undefined : { writesPerSecond },
    faults: values.faults === undefined ? undefined : readPlan(values.faults),
  };
}

function wholeNumber(flag: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^\d+$/.test(text) || Number(text) > max) {
    throw new Error(`${flag} is '${text}', but must be a whole number up to ${max}`);
  }
  return Number(text);
}

function readPlan(json: string): FaultPlan {
  let plan: Partial<FaultPlan>;
  try {
    plan = JSON.parse(json) as Partial<FaultPlan>;
  } catch {
    throw new Error(`--faults is '${json}', which is not JSON`);
  }
  if (typeof plan.seed !== 'number' || !Array.isArray(plan.rules)) {
    throw new Error(`--faults is '${json}', but must have a number 'seed' and a list 'rules'`);
  }
  plan.rules.forEach(checkRule);
  return plan as FaultPlan;
}

/** Rejects rules that would never apply, or always. */
function checkRule(rule: Partial<FaultRule> | null): void {
  demandName('kind', rule?.kind, FAULT_KINDS);
  for (const operation of [rule?.operations ?? []].flat()) { demandName('operation', operation, SERVED); }
  if (typeof rule?.probability !== 'number' || rule.probability < 0 || rule.probability > 1) {
    throw new Error(`--faults has the probability '${rule?.probability}', but must have a number from 0 to 1`);
  }
  if (rule.executed !== undefined && typeof rule.executed !== 'boolean') {
    throw new Error(`--faults has 'executed' ${JSON.stringify(rule.executed)}, but must have true or false`);
  }
}

function demandName(what: string, name: unknown, names: readonly string[]): void {
  if (!names.includes(name as string)) {
    throw new Error(`--faults has the ${what} '${name}', but must have one of ${names.join(', ')}`);
  }
}

async function start(options: S3DoubleOptions): Promise<S3Double> {
  try {
    return await startS3(options);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new Error(`--port is '${options.port}', ${taken ? 'which is in use' : `which cannot be used: ${(error as Error).message}`}`);
  }
}

/** Starts the double and serves until it is told to stop. */
export async function runS3Command(args: string[], { command, version }: S3Invocation): Promise<void> {
  let double: S3Double;
  try {
    const options = parse(args, command);
    if (options === 'help' || options === 'version') {
      console.log(options === 'help' ? describeUsage(command) : version);
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

function parse(args: string[], command: string): ReturnType<typeof readOptions> {
  try {
    return readOptions(args);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${describeSynopsis(command)}; --help explains them`);
  }
}
