/** The states that an archiver has only if it may restore. */
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { RESTORE_LABEL } from './distributed-map';
import type { PayloadOf } from './invoke-function';
import { LedgerMap } from './ledger-map';
import { createRounds, type RoundsProps } from './rounds';
import type { Progress, RestoreEvent } from '../../contract/payloads/batch-payloads';
import type { Place } from '../place';

export interface RestoreObjectsProps extends Pick<RoundsProps, 'function' | 'retry'> {
  readonly reports: Place;
}

/** Creates the map over the ledgers of the runs whose objects are restored. */
export function createRestoreObjects(scope: Construct, { reports, ...round }: RestoreObjectsProps): sfn.DistributedMap {
  const { start, unfinished, finished } = createRounds(scope, {
    ...round,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      parts: sfn.JsonPath.objectAt('$.parts'),
    } satisfies PayloadOf<RestoreEvent>),
    resultSelector: toResultSelector(['cursor', 'finished', 'rounds', 'counts', 'bytes', 'stragglers', 'filtered', 'problems', 'upload']),
    names: { round: 'RestoreBatch', unfinished: 'RestoreUnfinished?', finished: 'RestoreFinished' },
  });
  return new LedgerMap(scope, RESTORE_LABEL, reports).itemProcessor(start.next(unfinished.otherwise(finished)));
}

function toResultSelector(fields: (keyof Progress)[]): { [field: string]: string } {
  return Object.fromEntries(fields.map((field) => [`${field}.$`, `$.Payload.${field}`]));
}
