import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { InvokeFunction, type InvokeFunctionProps } from './invoke-function';
import { BATCH_UNFINISHED } from '../../contract/errors';

/** The path of the progress in the state of a child workflow. */
export const PROGRESS_PATH = '$.BatchInput.progress';

export interface RoundsProps extends Pick<InvokeFunctionProps, 'function' | 'payload' | 'retry'> {
  /** Selects the fields of the progress that the function returns. */
  readonly resultSelector: { [field: string]: string };
  /** The names of the states are unique in the whole definition. */
  readonly names: { readonly round: string; readonly unfinished: string; readonly finished: string };
}

/** The states of a child workflow that are not finished yet: a caller may add what happens before the end. */
export interface Rounds {
  readonly start: InvokeFunction;
  readonly unfinished: sfn.Choice;
  readonly finished: sfn.Pass;
}

/**
 * Creates the states of a child workflow: the function is invoked until its progress is finished, and the progress is the
 * output. What the child works on stays in the state unchanged. Only the progress changes.
 */
export function createRounds(scope: Construct, { names, ...invoke }: RoundsProps): Rounds {
  const start = new InvokeFunction(scope, names.round, { ...invoke, resultPath: PROGRESS_PATH });
  // A Pass state, not Succeed: the Amazon States Language allows OutputPath in a Succeed state, cfn-lint's schema does
  // not.
  const finished = new sfn.Pass(scope, names.finished, { outputPath: PROGRESS_PATH });
  const unfinished = new sfn.Choice(scope, names.unfinished).when(sfn.Condition.booleanEquals(`${PROGRESS_PATH}.finished`, false), start);
  return { start, unfinished, finished };
}

/**
 * Creates the one state of a child workflow whose function keeps its progress itself: while objects are left it throws
 * BATCH_UNFINISHED, and is invoked again. A state transition is the dearest part of a batch after its copies, and a batch that
 * needs one round, as nearly all do, then has one in place of three.
 */
export function createSingleState(scope: Construct, id: string, props: Omit<RoundsProps, 'names'>, maxRounds: number): InvokeFunction {
  return new InvokeFunction(scope, id, { ...props, unfinished: { errors: [BATCH_UNFINISHED], maxAttempts: maxRounds } });
}
