import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { AlertMode } from '../../../alert-mode';
import { ACTIONS } from '../../../contract/actions';
import { BATCH_UNFINISHED } from '../../../contract/errors';
import type {
  BatchEvent,
  PlannedBatchEvent,
  Progress,
} from '../../../contract/payloads/batch-payloads';
import type {
  ListingProgress,
  ListObjectsEvent,
  RunListing,
} from '../../../contract/payloads/listing';
import { type DefinitionProps, ArchiveObjects, toPlanPath } from '../distributed-map';
import {
  createRounds,
  InvokeFunction,
  type PayloadOf,
  PROGRESS_FIELDS,
  PROGRESS_PATH,
  type RoundsProps,
  selectFields,
} from '../invoke-function';
import { createNotify } from '../publish-alert';

const LISTING_PATH = toPlanPath('listing');

function toListingPath(field: keyof ListingProgress): string {
  return `${LISTING_PATH}.${'progress' satisfies keyof RunListing}.${field}`;
}

/**
 * If a function lists, it comes first: ListObjects -> Listed? -> the map of what it planned.
 * Without a batch, ReportRun gets a map's empty output.
 */
export function createArchiveObjects(
  scope: Construct,
  props: DefinitionProps,
  reportRun: sfn.IChainable & sfn.INextable,
): sfn.IChainable {
  const { settings } = props;
  const { listObjects } = props.functions;
  const map = new ArchiveObjects(
    scope,
    ACTIONS.archive.map,
    props,
    listObjects && toListingPath('partsKey'),
  ).itemProcessor(createBatchDefinition(scope, props));
  map.next(reportRun);
  if (!listObjects) {
    return map;
  }
  const list = new InvokeFunction(scope, 'ListObjects', {
    function: listObjects,
    payload: sfn.TaskInput.fromObject({
      run: sfn.JsonPath.objectAt(toPlanPath('run')),
      listing: sfn.JsonPath.objectAt(LISTING_PATH),
    } satisfies PayloadOf<ListObjectsEvent>),
    resultSelector: selectFields<RunListing>({ prefix: true, progress: true }),
    resultPath: LISTING_PATH,
    retry: settings.retry,
  });
  const nothing = new sfn.Pass(scope, 'NothingSelected', {
    result: sfn.Result.fromObject({}),
    resultPath: '$.map',
  });
  return list.next(
    new sfn.Choice(scope, 'Listed?')
      .when(sfn.Condition.booleanEquals(toListingPath('finished'), false), list)
      .when(sfn.Condition.numberEquals(toListingPath('parts'), 0), nothing.next(reportRun))
      .otherwise(map),
  );
}

function createBatchDefinition(
  scope: Construct,
  { settings, functions, alertTopic, chatTopic }: DefinitionProps,
): sfn.IChainable {
  const isPlanned = functions.listObjects !== undefined;
  const isTold = settings.alertMode === AlertMode.PER_BATCH;
  const round: Omit<RoundsProps, 'names'> = {
    function: functions.archiveBatch,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      ...(isPlanned
        ? {
            part: sfn.JsonPath.objectAt('$.part'),
            ...(!isTold && { retries: sfn.JsonPath.numberAt('$$.State.RetryCount') }),
          }
        : { Items: sfn.JsonPath.objectAt('$.Items') }),
      batchArn: sfn.JsonPath.executionId,
    } satisfies PayloadOf<BatchEvent> | PayloadOf<PlannedBatchEvent>),
    resultSelector: {
      ...selectFields<Omit<Progress, 'alert'>>({ ...PROGRESS_FIELDS, digest: true }),
      ...(isTold && selectFields<Pick<Progress, 'alert'>>({ alert: true })),
    },
    retry: { ...settings.retry, maxAttempts: settings.batch.maxAttempts },
  };
  // After copies, a state transition is the dearest part of a batch. So this is one state, which
  // throws BATCH_UNFINISHED while objects are left.
  if (isPlanned && !isTold) {
    const unfinished = { errors: [BATCH_UNFINISHED], maxAttempts: settings.batch.maxRounds };
    return new InvokeFunction(scope, 'ArchiveBatch', { ...round, unfinished });
  }
  const { start, unfinished, finished } = createRounds(scope, {
    ...round,
    names: { round: 'ArchiveBatch', unfinished: 'Unfinished?', finished: 'BatchFinished' },
  });
  if (isTold) {
    // A message that cannot be sent must not fail the batch. The run's report contains the same
    // problems.
    const ignoreErrors = (task: sfn.TaskStateBase) =>
      task.addCatch(finished, { resultPath: sfn.JsonPath.DISCARD });
    const notify = ignoreErrors(createNotify(scope, 'NotifyBatch', alertTopic));
    const notifyChat =
      chatTopic && ignoreErrors(createNotify(scope, 'NotifyChatOfBatch', chatTopic));
    (notifyChat ? notify.next(notifyChat) : notify).next(finished);
    unfinished.when(
      sfn.Condition.or(
        sfn.Condition.numberGreaterThan(`${PROGRESS_PATH}.counts.failed`, 0),
        sfn.Condition.numberGreaterThan(`${PROGRESS_PATH}.counts.conflicting`, 0),
      ),
      notify,
    );
  }
  unfinished.otherwise(finished);
  return start.next(unfinished);
}
