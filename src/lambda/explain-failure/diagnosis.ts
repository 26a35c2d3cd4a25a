/** From what is known about a failed run to what is wrong and what to do: pure functions. */
import type { FailedChild, FailureFacts } from './failure-facts';
import type { Layer } from '../../contract/alert-details';
import { ErrorName } from '../../contract/errors';
import { type Cause, toCause } from '../alerts/cause';
import { redriveExecutionCommand, sameRunInput, startExecutionCommand } from '../alerts/cli-commands';
import { getLayer } from '../alerts/layers';
import { parseRunInput } from '../runtime/run-input';

export interface Diagnosis {
  readonly layer: Layer;
  /** The deepest cause that is known. */
  readonly cause: Cause;
  /** A reason code, else the name of the error. */
  readonly code: string;
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
  const layer = getLayer(cause);
  const redrive = isWorthARedrive(facts, cause);
  const command = redrive ? redriveExecutionCommand(facts.change.executionArn) : startAgainCommand(facts);
  return { layer, cause, code: codeOf(cause), child, advice: adviceFor(layer, cause, facts.history?.state), redrive, command };
}

/** A batch that fails for the set-up begins its message with the reason of all its objects. */
function codeOf({ error, text }: Cause): string {
  const [, reason] = /^([A-Z_]+): /.exec(text) ?? [];
  return error === ErrorName.SYSTEMIC_FAILURE && reason ? reason : error;
}

/** A stop or a time-out is the cause itself, whatever failed before it; else a failed child knows more than the threshold it exceeded. */
function mostCommonChild({ change, description, history, mapRun }: FailureFacts): FailedChild | undefined {
  const error = change.error ?? history?.error ?? description?.error;
  const mayBeChild = error === undefined || error === 'States.ExceedToleratedFailureThreshold';
  if (change.status !== 'FAILED' || !mayBeChild || !mapRun) { return undefined; }
  const times = (child: FailedChild) => mapRun.failedChildren.filter((other) => other.error === child.error).length;
  return [...mapRun.failedChildren].sort((a, b) => times(b) - times(a))[0];
}

function ownCause({ change, description, history }: FailureFacts): Cause {
  if (change.status === 'TIMED_OUT') {
    return { error: 'States.Timeout', text: change.cause || 'the run took longer than its timeout' };
  }
  if (change.status === 'ABORTED') {
    const given = [change.error ?? description?.error, change.cause ?? description?.cause].filter(Boolean).join(': ');
    return { error: 'ABORTED', text: given || 'somebody stopped the run' };
  }
  return toCause(history?.error ?? description?.error ?? change.error, history?.cause ?? description?.cause ?? change.cause);
}

