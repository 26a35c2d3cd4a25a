/**
 * Synthesizes every scenario with both ways to list, and with the result-writer feature flag unset,
 * off and on, and checks the results.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Listing } from 'cdk-s3-dated-archiver';
import { checkDefinitions } from './checks/definition';
import { checkPolicies } from './checks/policies';
import { checkReferences, checkTokens, exportsIn } from './checks/references';
import { resourcesOf, type Template } from './checks/template';
import { type Scenario, SCENARIOS } from './scenarios';

const FLAG = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';
const FLAG_VALUES = [undefined, false, true];

/** No scenario says how its archivers list, so this is the way of all of them. */
const { distributedMap } = Listing;
const LISTINGS = { distributedMap, selective: () => Listing.selective() } as const;

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'consumer-'));
let passed = 0;
let failed = 0;
for (const [listing, create] of Object.entries(LISTINGS)) {
  Listing.distributedMap = create;
  for (const scenario of SCENARIOS) {
    for (const flag of FLAG_VALUES) {
      for (const [what, problems] of Object.entries(
        check(scenario, listing as keyof typeof LISTINGS, flag),
      )) {
        if (problems.length === 0) {
          passed += 1;
        } else {
          failed += 1;
        }
        problems.forEach((problem) =>
          console.log(`FAILED ${scenario.name}, ${listing}, flag ${flag}: ${what}: ${problem}`),
        );
      }
    }
  }
}
fs.rmSync(outdir, { recursive: true });
console.log(
  `consumer apps: ${SCENARIOS.length} scenarios, both ways to list, flag unset, off and on`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Returns the problems by the name of the check. */
function check(
  scenario: Scenario,
  listing: keyof typeof LISTINGS,
  flag?: boolean,
): Record<string, string[]> {
  let assembly: CloudAssembly;
  try {
    assembly = synthesize(scenario, flag);
  } catch (error) {
    return { synthesis: [(error as Error).message.split('\n')[0]] };
  }
  const stacks = assembly.stacksRecursively;
  const templates = stacks.map((stack) => stack.template as Template);
  const exported = new Set(templates.flatMap(exportsIn));
  const archivers = templates.flatMap((template) =>
    resourcesOf(template, 'AWS::StepFunctions::StateMachine'),
  ).length;
  const { archivers: expected = 1 } = scenario;
  return {
    synthesis: [
      ...stacks
        .flatMap((stack) => stack.messages)
        .filter(({ level }) => level === 'error')
        .map(({ entry }) => String(entry.data)),
      ...(archivers === expected ? [] : [`${archivers} state machines, not ${expected}`]),
    ],
    definition: templates.flatMap((template) =>
      checkDefinitions(
        template,
        scenario,
        listing === 'distributedMap' && !scenario.isListedByFunction,
      ),
    ),
    policies: templates.flatMap((template) => checkPolicies(template, scenario)),
    references: templates.flatMap((template) => checkReferences(template, exported)),
    tokens: templates.flatMap(checkTokens),
  };
}

function synthesize({ build }: Scenario, flag?: boolean): CloudAssembly {
  const context = flag === undefined ? {} : { [FLAG]: flag };
  const app = new App({
    context,
    analyticsReporting: false,
    outdir: fs.mkdtempSync(path.join(outdir, 'cdk.out-')),
  });
  build(app);
  return app.synth();
}
