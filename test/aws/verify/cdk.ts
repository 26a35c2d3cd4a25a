import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Entry } from './journal';
import { stackName } from './names';

/** The CLI is not a dependency of the package: npx downloads this version. */
export const AWS_CDK = 'aws-cdk@2.1148.1';

/** The outputs of the stack by name. */
export type Outputs = Readonly<Record<string, string>>;

export interface Cdk {
  /**
   * @param began is told the group of the processes that deploy, which outlives this process if
   * that is killed
   */
  deploy(
    entry: Entry,
    assembly: string,
    signal: AbortSignal,
    began: (group: number) => void,
  ): Promise<Outputs>;
}

/**
 * Returns the CDK CLI, which runs in its own process.
 *
 * @param command replaces npx in tests
 */
export function cdkCli(command: string[] = ['npx', '--yes', AWS_CDK]): Cdk {
  return {
    deploy: async (entry, assembly, signal, began) => {
      const outputs = path.join(path.dirname(assembly), 'outputs.json');
      await run(
        [
          ...command,
          'deploy',
          stackName(entry.id),
          '--app',
          assembly,
          ...(entry.profile === undefined ? [] : ['--profile', entry.profile]),
          '--no-notices',
          '--require-approval',
          'never',
          '--progress',
          'events',
          '--outputs-file',
          outputs,
        ],
        entry,
        signal,
        began,
      );
      const found = (
        JSON.parse(fs.readFileSync(outputs, 'utf8')) as Record<string, Outputs | undefined>
      )[stackName(entry.id)];
      if (!found) {
        throw new Error(
          `cdk deploy told no outputs of ${stackName(entry.id)}: nothing can be played without ` +
            'the addresses of its queues',
        );
      }
      return found;
    },
  };
}

async function run(
  [program, ...args]: string[],
  { region }: Entry,
  signal: AbortSignal,
  began: (group: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  // The CLI runs in its own process group. Ctrl-C in the terminal goes to the verification, which
  // then ends the CLI in the right order.
  const child = spawn(program!, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region },
  });
  if (child.pid !== undefined) {
    began(child.pid);
  }
  const end = () => {
    if (child.pid && child.exitCode === null) {
      process.kill(-child.pid, 'SIGTERM');
    }
  };
  signal.addEventListener('abort', end);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('exit', resolve),
    );
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Error(`cdk deploy ended with status ${code}: its own words are above`);
    }
  } finally {
    signal.removeEventListener('abort', end);
  }
}
