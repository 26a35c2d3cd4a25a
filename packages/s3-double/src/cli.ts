import { parseArgs } from 'node:util';
import { FAULT_KINDS } from './faults/faults';
import { SERVED } from './http/routes';
import { type FaultPlan, type FaultRule, type S3Double, type S3DoubleOptions, startS3 } from './index';

/** In the package of its own, where it is another, the build writes it here. */
const COMMAND = process.env.SANDBOX_S3_COMMAND ?? 'npm run --silent sandbox:s3 --';

const USAGE = `usage: ${COMMAND} [--port N] [--latency MS] [--writes-per-second N] [--faults JSON]
  --port N        port on 127.0.0.1; any free one if left out
  --latency MS    what every request takes longer
  --writes-per-second N
                  SlowDown for writes beyond it, prefix by prefix
  --faults JSON   a fault plan: {"seed":1,"rules":[{"kind":"SlowDown","probability":0.05}]}`;

function readOptions(args: string[]): S3DoubleOptions {
  const { values } = parseArgs({
    args,
    options: {
      'port': { type: 'string' }, 'latency': { type: 'string' }, 'writes-per-second': { type: 'string' }, 'faults': { type: 'string' },
    },
  });
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

/** A rule that is wrong would never apply, or always. */
function checkRule(rule: Partial<FaultRule> | null): void {
  demandName('kind', rule?.kind, FAULT_KINDS);
  for (const operation of [rule?.operations ?? []].flat()) { demandName('operation', operation, SERVED); }
  if (typeof rule?.probability !== 'number' || rule.probability < 0 || rule.probability > 1) {
    throw new Error(`--faults has the probability '${rule?.probability}', but must have a number from 0 to 1`);
  }
}

function demandName(what: string, name: unknown, names: readonly string[]): void {
  if (!names.includes(name as string)) {
    throw new Error(`--faults has the ${what} '${name}', but must have one of ${names.join(', ')}`);
  }
}

async function start(args: string[]): Promise<S3Double> {
  let options: S3DoubleOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
  try {
    return await startS3(options);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new Error(`--port is '${options.port}', ${taken ? 'which is in use' : `which cannot be had: ${(error as Error).message}`}`);
  }
}

async function main(): Promise<void> {
  let double: S3Double;
  try {
    double = await start(process.argv.slice(2));
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

void main();
