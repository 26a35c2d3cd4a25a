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
  deploy(entry: Entry, assembly: string, signal: AbortSignal): Promise<Outputs>;
  destroy(entry: Entry, assembly: string): Promise<void>;
}

/**
 * Returns the CDK CLI, which runs in its own process.
 *
 * @param command replaces npx in tests
 */
export function cdkCli(command: string[] = ['npx', '--yes', AWS_CDK]): Cdk {
  return {
    deploy: async (entry, assembly, signal) => {
      const outputs = path.join(path.dirname(assembly), 'outputs.json');
      await run(
        [
          ...command,
          'deploy',
          ...common(entry, assembly),
          '--require-approval',
          'never',
          '--progress',
          'events',
          '--outputs-file',
          outputs,
        ],
        entry,
        signal,
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
    destroy: (entry, assembly) =>
      run([...command, 'destroy', ...common(entry, assembly), '--force'], entry),
  };
}

function common({ id, profile }: Entry, assembly: string): string[] {
  return [
    stackName(id),
    '--app',
    assembly,
    ...(profile === undefined ? [] : ['--profile', profile]),
    '--no-notices',
  ];
}

async function run(
  [program, ...args]: string[],
  { region }: Entry,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  // The CLI runs in its own process group. Ctrl-C in the terminal goes to the verification, which
  // then ends the CLI in the right order.
  const child = spawn(program!, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region },
  });
  const end = () => {
    if (child.pid && child.exitCode === null) {
      process.kill(-child.pid, 'SIGTERM');
    }
  };
  signal?.addEventListener('abort', end);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('exit', resolve),
    );
    signal?.throwIfAborted();
    if (code !== 0) {
      throw new Error(
        `cdk ${args.find((arg) => /^(deploy|destroy)$/.test(arg))} ended with status ${code}: ` +
          'its own words are above',
      );
    }
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
