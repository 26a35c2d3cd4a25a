/** Why a run ended before its report, what is untouched, and what to type. */
import type { ExecutionRecord } from 'cdk-s3-dated-archiver-engine';
import type { EndedRun } from './run-archiver';
import { ErrorName } from '../../../../src/contract/errors';
import { isExpired } from '../processes/credentials';
import type { RunAction } from '../settings/flags';

/** @param again the command line that starts it anew, and moves nothing */
export function explainRun(
  { record, records, lastLines }: EndedRun,
  { action, again }: { readonly action: RunAction; readonly again: string },
): string {
  const { error = record.status, name } = record;
  // It says what to do, and the run has not begun.
  if (error === ErrorName.INVALID_RUN_INPUT) {
    return toMessage(record.cause);
  }
  const what = `The run ${name} ended before its report. `;
  const [safe, next] =
    action === 'verify'
      ? ['Nothing was changed. ', `Start it again:\n  ${again}`]
      : [
          'No object is lost: each is at its source, or archived and in the ledger of this run. ',
          `Start it again, and it goes on with what is left:\n  ${again}`,
        ];
  const failed = findFailedChild(record, records) ?? record;
  const expired = [record, failed].find((each) => isExpired(each.error));
  if (error === 'ExpiringCredentialsError' || expired) {
    return (
      `${what}The credentials expired, or were about to, and could not be renewed ` +
      `(${toMessage((expired ?? record).cause)}). ${safe}Log in, for example with \`aws sso login\`. ${next}`
    );
  }
  if (error === 'Stopped') {
    return `${what}It was stopped, and finished the batches that it had begun. ${safe}${next}`;
  }
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
