import type * as Library from 'aws-local-stepfunctions' with { 'resolution-mode': 'import' };

/** The package runs on Node.js 20 except for this function. */
interface WithResolvers {
  withResolvers?: <T>() => {
    promise: Promise<T>;
    resolve: (value: T) => void;
    reject: (reason: unknown) => void;
  };
}
const promise = Promise as unknown as WithResolvers;
promise.withResolvers ??= <T>() => {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  return {
    promise: new Promise<T>((yes, no) => {
      resolve = yes;
      reject = no;
    }),
    resolve,
    reject,
  };
};

// Its types claim that it is ESM only, but it ships a CommonJS build.
export const { StateMachine, ExecutionTimeoutError, ExecutionAbortedError } =
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require('aws-local-stepfunctions') as typeof Library;

export type StateMachineDefinition = Library.StateMachineDefinition;
type Run = ReturnType<InstanceType<typeof StateMachine>['run']>;
/** An event of the library's log. */
export type EngineEvent = Run['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;
