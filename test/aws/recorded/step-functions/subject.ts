import type { Json } from '../../../../packages/engine/src/common/json';
import type { Fleet } from '../../../../packages/engine/src/lambda/fleet';
import type { FunctionError } from '../../../../packages/engine/src/lambda/instance';
import {
  STEP_FUNCTIONS_ACTIONS,
  type StepFunctionsBackend,
} from '../../../../packages/engine/src/step-functions/api';
import type { Records } from '../../../../packages/engine/src/step-functions/records';
import { serviceCalls } from '../../../../packages/engine/src/step-functions/service-integrations';
import {
  Bench,
  type BenchOptions,
  type Outcome,
  type Services,
} from '../../../../packages/engine/test/step-functions/machine';
import type { Permissions } from '../../../../packages/sandbox/src/iam/permissions';
import { Topics } from '../../../../packages/sandbox/src/sns/topics';
import type { EventBus } from '../../../../packages/sandbox/src/step-functions/event-bus';
import type { Replay } from '../replay';

/** What a function of a recorded test does. */
export type FunctionOf = (
  payload: Json,
) => { payload: string } | { error: FunctionError } | Promise<never>;

export interface RunOptions extends BenchOptions {
  readonly functions?: { readonly [name: string]: FunctionOf };
}

/** The sandbox's engine of state machines, with functions that the test gives, and an S3 double. */
export interface StepFunctionsSubject {
  readonly bench: Bench;
  run(definition: object, options?: RunOptions): Promise<Outcome>;
  /** Runs a definition, and returns its history as GetExecutionHistory does. */
  history(definition: object, options?: RunOptions): Promise<{ events: unknown }>;
}

export type StepFunctionsReplay = Replay<StepFunctionsSubject>;

export async function openStepFunctions(): Promise<
  StepFunctionsSubject & { close(): Promise<void> }
> {
  const bench = await Bench.open();
  const run = (definition: object, { functions = {}, ...options }: RunOptions = {}) =>
    bench.run(definition, callServices(functions), options);
  return {
    bench,
    run,
    history: async (definition, options) => ({
      events: (await run(definition, options)).record.history.events,
    }),
    close: () => bench.close(),
  };
}

/** The sandbox's own integrations with Lambda and SNS, without processes, topics and policies. */
function callServices(functions: RunOptions['functions'] = {}): Services {
  const find = (nameOrArn: string) => functions[nameOrArn.split(':').pop()!];
  const fleet = {
    host: (name: string) => find(name) && { spec: { arn: name }, name },
    invoke: async ({ name }: { name: string }, payload: string) =>
      find(name)!(JSON.parse(payload) as Json),
  };
  const allowed = { demandInvoke: () => undefined, demandPublish: () => undefined };
  const call = serviceCalls({
    fleet: fleet as unknown as Fleet,
    permissions: allowed as unknown as Permissions,
    topics: new Topics(),
    events: undefined as unknown as EventBus,
    accessKeyId: 'Machine',
  });
  return new Proxy(
    {},
    { get: (_, resource: string) => (input: Json) => call({ resource, input, caller: [] }) },
  );
}

/**
 * Where one side has the text of a JSON value and the other side the value, both become the value.
 */
export function parseTexts(value: unknown): unknown {
  if (typeof value === 'string' && /^["[{]/.test(value)) {
    try {
      return parseTexts(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) {
    return value.map(parseTexts);
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([field, each]) => [field, parseTexts(each)]),
  );
}

/** Returns a response, or the error of the sandbox's API in the form of the recordings. */
export async function readValue(response: Promise<any>): Promise<{ seen: unknown; output: any }> {
  try {
    const output = await response;
    // Nothing here goes over HTTP, and the recordings have only responses that succeeded.
    return { output, seen: Array.isArray(output) ? output : { ...output, HTTPStatusCode: 200 } };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === undefined) {
      throw error;
    }
    return { output: undefined, seen: { Error: { Code: code, Message: message } } };
  }
}

/** Calls an action of the Step Functions API that only reads. */
export async function callApi(
  records: Records,
  action: string,
  request: Record<string, unknown>,
): Promise<any> {
  const backend: Partial<StepFunctionsBackend> = { records, clock: () => new Date() };
  return STEP_FUNCTIONS_ACTIONS[action]!(request, backend as StepFunctionsBackend);
}
