import * as v from 'valibot';
import type { FailedChild, FailureFacts } from './failure-facts';
import { DEFAULT_ACTION, isMoving, type Task } from '../../contract/actions';
import type { Layer } from '../../contract/alert-details';
import { ErrorName } from '../../contract/errors';
import { Action } from '../../contract/payloads/run';
import { redriveExecutionCommand, sameInput, startExecutionCommand } from '../alerts/cli-commands';
import { type Cause, getLayer, getReasonCode, toCause } from '../alerts/layers';
import { parseRunInput } from '../runtime/run-input';
import { parseJsonObject } from '../text/json';

export interface Diagnosis {
  readonly layer: Layer;
  /** The deepest cause that is known. */
  readonly cause: Cause;
  /** The child workflow from which the cause comes. Unset: it comes from the run itself. */
  readonly child?: FailedChild;
  /** A reason code, or else the name of an error. */
  readonly code: string;
  /** Sentences that follow "Next: ", and say what to do before running the command. */
  readonly advice: string;
  /** Whether the command redrives the run instead of starting a new one. */
  readonly redrive: boolean;
  readonly command: string;
}

export function diagnose(facts: FailureFacts): Diagnosis {
  const child = findMostCommonChild(facts);
  const cause = child ? toCause(child.error, child.cause) : getOwnCause(facts);
  const layer = getLayer(cause);
  // It continues where the run stopped:
  // https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
  const redrive =
    facts.description?.redriveStatus !== 'NOT_REDRIVABLE' && !REDRIVE_FAILS_AGAIN.has(cause.error);
  const { executionArn, stateMachineArn } = facts.change;
  const run = facts.history?.run;
  const command = redrive
    ? redriveExecutionCommand(executionArn)
    : startExecutionCommand(stateMachineArn, run ? sameInput(run) : getOriginalInput(facts));
  return {
    layer,
    cause,
    child,
    code: getReasonCode(cause) ?? cause.error,
    advice:
      getAdviceOfState(facts, cause) ??
      ADVICE[layer].find(([when]) => when.test(`${cause.error}: ${cause.text}`))![1],
    redrive,
    command,
  };
}

/**
 * If the run was stopped or timed out, that is the cause. Otherwise a failed child knows more than
 * that the threshold was exceeded.
 */
function findMostCommonChild({ change, history, mapRun }: FailureFacts): FailedChild | undefined {
  const error = change.error ?? history?.error;
  const canBeChild = error === undefined || error === 'States.ExceedToleratedFailureThreshold';
  if (change.status !== 'FAILED' || !canBeChild || !mapRun) {
    return undefined;
  }
  const count = (child: FailedChild) =>
    mapRun.failedChildren.filter((other) => other.error === child.error).length;
  return [...mapRun.failedChildren].sort((a, b) => count(b) - count(a))[0];
}

function getOwnCause({ change, history }: FailureFacts): Cause {
  if (change.status === 'TIMED_OUT') {
    return {
      error: 'States.Timeout',
      text: change.cause || 'the run took longer than its timeout',
    };
  }
  if (change.status === 'ABORTED') {
    const given = [change.error, change.cause].filter(Boolean).join(': ');
    return { error: 'ABORTED', text: given || 'the run was stopped' };
  }
  return toCause(history?.error ?? change.error, history?.cause ?? change.cause);
}

