import { type Deployment, machinesOf, stackName, synthesize } from './app';
import type { Cdk } from './cdk';
import { cleanUp, type CleanUpParts } from './clean-up';
import type { Entry } from './journal';
import { play, type Scenario, type Seen } from './scenarios';
import type { Stage } from './stage';
import { compare } from './table';
import { testStates } from './test-states';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import type { Stack } from '../../../packages/sandbox/src/assembly/template';

export interface Session extends CleanUpParts {
  readonly entry: Entry;
  readonly scenarios: readonly Scenario[];
  readonly keep: boolean;
  readonly cdk: Cdk;
  readonly signal: AbortSignal;
  /** Returns what the sandbox sees. */
  rehearse(assembly: string): Promise<Seen[]>;
  confirm(plan: string): Promise<boolean>;
  stage(deployment: Deployment): Stage;
}

/**
 * Rehearses, asks, deploys, plays, compares and destroys, in this order. It also destroys if an earlier step failed.
 * Returns true if everything is as expected.
 */
export async function verify(session: Session): Promise<boolean> {
  const { entry, scenarios, journal, cdk, signal, tell } = session;
  const assembly = journal.assembly(entry.id);
  synthesize(entry.id, entry, assembly);
  let created = false;
  try {
    tell('In the sandbox:');
    const expected = await session.rehearse(assembly);
    if (!await session.confirm(planOf(entry, scenarios, assembly))) { return false; }
    signal.throwIfAborted();
    journal.write(entry);
    created = true;
    const deployment = await cdk.deploy(entry, assembly, signal);
    journal.write({ ...entry, deployment });
    tell('On AWS:');
    const states = await checkStates(session, deployment);
    const stage = session.stage(deployment);
    const found: Seen[] = [];
    for (const scenario of scenarios) {
      signal.throwIfAborted();
      tell(`  ${scenario.name}`);
      found.push(await play(scenario, stage));
    }
    const { text, passed, failed } = compare(scenarios, expected, found);
    tell(`\n${text}\n${passed} passed, ${failed} failed`);
    return failed === 0 && states;
  } finally {
    if (created && !session.keep) {
      await destroy(session);
    } else if (created) {
      tell(`Kept: npm run verify:aws -- --clean-up ${entry.id}`);
    } else {
      journal.remove(entry.id);
    }
  }
}

/** Has Step Functions check the states of all archivers. Returns true if it found nothing. */
async function checkStates({ sfn, tell, signal }: Session, deployment: Deployment): Promise<boolean> {
  const all: string[] = [];
  for (const machine of machinesOf(deployment)) {
    signal.throwIfAborted();
    const { tested, problems } = await testStates(sfn, machine);
    tell(`  ${machine.split(':').pop()}: ${tested} states tested by Step Functions, ${problems.length} with a problem`);
    all.push(...problems);
  }
  for (const problem of all) { tell(`    ${problem}`); }
  return all.length === 0;
}

async function destroy(session: Session): Promise<void> {
  const { entry, journal, tell } = session;
  tell(`Destroys ${stackName(entry.id)}:`);
  try {
    await cleanUp(session, journal.read(entry.id));
    tell('Nothing is left.');
  } catch (error) {
    tell(`LEFT BEHIND in account ${entry.account}, ${entry.region}: stack ${stackName(entry.id)}. To try again: npm run verify:aws -- --clean-up ${entry.id}`);
    throw error;
  }
}

/**
 * The prices are list prices of us-east-1, rounded up by far. Minutes of storage, logs and Lambda duration cost less
 * than a tenth of them.
 */
function planOf({ id, account, region, profile }: Entry, scenarios: readonly Scenario[], assembly: string): string {
  const [{ template: { Resources } }] = readAssembly(assembly) as [Stack];
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(Resources ?? {})) { counts.set(Type, (counts.get(Type) ?? 0) + 1); }
  const resources = [...counts].map(([type, count]) => `  ${count} ${type}`).join('\n');
  const objects = scenarios.reduce((sum, scenario) => sum + scenario.objects, 0);
  const runs = scenarios.reduce((sum, scenario) => sum + scenario.runs, 0);
  const usd = Math.ceil((objects * 10 * 0.000005 + runs * (40 * 0.000025 + 0.002)) * 100) / 100;
  return `
Creates in account ${account}, region ${region} (profile ${profile}): stack ${stackName(id)} with
${resources}
Puts ${objects} objects (17 MB at most) and starts ${runs} execution${runs === 1 ? '' : 's'}, takes 10 to 20 minutes, and costs about $${usd.toFixed(2)}, less than $0.50 whatever happens.
Then destroys all of it. What cdk bootstrap made stays, with the functions' code in its bucket.`;
}
