/** Waits for what AWS does by itself: EventBridge Scheduler, CloudWatch, Athena. */
import {
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { call, type Signer } from './signed-query';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../../../src/contract/metrics';
import { constructId, REQUEST_METRICS } from '../app';
import { type Deployment, type Machine, stackName } from '../names';
import { functionId, type Operations, type SavedQuery } from '../stage';

interface Parts {
  readonly sfn: SFNClient;
  readonly signer: Signer;
  readonly deployment: Deployment;
  /** When the verification began. */
  readonly started: Date;
  readonly signal: AbortSignal;
  readonly pause: number;
  readonly patience: number;
}

export function operationsOnAws(parts: Parts): Operations {
  return {
    scheduledRun: (machine, others = []) => scheduledRun(parts, machine, others),
    // The schedule sends a dead letter whenever it is due: the message about it is what to wait
    // for.
    deadLetter: async () => undefined,
    metric: (machine, name) =>
      readMetric(parts, {
        namespace: METRIC_NAMESPACE,
        name,
        dimensions: {
          [METRIC_DIMENSION]: `${stackName(parts.deployment.id)}/${constructId(machine)}`,
        },
      }),
    durations: (machine) => readDurations(parts, machine),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
    serverErrors: (place) =>
      readMetric(parts, {
        namespace: 'AWS/S3',
        name: '5xxErrors',
        dimensions: { BucketName: parts.deployment.buckets[place]!, FilterId: REQUEST_METRICS },
      }),
    savedQueries: () => listSavedQueries(parts),
    query: (sql, database) => runQuery(parts, sql, database),
  };
}

async function scheduledRun(
  { sfn, deployment, signal, pause, patience }: Parts,
  machine: Machine,
  others: readonly string[],
): Promise<string> {
  const since = new Date();
  while (Date.now() - since.getTime() < patience) {
    signal.throwIfAborted();
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: deployment.machines[machine], maxResults: 10 }),
    );
    const next = executions.find(
      ({ executionArn, startDate }) => startDate! >= since && !others.includes(executionArn!),
    );
    if (next) {
      return next.executionArn!;
    }
    await wait(pause);
  }
  throw new Error(`the schedule started no run in ${Math.round(patience / 1000)} s`);
}

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * The sum since the verification began:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
async function readMetric(
  { signer, started }: Parts,
  { namespace, name, dimensions }: Metric,
): Promise<number | undefined> {
  const body = new URLSearchParams({
    Action: 'GetMetricStatistics',
    Version: '2010-08-01',
    Namespace: namespace,
    MetricName: name,
    ...Object.fromEntries(
      Object.entries(dimensions).flatMap(([dimension, value], index) => [
        [`Dimensions.member.${index + 1}.Name`, dimension],
        [`Dimensions.member.${index + 1}.Value`, value],
      ]),
    ),
    'Statistics.member.1': 'Sum',
    Period: '86400',
    StartTime: new Date(started.getTime() - 3_600_000).toISOString(),
    EndTime: new Date(Date.now() + 3_600_000).toISOString(),
  }).toString();
  const text = await call(signer, {
    service: 'monitoring',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const sums = [...text.matchAll(/<Sum>([^<]+)<\/Sum>/g)].map(([, sum]) => Number(sum));
  return sums.length === 0 ? undefined : sums.reduce((all, sum) => all + sum, 0);
}

/**
 * The definition names the functions:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
async function readDurations(parts: Parts, machine: Machine): Promise<Record<string, number>> {
  const { definition } = await parts.sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: parts.deployment.machines[machine] }),
  );
  const names = new Set([...definition!.matchAll(/:function:([\w-]+)/g)].map(([, name]) => name!));
  const durations: Record<string, number> = {};
  for (const name of names) {
    const milliseconds = await readMetric(parts, {
      namespace: 'AWS/Lambda',
      name: 'Duration',
      dimensions: { FunctionName: name },
    });
    const id = functionId(name, machine);
    if (milliseconds !== undefined && id !== undefined) {
      durations[id] = Math.ceil(milliseconds);
    }
  }
  return durations;
}

type Athena = (action: string, request: object) => Promise<Record<string, any>>;

function askAthena({ signer }: Parts): Athena {
  return async (action, request) =>
    JSON.parse(
      await call(signer, {
        service: 'athena',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AmazonAthena.${action}`,
        },
        body: JSON.stringify(request),
      }),
    ) as Record<string, any>;
}

/** https://docs.aws.amazon.com/athena/latest/APIReference/API_BatchGetNamedQuery.html */
async function listSavedQueries(parts: Parts): Promise<SavedQuery[]> {
  const athena = askAthena(parts);
  const { NamedQueryIds = [] } = await athena('ListNamedQueries', {
    WorkGroup: stackName(parts.deployment.id),
  });
  const { NamedQueries = [] } = await athena('BatchGetNamedQuery', { NamedQueryIds });
  return (NamedQueries as { Name: string; Database: string; QueryString: string }[]).map(
    ({ Name, Database, QueryString }) => ({ name: Name, database: Database, sql: QueryString }),
  );
}

/** https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html */
async function runQuery(parts: Parts, QueryString: string, Database: string): Promise<string[][]> {
  const { deployment, signal, pause, patience } = parts;
  const athena = askAthena(parts);
  const { QueryExecutionId } = await athena('StartQueryExecution', {
    QueryString,
    QueryExecutionContext: { Database },
    WorkGroup: stackName(deployment.id),
  });
  for (const began = Date.now(); ;) {
    signal.throwIfAborted();
    const {
      QueryExecution: { Status },
    } = await athena('GetQueryExecution', { QueryExecutionId });
    if (Status.State === 'SUCCEEDED') {
      break;
    }
    if (['FAILED', 'CANCELLED'].includes(Status.State as string)) {
      throw new Error(`Athena: ${Status.State}: ${Status.StateChangeReason}`);
    }
    if (Date.now() - began > patience) {
      throw new Error(`Athena: still ${Status.State} after ${Math.round(patience / 1000)} s`);
    }
    await wait(pause);
  }
  const {
    ResultSet: { Rows },
  } = await athena('GetQueryResults', { QueryExecutionId });
  // The first row has the names of the columns.
  return (Rows as { Data: { VarCharValue?: string }[] }[])
    .slice(1)
    .map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue ?? ''));
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
