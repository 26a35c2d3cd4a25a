/**
 * The message about a finished batch that has problems (`AlertMode.PER_BATCH`). The function writes
 * it, because the intrinsic functions of Step Functions cannot escape what strangers wrote into
 * keys and names.
 */
import { BATCH_SUBJECT, unknownDetails } from '../../contract/alert-details';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { BatchAlert } from '../../contract/payloads/outcomes';
import type { Settings } from '../../contract/payloads/settings';
import { toChatMessage } from '../../features/chat/lambda/chat-message';
import { ACTION_TEXT } from '../alerts/action-text';
import { type Alert, toTextMessage } from '../alerts/alert';
import { toAttributes } from '../alerts/alert-attributes';
import { getLayerOfReason } from '../alerts/layers';
import { listProblems } from '../alerts/problem-lines';
import { formatCount, formatDates, formatObjects } from '../text/format';

/**
 * Returns `null` if no message is needed: the batch continues, nothing is wrong, or the settings
 * ask for no such messages.
 */
export function createBatchAlert(
  {
    alertMode,
    chatTopicArn,
    archiverName = 'Archiver',
    reportBucket,
  }: Pick<Settings, 'alertMode' | 'chatTopicArn' | 'archiverName' | 'reportBucket'>,
  { BatchInput: { run }, batchArn }: Pick<BatchEvent, 'BatchInput' | 'batchArn'>,
  { finished, counts, problems }: Pick<Progress, 'finished' | 'counts' | 'problems'>,
): BatchAlert | null {
  const [first] = problems;
  if (alertMode !== 'PER_BATCH' || !finished || !first) {
    return null;
  }
  const ledger = `s3://${reportBucket}/${run.ledgerPrefix}`;
  const parts = [
    ...(counts.failed > 0 ? [`${formatCount(counts.failed)} failed`] : []),
    ...(counts.conflicting > 0
      ? [
          `${formatCount(counts.conflicting)} ${counts.conflicting === 1 ? 'is' : 'are'} ` +
            'conflicting',
        ]
      : []),
  ];
  const attributes = toAttributes({
    ...unknownDetails(archiverName, 'PROBLEMS'),
    runId: run.id,
    action: 'archive',
    dates: { from: run.from, to: run.to },
    layer: getLayerOfReason(first.code, first.message),
    code: first.code,
    cause: first.message ?? null,
    counts,
    problems,
    ledger,
    batchArn,
  });
  const alert: Alert = {
    subject: BATCH_SUBJECT,
    lead: [
      `${archiverName}: in a batch of ${formatObjects(counts.listed)}, ${parts.join(' and ')}. ` +
        'The run continues. Its message at the end says what to do.',
      ACTION_TEXT.archive.nothingLost,
    ],
    details: [
      [
        `Days:  ${formatDates(run)}${run.dryRun ? ' (dry run)' : ''}`,
        `Run:   ${run.id}`,
        ...(batchArn ? [`Batch: ${batchArn}`] : []),
      ],
      listProblems(problems, counts.failed + counts.conflicting),
      [`Ledger: ${ledger}`],
    ],
    attributes,
  };
  return {
    message: toTextMessage(alert),
    attributes,
    ...(chatTopicArn && { chat: toChatMessage(alert) }),
  };
}
