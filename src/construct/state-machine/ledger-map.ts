import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { BATCH_INPUT, LinesReader, ReportWriter, toPlanPath } from './distributed-map';
import type { PayloadOf } from './invoke-function';
import { createRounds, type RoundsProps } from './rounds';
import type { PartsItem, RestoreEvent, VerifyEvent } from '../../contract/payloads/batch-payloads';
import type { Place } from '../places/place';

export interface LedgerMapProps extends Omit<RoundsProps, 'payload'> {
  readonly reports: Place;
}

/**
 * A Distributed Map over the ledgers of earlier runs. It reads the file that PlanRun wrote, and each line is the input of
 * one child: names of ledger parts, never the objects. So the state stays small, however many objects the ledgers have.
 *
 * It tolerates no failed child, because a verification that leaves something out proves nothing.
 */
export class LedgerMap extends sfn.DistributedMap {
  /** @param id also the label of the map */
  constructor(scope: Construct, id: string, { reports, ...round }: LedgerMapProps) {
    super(scope, id, {
      mapExecutionType: sfn.StateMachineType.STANDARD,
      label: id,
      itemReader: new LinesReader(reports, toPlanPath('partsKey')),
      itemSelector: {
        BatchInput: BATCH_INPUT,
        parts: sfn.JsonPath.objectAt(`$$.Map.Item.Value.${'parts' satisfies keyof PartsItem}`),
      },
      maxConcurrencyPath: toPlanPath('maxConcurrency'),
      resultWriterV2: new ReportWriter(reports),
      resultPath: '$.map',
    });
    const { start, unfinished, finished } = createRounds(scope, {
      ...round,
      payload: sfn.TaskInput.fromObject({
        BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
        parts: sfn.JsonPath.objectAt('$.parts'),
      } satisfies PayloadOf<VerifyEvent> & PayloadOf<RestoreEvent>),
    });
    this.itemProcessor(start.next(unfinished.otherwise(finished)));
  }
}
