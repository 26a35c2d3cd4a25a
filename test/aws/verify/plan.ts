/** What a person is told before anything is created: what, how long, and for how much. */
import { describeByHand } from './by-hand';
import { describeCredentials, type Entry } from './journal';
import { stackName } from './names';
import { namesOf, needsOf, type Scenario } from './scenarios/scenario';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import type { Stack } from '../../../packages/sandbox/src/assembly/template';

/** CloudFormation needs about this long for the app, both ways, whatever is in it. */
const MINUTES_OF_STACK = 4;
const MINUTES_OF_ARCHIVER = 0.5;
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

export function total(scenarios: readonly Scenario[]): Estimate {
  const archivers = new Set(scenarios.flatMap(needsOf)).size;
  const all = scenarios.map(estimate);
  return {
    minutes: all.reduce(
      (sum, { minutes }) => sum + minutes,
      MINUTES_OF_STACK + archivers * MINUTES_OF_ARCHIVER,
    ),
    usd: all.reduce((sum, { usd }) => sum + usd, archivers * USD_OF_ARCHIVER),
  };
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
Takes about ${inMinutes(minutes)}, and costs about ${dollars(usd)}. After ${deadlineMinutes} minutes no scenario begins any more.
Then destroys all of it. What cdk bootstrap made stays, with the functions' code in its bucket.

${describeByHand(entry)}`;
}
