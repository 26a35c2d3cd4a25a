/** What a person is told before anything is created: what, how long, and for how much. */
import { describeByHand } from './by-hand';
import { describeCredentials, type Entry } from './journal';
import { stackName } from './names';
import { namesOf, needsOf, type Scenario } from './scenarios/scenario';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import type { Stack } from '../../../packages/sandbox/src/assembly/template';

/** Where a figure comes from. */
export type Origin = 'measured here' | 'estimated';

/** A part of a call, from an empty shell to the report. */
export interface Phase {
  readonly what: string;
  readonly minutes: number;
  readonly origin: Origin;
}

/**
 * What a first call does before its plan. Measured on two busy cores: 77 seconds for clone, `npm
 * ci` with a warm cache, and bundling; 17, 88 and 67 seconds for 1, 25 and 10 scenarios in the
 * sandbox.
 */
const MINUTES_OF_BOOTSTRAP = 2;
const MINUTES_OF_INSTALL = 2;
const MINUTES_OF_SANDBOX = 0.3;
const MINUTES_OF_REHEARSAL = 0.08;
/** CloudFormation needs about this long for the app, one way, with any resources in it. */
const MINUTES_OF_STACK = 2;
const MINUTES_OF_ARCHIVER = 0.25;
const MINUTES_OF_RUN = 0.5;
/**
 * List prices of us-east-1, rounded up by far: ten requests of $0.005 per 1,000 for an object; for
 * a run 40 transitions and half a minute of functions. Storage, logs and messages of minutes cost
 * less than a tenth of that. A metric or an alarm costs $0.30 a month and is billed by the hour.
 * https://aws.amazon.com/s3/pricing/ https://aws.amazon.com/step-functions/pricing/
 * https://aws.amazon.com/cloudwatch/pricing/
 */
const USD_OF_OBJECT = 10 * 0.000005;
const USD_OF_RUN = 40 * 0.000025 + 0.002;
const USD_OF_ARCHIVER = (15 * 0.3) / 720;

export interface Estimate {
  readonly minutes: number;
  readonly usd: number;
}

export function estimate({ objects, runs, atOnce, waitMinutes = 0, usd = 0 }: Scenario): Estimate {
  return {
    minutes: waitMinutes + (atOnce ? 1 : runs) * MINUTES_OF_RUN,
    usd: objects * USD_OF_OBJECT + runs * USD_OF_RUN + usd,
  };
}

export function archiversOf(scenarios: readonly Scenario[]): number {
  return new Set(scenarios.flatMap(needsOf)).size;
}

/** Every phase of a call that is the first one in its region and on its computer. */
export function phasesOf(scenarios: readonly Scenario[]): Phase[] {
  const oneWay = MINUTES_OF_STACK + archiversOf(scenarios) * MINUTES_OF_ARCHIVER;
  return [
    {
      what: 'cdk bootstrap, if the region has none',
      minutes: MINUTES_OF_BOOTSTRAP,
      origin: 'estimated',
    },
    {
      what: 'clone, npm ci and bundling',
      minutes: MINUTES_OF_INSTALL,
      origin: 'measured here',
    },
    {
      what: 'the scenarios in the sandbox',
      minutes: MINUTES_OF_SANDBOX + scenarios.length * MINUTES_OF_REHEARSAL,
      origin: 'measured here',
    },
    { what: 'the deployment', minutes: oneWay, origin: 'estimated' },
    {
      what: 'the scenarios on AWS',
      minutes: sum(scenarios.map((scenario) => estimate(scenario).minutes)),
      origin: 'estimated',
    },
    { what: 'the clean-up', minutes: oneWay, origin: 'estimated' },
  ];
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

/** The minutes from the yes on, and the dollars. */
export function total(scenarios: readonly Scenario[]): Estimate {
  return {
    minutes: sum(
      phasesOf(scenarios)
        .slice(-3)
        .map(({ minutes }) => minutes),
    ),
    usd: sum([
      ...scenarios.map((scenario) => estimate(scenario).usd),
      archiversOf(scenarios) * USD_OF_ARCHIVER,
    ]),
  };
}

/** What the command takes, without what only a first call needs, rounded up. */
export const minutesOfCommand = (scenarios: readonly Scenario[]) =>
  Math.ceil(
    sum(
      phasesOf(scenarios)
        .slice(2)
        .map(({ minutes }) => minutes),
    ),
  );

/** What AWS takes longer than estimated must not end a verification before its last scenario. */
const SHARE_OF_DEADLINE = 2 / 3;

/**
 * Why the scenarios are too many for one call. Undefined: they fit into the deadline with a third
 * to spare. Fewer minutes than the default are a choice: then the last scenarios are skipped.
 */
export function whyTooMany(
  scenarios: readonly Scenario[],
  flags: readonly string[],
  given: number,
  byDefault: number,
): string | undefined {
  const deadline = Math.max(given, byDefault);
  const minutes = Math.ceil(total(scenarios).minutes);
  if (minutes <= deadline * SHARE_OF_DEADLINE) {
    return undefined;
  }
  return (
    `it would take about ${minutes} of ${deadline} minutes, which leaves too few to spare. Make ` +
    `it two calls: one without --with, and one with --only smoke --with ${flags.join(',')}. Or ` +
    `give it --minutes ${Math.ceil(minutes / SHARE_OF_DEADLINE)}, with credentials that last longer`
  );
}

const dollars = (usd: number, digits = 2) =>
  `$${(Math.ceil(usd * 10 ** digits) / 10 ** digits).toFixed(digits)}`;
const inMinutes = (minutes: number) =>
  minutes < 1
    ? 'less than a minute'
    : `${Math.ceil(minutes)} minute${Math.ceil(minutes) === 1 ? '' : 's'}`;

export function describePlan(
  entry: Entry,
  scenarios: readonly Scenario[],
  assembly: string,
  deadlineMinutes: number,
): string {
  const { id, account, region } = entry;
  const [
    {
      template: { Resources },
    },
  ] = readAssembly(assembly) as [Stack];
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(Resources ?? {})) {
    counts.set(Type, (counts.get(Type) ?? 0) + 1);
  }
  const resources = [...counts].map(([type, count]) => `  ${count} ${type}`).join('\n');
  const rows = scenarios.map((scenario) => {
    const { minutes, usd } = estimate(scenario);
    const warning = scenario.warning === undefined ? '' : `\n    ${scenario.warning}`;
    return (
      `  ${namesOf(scenario).join('\n  and ')}: ${inMinutes(minutes)}, ` +
      `${dollars(usd, 4)}${warning}`
    );
  });
  const { minutes, usd } = total(scenarios);
  return `
Creates in account ${account}, region ${region} (${describeCredentials(entry)}): stack ${stackName(id)} with
${resources}
Plays ${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'}:
${rows.join('\n')}
Takes about ${inMinutes(minutes)} from now on, and costs about ${dollars(usd)}: both are estimated. After ${deadlineMinutes} minutes no scenario begins any more.
Then destroys all of it. What cdk bootstrap made stays, with the functions' code in its bucket.

${describeByHand(entry)}`;
}
