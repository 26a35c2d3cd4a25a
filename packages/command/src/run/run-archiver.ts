/** Runs the state machine of an archiver, with its functions in processes of this machine. */
import type { S3Client } from '@aws-sdk/client-s3';
import {
  compile,
  DistributedMaps,
  type ExecutionRecord,
  Executions,
  Fleet,
  type MapProgress,
  MAX_RESULT_FILE_BYTES,
  Records,
  serviceCalls,
  type World,
} from 'cdk-s3-dated-archiver-engine';
import { readDefinition } from './definition';
import { Gate } from './gate';
import { startHeartbeat } from './heartbeat';
import { toRunFolder } from './run-name';
import type { RunInput } from '../../../../src/contract/payloads/run';
import type { Settings } from '../../../../src/contract/payloads/settings';
import type { CredentialProvider } from '../processes/credentials';
import { createEnvironment } from '../processes/environment';
import { createFunctions } from '../processes/functions';
import { startParentServer } from '../processes/parent-server';
import type { ProcessSettings } from '../processes/process-settings';

export interface Message {
  readonly subject: string | null;
  readonly message: string;
}

export interface RunOptions {
  readonly assets: string;
  readonly settings: Settings;
  /** The same, as the functions read them. */
  readonly environment: Record<string, string>;
  readonly process: ProcessSettings;
  readonly input: RunInput;
  /** The name of the execution. */
  readonly name: string;
  /** The parent's own client, which is guarded, too. */
  readonly s3: S3Client;
  readonly credentials: CredentialProvider;
  readonly region: string;
  readonly endpoint?: string;
  readonly processes: number;
  readonly onMessage: (message: Message) => void;
  readonly onProgress: (progress: MapProgress) => void;
  /** Fires when the user wants the run to end. */
  readonly signal: AbortSignal;
}

export interface EndedRun {
  readonly record: ExecutionRecord;
  readonly records: Records;
  /** The last lines that a function wrote, by its name. */
  readonly lastLines: (name: string) => readonly string[];
}

export function toStateMachineArn(archiverName: string): string {
  return `arn:command:states:::stateMachine:${archiverName}`;
}

const LOG_LINES = 20;

export async function runArchiver(options: RunOptions): Promise<EndedRun> {
  const { s3, settings, name } = options;
  if (options.process.limits.isDryRun) {
    return runProcesses(options);
  }
  const folder = toRunFolder(settings.reportPrefix, name);
  const stopHeartbeat = await startHeartbeat(s3, settings.reportBucket, folder);
  try {
    return await runProcesses(options);
  } finally {
    stopHeartbeat();
  }
}

async function runProcesses(options: RunOptions): Promise<EndedRun> {
  const { assets, settings, environment, region, endpoint, processes } = options;
  const records = new Records();
  const clock = () => new Date();
  const server = await startParentServer({
    backend: { records, clock },
    credentials: options.credentials,
  });
  const maxPackSize = settings.packing?.maxPackSize ?? 0;
  const fleet = new Fleet(createFunctions({ assets, environment, region, maxPackSize }), {
    environment: (spec) => createEnvironment(spec, { server, process: options.process, endpoint }),
    maxInstances: processes,
    clockOffset: () => 0,
  });
  const maps = new DistributedMaps();
  try {
    const record = await execute(options, { records, clock, fleet, maps });
    return {
      record,
      records,
      lastLines: (name) => fleet.log(name)?.lastLines(LOG_LINES) ?? [],
    };
  } finally {
    await fleet.close();
    maps.close();
    await server.close();
  }
}

interface Engine {
  readonly records: Records;
  readonly clock: () => Date;
  readonly fleet: Fleet;
  readonly maps: DistributedMaps;
}

async function execute(
  options: RunOptions,
  { records, clock, fleet, maps }: Engine,
): Promise<ExecutionRecord> {
  const { assets, settings, input, name, s3, credentials, signal, onMessage, onProgress } = options;
  const arn = toStateMachineArn(settings.archiverName);
  const gate = new Gate(fleet, credentials, () => clock().getTime());
  const world: World = {
    clock,
    records,
    meter: { transitions: 0, children: 0 },
    s3,
    call: serviceCalls({
      fleet: gate,
      topics: {
        publish: (_topic, message, subject) => {
          onMessage({ subject, message });
          return name;
        },
      },
      events: { put: () => ({}) },
      permissions: NO_PERMISSIONS,
      accessKeyId: '',
    }),
    runMap: (invocation) => maps.run(invocation),
    onMapProgress: onProgress,
    maxResultFileBytes: MAX_RESULT_FILE_BYTES,
  };
  const compiled = compile(readDefinition(assets, settings), { retryScale: 1 });
  const machine = { arn, name: settings.archiverName, roleArn: '' };
  const executions = new Executions({ machine, compiled, world, events: NO_EVENTS });
  const { record, ended } = executions.start(arn, JSON.stringify(input), name);
  const stop = (error: string, cause: string) => executions.stop(record.arn, { error, cause });
  gate.onClosed = (error) => stop(error.name, error.message);
  const onAbort = () => stop('Stopped', 'the run was stopped');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await ended;
    // A batch that is under way ends, and writes its ledger.
    await fleet.idle();
    return record;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The caller's own: S3 decides what they may do. */
const NO_PERMISSIONS = {
  demandInvoke: () => undefined,
  demandPublish: () => undefined,
  demandPutEvents: () => undefined,
};

const NO_EVENTS = {
  statusChanged: () => Promise.resolve(),
  delivered: () => Promise.resolve(),
};
