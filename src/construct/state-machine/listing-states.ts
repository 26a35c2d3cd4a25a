/** The states that an archiver has only if a function lists its source. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { toPlanPath } from './distributed-map';
import { InvokeFunction, type PayloadOf, selectFields } from './invoke-function';
import type { ListingProgress, ListObjectsEvent, RunListing } from '../../contract/payloads/listing';

const LISTING_PATH = toPlanPath('listing');

export function toListingPath(field: keyof ListingProgress): string {
  return `${LISTING_PATH}.${'progress' satisfies keyof RunListing}.${field}`;
}

export interface ListingProps {
  readonly function: lambda.IFunction;
  readonly retry: sfn.RetryProps;
  /** The map that reads what the function has planned. */
  readonly map: sfn.DistributedMap;
  /** What follows if nothing is selected. It gets the output of a map that had no items. */
  readonly reportRun: sfn.IChainable;
}

/** Creates ListObjects -> Listed? -> the map: the function is invoked until everything is listed. Without a batch, no map starts. */
export function createListing(scope: Construct, { function: listObjects, retry, map, reportRun }: ListingProps): sfn.IChainable {
  const list = new InvokeFunction(scope, 'ListObjects', {
    function: listObjects,
    payload: sfn.TaskInput.fromObject({
      run: sfn.JsonPath.objectAt(toPlanPath('run')),
      listing: sfn.JsonPath.objectAt(LISTING_PATH),
    } satisfies PayloadOf<ListObjectsEvent>),
    resultSelector: selectFields<RunListing>({ prefix: true, progress: true }),
    resultPath: LISTING_PATH,
    retry,
  });
  const nothing = new sfn.Pass(scope, 'NothingSelected', { result: sfn.Result.fromObject({}), resultPath: '$.map' });
  return list.next(new sfn.Choice(scope, 'Listed?')
    .when(sfn.Condition.booleanEquals(toListingPath('finished'), false), list)
    .when(sfn.Condition.numberEquals(toListingPath('parts'), 0), nothing.next(reportRun))
    .otherwise(map));
}
