import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { InvokeFunction, type InvokeFunctionProps } from './invoke-function';

export const PROGRESS_PATH = '$.BatchInput.progress';

export const PROGRESS_FIELDS = {
  cursor: true, finished: true, rounds: true, counts: true, bytes: true, skipped: true, problems: true, upload: true,
} as const;

export interface RoundsProps extends Pick<InvokeFunctionProps, 'function' | 'payload' | 'retry'> {
  readonly resultSelector: { [field: string]: string };
  /** The names of the states are unique in the whole definition. */
  readonly names: { readonly round: string; readonly unfinished: string; readonly finished: string };
}

/** Invokes the function until its progress, which is the output, is finished. The end is open: a caller may add what happens before it. */
export function createRounds(scope: Construct, { names, ...invoke }: RoundsProps) {
  const start = new InvokeFunction(scope, names.round, { ...invoke, resultPath: PROGRESS_PATH });
  // Not Succeed: the Amazon States Language allows OutputPath in a Succeed state, cfn-lint's schema does not.
  const finished = new sfn.Pass(scope, names.finished, { outputPath: PROGRESS_PATH });
  const unfinished = new sfn.Choice(scope, names.unfinished).when(sfn.Condition.booleanEquals(`${PROGRESS_PATH}.finished`, false), start);
  return { start, unfinished, finished };
}
