/**
 * This command explores every interleaving of the move.
 *
 *   npm run interleavings                       all scenarios, on two cores
 *   npm run interleavings -- TEXT               the scenarios whose name contains TEXT
 *   npm run interleavings -- --small            with small bounds, in three minutes
 *   npm run interleavings -- --first TEXT       up to the first violation, small bounds first
 *   npm run interleavings -- --mutants [TEXT]   breaks the code in many ways, and shows that it
 *                                               finds each of them
 *   npm run interleavings -- --replay NAME:CHOICES   one schedule, step by step
 *
 * The exit status is 1 if a schedule violates an invariant. The shortest such schedule is printed.
 */
import { fork, type ChildProcess } from 'node:child_process';
import * as os from 'node:os';
import { explore } from './explore';
import { findMutants } from './mutants';
import { narrate } from './narrate';
import type { Scenario } from './scenario';
import { BLIND_SPOT, bounded, distinct, SCENARIOS, SMALL } from './scenarios';

const PROCESSES = 2;
/** The largest scenarios have tens of millions of states. */
const SHARE_OF_MEMORY = 0.75;
const all = [...SCENARIOS, BLIND_SPOT, ...SMALL];

/**
 * Finds a scenario by its name. The name ends with the bounds, so scenarios with any bounds are
 * found.
 */
function named(name: string): Scenario {
  const [, variant, foreignActions, faults] = /^(.*)-(\d+)\+(\d+)$/.exec(name) ?? [];
  const found =
    all.find((scenario) => scenario.name === name) ??
    all.find((scenario) => scenario.name.startsWith(`${variant}-`));
  if (!found) {
    throw new Error(
      `there is no scenario "${name}"; there are ${all.map((each) => each.name).join(', ')}`,
    );
  }
  return bounded(found, Number(foreignActions), Number(faults));
}

/** Puts scenarios with few actions and faults first, since most bugs appear already there. */
function smallFirst(scenarios: readonly Scenario[]): Scenario[] {
  const small = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ].flatMap(([actions, faults]) =>
    scenarios
      .filter((scenario) => actions <= scenario.foreignActions && faults <= scenario.faults)
      .map((scenario) => bounded(scenario, actions, faults)),
  );
  return distinct([...small, ...scenarios]);
}

/** A child process reports this about a scenario. */
interface ScenarioResult {
  readonly name: string;
  readonly schedules: string;
  readonly states: number;
  readonly steps: number;
  readonly executions: number;
  readonly points: number;
  /** This is processor time, so that other work on the machine makes no difference. */
  readonly seconds: number;
  readonly notes: [string, string][];
  /** This describes the shortest schedule that leads to a violation. */
  readonly violation?: string[];
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
}

async function exploreScenario(name: string): Promise<ScenarioResult> {
  const start = process.cpuUsage();
  const scenario = named(name);
  const { schedules, states, steps, executions, points, notes, violation } =
    await explore(scenario);
  const story = violation && [
    `VIOLATION in ${name}, after ${violation.choices.length} steps: ${violation.what}`,
    ...(await narrate(scenario, violation.choices)),
    `npx tsx assurance/model-checking/run.ts --replay ${name}:${violation.choices.join('.')}`,
  ];
  return {
    name,
    states,
    steps,
    executions,
    points,
    schedules: String(schedules),
    seconds: secondsSince(start),
    notes: [...notes].map(([note, times]) => [note, String(times)]),
    violation: story,
  };
}

/** Reports a child process that ended without a result. It counts as a violation. */
function toInterruptedResult(name: string): ScenarioResult {
  return {
    name,
    schedules: '0',
    states: 0,
    steps: 0,
    executions: 0,
    points: 0,
    seconds: 0,
    notes: [],
    violation: [`the exploration of ${name} broke off`],
  };
}

