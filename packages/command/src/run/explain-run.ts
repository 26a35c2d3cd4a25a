/** Why a run ended before its report, what is untouched, and what to type. */
import type { ExecutionRecord } from 'cdk-s3-dated-archiver-engine';
import type { EndedRun } from './run-archiver';

/** @param again the command line that starts it anew */
export function explainRun({ record, records, lastLines }: EndedRun, again: string): string {
  const { error = record.status, name } = record;
  const what = `The run ${name} ended before its report. `;
  const safe =
    'No object is lost: each is at its source, or archived and in the ledger of this run. ';
  const next = `Start it again, and it goes on with what is left:\n  ${again}`;
  if (error === 'ExpiringCredentialsError' || error === 'ExpiredToken') {
    return (
      `${what}The credentials expired, or were about to, and could not be renewed ` +
      `(${record.cause}). ${safe}Log in, for example with \`aws sso login\`. ${next}`
    );
  }
  if (error === 'Stopped') {
    return `${what}It was stopped, and finished the batches that it had begun. ${safe}${next}`;
  }
  const failed = findFailedChild(record, records) ?? record;
  const cause = toMessage(failed.cause);
  const lines = cause === '' ? lastLines('archive-batch').join('\n') : '';
  return `${what}${failed.error ?? error}: ${cause}${lines}\n${safe}${next}`;
}

function findFailedChild(
  { arn }: ExecutionRecord,
  records: EndedRun['records'],
): ExecutionRecord | undefined {
  const maps = [...records.mapRuns.values()].filter(({ executionArn }) => executionArn === arn);
  return maps.flatMap(({ mapRunArn }) => records.childrenOf(mapRunArn, 'FAILED'))[0];
}

/** The cause of a failed function is JSON. */
function toMessage(cause = ''): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: string };
    return errorMessage ?? cause;
  } catch {
    return cause;
  }
}
