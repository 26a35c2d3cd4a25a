import { setTimeout as wait } from 'node:timers/promises';
import type { Answers } from './answers';
import { synthesize } from './app';
import type { Cdk, Outputs } from './cdk';
import { type CleanUpParts, cleanUpRecorded } from './clean-up';
import { demandNoStack, deployStack } from './deploy';
import { deploymentOfEntry, type Entry } from './journal';
import { type Deployment, machinesOf, stackName } from './names';
import { describePlan } from './plan';
import { playAll } from './play-all';
import { rowsOfCleanUp } from './refusals';
import type { Facts } from './report/report';
import { namesOf, type Scenario, type Seen } from './scenarios/scenario';
import type { Stage } from './stage';
import { allPassed, countRows, describeRows, type Row } from './table';
import { testStates } from './test-states';

export interface Session extends CleanUpParts {
  readonly entry: Entry;
  readonly scenarios: readonly Scenario[];
  readonly keep: boolean;
  readonly cdk: Cdk;
  readonly signal: AbortSignal;
  /** After that many minutes no scenario begins any more. */
  readonly minutes: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly answers: Answers;
  /** What the report says of the verification as a whole. */
  readonly facts: Omit<Facts, 'ended'>;
  /** Returns what the sandbox sees. */
  rehearse(assembly: string, deployment: Deployment): Promise<Seen[]>;
  confirm(plan: string): Promise<boolean>;
  stage(deployment: Deployment, outputs: Outputs): Stage;
  /**
   * Keeps the rows for the user who sends them. It is called once for each deployment, however that
   * ends.
   */
  report(rows: readonly Row[]): void;
}

/**
 * Rehearses, asks, deploys, plays, compares, destroys and reports, in this order. It also destroys
 * and reports if an earlier step failed. Returns true if everything is as expected.
 */
export async function verify(session: Session): Promise<boolean> {
  const { entry, scenarios, journal, signal, tell } = session;
  const assembly = journal.assembly(entry.id);
  const deployment = deploymentOfEntry(entry);
  const rows: Row[] = [];
  const record = recorder(session, rows);
  record('played the scenarios in the sandbox');
  synthesize(entry, assembly);
  let expected: Seen[];
  try {
    tell('In the sandbox:');
    expected = await session.rehearse(assembly, deployment);
    record('waited for a yes to its plan');
    if (!(await session.confirm(describePlan(entry, scenarios, assembly, session.minutes)))) {
      journal.remove(entry.id);
      return false;
    }
    signal.throwIfAborted();
  } catch (error) {
    journal.remove(entry.id);
    throw error;
  }
  // Written before anything is created.
  journal.write(entry);
  record('deployed the stack');
  const deadline = session.now() + session.minutes * 60_000;
  const { stage, isBegun } = await deploy(session, deployment, assembly, rows);
  if (stage) {
    record('asked Step Functions about the definitions');
    await checkDefinitions(session, deployment, rows);
    await playAll({ ...session, deadline, stage, record }, expected, rows);
  } else {
    rows.push(
      ...scenarios
        .flatMap(namesOf)
        .map((name): Row => ({ name, status: 'skipped', details: ['there was no deployment'] })),
    );
  }
  if (!isBegun) {
    journal.destroyed(entry.id);
  } else if (session.keep) {
    tell(`Kept: npm run verify:aws -- --clean-up ${entry.id}`);
  } else {
    record('cleaned up');
    rows.push(...(await destroy(session)));
  }
  record('wrote the report');
  tell(`\n${describeRows(rows)}\n${countRows(rows)}`);
  session.report(rows);
  journal.reported(entry.id);
  return allPassed(rows);
}

/** Returns a function that says on disk what is done from now on. */
function recorder(
  { entry, scenarios, journal, facts, now }: Session,
  rows: readonly Row[],
): (doing: string) => void {
  const names = scenarios.flatMap(namesOf);
  return (doing) =>
    journal.record(entry.id, {
      doing,
      at: new Date(now()).toISOString(),
      pid: process.pid,
      facts,
      names,
      rows,
    });
}

/** Runs a step. An error is a row, so that the steps after it still happen. */
async function inRow(
  { now, tell, answers }: Session,
  rows: Row[],
  name: string,
  step: () => Promise<void>,
): Promise<void> {
  const began = now();
  const seconds = () => Math.round((now() - began) / 1000);
  const place = rows.length;
  try {
    await step();
    rows.splice(place, 0, { name, status: 'passed', details: [], seconds: seconds() });
  } catch (error) {
    tell(`${name}: ${(error as Error).message}`);
    rows.push({
      name,
      status: 'differs',
      details: [(error as Error).message],
      seconds: seconds(),
      answers: answers.take(),
    });
  }
}

/**
 * No stage: it failed. Not begun: nothing was created. A deployment that takes longer than
 * everything else may is given up.
 */
async function deploy(
  session: Session,
  deployment: Deployment,
  assembly: string,
  rows: Row[],
): Promise<{ stage?: Stage; isBegun: boolean }> {
  const { entry, signal, minutes, sleep = wait } = session;
  const tooLong = new AbortController();
  const timer = setTimeout(
    () => tooLong.abort(new Error(`the ${minutes} minutes are over, and it is not deployed yet`)),
    minutes * 60_000,
  );
  let stage: Stage | undefined;
  let isBegun = false;
  await inRow(session, rows, 'the deployment', async () => {
    await demandNoStack({ ...session, sleep }, entry);
    isBegun = true;
    stage = session.stage(
      deployment,
      await deployStack(
        { ...session, sleep },
        entry,
        assembly,
        AbortSignal.any([signal, tooLong.signal]),
      ),
    );
  });
  clearTimeout(timer);
  return { stage, isBegun };
}

async function checkDefinitions(
  { sfn, signal, tell, answers }: Session,
  deployment: Deployment,
  rows: Row[],
): Promise<void> {
  tell('On AWS:');
  for (const machine of machinesOf(deployment)) {
    if (signal.aborted) {
      return;
    }
    const found = await testStates(sfn, machine);
    const kept = answers.take();
    rows.push(...found.map((row) => (row.status === 'passed' ? row : { ...row, answers: kept })));
  }
}

async function destroy(session: Session): Promise<Row[]> {
  const { entry, journal, tell, now, answers } = session;
  tell(`Destroys ${stackName(entry.id)}:`);
  const began = now();
  answers.take();
  const refusals = await cleanUpRecorded(() => ({
    entry: journal.read(entry.id),
    parts: session,
  }));
  if (refusals.length === 0) {
    tell('Nothing is left.');
  } else {
    tell(
      `LEFT BEHIND in account ${entry.account}, ${entry.region}: stack ${stackName(entry.id)}. ` +
        `To try again: npm run verify:aws -- --clean-up ${entry.id}`,
    );
  }
  const [row, ...others] = rowsOfCleanUp(
    entry.id,
    refusals,
    Math.round((now() - began) / 1000),
  ) as [Row, ...Row[]];
  return [row.status === 'passed' ? row : { ...row, answers: answers.take() }, ...others];
}
