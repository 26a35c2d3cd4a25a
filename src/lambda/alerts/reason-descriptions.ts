import { ReasonCode } from '../../contract/reason-codes';

/** What a reason code means and what to do about it, in a line of an alert. */
export const REASON_DESCRIPTIONS: Record<ReasonCode, string> = {
  [ReasonCode.DESTINATION_EXISTS]: 'the archive holds other content under this name; compare the two, then remove or rename one',
  [ReasonCode.SOURCE_CHANGED]: 'rewritten while it was being archived; find out what still writes to it',
  [ReasonCode.ACCESS_DENIED]: 'S3 denied the request; check the bucket policies and the function\'s role',
  [ReasonCode.KMS_DENIED]: 'KMS denied the key; check that it is enabled and that its policy allows the archive-batch function',
  [ReasonCode.NO_SUCH_BUCKET]: 'the bucket does not exist (any more)',
  [ReasonCode.ARCHIVED_CLASS]: 'in a storage class that must be restored before it can be copied',
  [ReasonCode.LOCKED]: 'under Object Lock, and the destination bucket has none; enable it there, or let the lock end',
  [ReasonCode.CUSTOMER_KEY]: 'encrypted with a customer-provided key (SSE-C), which the archiver does not have; rewrite it with another encryption',
  [ReasonCode.SLOW_DOWN]: 'S3 asked to slow down until the retries were used up; lower maxObjectsPerSecond',
  [ReasonCode.SERVER_ERROR]: 'S3 failed or did not answer until the retries were used up; usually gone on the next run',
  [ReasonCode.KEY_TOO_LONG]: 'its name in the archive would be longer than 1,024 bytes; shorten it or the layout',
  [ReasonCode.OUT_OF_TIME]: 'its batch ran out of rounds before its turn; the next run goes on; a higher batchTimeout or a lower batchSize helps',
  [ReasonCode.BATCH_FAILED]: 'its whole batch failed; the message says of what',
  [ReasonCode.UNEXPECTED]: 'an answer that has no code of its own; the message has it',
};

/** Ledgers of other versions may hold codes that this one does not know. */
export function describeReason(code: string): string | undefined {
  return (REASON_DESCRIPTIONS as Record<string, string | undefined>)[code];
}
