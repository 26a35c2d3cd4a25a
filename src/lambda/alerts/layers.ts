import * as v from 'valibot';
import type { Layer } from '../../contract/alert-details';
import { ErrorName } from '../../contract/errors';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { runbookUrl } from '../../contract/published/documents';
import { readDenial } from '../s3/s3-error';
import { parseAs } from '../text/json';

export interface Cause {
  readonly error: string;
  readonly text: string;
}

/** The cause of a Lambda error is JSON: `{errorType, errorMessage, trace}`. */
const LambdaCause = v.object({
  errorType: v.fallback(v.optional(v.string()), undefined),
  errorMessage: v.string(),
});

export function toCause(error: string | null | undefined, cause: string | null | undefined): Cause {
  const { errorType = 'unknown error', errorMessage } = parseAs(LambdaCause, cause ?? '') ?? {};
  return { error: error || errorType, text: errorMessage ?? (cause || 'no cause was given') };
}

/**
 * The reason code of a systemic failure. Lambda passes on only the name and the message of an
 * error, so the message begins with it.
 */
export function getReasonCode({ error, text }: Cause): string | undefined {
  return error === ErrorName.SYSTEMIC_FAILURE ? /^([A-Z_]+): /.exec(text)?.[1] : undefined;
}

const OWN_ERRORS: Record<string, Layer> = {
  [ErrorName.INVALID_RUN_INPUT]: 'input',
  [ErrorName.UNKNOWN_ACTION]: 'Step Functions',
  [ErrorName.LEDGER_UNBALANCED]: 'ledger',
  [ErrorName.LEDGER_CHANGED]: 'ledger',
  [ErrorName.PLAN_CHANGED]: 'ledger',
  [ErrorName.TOLERANCE_EXCEEDED]: 'S3',
  [ErrorName.OBJECTS_UNACCOUNTED]: 'S3',
};

/** KMS in the names of errors, and at the beginning of its messages. */
const KMS_ERROR = /^[\w.]*\bK(MS|ms)\.?[A-Z]\w*Exception\b/;
const KMS_TEXT = /^(The ciphertext refers to|arn:[\w-]+:kms:)/;

/**
 * The first match wins. Services come before Lambda, through which their errors come. Texts may
 * quote keys that other programs chose, so they come last.
 */
const PATTERNS: [Layer, RegExp][] = [
  [
    'IAM',
    /access[ _]?denied|Expired_?(Token|Credentials)|InvalidToken|not authorized|forbidden|explicit deny|AuthorizationError|could not be assumed|^States\.Permissions/i,
  ],
  ['SNS', /^SNS\./],
  ['EventBridge Scheduler', /^AWS\.Scheduler\./],
  [
    'S3',
    /NoSuchBucket|NO_SUCH_BUCKET|SlowDown|SLOW_DOWN|SERVER_ERROR|\bS3\b|bucket|ItemReaderFailed|ResultWriterFailed/,
  ],
  [
    'Lambda',
    /^(Lambda|Sandbox|Runtime|Function|Extension)\.|Task timed out|Runtime exited|OutOfMemory|signal: killed|ClientExecutionTimeout/,
  ],
  ['Step Functions', /^(States\.|ABORTED\b)/],
];

export function getLayer(cause: Cause): Layer {
  const { error, text } = cause;
  const own = OWN_ERRORS[error];
  if (own) {
    return own;
  }
  const reason = getReasonCode(cause);
  if (reason && reason in ReasonCode) {
    return LAYERS_BY_REASON[reason] ?? 'S3';
  }
  const denial = readDenial(text.replace(/^(\w+): /, ''));
  if (denial) {
    return denial.action.startsWith('kms:') ? 'KMS' : 'IAM';
  }
  if (KMS_ERROR.test(error) || KMS_TEXT.test(text)) {
    return 'KMS';
  }
  const evidence = `${error}: ${text}`;
  // Any other name belongs to an exception that a handler did not catch.
  return PATTERNS.find(([, pattern]) => pattern.test(evidence))?.[0] ?? 'Lambda';
}

/** All other reasons are about objects, so their layer is S3. */
const LAYERS_BY_REASON: { readonly [code: string]: Layer } = {
  [ReasonCode.ACCESS_DENIED]: 'IAM',
  [ReasonCode.EXPIRED_CREDENTIALS]: 'IAM',
  [ReasonCode.KMS_DENIED]: 'KMS',
  [ReasonCode.OUT_OF_TIME]: 'Lambda',
};

/** The message of an object whose whole batch failed contains the error of the batch. */
export function getLayerOfReason(code: string, message = ''): Layer {
  if (code !== ReasonCode.BATCH_FAILED) {
    return LAYERS_BY_REASON[code] ?? 'S3';
  }
  const [, error = '', text = ''] = /^([\w.]+): (.*)$/s.exec(message) ?? [];
  return getLayer({ error, text });
}

export function layerUrl(layer: Layer): string {
  return runbookUrl(layer.toLowerCase().replace(/ /g, '-'));
}