function adviceFor(layer: Layer, { error, text }: Cause, state?: string): string {
  switch (layer) {
    case 'KMS':
      if (/is disabled/i.test(text)) { return 'enable the KMS key that the cause names (aws kms enable-key), then'; }
      if (/pending deletion/i.test(text)) {
        return 'cancel the deletion of the KMS key that the cause names (aws kms cancel-key-deletion) and enable it, then';
      }
      return 'check that the KMS key is enabled and that its policy allows the role that the cause names, then';
    case 'IAM': return 'allow what was denied (role, bucket policy, or a service control policy above both), then';
    case 'S3':
      if (/NoSuchBucket|NO_SUCH_BUCKET/.test(`${error} ${text}`)) {
        return 'a bucket is missing: restore it or deploy with the right one, then';
      }
      if (/Slow ?Down|SLOW_DOWN/i.test(text)) {
        return 'S3 was asked for more than it gives: lower maxObjectsPerSecond if this comes back, then';
      }
      return 'S3\'s own errors mostly pass: if this one has a cause on your side, mend it, then';
    case 'Lambda':
      if (/timed ?out/i.test(`${error} ${text}`)) {
        return 'a function ran out of time: raise batchTimeout or memorySize if this comes back, then';
      }
      if (/memory|signal: killed|ExitError/i.test(`${error} ${text}`)) {
        return 'a function ran out of memory or crashed: raise memorySize if this comes back, then';
      }
      if (/TooManyRequests/.test(error)) {
        return 'the account\'s Lambda concurrency is used up: lower maxConcurrency if this comes back, then';
      }
      return 'look into the function\'s log at the time of the failure, then';
    case 'Step Functions':
      if (error === 'ABORTED') { return 'if the run should go on after all,'; }
      if (error === 'States.Timeout') { return 'raise timeout (or maxConcurrency) if this comes back, then'; }
      if (error === 'States.DataLimitExceeded' && state === 'PlanRun') {
        return 'the run\'s input is too long for Step Functions: give only what a run takes, and';
      }
      if (error === 'States.DataLimitExceeded') {
        return 'a state\'s data outgrew 256 KiB: lower batchSize and deploy, then';
      }
      if (DEFINITION_ERRORS.includes(error)) {
        return 'the state machine\'s definition met data that it was not made for: deploy a mended version, then';
      }
      return 'mend what the cause names, then';
    case 'SNS': return 'see that the topic exists and takes the message, then';
    case 'EventBridge Scheduler': return 'the scheduler itself failed, which mostly passes;';
    case 'input': return 'correct the input as the cause says, then';
    case 'ledger': return 'keep this run\'s ledger for the question why, then';
  }
}

/** A redrive has the definition that the run began with: "Redriving state machine executions". */
const DEFINITION_ERRORS = [
  'States.Runtime', 'States.ParameterPathFailure', 'States.ResultPathMatchFailure', 'States.IntrinsicFailure', 'States.NoChoiceMatched',
];

/** Errors after which a redrive would only fail again, because it repeats the same input, definition and answers, or does not add up. */
const NOT_WORTH_A_REDRIVE = new Set<string>([
  ErrorName.INVALID_RUN_INPUT,
  // The Fail state is entered again, and fails again ("Redriving state machine executions").
  ErrorName.TOLERANCE_EXCEEDED,
  // ReportRun would read the same ledger.
  ErrorName.LEDGER_UNBALANCED,
  // The Map Run begins anew, and lists what is left ("Redriving Map Runs"): the ledger has the objects that it does not list any more.
  'States.ItemReaderFailed',
  'States.ResultWriterFailed',
  'States.DataLimitExceeded',
  ...DEFINITION_ERRORS,
]);

/**
 * A redrive goes on where the run ended, with the same dates.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
function isWorthARedrive({ description }: FailureFacts, cause: Cause): boolean {
  return description?.redriveStatus !== 'NOT_REDRIVABLE' && !NOT_WORTH_A_REDRIVE.has(cause.error);
}

/** A new run for the same days. */
function startAgainCommand(facts: FailureFacts): string {
  const { run } = facts.history ?? {};
  return startExecutionCommand(facts.change.stateMachineArn, run ? sameRunInput(run, run.dryRun) : originalInput(facts));
}

/** The run's own input, bound to the instant at which it started, so that "yesterday" stays the same day. */
function originalInput({ change, description }: FailureFacts): object {
  const input = parseObject(change.input ?? description?.input);
  if (!isRunInput(input)) {
    // To repeat it would be refused; the right one is not ours to guess.
    return { date: 'YYYY-MM-DD', ...(input.dryRun ? { dryRun: true } : {}) };
  }
  const days = ['date', 'from', 'to'].some((name) => name in input);
  const start = change.startDate ?? description?.startDate?.getTime();
  return days || input.scheduledTime || !start ? input : { ...input, scheduledTime: new Date(start).toISOString() };
}

function isRunInput(input: unknown): boolean {
  try {
    parseRunInput(input);
    return true;
  } catch {
    return false;
  }
}

function parseObject(json: string | null | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
