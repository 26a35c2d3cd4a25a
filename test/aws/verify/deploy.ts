/** Deploys the app, and keeps in the journal which stack that made. */
import type { CloudFormation } from './aws/cloudformation';
import type { Cdk, Outputs } from './cdk';
import type { Entry, Journal } from './journal';
import { stackName } from './names';
import { patiently } from './refusals';

export interface DeployParts {
  readonly cdk: Cdk;
  readonly cloudFormation: CloudFormation;
  readonly journal: Journal;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Throws unless CloudFormation says that no stack has the name. So a stack that has it later is
 * the one that is deployed now.
 */
export async function demandNoStack(
  { cloudFormation, sleep }: Omit<DeployParts, 'cdk' | 'journal'>,
  { id }: Entry,
): Promise<void> {
  const found = await patiently(sleep, () => cloudFormation.describe(stackName(id)));
  if (found) {
    throw new Error(`there is a stack ${stackName(id)} already, ${found.id}: repeat the command`);
  }
}

const MILLISECONDS_BETWEEN_LOOKS = 2_000;

/**
 * Asks CloudFormation for the id of the stack while the CDK CLI deploys, and writes it into the
 * journal as soon as it is known. A process that is killed later has named what it made.
 */
export async function deployStack(
  parts: DeployParts,
  entry: Entry,
  assembly: string,
  signal: AbortSignal,
): Promise<Outputs> {
  const { cdk, cloudFormation, journal, sleep } = parts;
  let known = entry;
  const record = (more: Partial<Entry>) => {
    known = { ...known, ...more };
    journal.write(known);
  };
  const look = async () => {
    const found = await cloudFormation.describe(stackName(entry.id)).catch(() => undefined);
    if (found && known.stackId === undefined) {
      record({ stackId: found.id });
    }
  };
  const done = new AbortController();
  const over = aborted(done.signal);
  const watch = async () => {
    while (!done.signal.aborted && known.stackId === undefined) {
      await Promise.race([sleep(MILLISECONDS_BETWEEN_LOOKS), over]);
      await look();
    }
  };
  const watching = watch();
  try {
    return await cdk.deploy(entry, assembly, signal, (cli) => record({ cli }));
  } finally {
    done.abort();
    // Looks once more.
    await watching;
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
