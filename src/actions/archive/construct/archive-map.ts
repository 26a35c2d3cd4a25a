import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { AlertMode } from '../../../alert-mode';
import type { Settings } from '../../../construct/props/settings';
import {
  type DefinitionProps,
  ArchiveObjects,
  toPlanPath,
} from '../../../construct/state-machine/distributed-map';
import {
  createRounds,
  InvokeFunction,
  type PayloadOf,
  PROGRESS_FIELDS,
  PROGRESS_PATH,
  type RoundsProps,
  selectFields,
} from '../../../construct/state-machine/invoke-function';
import { createNotify } from '../../../construct/state-machine/publish-alert';
import { ACTIONS, FINISH_BATCHES } from '../../../contract/actions';
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
import type { UnfinishedRun } from '../../../contract/payloads/report-payloads';

const LISTING_PATH = toPlanPath('listing');

function toListingPath(field: keyof ListingProgress): string {
  return `${LISTING_PATH}.${'progress' satisfies keyof RunListing}.${field}`;
}

/**
 * Whether a child workflow ends with objects left, which FinishBatches then finishes. After copies,
 * state transitions cost the most. So a child has only one state, and the rare case in which its
 * time runs short has separate states.
 */
export function endsUnfinished({ alertMode }: Pick<Settings, 'alertMode'>): boolean {
  return alertMode !== AlertMode.PER_BATCH;
}

/** Whether ReportRun returned batches for FinishBatches instead of a summary of the run. */
export function isUnfinished(): sfn.Condition {
  return sfn.Condition.stringEquals(
    `$.${'outcome' satisfies keyof UnfinishedRun}`,
    'UNFINISHED' satisfies UnfinishedRun['outcome'],
  );
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
  const map = new ArchiveObjects(scope, ACTIONS.archive.map, props, {
    partsKeyPath: listObjects && toListingPath('partsKey'),
    resultPath: toPlanPath('map'),
  }).itemProcessor(createBatchDefinition(scope, props));
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
    resultPath: toPlanPath('map'),
  });
  return list.next(
    new sfn.Choice(scope, 'Listed?')
      .when(sfn.Condition.booleanEquals(toListingPath('finished'), false), list)
      .when(sfn.Condition.numberEquals(toListingPath('parts'), 0), nothing.next(reportRun))
      .otherwise(map),
  );
}

/**
 * The map of the parts that ReportRun found unfinished. ReportRun follows it, too. Undefined: a
 * batch ends when nothing is left.
 */
export function createFinishBatches(
  scope: Construct,
  props: DefinitionProps,
): sfn.DistributedMap | undefined {
  if (!endsUnfinished(props.settings)) {
    return undefined;
  }
  const { start, unfinished, finished } = createRounds(scope, {
    ...createRound(props, 'read'),
    names: { round: 'FinishBatch', unfinished: 'Unfinished?', finished: 'BatchFinished' },
  });
  return new ArchiveObjects(scope, FINISH_BATCHES, props, {
    partsKeyPath: toPlanPath('partsKey'),
    resultPath: toPlanPath('finish'),
  }).itemProcessor(start.next(unfinished.otherwise(finished)));
}

function createRound(
  { settings, functions }: DefinitionProps,
  progressFile?: PlannedBatchEvent['progressFile'],
): Omit<RoundsProps, 'names'> {
  const isTold = settings.alertMode === AlertMode.PER_BATCH;
  const hasPart = functions.listObjects !== undefined || progressFile === 'read';
  return {
    function: functions.archiveBatch,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      ...(hasPart
        ? { part: sfn.JsonPath.objectAt('$.part') }
        : { Items: sfn.JsonPath.objectAt('$.Items') }),
      ...(progressFile && { progressFile }),
      batchArn: sfn.JsonPath.executionId,
    } satisfies PayloadOf<BatchEvent> | PayloadOf<PlannedBatchEvent>),
    resultSelector: {
      ...selectFields<Omit<Progress, 'alert' | 'remaining'>>({ ...PROGRESS_FIELDS, digest: true }),
      ...(progressFile === 'write' &&
        selectFields<Pick<Progress, 'remaining'>>({ remaining: true })),
      ...(isTold && selectFields<Pick<Progress, 'alert'>>({ alert: true })),
    },
    retry: settings.retry,
  };
}

function createBatchDefinition(scope: Construct, props: DefinitionProps): sfn.IChainable {
  const { settings, alertTopic, chatTopic } = props;
  if (endsUnfinished(settings)) {
    return new InvokeFunction(scope, 'ArchiveBatch', createRound(props, 'write'));
  }
  const { start, unfinished, finished } = createRounds(scope, {
    ...createRound(props),
    names: { round: 'ArchiveBatch', unfinished: 'Unfinished?', finished: 'BatchFinished' },
  });
  if (settings.alertMode === AlertMode.PER_BATCH) {
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
