/** Runs a command of the AWS CLI: a real shell parses it, and the SDK sends it to a sandbox. */
import { execFileSync } from 'node:child_process';
import { RedriveExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionRecord } from '../../../packages/engine/src/step-functions/records';
import type { Sandbox } from '../../../packages/sandbox/src/internal';

/** The commands in a message, each on a line of its own. */
export function getCommands(message: string): string[] {
  return message.split('\n').filter((line) => line.startsWith('aws stepfunctions '));
}

/** The arguments that the shell passes to `aws`. */
export function parseArguments(command: string): string[] {
  const script = `aws() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

/** Sends the command, waits until the run ends, and returns the run. */
export async function paste(sandbox: Sandbox, command: string): Promise<ExecutionRecord> {
  const [service, action, ...rest] = parseArguments(command);
  if (service !== 'stepfunctions') {
    throw new Error(`not a Step Functions command: ${command}`);
  }
  const { region, ...options } = parseOptions(rest);
  const client = new SFNClient({
    endpoint: sandbox.awsEndpoint,
    region: region!,
    credentials: { accessKeyId: 'person', secretAccessKey: 'x' },
  });
  try {
    const arn = await send(client, action!, options);
    if (arn.split(':')[3] !== region) {
      throw new Error(`--region ${region} is not the region of ${arn}`);
    }
    await sandbox.settled();
    return sandbox.records.executions.get(arn)!;
  } finally {
    client.destroy();
  }
}

async function send(
  client: SFNClient,
  action: string,
  options: { readonly [name: string]: string },
): Promise<string> {
  switch (action) {
    case 'start-execution': {
      const { 'state-machine-arn': stateMachineArn, input, ...unknown } = options;
      refuseUnknown(unknown);
      return (await client.send(new StartExecutionCommand({ stateMachineArn, input })))
        .executionArn!;
    }
    case 'redrive-execution': {
      const { 'execution-arn': executionArn, ...unknown } = options;
      refuseUnknown(unknown);
      await client.send(new RedriveExecutionCommand({ executionArn }));
      return executionArn!;
    }
    default:
      throw new Error(`unknown command: aws stepfunctions ${action}`);
  }
}

/** Parses options of the form `--name value`. */
function parseOptions(rest: string[]): { [name: string]: string } {
  const options: { [name: string]: string } = {};
  for (let i = 0; i < rest.length; i += 2) {
    options[/^--([\w-]+)$/.exec(rest[i]!)![1]!] = rest[i + 1]!;
  }
  return options;
}

function refuseUnknown(unknown: object): void {
  if (Object.keys(unknown).length > 0) {
    throw new Error(`unknown options: ${Object.keys(unknown).join(', ')}`);
  }
}
