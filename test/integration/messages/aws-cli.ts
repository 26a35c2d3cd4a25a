/** Pastes a command of the AWS CLI: read by a real shell, and sent to a sandbox by the SDK. */
import { execFileSync } from 'node:child_process';
import { RedriveExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Sandbox } from '../../../packages/sandbox/src/internal';
import type { ExecutionRecord } from '../../../packages/sandbox/src/step-functions/records';

/** The commands of a message that a person would paste, each on a line of its own. */
export function commandsOf(message: string): string[] {
  return message.split('\n').filter((line) => line.startsWith('aws stepfunctions '));
}

/** What the shell hands to `aws`. */
export function argumentsOf(command: string): string[] {
  const script = `aws() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

/** Sends it, waits for the end of the run, and answers with the run. */
export async function paste(sandbox: Sandbox, command: string): Promise<ExecutionRecord> {
  const [service, action, ...rest] = argumentsOf(command);
  if (service !== 'stepfunctions') { throw new Error(`no command of Step Functions: ${command}`); }
  const { region, ...options } = optionsOf(rest);
  const client = new SFNClient({ endpoint: sandbox.awsEndpoint, region: region!, credentials: { accessKeyId: 'person', secretAccessKey: 'x' } });
  try {
    const arn = await send(client, action!, options);
    if (arn.split(':')[3] !== region) { throw new Error(`--region ${region} is not that of ${arn}`); }
    await sandbox.settled();
    return sandbox.records.executions.get(arn)!;
  } finally {
    client.destroy();
  }
}

async function send(client: SFNClient, action: string, options: { readonly [name: string]: string }): Promise<string> {
  switch (action) {
    case 'start-execution': {
      const { 'state-machine-arn': stateMachineArn, input, ...unknown } = options;
      refuseOthers(unknown);
      return (await client.send(new StartExecutionCommand({ stateMachineArn, input }))).executionArn!;
    }
    case 'redrive-execution': {
      const { 'execution-arn': executionArn, ...unknown } = options;
      refuseOthers(unknown);
      await client.send(new RedriveExecutionCommand({ executionArn }));
      return executionArn!;
    }
    default: throw new Error(`not known here: aws stepfunctions ${action}`);
  }
}

/** `--name value`, as all of the options that are printed. */
function optionsOf(rest: string[]): { [name: string]: string } {
  const options: { [name: string]: string } = {};
  for (let i = 0; i < rest.length; i += 2) { options[/^--([\w-]+)$/.exec(rest[i]!)![1]!] = rest[i + 1]!; }
  return options;
}

function refuseOthers(unknown: object): void {
  if (Object.keys(unknown).length > 0) { throw new Error(`unknown options: ${Object.keys(unknown).join(', ')}`); }
}