/** Advice that depends on the state in which the run ended. */
function getAdviceOfState(
  { change, history, mapRun }: FailureFacts,
  { error, text }: Cause,
): string | undefined {
  if (change.status === 'TIMED_OUT' && !mapRun?.description?.executionCounts?.succeeded) {
    return (
      'no batch was done before the timeout of the run, so a higher rate would not have helped. ' +
      'Read the logs of its functions first. A redrive gives the run its whole timeout again.'
    );
  }
  if (error === 'States.DataLimitExceeded' && history?.state === 'PlanRun') {
    return (
      'the input of the run is too long for Step Functions. Use only the fields that a run ' +
      'accepts.'
    );
  }
  // batchTimeout and memorySize are of the functions in the map, but for VerifyBatch.
  const isOfOtherFunction =
    history?.functionName || (history?.run && !isMoving(history.run.action));
  const isOutOfResources =
    getLayer({ error, text }) === 'Lambda' &&
    /timed ?out|memory|signal: killed|ExitError/i.test(`${error}: ${text}`);
  if (isOfOtherFunction && isOutOfResources) {
    return (
      'a function ran out of time or memory, or crashed. If this has happened before, read its ' +
      'log.'
    );
  }
  // A prefix from a parameter, or days whose names begin differently, may turn out empty. AWS does
  // not document whether it accepts that. Only AWS can tell: empty-prefix.
  const isRefused =
    ['States.ItemReaderFailed', 'States.Runtime'].includes(error) &&
    /prefix/i.test(text) &&
    history?.state === 'ArchiveObjects' &&
    history.listing?.prefix === '' &&
    !mapRun?.description?.itemCounts?.total;
  return isRefused
    ? 'Step Functions refused to list with an empty prefix. If prefix comes from a parameter, ' +
        'leave it out of the props. If the days begin with ' +
        'different characters, archive fewer days at once.'
    : undefined;
}

/**
 * A redrive uses the definition with which the run began ("Redriving state machine executions").
 */
const DEFINITION_ERRORS = [
  'States.Runtime',
  'States.ParameterPathFailure',
  'States.ResultPathMatchFailure',
  'States.IntrinsicFailure',
  'States.NoChoiceMatched',
  ErrorName.UNKNOWN_ACTION,
];

/**
 * A redrive would only fail again: it repeats the same input, definition and results, or its ledger
 * would not balance.
 */
const REDRIVE_FAILS_AGAIN = new Set<string>([
  ErrorName.INVALID_RUN_INPUT,
  // The redrive would enter the Fail state again ("Redriving state machine executions").
  ErrorName.TOLERANCE_EXCEEDED,
  ErrorName.OBJECTS_UNACCOUNTED,
  // The plan names the versions of the parts.
  ErrorName.LEDGER_CHANGED,
  ErrorName.PLAN_CHANGED,
  // ReportRun would read the same ledger again.
  ErrorName.LEDGER_UNBALANCED,
  // The Map Run would start over and list only what is left ("Redriving Map Runs"), but the ledger
  // also has what was archived before.
  'States.ItemReaderFailed',
  'States.ResultWriterFailed',
  'States.DataLimitExceeded',
  ...DEFINITION_ERRORS,
]);

/** The task of the run. If the run was not planned, its input names the task. */
export function getTask(facts: FailureFacts): Task & { readonly action: Action } {
  const { action, target } = facts.history?.run ?? readInput(facts);
  return {
    action: v.is(Action, action) ? action : DEFAULT_ACTION,
    ...(target === 'reports' && { target }),
  };
}

/**
 * The input of the run, with the instant at which it started, so that "yesterday" is still the same
 * day.
 */
function getOriginalInput(facts: FailureFacts): object {
  const { change } = facts;
  const input = readInput(facts);
  try {
    parseRunInput(input);
  } catch {
    // The same input would be refused again, and we cannot guess the right one: perhaps `dryRun`
    // was misspelled, or the action.
    const { action, target } = getTask(facts);
    return {
      ...(input.action === action && { action }),
      ...(target && { target }),
      date: 'YYYY-MM-DD',
      dryRun: true,
    };
  }
  const days = ['date', 'from', 'to', 'run'].some((name) => name in input);
  return days || input.scheduledTime || !change.startDate
    ? input
    : { ...input, scheduledTime: new Date(change.startDate).toISOString() };
}

export function readInput({ change }: FailureFacts): Record<string, unknown> {
  return parseJsonObject(change.input ?? '') ?? {};
}

/**
 * A user who may write sources can choose their key. Such a user must not get a grant by making a
 * run fail.
 */
const IF_OWN_KEY =
  'if it is a key of the archiver or of its buckets. Do not grant any other key: have the ' +
  'objects written again with the key of their bucket.';

