/** What to do about a cause, before the command that comes next. */
import type { Layer } from '../../contract/alert-details';
import { ErrorName } from '../../contract/errors';
import type { Cause } from '../alerts/cause';

/** A redrive uses the definition with which the run began ("Redriving state machine executions"). */
export const DEFINITION_ERRORS = [
  'States.Runtime', 'States.ParameterPathFailure', 'States.ResultPathMatchFailure', 'States.IntrinsicFailure', 'States.NoChoiceMatched',
];

/** Whoever may write sources can choose their key. Such a person must not get a grant by making a run fail. */
const IF_OWN_KEY = 'if it is a key of the archiver or of its buckets. Do not grant any other key: have the objects written again with the key of their bucket.';

/** The patterns are looked for in the name of the error and its text. The first one decides, and the last advice fits all. */
const ADVICE: Record<Layer, ReadonlyArray<readonly [when: RegExp, advice: string]>> = {
  'KMS': [
    [/is disabled/i, `enable the KMS key that the cause names (aws kms enable-key), ${IF_OWN_KEY}`],
    [/pending deletion/i, `cancel the deletion of the KMS key that the cause names (aws kms cancel-key-deletion), and enable the key, ${IF_OWN_KEY}`],
    [/^/, `check that the KMS key is enabled and that its policy allows the role that the cause names, ${IF_OWN_KEY}`],
  ],
  'IAM': [[/^/, 'allow the action that was denied (in the role, in the bucket policy, or in a service control policy above both).']],
  'S3': [
    [new RegExp(`^(${ErrorName.TOLERANCE_EXCEEDED}|${ErrorName.OBJECTS_UNACCOUNTED}): `), 'fix what the report of the run names.'],
    [/NoSuchBucket|NO_SUCH_BUCKET/, 'a bucket is missing. Create it again, or deploy the stack with the right bucket.'],
    [/Slow ?Down|SLOW_DOWN/i, 'S3 received more requests than it allows. If this has happened before, lower maxObjectsPerSecond.'],
    [/^/, 'errors of S3 itself are usually temporary. If this one has a cause on your side, fix it.'],
  ],
  'Lambda': [
    [/timed ?out/i, 'a function ran out of time. If this has happened before, raise batchTimeout or memorySize.'],
    [/memory|signal: killed|ExitError/i, 'a function ran out of memory or crashed. If this has happened before, raise memorySize.'],
    [/^\S*TooManyRequests/, 'the Lambda concurrency of the account is used up. If this has happened before, lower maxConcurrency.'],
    [/^/, 'read the log of the function at the time of the failure.'],
  ],
  'Step Functions': [
    [/^ABORTED: /, 'ask whoever stopped the run whether it may continue. CloudTrail has the caller of StopExecution.'],
    [
      /^States\.Timeout: /,
      'a redrive gives this run its whole timeout again. If this has happened before, raise timeout, maxConcurrency or maxObjectsPerSecond for later runs.',
    ],
    [/^States\.DataLimitExceeded: /, 'the data of a state grew beyond 256 KiB. Lower batchSize and deploy the stack.'],
    [
      new RegExp(`^(${DEFINITION_ERRORS.join('|')}): `),
      'the definition of the state machine cannot handle the data that it got. Deploy a corrected version.',
    ],
    [/^/, 'fix what the cause names.'],
  ],
  'SNS': [[/^/, 'check that the topic exists and accepts the message.']],
  'EventBridge Scheduler': [[/^/, 'EventBridge Scheduler itself failed, which is usually temporary.']],
  'input': [[/^/, 'correct what the cause names: the input, its manifest, or a prop of the archiver.']],
  'ledger': [
    [new RegExp(`^${ErrorName.LEDGER_CHANGED}: `), 'wait until the run whose ledger the cause names has ended.'],
    [new RegExp(`^${ErrorName.PLAN_CHANGED}: `), 'find out what removes or changes files of the report bucket while runs need them.'],
    [/^/, 'keep the ledger of this run, to find out later why it does not balance.'],
  ],
};

/** Returns sentences that follow "Next: ". */
export function getAdvice(layer: Layer, { error, text }: Cause): string {
  return ADVICE[layer].find(([when]) => when.test(`${error}: ${text}`))![1];
}
