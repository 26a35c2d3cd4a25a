import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { LogMessage } from '../../contract/logs';
import type { Functions } from '../functions/functions';

const NOT_ARCHIVED = `message = "${LogMessage.NOT_ARCHIVED}"`;
const RUN_FILTER = 'run_id like /.*/ # of one run: its id between the slashes';

/**
 * The queries that an on-call person needs, by construct id. Their fields are the fields of the
 * functions' log lines.
 */
const QUERIES: { readonly [id: string]: logs.QueryStringProps & { readonly name: string } } = {
  FailedKeys: {
    name: 'which keys failed and why',
    fields: ['@timestamp', 'run_id', 'status', 'code', 'key', 'reason'],
    filterStatements: [NOT_ARCHIVED, RUN_FILTER],
    sort: '@timestamp desc',
    limit: 10_000,
  },
  Errors: {
    name: 'errors and warnings',
    fields: ['@timestamp', 'service', 'run_id', 'level', 'message', 'error.name', 'error.message'],
    filterStatements: [
      'level in ["WARN", "ERROR", "CRITICAL"]',
      `message != "${LogMessage.NOT_ARCHIVED}"`,
      RUN_FILTER,
    ],
    sort: '@timestamp desc',
  },
};

export function getLogGroups(functions: Functions): logs.ILogGroup[] {
  const {
    planRun,
    listObjects,
    archiveBatch,
    verifyBatch,
    restoreBatch,
    reportRun,
    explainFailure,
  } = functions;
  return [
    planRun,
    listObjects,
    archiveBatch,
    verifyBatch,
    restoreBatch,
    reportRun,
    explainFailure,
  ].flatMap((each) => each?.logGroup ?? []);
}

/**
 * Creates the queries in a folder with the archiver's name. The documented pattern of a name has
 * neither `:` nor `*` (AWS::Logs::QueryDefinition, "Name").
 */
export function createSavedQueries(
  scope: Construct,
  archiver: string,
  logGroups: logs.ILogGroup[],
): void {
  const folder = archiver.replace(/[:*]/g, '-');
  for (const [id, { name, ...query }] of Object.entries(QUERIES)) {
    new logs.QueryDefinition(scope, id, {
      queryDefinitionName: `${folder}/${name}`,
      queryString: new logs.QueryString(query),
      logGroups,
    });
  }
}

export function createReasonsWidget(
  scope: Construct,
  archiver: string,
  logGroups: logs.ILogGroup[],
  size: { width: number; height: number },
): cloudwatch.IWidget {
  return new cloudwatch.LogQueryWidget({
    ...size,
    region: Stack.of(scope).region,
    title: `${archiver}: why objects were not archived`,
    view: cloudwatch.LogQueryVisualizationType.TABLE,
    logGroupNames: logGroups.map((each) => each.logGroupName),
    queryLines: [
      `filter ${NOT_ARCHIVED}`,
      'stats count(*) as objects, count_distinct(run_id) as runs by status, code',
      'sort objects desc',
    ],
  });
}
