import { StateMachine, type StateMachineDefinition } from './library';
import type { Json, JsonObject } from '../common/json';

/**
 * Evaluates a payload template. The engine is the evaluator: it runs a Pass state with the template
 * as Parameters.
 */
export async function evaluateTemplate(
  template: Json,
  input: Json,
  context: JsonObject,
): Promise<Json> {
  const definition = {
    StartAt: 'Template',
    States: { Template: { Type: 'Pass', Parameters: template, End: true } },
  };
  const machine = new StateMachine(definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  try {
    return await machine.run(input, { context }).result;
  } catch (error) {
    throw (error as Error).cause ?? error;
  }
}

/** The number at `path`, else the literal one. */
export async function numberAt(
  literal: number | undefined,
  path: string | undefined,
  input: Json,
  context: JsonObject,
): Promise<number | undefined> {
  if (path === undefined) {
    return literal;
  }
  const value = await valueAt(path, input, context);
  return typeof value === 'number' ? value : Number(value);
}

export async function valueAt(path: string, input: Json, context: JsonObject): Promise<Json> {
  return (
    ((await evaluateTemplate({ 'value.$': path }, input, context)) as JsonObject).value ?? null
  );
}
