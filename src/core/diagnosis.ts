/** From what is known about a failed run to what is wrong and what to do: pure functions. */
import { Cause, toCause } from './cause';
import { FailedChild, FailureFacts } from './failure-facts';
import { redriveExecutionCommand, sameRunInput, startExecutionCommand } from './next-command';
import { ErrorName } from '../contract/errors';

/** Where the cause lies. `ledger`: the archiver's own bookkeeping. */
export type Layer = 'S3' | 'KMS' | 'IAM' | 'Lambda' | 'Step Functions' | 'input' | 'ledger';

export interface Diagnosis {
  readonly layer: Layer;
  /** The deepest cause that is known. */
  readonly cause: Cause;
  /** The child workflow that it comes from. */
  readonly child?: FailedChild;
  /** What to mend before the command is of any use. */
  readonly advice: string;
  readonly redrive: boolean;
  readonly command: string;
}

export function diagnose(facts: FailureFacts): Diagnosis {
  const child = mostCommonChild(facts);
  const cause = child ? toCause(child.error, child.cause) : ownCause(facts);
  const layer = layerOf(cause);
  const redrive = isWorthARedrive(facts, cause);
  const command = redrive ? redriveExecutionCommand(facts.change.executionArn) : startAgainCommand(facts, cause);
  return { layer, cause, child, advice: adviceFor(layer, cause), redrive, command };
}

/** A stop or a time-out is the cause itself, whatever failed before it; else a failed child knows more than the threshold it exceeded. */
function mostCommonChild({ change, description, history, mapRun }: FailureFacts): FailedChild | undefined {
  const error = change.error ?? history?.error ?? description?.error;
  const mayBeChild = error === undefined || error === 'States.ExceedToleratedFailureThreshold';
  if (change.status !== 'FAILED' || !mayBeChild || !mapRun) return undefined;
  const times = (child: FailedChild) => mapRun.failedChildren.filter((other) => other.error === child.error).length;
  return [...mapRun.failedChildren].sort((a, b) => times(b) - times(a))[0];
}

function ownCause({ change, description, history }: FailureFacts): Cause {
  if (change.status === 'TIMED_OUT') return { error: 'States.Timeout', text: change.cause || 'the run took longer than its timeout' };
  if (change.status === 'ABORTED') {
    const given = [change.error ?? description?.error, change.cause ?? description?.cause].filter(Boolean).join(': ');
    return { error: 'ABORTED', text: given || 'somebody stopped the run' };
  }
  return toCause(history?.error ?? description?.error ?? change.error, history?.cause ?? description?.cause ?? change.cause);
}

const OWN_ERRORS: Record<string, Layer> = {
  [ErrorName.INVALID_RUN_INPUT]: 'input',
  [ErrorName.LEDGER_UNBALANCED]: 'ledger',
  [ErrorName.TOLERANCE_EXCEEDED]: 'S3',
};

/** The first that matches. KMS before IAM, since KMS, too, "denies access"; the services before Lambda, through which their errors come. */
const LAYERS: [Layer, RegExp][] = [
  ['KMS', /\bkms\b|KMS_DENIED|\bKMS[A-Z]\w*Exception/i],
  ['IAM', /access[ _]?denied|not authorized|forbidden|explicit deny|AuthorizationError|could not be assumed/i],
  ['S3', /NoSuchBucket|NO_SUCH_BUCKET|SlowDown|SLOW_DOWN|SERVER_ERROR|\bS3\b|bucket|ItemReaderFailed|ResultWriterFailed/],
  ['Lambda', /^(Lambda|Sandbox|Runtime|Function|Extension)\.|Task timed out|Runtime exited|OutOfMemory|signal: killed|ClientExecutionTimeout/],
  ['Step Functions', /^(States\.|ABORTED\b)/],
];

export function layerOf({ error, text }: Cause): Layer {
  const own = OWN_ERRORS[error];
  if (own) return own;
  const evidence = `${error}: ${text}`;
  // A name that is left over is one of an exception that a handler let pass.
  return LAYERS.find(([, pattern]) => pattern.test(evidence))?.[0] ?? 'Lambda';
}

