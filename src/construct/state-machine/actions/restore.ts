import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ACTIONS } from '../../../contract/actions';
import type { Progress } from '../../../contract/payloads/batch-payloads';
import type { DefinitionProps } from '../definition-props';
import { selectFields } from '../invoke-function';
import { LedgerMap } from '../ledger-map';
import { toRetryProps } from '../retry';

/** Creates the map over the ledgers of the runs whose objects are copied back, where that is allowed. */
export function createRestoreObjects(scope: Construct, { reports, functions, settings }: DefinitionProps): sfn.DistributedMap | undefined {
  return functions.restoreBatch && new LedgerMap(scope, ACTIONS.restore.map, {
    reports,
    function: functions.restoreBatch,
    resultSelector: selectFields<Omit<Progress, 'digest' | 'alert'>>({
      cursor: true, finished: true, rounds: true, counts: true, bytes: true, stragglers: true, filtered: true, problems: true, upload: true,
    }),
    retry: toRetryProps({ ...settings.retry, maxAttempts: settings.batch.maxAttempts }),
    names: { round: 'RestoreBatch', unfinished: 'RestoreUnfinished?', finished: 'RestoreFinished' },
  });
}
