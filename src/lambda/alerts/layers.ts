/** Finds the layer in which a cause lies. */
import type { Cause } from './cause';
import type { Layer } from '../../contract/alert-details';
import { ErrorName } from '../../contract/errors';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { KMS_MESSAGE } from '../s3/s3-error';

const OWN_ERRORS: Record<string, Layer> = {
  [ErrorName.INVALID_RUN_INPUT]: 'input',
  [ErrorName.LEDGER_UNBALANCED]: 'ledger',
  [ErrorName.LEDGER_CHANGED]: 'ledger',
  [ErrorName.TOLERANCE_EXCEEDED]: 'S3',
  [ErrorName.OBJECTS_UNACCOUNTED]: 'S3',
};

/**
 * The first match wins. KMS comes before IAM because errors of KMS also say "access denied". The services come before
 * Lambda because their errors reach Step Functions through Lambda.
 */
const PATTERNS: [Layer, RegExp][] = [
  ['KMS', new RegExp(`\\b${ReasonCode.KMS_DENIED}\\b|${KMS_MESSAGE.source}`)],
  ['IAM', /access[ _]?denied|not authorized|forbidden|explicit deny|AuthorizationError|could not be assumed|^States\.Permissions/i],
  ['SNS', /^SNS\./],
  ['EventBridge Scheduler', /^AWS\.Scheduler\./],
  ['S3', /NoSuchBucket|NO_SUCH_BUCKET|SlowDown|SLOW_DOWN|SERVER_ERROR|\bS3\b|bucket|ItemReaderFailed|ResultWriterFailed/],
  ['Lambda', /^(Lambda|Sandbox|Runtime|Function|Extension)\.|Task timed out|Runtime exited|OutOfMemory|signal: killed|ClientExecutionTimeout/],
  ['Step Functions', /^(States\.|ABORTED\b)/],
];

export function getLayer({ error, text }: Cause): Layer {
  const own = OWN_ERRORS[error];
  if (own) { return own; }
  const evidence = `${error}: ${text}`;
  // Any other name belongs to an exception that a handler did not catch.
  return PATTERNS.find(([, pattern]) => pattern.test(evidence))?.[0] ?? 'Lambda';
}

/** All other reasons are about objects, so their layer is S3. */
const LAYERS_BY_REASON: { readonly [code: string]: Layer } = {
  [ReasonCode.ACCESS_DENIED]: 'IAM',
  [ReasonCode.KMS_DENIED]: 'KMS',
  [ReasonCode.OUT_OF_TIME]: 'Lambda',
};

/**
 * @param message the message of an object that failed for this reason; if its whole batch failed, it contains the error
 * of the batch
 */
export function getLayerOfReason(code: string, message = ''): Layer {
  if (code !== ReasonCode.BATCH_FAILED) { return LAYERS_BY_REASON[code] ?? 'S3'; }
  const [, error = '', text = ''] = /^([\w.]+): (.*)$/s.exec(message) ?? [];
  return getLayer({ error, text });
}
