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

/** What a terminal sends for Ctrl-C, and what schedulers and containers send before they kill. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first signal is the callback's. The second one ends the process at once. */
export function onInterrupt(callback: () => void): () => void {
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) {
      // Function processes end with their parent.
      process.exit(130);
    }
    isStopping = true;
    callback();
  };
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  return () => SIGNALS.forEach((signal) => process.off(signal, onSignal));
}
