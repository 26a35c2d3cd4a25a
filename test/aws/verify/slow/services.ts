/**
 * CloudWatch, Athena and SQS of the rehearsal's account, by the requests that the command sends to
 * them. What they know is what the rehearsal knows.
 */
import { constructId } from '../app';
import { ARCHIVERS, type Deployment, type Machine, PLACES, type Queue, stackName } from '../names';
import { functionId, type Operations, type Stage } from '../stage';

/** A request, by the name of its call, with what it names. */
export interface Asked {
  readonly call: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** How long a queue waits for messages, in place of the seconds of AWS. */
const WAIT_MS = 5;

/** The functions of an archiver, as its definition names them on AWS. */
export async function definitionOf(operations: Operations, machine: Machine): Promise<string> {
  const functions = Object.keys(await operations.durations(machine)).map(
    (id) => `arn:aws:lambda:eu-central-1:111122223333:function:${machine}${id}`,
  );
  return JSON.stringify({ States: { Succeed: { Type: 'Succeed' } }, Comment: functions.join(' ') });
}

export class Services {
  /** The answers to queries, by id. */
  private readonly queries = new Map<string, Promise<string[][]>>();

  constructor(
    private readonly deployment: Deployment,
    private readonly stage: Pick<Stage, 'operations' | 'subjects'>,
  ) {}

  /** What a request of CloudWatch or Athena asks for. */
  read(service: string, action: string, body: string): Asked {
    if (service === 'monitoring') {
      return { call: action, input: Object.fromEntries(new URLSearchParams(body)) };
    }
    const [, region, account] = /:states:([^:]+):(\d+)/.exec(
      JSON.stringify(this.deployment.machines),
    )!;
    return {
      call: action,
      input: {
        ...(JSON.parse(body) as object),
        workGroupArn: `arn:aws:athena:${region}:${account}:workgroup/${stackName(this.deployment.id)}`,
      },
    };
  }

  async answer({ call, input }: Asked): Promise<string> {
    if (call === 'GetMetricStatistics') {
      return this.statistics(input as Record<string, string>);
    }
    return JSON.stringify(await this.athena(call, input));
  }

  async receive(queue: Queue): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    return this.stage.subjects(0, queue);
  }

  private async statistics({
    Namespace,
    MetricName,
    'Dimensions.member.1.Value': value,
  }: Record<string, string>): Promise<string> {
    const sum = await this.sumOf(Namespace!, MetricName!, value!);
    const points = sum === undefined ? '' : `<member><Sum>${sum}</Sum></member>`;
    return `<GetMetricStatisticsResponse><GetMetricStatisticsResult><Datapoints>${points}</Datapoints></GetMetricStatisticsResult></GetMetricStatisticsResponse>`;
  }

  private async sumOf(namespace: string, name: string, value: string): Promise<number | undefined> {
    const { operations } = this.stage;
    if (namespace === 'AWS/S3') {
      return operations.serverErrors(
        PLACES.find((place) => this.deployment.buckets[place] === value)!,
      );
    }
    if (namespace !== 'AWS/Lambda') {
      return operations.metric(
        ARCHIVERS.find((each) => value.endsWith(`/${constructId(each)}`))!,
        name,
      );
    }
    const machine = ARCHIVERS.find((each) => functionId(value, each) !== undefined)!;
    return (await operations.durations(machine))[functionId(value, machine)!];
  }

  private async athena(
    call: string,
    { QueryString, QueryExecutionId, QueryExecutionContext }: Record<string, any>,
  ): Promise<object> {
    const saved = await this.stage.operations.savedQueries();
    if (call === 'ListNamedQueries') {
      return { NamedQueryIds: saved.map(({ name }) => name) };
    }
    if (call === 'BatchGetNamedQuery') {
      return {
        NamedQueries: saved.map(({ name, database, sql }) => ({
          Name: name,
          Database: database,
          QueryString: sql,
        })),
      };
    }
    if (call === 'StartQueryExecution') {
      const id = `query-${this.queries.size}`;
      const result = this.stage.operations.query(
        QueryString as string,
        QueryExecutionContext.Database as string,
      );
      result.catch(() => undefined);
      this.queries.set(id, result);
      return { QueryExecutionId: id };
    }
    const result = this.queries.get(QueryExecutionId as string)!;
    if (call === 'GetQueryExecution') {
      const Status = await result.then(
        () => ({ State: 'SUCCEEDED' }),
        (error: Error) => ({ State: 'FAILED', StateChangeReason: error.message }),
      );
      return { QueryExecution: { Status } };
    }
    const rows = [['the names of the columns'], ...(await result)];
    return {
      ResultSet: {
        Rows: rows.map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) })),
      },
    };
  }
}
