/**
 * What Step Functions refuses when it creates a state machine, and the validator of the Amazon
 * States Language does not know: "Using Map state in Distributed mode", state-map-distributed, and
 * "Handling errors in Step Functions workflows", concepts-error-handling.
 */
import {
  allStates,
  type Definition,
  isDistributedMap,
  type State,
} from 'cdk-s3-dated-archiver-engine';
import { isObject } from '../common/json';

const MAX_NAME = 80;
const MAX_LABEL = 40;
const MAX_INTEGER = 99_999_999;
/** Exclusive. */
const MAX_DELAY = 31_622_400;
/** White space, wildcards, brackets, and special and control characters. */
// eslint-disable-next-line no-control-regex
const NOT_IN_LABEL = /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/;

/** Describes what is wrong with a definition. */
export function* checkDefinitionLimits(definition: Definition, type?: unknown): Generator<string> {
  if (type === 'EXPRESS') {
    yield 'StateMachineType is EXPRESS, which has no Distributed Map';
  }
  const labels: string[] = [];
  for (const { name, state } of allStates(definition)) {
    const where = `state ${name}`;
    if (name.length > MAX_NAME) {
      yield `${where} has a name of more than ${MAX_NAME} characters`;
    }
    for (const field of ['TimeoutSeconds', 'HeartbeatSeconds']) {
      const seconds = state[field];
      if (seconds !== undefined && !isInteger(seconds, 1, MAX_INTEGER)) {
        yield `${where}: ${field} ${text(seconds)} must be a whole number from 1 to ${MAX_INTEGER}`;
      }
    }
    yield* checkRetriers(state, where);
    if (!isDistributedMap(state)) {
      continue;
    }
    if (state.ItemProcessor.ProcessorConfig?.ExecutionType === 'EXPRESS') {
      yield `${where} has EXPRESS children, which AWS runs and the sandbox does not`;
    }
    if (state.Label === undefined) {
      continue;
    }
    if (state.Label.length > MAX_LABEL || NOT_IN_LABEL.test(state.Label)) {
      yield (
        `${where}: Label ${text(state.Label)} must have at most ${MAX_LABEL} characters, and no ` +
        'white space, wildcards, brackets, special or control characters'
      );
    }
    if (labels.includes(state.Label)) {
      yield `${where}: Label ${text(state.Label)} is that of another map`;
    }
    labels.push(state.Label);
  }
}

function* checkRetriers(state: State, where: string): Generator<string> {
  const retriers: unknown[] = Array.isArray(state.Retry) ? state.Retry : [];
  for (const [index, retrier] of retriers.entries()) {
    if (!isObject(retrier)) {
      continue;
    }
    const must = (field: string, isAllowed: (value: unknown) => boolean, allowed: string) =>
      retrier[field] === undefined || isAllowed(retrier[field])
        ? []
        : [`${where}: ${field} ${text(retrier[field])} of Retry must be ${allowed}`];
    yield* must(
      'IntervalSeconds',
      (value) => isInteger(value, 1, MAX_INTEGER),
      `a whole number from 1 to ${MAX_INTEGER}`,
    );
    yield* must(
      'MaxAttempts',
      (value) => isInteger(value, 0, MAX_INTEGER),
      `a whole number from 0 to ${MAX_INTEGER}`,
    );
    yield* must(
      'MaxDelaySeconds',
      (value) => isInteger(value, 1, MAX_DELAY - 1),
      `a whole number from 1 to ${MAX_DELAY - 1}`,
    );
    yield* must(
      'BackoffRate',
      (value) => typeof value === 'number' && value >= 1,
      'a number of at least 1',
    );
    yield* must('JitterStrategy', (value) => value === 'FULL' || value === 'NONE', 'FULL or NONE');
    const errors: unknown[] = Array.isArray(retrier.ErrorEquals) ? retrier.ErrorEquals : [];
    if (errors.length === 0) {
      yield `${where}: ErrorEquals of Retry is empty`;
    }
    if (errors.includes('States.ALL') && (errors.length > 1 || index < retriers.length - 1)) {
      yield `${where}: States.ALL must be alone in ErrorEquals, in the last retrier`;
    }
  }
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
