/**
 * What EventBridge Scheduler, Lambda's poller, CloudWatch and Athena do, as far as the rehearsal
 * needs them.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { constructId } from './app';
import { type Deployment, type Machine, stackName } from './names';
import type { Sandboxes, Subjects } from './rehearsal';
import { runQuery, savedQueries } from './rehearsed-queries';
import { functionId, type Operations } from './stage';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import { App } from '../../../packages/sandbox/src/assembly/scope';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../../src/contract/metrics';
import { type AlarmProperties, type Datum, evaluate, metricsIn } from '../../helpers/cloudwatch';
import { deadLetter } from '../../helpers/dead-letters';

interface Parts {
  readonly assembly: string;
  readonly sandboxes: Sandboxes;
  readonly subjects: Subjects;
  readonly s3: S3Client;
  readonly deployment: Deployment;
  /** Epoch milliseconds. Older metrics are those of another verification. */
  readonly since: () => number;
}

export function rehearsedOperations({
  assembly,
  sandboxes,
  subjects,
  s3,
  deployment,
  since,
}: Parts): Operations {
  const app = new App(readAssembly(assembly));
  const scheduled = () => sandboxes.get('Scheduled')!;
  const data = (machine: Machine): Datum[] =>
    [...sandboxes.get(machine)!.functionUsage().keys()]
      .filter((id) => id.includes('ReportRun'))
      .flatMap((id) => metricsIn(sandboxes.get(machine)!.lastLogLines(id, 200)))
      .filter(({ at }) => at >= since());
  return {
    scheduledRun: async (machine) => {
      await sandboxes.get(machine)!.run({ schedule: machine });
      return sandboxes.get(machine)!.lastExecution!.arn;
    },
    deadLetter: async () => {
      demandPoller(app, scheduled().access);
      await scheduled().deliver([deadLetter()]);
    },
    metric: async (machine, name) => {
      const values = data(machine).filter((datum) => isOf(datum, machine, name, deployment));
      // CloudWatch evaluates alarms by itself.
      for (const alarm of alarmsOf(app, data('Scheduled'))) {
        announce(alarm, scheduled().access, subjects);
      }
      return values.length === 0 ? undefined : values.reduce((sum, { value }) => sum + value, 0);
    },
    durations: async (machine) =>
      Object.fromEntries(
        [...sandboxes.get(machine)!.functionUsage()].flatMap(([logicalId, { milliseconds }]) => {
          const id = functionId(logicalId, machine);
          return id === undefined ? [] : [[id, milliseconds]];
        }),
      ),
    // The double of S3 never asks to slow down.
    serverErrors: async () => 0,
    savedQueries: async () => savedQueries(app),
    query: (sql) => runQuery(app, s3, sql),
  };
}

function isOf(
  { namespace, name, dimensions }: Datum,
  machine: Machine,
  wanted: string,
  { id }: Deployment,
): boolean {
  return (
    namespace === METRIC_NAMESPACE &&
    name === wanted &&
    dimensions[METRIC_DIMENSION] === `${stackName(id)}/${constructId(machine)}`
  );
}

type Access = NonNullable<ReturnType<Sandboxes['get']>>['access'];

/**
 * Lambda's poller reads the queue with the function's role. No public source tells whether it
 * states the source of the request, so the rehearsal's poller does not. Only AWS can tell:
 * poller-trust.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function demandPoller(app: App, access: Access): void {
  for (const { scope, logicalId } of app.resources('AWS::Lambda::EventSourceMapping')) {
    const { FunctionName, EventSourceArn } = scope.properties(logicalId);
    for (const found of app.resources('AWS::Lambda::Function')) {
      if (
        found.scope.physicalName(found.logicalId) !== FunctionName &&
        found.scope.attribute(found.logicalId, 'Arn') !== FunctionName
      ) {
        continue;
      }
      const role = String(found.scope.properties(found.logicalId, 'Role').Role);
      access.demandTrust('lambda.amazonaws.com', role, []);
      const session = access.toSession(role, 'poller');
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']) {
        if (session) {
          access.demandOf(session, { action, resource: String(EventSourceArn) });
        }
      }
    }
  }
}

interface Alarm {
  readonly id: string;
  readonly actions: readonly string[];
}

/** The alarms of the template that are in ALARM. */
function alarmsOf(app: App, data: Datum[]): Alarm[] {
  const now = Date.now() + 60_000;
  return [...app.resources('AWS::CloudWatch::Alarm')].flatMap(({ scope, logicalId }) => {
    const properties = scope.properties(logicalId) as unknown as AlarmProperties & {
      AlarmActions?: string[];
    };
    return evaluate(properties, data, now, 'OK', 0) === 'ALARM'
      ? [{ id: logicalId, actions: properties.AlarmActions ?? [] }]
      : [];
  });
}

/** CloudWatch publishes to the topics of an alarm, if their policies let it. */
function announce({ id, actions }: Alarm, access: Access, subjects: Subjects): void {
  for (const resource of actions) {
    access.demandOf(
      { kind: 'service', arn: 'cloudwatch.amazonaws.com' },
      {
        action: 'sns:Publish',
        resource,
        keys: () => [['aws:SourceAccount', resource.split(':')[4]!]],
      },
    );
    subjects.add(`ALARM: "${id}-rehearsed" in the rehearsal`);
  }
}
