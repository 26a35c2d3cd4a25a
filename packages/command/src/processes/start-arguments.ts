import type { RunInput } from '../../../../src/contract/payloads/run';
import { shellQuote } from '../../../../src/lambda/alerts/cli-commands';

/** The command lines of this archiver, without days. */
export interface Commands {
  readonly archive: string;
  readonly verify: string;
}

/**
 * What a reader of a message types to start a run with this input. Pasted, it never moves an
 * object: it is a dry run, which then says how to confirm it.
 */
export function toStartArguments({ archive, verify }: Commands, input: object): string {
  const { action, date, from = date, to = date, run, deep } = input as RunInput;
  const days = run === undefined ? [`--from ${from}`, `--to ${to}`] : [`--run ${shellQuote(run)}`];
  return action === 'verify'
    ? [verify, ...days, ...(deep ? ['--deep'] : [])].join(' ')
    : [archive, ...days, '--dry-run'].join(' ');
}