const grouped = (number: string | number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

function print({
  name,
  schedules,
  states,
  steps,
  executions,
  seconds,
  violation,
}: ScenarioResult): void {
  console.log(
    `${name.padEnd(48)} ${grouped(schedules).padStart(28)} ${grouped(states).padStart(11)} ` +
      `${grouped(steps).padStart(11)} ${grouped(executions).padStart(9)} ` +
      `${seconds.toFixed(1).padStart(7)}`,
  );
  if (violation) {
    console.log(violation.join('\n'));
  }
}

/**
 * Each process explores one scenario. The next scenario gets a new process, since nothing that a
 * process remembers helps with another scenario.
 */
function runAll(names: string[], first: boolean): Promise<ScenarioResult[]> {
  const waiting = [...names];
  const megabytes = Math.floor(
    ((os.totalmem() / 1024 ** 2) * SHARE_OF_MEMORY) / Math.min(PROCESSES, names.length),
  );
  let enough = false;
  const running = new Set<ChildProcess>();
  const worker = async (): Promise<ScenarioResult[]> => {
    const results: ScenarioResult[] = [];
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const asked = name;
      const answer = await new Promise<ScenarioResult>((resolve) => {
        const child = fork(__filename, ['--child', asked], {
          execArgv: [...process.execArgv, `--max-old-space-size=${megabytes}`],
        });
        let got: ScenarioResult | undefined;
        running.add(child);
        child.once('message', (message) => {
          got = message as ScenarioResult;
        });
        child.once('exit', () => {
          running.delete(child);
          resolve(got ?? toInterruptedResult(asked));
        });
      });
      if (enough) {
        break;
      }
      print(answer);
      results.push(answer);
      if (!first || !answer.violation) {
        continue;
      }
      enough = true;
      running.forEach((child) => child.kill());
    }
    return results;
  };
  return Promise.all(Array.from({ length: PROCESSES }, worker)).then((lists) => lists.flat());
}

async function main(): Promise<void> {
  const [first, second] = process.argv.slice(2);
  if (first === '--child') {
    // The model creates many errors, and no reader needs their stack traces.
    Error.stackTraceLimit = 0;
    process.send!(await exploreScenario(second));
    process.disconnect();
    return;
  }
  if (first === '--replay') {
    const [name, choices] = second.split(':');
    console.log((await narrate(named(name), choices.split('.').map(Number))).join('\n'));
    return;
  }
  if (first === '--mutants') {
    process.exitCode = findMutants(second ?? '');
    return;
  }
  const start = Date.now();
  const option = first?.startsWith('--') ? first : undefined;
  const text = (option ? second : first) ?? '';
  const list = option === '--small' ? SMALL : SCENARIOS;
  const chosen = list.filter(({ name }) => name.includes(text));
  const names = (option === '--first' ? smallFirst(chosen) : chosen).map(({ name }) => name);
  console.log(
    `${"scenario (other writer's actions + faults)".padEnd(48)} ${'schedules'.padStart(28)} ` +
      `${'states'.padStart(11)} ${'steps'.padStart(11)} ${'code runs'.padStart(9)} ` +
      `${'seconds'.padStart(7)}`,
  );
  const results = await runAll(names, option === '--first');

  const sum = (of: (each: ScenarioResult) => string | number) =>
    grouped(String(results.reduce((total, each) => total + BigInt(of(each)), 0n)));
  const violations = results.filter(({ violation }) => violation).length;
  console.log(
    `\n${results.length} scenarios: ${sum((each) => each.schedules)} schedules in ` +
      `${sum((each) => each.states)} states; ${sum((each) => each.steps)} steps, ` +
      `${sum((each) => each.executions)} executions of the code; ` +
      `${violations} violations; ${((Date.now() - start) / 1_000).toFixed(0)} s`,
  );
  const notes = new Map<string, bigint>();
  for (const [note, times] of results.flatMap((each) => each.notes)) {
    notes.set(note, (notes.get(note) ?? 0n) + BigInt(times));
  }
  for (const [note, times] of notes) {
    console.log(`  ${grouped(String(times))} x ${note}`);
  }
  process.exitCode = violations === 0 ? 0 : 1;
}

void main();
