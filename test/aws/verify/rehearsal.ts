import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { constructId } from './app';
import {
  deploymentOf,
  type Deployment,
  type Machine,
  type Place,
  placesOf,
  queueOf,
} from './names';
import { rehearsedOperations } from './rehearsed-operations';
import { play, type Scenario, type Seen } from './scenarios/scenario';
import type { Stage } from './stage';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import { openSandbox, type Sandbox } from '../../../packages/sandbox/src/internal';

export type Sandboxes = ReadonlyMap<Machine, Sandbox>;

/** Runs the scenarios in the sandbox. The results are what AWS is expected to do. */
export async function rehearse(
  assembly: string,
  deployment: Deployment,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
  tell: (name: string) => void,
): Promise<Seen[]> {
  const rehearsal = await openRehearsal(assembly, deployment, signal);
  try {
    const seen: Seen[] = [];
    for (const scenario of scenarios) {
      signal.throwIfAborted();
      tell(scenario.name);
      seen.push(await play(scenario, rehearsal.stage));
    }
    return seen;
  } finally {
    await rehearsal.close();
  }
}

export interface Rehearsal {
  readonly stage: Stage;
  readonly sandboxes: Sandboxes;
  /** Another verification begins: the metrics of earlier ones are not those of its archivers. */
  restart(): void;
  close(): Promise<void>;
}

/**
 * Opens the sandbox as a stage with the same calls as on AWS. Each archiver has its own sandbox,
 * and all share one S3.
 */
export async function openRehearsal(
  assembly: string,
  deployed: Deployment,
  signal: AbortSignal,
): Promise<Rehearsal> {
  const [stack] = readAssembly(assembly);
  const machines = Object.keys(deployed.machines) as Machine[];
  const sandboxes = new Map<Machine, Sandbox>();
  for (const machine of machines) {
    const endpoint = sandboxes.get(machines[0]!)?.s3Endpoint;
    sandboxes.set(
      machine,
      await openSandbox({
        app: assembly,
        stack: `${stack!.name}/${constructId(machine)}`,
        endpoint,
        retryScale: 0,
      }),
    );
  }
  const all = [...sandboxes.values()];
  const first = all[0]!;
  const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
  const s3 = new S3Client({
    endpoint: first.s3Endpoint,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
  });
  const sfns = all.map(
    ({ awsEndpoint }) => new SFNClient({ endpoint: awsEndpoint, region: 'us-east-1', credentials }),
  );
  const subjects = subjectsOf(sandboxes);
  const { account, region } = stack!.environment;
  const deployment = deploymentOf(deployed.id, { account, region }, machines);
  demandNames(deployment, sandboxes);
  let since = 0;
  return {
    sandboxes,
    restart: () => {
      since = Date.now();
    },
    stage: {
      account,
      s3,
      sfn: oneOf(sfns, all),
      deployment,
      pause: 20,
      budget: 120_000,
      patience: 3_000,
      load: 200,
      large: { parts: 2, bytes: 5 * 1024 ** 2 },
      operations: rehearsedOperations({
        assembly,
        sandboxes,
        subjects,
        s3,
        deployment,
        since: () => since,
      }),
      subjects: subjects.read,
      note: () => undefined,
      signal,
    },
    close: async () => {
      for (const sandbox of [...all].reverse()) {
        await sandbox.close();
      }
    },
  };
}

/** The names that are computed before the deployment must be those of the template. */
function demandNames({ buckets, machines }: Deployment, sandboxes: Sandboxes): void {
  for (const [machine, sandbox] of sandboxes) {
    const named = [machines[machine], ...placesOf(machine).map((place: Place) => buckets[place])];
    const found = [
      sandbox.stateMachineArn,
      sandbox.sourceBucket,
      sandbox.destinationBucket,
      sandbox.reportBucket,
    ];
    if (String(named) !== String(found)) {
      throw new Error(
        `${machine} has the names ${String(found)}, but names.ts says ${String(named)}`,
      );
    }
  }
}

/** Sends each call to the sandbox that has the state machine. */
function oneOf(sfns: SFNClient[], sandboxes: Sandbox[]): SFNClient {
  const names = sandboxes.map(({ stateMachineArn }) => stateMachineArn.split(':').pop()!);
  const send: SFNClient['send'] = (command: { input: object }) => {
    const index = names.findIndex((name) => JSON.stringify(command.input).includes(`:${name}`));
    return sfns[Math.max(0, index)]!.send(command as never) as never;
  };
  return { send } as SFNClient;
}

/** The messages of all archivers, and those that CloudWatch would send. */
export interface Subjects {
  readonly read: Stage['subjects'];
  add(subject: string): void;
}

function subjectsOf(sandboxes: Sandboxes): Subjects {
  /** How many messages of each archiver were read. */
  const read = new Map<Machine, number>();
  const alarms: string[] = [];
  const take = (machine: Machine, { published }: Sandbox) => {
    const fresh = published.slice(read.get(machine) ?? 0);
    read.set(machine, published.length);
    return fresh.map(({ subject }) => subject ?? '');
  };
  return {
    read: async (_, queue = 'Messages') => {
      for (const sandbox of sandboxes.values()) {
        await sandbox.settled();
      }
      const chosen = [...sandboxes].filter(([machine]) => queueOf(machine) === queue);
      const fresh = chosen.flatMap(([machine, sandbox]) => take(machine, sandbox));
      return [...fresh, ...(queue === 'ScheduleMessages' ? alarms.splice(0) : [])].sort();
    },
    add: (subject) => {
      alarms.push(subject);
    },
  };
}