/**
 * The patterns are looked for in the name of the error and its text. The first one decides, and the
 * last advice fits all.
 */
const ADVICE: Record<Layer, ReadonlyArray<readonly [when: RegExp, advice: string]>> = {
  KMS: [
    [/is disabled/i, `enable the KMS key that the cause names (aws kms enable-key), ${IF_OWN_KEY}`],
    [
      /pending deletion/i,
      'cancel the deletion of the KMS key that the cause names (aws kms cancel-key-deletion), ' +
        `and enable the key, ${IF_OWN_KEY}`,
    ],
    [
      /^/,
      'check that the KMS key is enabled and that its policy allows the role that the cause ' +
        `names, ${IF_OWN_KEY}`,
    ],
  ],
  IAM: [
    [
      /Expired_?(Token|Credentials)|InvalidToken/i,
      'the temporary credentials of a function had expired. Nothing is to be fixed: each ' +
        'invocation gets new ones.',
    ],
    [
      /^/,
      'allow the action that was denied (in the role, in the bucket policy, or in a service ' +
        'control policy above both).',
    ],
  ],
  S3: [
    [
      new RegExp(`^(${ErrorName.TOLERANCE_EXCEEDED}|${ErrorName.OBJECTS_UNACCOUNTED}): `),
      'fix what the report of the run names.',
    ],
    [
      /NoSuchBucket|NO_SUCH_BUCKET/,
      'a bucket is missing. Create it again, or deploy the stack with the right bucket.',
    ],
    [
      /Slow ?Down|SLOW_DOWN/i,
      'S3 received more requests than it allows. If this has happened before, lower ' +
        'maxObjectsPerSecond.',
    ],
    [
      /^TimeoutError: /,
      'S3 did not answer in time. If this happens again and the functions are in a VPC, check ' +
        'that it has a gateway endpoint for S3, and that security groups allow HTTPS.',
    ],
    [
      /^/,
      'errors of S3 itself are usually temporary. If this one has a cause on your side, fix it.',
    ],
  ],
  Lambda: [
    [
      /timed ?out/i,
      'a function ran out of time. If this has happened before, raise batchTimeout or memorySize.',
    ],
    [
      /memory|signal: killed|ExitError/i,
      'a function ran out of memory or crashed. If this has happened before, raise memorySize.',
    ],
    [
      /^\S*TooManyRequests/,
      'the Lambda concurrency of the account is used up. If this has happened before, lower ' +
        'maxConcurrency.',
    ],
    [/^/, 'read the log of the function at the time of the failure.'],
  ],
  'Step Functions': [
    [
      /^ABORTED: /,
      'ask the person who stopped the run whether it may continue. CloudTrail has the caller of ' +
        'StopExecution.',
    ],
    [
      /^States\.Timeout: /,
      'a redrive gives this run its whole timeout again. If this has happened before, raise ' +
        'timeout, maxConcurrency or maxObjectsPerSecond for later runs.',
    ],
    [
      /^States\.DataLimitExceeded: /,
      'the data of a state grew beyond 256 KiB. Lower batchSize and deploy the stack.',
    ],
    [
      new RegExp(`^(${DEFINITION_ERRORS.join('|')}): `),
      'the definition of the state machine cannot handle the data that it got. Deploy a ' +
        'corrected version.',
    ],
    [/^/, 'fix what the cause names.'],
  ],
  SNS: [[/^/, 'check that the topic exists and accepts the message.']],
  'EventBridge Scheduler': [
    [/^/, 'EventBridge Scheduler itself failed, which is usually temporary.'],
  ],
  input: [
    [/^/, 'correct what the cause names: the input, its manifest, or a prop of the archiver.'],
  ],
  ledger: [
    [
      new RegExp(`^${ErrorName.LEDGER_CHANGED}: `),
      'wait until the run whose ledger the cause names has ended.',
    ],
    [
      new RegExp(`^${ErrorName.PLAN_CHANGED}: `),
      'find out what removes or changes files of the report bucket while runs need them.',
    ],
    [/^/, 'keep the ledger of this run, to find out later why it does not balance.'],
  ],
};
