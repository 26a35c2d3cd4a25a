import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { ARCHIVER_IDS, type Deployment } from './app';
import { play, type Scenario, type Seen } from './scenarios';
import type { Stage } from './stage';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import { openSandbox, type Sandbox } from '../../../packages/sandbox/src/internal';

/** Runs the scenarios in the sandbox. The results are what AWS is expected to do. */
export async function rehearse(assembly: string, scenarios: readonly Scenario[], signal: AbortSignal, tell: (name: string) => void): Promise<Seen[]> {
  const rehearsal = await openRehearsal(assembly, signal);
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
  close(): Promise<void>;
}

/**
 * Opens the sandbox as a stage with the same calls as on AWS. Each archiver has its own sandbox, and all share one
 * S3.
 */
export async function openRehearsal(assembly: string, signal: AbortSignal): Promise<Rehearsal> {
  const [stack] = readAssembly(assembly);
  const open = (archiver: string, endpoint?: string) => openSandbox({ app: assembly, stack: `${stack!.name}/${archiver}`, endpoint, retryScale: 0 });
  const standard = await open(ARCHIVER_IDS.Standard);
  const express = await open(ARCHIVER_IDS.Express, standard.s3Endpoint);
  const whole = await open(ARCHIVER_IDS.Whole, standard.s3Endpoint);
  const sandboxes = [standard, express, whole];
  const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
  const s3 = new S3Client({ endpoint: standard.s3Endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const sfns = sandboxes.map(({ awsEndpoint }) => new SFNClient({ endpoint: awsEndpoint, region: 'us-east-1', credentials }));
  const deployment: Deployment = {
    SourceBucket: standard.sourceBucket,
    ArchiveBucket: standard.destinationBucket,
    ReportsBucket: standard.reportBucket,
    StandardMachine: standard.stateMachineArn,
    ExpressMachine: express.stateMachineArn,
    WholeMachine: whole.stateMachineArn,
    QueueUrl: '',
  };
  return {
    stage: {
      account: stack!.environment.account,
      s3,
      sfn: oneOf(sfns, sandboxes),
      deployment,
      pause: 20,
      budget: 60_000,
      subjects: subjectsOf(sandboxes),
      signal,
    },
    close: async () => { for (const sandbox of sandboxes) { await sandbox.close(); } },
  };
}

/** Sends each call to the sandbox that has the state machine. */
function oneOf(sfns: SFNClient[], sandboxes: Sandbox[]): SFNClient {
  const names = sandboxes.map(({ stateMachineArn }) => stateMachineArn.split(':').pop()!);
  const send: SFNClient['send'] = (command: { input: object }) => {
    const index = names.findIndex((name) => JSON.stringify(command.input).includes(name));
    return sfns[Math.max(0, index)]!.send(command as never) as never;
  };
  return { send } as SFNClient;
}

function subjectsOf(sandboxes: Sandbox[]): Stage['subjects'] {
  let told = 0;
  return async () => {
    for (const sandbox of sandboxes) { await sandbox.settled(); }
    const all = sandboxes.flatMap(({ published }) => published.map(({ subject }) => subject ?? ''));
    const fresh = all.slice(told);
    told = all.length;
    return fresh.sort();
  };
}