function adviceFor(layer: Layer, { error, text }: Cause): string {
  switch (layer) {
    case 'KMS': return 'check that the KMS key is enabled and that its policy allows the role that the cause names, then';
    case 'IAM': return 'allow what was denied (role, bucket policy, or a service control policy above both), then';
    case 'S3':
      if (/NoSuchBucket|NO_SUCH_BUCKET/.test(`${error} ${text}`)) return 'a bucket is missing: restore it or deploy with the right one, then';
      if (/Slow ?Down|SLOW_DOWN/i.test(text)) return 'S3 was asked for more than it gives: lower maxObjectsPerSecond if this comes back, then';
      return 'S3\'s own errors mostly pass: if this one has a cause on your side, mend it, then';
    case 'Lambda':
      if (/timed ?out/i.test(`${error} ${text}`)) return 'a function ran out of time: raise batchTimeout or memorySize if this comes back, then';
      if (/memory|signal: killed|ExitError/i.test(`${error} ${text}`)) return 'a function ran out of memory or crashed: raise memorySize if this comes back, then';
      if (/TooManyRequests/.test(error)) return 'the account\'s Lambda concurrency is used up: lower maxConcurrency if this comes back, then';
      return 'look into the function\'s log at the time of the failure, then';
    case 'Step Functions':
      if (error === 'ABORTED') return 'if the run should go on after all,';
      if (error === 'States.Timeout') return 'raise timeout (or maxConcurrency) if this comes back, then';
      if (error === 'States.DataLimitExceeded') return 'a state\'s data outgrew 256 KiB: lower batchSize and deploy, then';
      if (error === 'States.Runtime') return 'the definition met data that it was not made for: deploy a mended version, then';
      return 'mend what the cause names, then';
    case 'input': return 'correct the input as the cause says, then';
    case 'ledger': return 'keep this run\'s ledger for the question why, then';
  }
}

/** Errors after which a redrive would only fail again, because it repeats the same input, definition and answers. */
const NOT_WORTH_A_REDRIVE = new Set<string>([
  ErrorName.INVALID_RUN_INPUT,
  // The Fail state is entered again, and fails again ("Redriving state machine executions").
  ErrorName.TOLERANCE_EXCEEDED,
  // ReportRun would read the same ledger.
  ErrorName.LEDGER_UNBALANCED,
  'States.DataLimitExceeded',
  'States.Runtime',
]);

/**
 * A redrive goes on where the run ended, with the same dates.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
function isWorthARedrive({ description }: FailureFacts, cause: Cause): boolean {
  return description?.redriveStatus !== 'NOT_REDRIVABLE' && !NOT_WORTH_A_REDRIVE.has(cause.error);
}

/** A new run for the same days. */
function startAgainCommand(facts: FailureFacts, cause: Cause): string {
  const { run } = facts.history ?? {};
  return startExecutionCommand(facts.change.stateMachineArn, run ? sameRunInput(run, run.dryRun) : originalInput(facts, cause));
}

/** The run's own input, bound to the instant at which it started, so that "yesterday" stays the same day. */
function originalInput({ change, description }: FailureFacts, { error }: Cause): object {
  const input = parseObject(change.input ?? description?.input);
  const days = ['date', 'from', 'to'].some((name) => name in input);
  if (error === ErrorName.INVALID_RUN_INPUT && Object.keys(input).some((name) => name !== 'scheduledTime')) {
    // To repeat a refused input would be refused again; the right one is not ours to guess.
    return { date: 'YYYY-MM-DD', ...(input.dryRun ? { dryRun: true } : {}) };
  }
  const start = change.startDate ?? description?.startDate?.getTime();
  return days || input.scheduledTime || !start ? input : { ...input, scheduledTime: new Date(start).toISOString() };
}

function parseObject(json: string | null | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
