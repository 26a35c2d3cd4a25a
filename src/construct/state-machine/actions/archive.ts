import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { AlertMode } from '../../../alert-mode';
import { ACTIONS } from '../../../contract/actions';
import type { BatchEvent, PlannedBatchEvent, Progress } from '../../../contract/payloads/batch-payloads';
import type { Settings } from '../../props/settings';
import type { DefinitionProps } from '../definition-props';
import { ArchiveObjects } from '../distributed-map';
import { type PayloadOf, selectFields } from '../invoke-function';
import { createListing, toListingPath } from '../listing-states';
import { createNotify } from '../publish-alert';
import { toRetryProps } from '../retry';
import { createRounds, createSingleState, PROGRESS_PATH, type RoundsProps } from '../rounds';

/** Creates the map over the source, or over what a function has listed of it before. */
export function createArchiveObjects(scope: Construct, props: DefinitionProps, reportRun: sfn.IChainable & sfn.INextable): sfn.IChainable {
  const { settings, reports, functions: { listObjects } } = props;
  const map = new ArchiveObjects(scope, ACTIONS.archive.map, {
    source: settings.source,
    listsWholeBucket: settings.source.prefix === '' && !isNarrowed(settings),
    reports,
    batchSize: settings.batchSize,
    toleratedFailurePercentage: settings.toleratedFailurePercentage,
    mapExecutionType: settings.mapExecutionType,
    ...listObjects && { partsKeyPath: toListingPath('partsKey') },
  }).itemProcessor(createBatchDefinition(scope, props));
  map.next(reportRun);
  return listObjects ? createListing(scope, { function: listObjects, retry: toRetryProps(settings.retry), map, reportRun }) : map;
}

/** Returns true if runs list less than the source's prefix: keys start with their dates, and there is a first day. */
function isNarrowed({ dateSource, selection }: Settings): boolean {
  return dateSource._settings().kind === 'keyPrefix' && selection._settings().kind !== 'olderThan';
}

function createBatchDefinition(scope: Construct, { settings, functions, alertTopic, chatTopic }: DefinitionProps): sfn.IChainable {
  const isPlanned = functions.listObjects !== undefined;
  const isTold = settings.alertMode === AlertMode.PER_BATCH;
  const round: Omit<RoundsProps, 'names'> = {
    function: functions.archiveBatch,
    payload: sfn.TaskInput.fromObject({
      BatchInput: sfn.JsonPath.objectAt('$.BatchInput'),
      ...isPlanned ? {
        part: sfn.JsonPath.objectAt('$.part'),
        ...!isTold && { retries: sfn.JsonPath.numberAt('$$.State.RetryCount') },
      } : { Items: sfn.JsonPath.objectAt('$.Items') },
      batchArn: sfn.JsonPath.executionId,
    } satisfies PayloadOf<BatchEvent> | PayloadOf<PlannedBatchEvent>),
    resultSelector: {
      ...selectFields<Omit<Progress, 'alert'>>({
        cursor: true,
        finished: true,
        rounds: true,
        counts: true,
        bytes: true,
        stragglers: true,
        filtered: true,
        problems: true,
        upload: true,
        digest: true,
      }),
      ...isTold && selectFields<Pick<Progress, 'alert'>>({ alert: true }),
    },
    retry: toRetryProps({ ...settings.retry, maxAttempts: settings.batch.maxAttempts }),
  };
  if (isPlanned && !isTold) { return createSingleState(scope, 'ArchiveBatch', round, settings.batch.maxRounds); }
  const { start, unfinished, finished } = createRounds(scope, {
    ...round, names: { round: 'ArchiveBatch', unfinished: 'Unfinished?', finished: 'BatchFinished' },
  });
  if (isTold) {
    // A message that cannot be sent must not fail the batch. The run's report contains the same problems.
    const ignoreErrors = (task: sfn.TaskStateBase) => task.addCatch(finished, { resultPath: sfn.JsonPath.DISCARD });
    const notify = ignoreErrors(createNotify(scope, 'NotifyBatch', alertTopic));
    (chatTopic ? notify.next(ignoreErrors(createNotify(scope, 'NotifyChatOfBatch', chatTopic))) : notify).next(finished);
    unfinished.when(sfn.Condition.or(
      sfn.Condition.numberGreaterThan(`${PROGRESS_PATH}.counts.failed`, 0),
      sfn.Condition.numberGreaterThan(`${PROGRESS_PATH}.counts.conflicting`, 0),
    ), notify);
  }
  unfinished.otherwise(finished);
  return start.next(unfinished);
}
