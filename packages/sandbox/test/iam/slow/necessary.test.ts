/**
 * Proves that no permission is missing and none is unnecessary.
 *
 * The sandbox refuses everything that the synthesized policies do not allow. A run that ends as
 * expected therefore needs no further permission. Then the test removes each grant (one action on
 * one resource of one role) and repeats the same run. This run must end differently, or some
 * observer must see a difference. The test also repeats each run once without a change, which shows
 * that the missing grant causes the difference.
 */
import { cleanUp } from '../../fixtures/assembly';
import { grantsOf, isDecisive } from '../grants';
import { Stage } from '../outcomes';
import { APPS, type Scenario, SCENARIOS, UNSHOWN } from '../scenarios';

jest.setTimeout(180_000);

const stages = new Map<string, Promise<Stage>>();

/** Opens one sandbox for each template. Its functions stay warm between runs. */
function stageOf({ app = 'standard' }: Scenario): Promise<Stage> {
  const stage = stages.get(app) ?? Stage.open(APPS[app]());
  stages.set(app, stage);
  return stage;
}

afterAll(async () => {
  for (const stage of stages.values()) {
    await (await stage).close();
  }
  cleanUp();
});

describe.each(SCENARIOS)('$name', (scenario) => {
  let stage: Stage;
  let baseline: Awaited<ReturnType<Stage['usesOf']>>;
  beforeAll(async () => {
    stage = await stageOf(scenario);
    baseline = await stage.usesOf(() => stage.run(scenario));
  });

  test('ends the same a second time', async () => {
    expect(await stage.run(scenario)).toEqual(baseline.outcome);
  });

  test.each(scenario.proves)('needs %s', async (name) => {
    const { rule, rules } = grantsOf(stage.sandbox).find((grant) => grant.name === name)!;
    expect(baseline.uses.filter((use) => isDecisive(rule, use))).not.toEqual([]);
    const restore = rules.revoke(rule);
    try {
      expect(await stage.run(scenario)).not.toEqual(baseline.outcome);
    } finally {
      restore();
    }
  });
});

test('every grant is needed by a scenario, or is known to have none here', async () => {
  const needed = new Set(SCENARIOS.flatMap(({ proves }) => proves));
  const all: string[] = [];
  for (const app of ['standard', 'restore'] as const) {
    const stage = await stageOf({ app } as Scenario);
    const names = grantsOf(stage.sandbox).map(({ name }) => name);
    expect(
      names.filter((name) => !needed.has(name) && !UNSHOWN.some(([start]) => start.test(name))),
    ).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    all.push(...names);
  }
  expect(UNSHOWN.filter(([start]) => !all.some((name) => start.test(name)))).toEqual([]);
});

test('the sandbox understands every statement', async () => {
  const stage = await stageOf({} as Scenario);
  expect(stage.sandbox.access.policies.unknown).toEqual([]);
});
