import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  type DefinitionProps,
  BATCH_INPUT,
  LinesReader,
  ReportWriter,
  toPlanPath,
} from './distributed-map';
import { createRounds, type PayloadOf, PROGRESS_FIELDS, selectFields } from './invoke-function';
import { ACTIONS, type LedgerAction } from '../../contract/actions';
import type {
  PartsItem,
  Progress,
  RestoreEvent,
  VerifyEvent,
  VerifyProgress,
} from '../../contract/payloads/batch-payloads';

/** What a map keeps of the progress of its children. */
const FIELDS: { readonly [action in LedgerAction]: ReturnType<typeof selectFields> } = {
  verify: selectFields<VerifyProgress>({
    cursor: true,
    finished: true,
    rounds: true,
    counts: true,
    bytes: true,
    requests: true,
    retrieved: true,
    milliseconds: true,
    seen: true,
  }),
  restore: selectFields<Omit<Progress, 'digest' | 'alert' | 'remaining'>>(PROGRESS_FIELDS),
};

/**
 * A line of PlanRun's file names the parts of one child. No failed child is tolerated: a
 * verification that leaves something out proves nothing. Undefined: this archiver is not deployed
 * for the action.
 */
export function createLedgerMap(
  scope: Construct,
  action: LedgerAction,
  props: DefinitionProps,
): sfn.DistributedMap | undefined {
  const { retry } = props.settings;
  const lambdaFunction = props.functions[`${action}Batch`];
  if (!lambdaFunction) {
    return undefined;
  }
  const name = ACTIONS[action].map.replace('Objects', '');
  const id = ACTIONS[action].map;
  const map = new sfn.DistributedMap(scope, id, {
    label: id,
    itemReader: new LinesReader(props.reports, toPlanPath('partsKey')),
    itemSelector: {
      BatchInput: BATCH_INPUT,
      parts: sfn.JsonPath.objectAt(`$$.Map.Item.Value.${'parts' satisfies keyof PartsItem}`),
    },
    maxConcurrencyPath: toPlanPath('maxConcurrency'),
    resultWriterV2: new ReportWriter(props.reports),
    resultPath: toPlanPath('map'),
  });
  const { start, unfinished, finished } = createRounds(scope, {
    names: { round: `${name}Batch`, unfinished: `${name}Unfinished?`, finished: `${name}Finished` },
    function: lambdaFunction,
    resultSelector: FIELDS[action],
    retry,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      parts: sfn.JsonPath.objectAt('$.parts'),
    } satisfies PayloadOf<VerifyEvent> & PayloadOf<RestoreEvent>),
  });
  return map.itemProcessor(start.next(unfinished.otherwise(finished)));
}
