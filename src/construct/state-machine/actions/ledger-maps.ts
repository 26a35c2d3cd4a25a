import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type Action, ACTIONS } from '../../../contract/actions';
import type { PartsItem, Progress, RestoreEvent, VerifyEvent, VerifyProgress } from '../../../contract/payloads/batch-payloads';
import { type DefinitionProps, BATCH_INPUT, LinesReader, ReportWriter, toPlanPath } from '../distributed-map';
import { type PayloadOf, selectFields } from '../invoke-function';
import { createRounds, PROGRESS_FIELDS, type RoundsProps } from '../rounds';

export type LedgerAction = Exclude<Action, 'archive'>;

/** What a child of each map does. Undefined: this archiver is not deployed for the action. */
const ROUNDS: { readonly [action in LedgerAction]: (props: DefinitionProps) => Omit<RoundsProps, 'payload'> | undefined } = {
  verify: ({ functions, settings }) => ({
    function: functions.verifyBatch,
    resultSelector: selectFields<VerifyProgress>({
      cursor: true, finished: true, rounds: true, counts: true, bytes: true, requests: true, milliseconds: true, seen: true,
    }),
    retry: settings.retry,
    names: { round: 'VerifyBatch', unfinished: 'VerifyUnfinished?', finished: 'VerifyFinished' },
  }),
  restore: ({ functions, settings }) => functions.restoreBatch && {
    function: functions.restoreBatch,
    resultSelector: selectFields<Omit<Progress, 'digest' | 'alert'>>(PROGRESS_FIELDS),
    retry: { ...settings.retry, maxAttempts: settings.batch.maxAttempts },
    names: { round: 'RestoreBatch', unfinished: 'RestoreUnfinished?', finished: 'RestoreFinished' },
  },
  extract: ({ functions, settings }) => functions.extractBatch && {
    function: functions.extractBatch,
    resultSelector: selectFields<Omit<Progress, 'digest' | 'alert'>>(PROGRESS_FIELDS),
    retry: { ...settings.retry, maxAttempts: settings.batch.maxAttempts },
    names: { round: 'ExtractBatch', unfinished: 'ExtractUnfinished?', finished: 'ExtractFinished' },
  },
};

/** A line of PlanRun's file names the parts of one child. No failed child is tolerated: a verification that leaves something out proves nothing. */
export function createLedgerMap(scope: Construct, action: LedgerAction, props: DefinitionProps): sfn.DistributedMap | undefined {
  const round = ROUNDS[action](props);
  if (!round) { return undefined; }
  const id = ACTIONS[action].map;
  const map = new sfn.DistributedMap(scope, id, {
    mapExecutionType: sfn.StateMachineType.STANDARD,
    label: id,
    itemReader: new LinesReader(props.reports, toPlanPath('partsKey')),
    itemSelector: { BatchInput: BATCH_INPUT, parts: sfn.JsonPath.objectAt(`$$.Map.Item.Value.${'parts' satisfies keyof PartsItem}`) },
    maxConcurrencyPath: toPlanPath('maxConcurrency'),
    resultWriterV2: new ReportWriter(props.reports),
    resultPath: '$.map',
  });
  const { start, unfinished, finished } = createRounds(scope, {
    ...round,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'), parts: sfn.JsonPath.objectAt('$.parts'),
    } satisfies PayloadOf<VerifyEvent> & PayloadOf<RestoreEvent>),
  });
  return map.itemProcessor(start.next(unfinished.otherwise(finished)));
}
