import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ACTIONS } from '../../../contract/actions';
import type { VerifyProgress } from '../../../contract/payloads/batch-payloads';
import type { DefinitionProps } from '../definition-props';
import { selectFields } from '../invoke-function';
import { LedgerMap } from '../ledger-map';
import { toRetryProps } from '../retry';

/** Creates the map over the ledgers of the runs whose archived objects are compared with the archive. */
export function createVerifyObjects(scope: Construct, { reports, functions, settings }: DefinitionProps): sfn.DistributedMap {
  return new LedgerMap(scope, ACTIONS.verify.map, {
    reports,
    function: functions.verifyBatch,
    resultSelector: selectFields<VerifyProgress>({
      cursor: true, finished: true, rounds: true, counts: true, bytes: true, requests: true, milliseconds: true, seen: true,
    }),
    retry: toRetryProps(settings.retry),
    names: { round: 'VerifyBatch', unfinished: 'VerifyUnfinished?', finished: 'VerifyFinished' },
  });
}
