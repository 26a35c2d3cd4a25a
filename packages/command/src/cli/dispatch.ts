import type { Invocation } from './invocation';
import { main } from './main';
import type { RunInvocation } from './run-invocation';
import { runMain } from './run-main';
import { readCallerAccount } from '../run/owners';

export type CommandInvocation = Pick<Invocation, 'version' | 'directory' | 'stdout' | 'stderr'> &
  Pick<Invocation, 'clock' | 'createClient'> &
  Pick<RunInvocation, 'assets' | 'command' | 'cores' | 'onInterrupt'>;

/** Runs the command that the first argument names. */
export function dispatch(argv: readonly string[], invocation: CommandInvocation): Promise<number> {
  const [action, ...others] = argv;
  if (action !== 'archive' && action !== 'verify') {
    return main(argv, { ...invocation, command: `${invocation.command} look` });
  }
  return runMain(action, others, { ...invocation, readAccount: readCallerAccount });
}

/** The first Ctrl-C is the callback's. The second one ends the process at once. */
export function onInterrupt(callback: () => void): () => void {
  const stop = () => {
    process.once('SIGINT', kill);
    callback();
  };
  // Function processes end with their parent.
  const kill = () => process.exit(130);
  process.once('SIGINT', stop);
  return () => {
    process.off('SIGINT', stop);
    process.off('SIGINT', kill);
  };
}
