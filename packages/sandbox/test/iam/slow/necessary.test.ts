/**
 * No permission is missing, and none is superfluous.
 *
 * The sandbox refuses what the synthesized policies do not allow, so a run that ends as it should needs nothing that is
 * not granted. Each grant (one action on one resource of one role) is then taken away, and the same run repeated: it ends
 * otherwise, or some observer sees something else. A run is repeated once unchanged, too, so that the difference is the grant's.
 */
import { cleanUp } from '../../fixtures/assembly';
import { grantsOf } from '../grants';
import { Stage } from '../outcomes';
import { APPS, type Scenario, SCENARIOS, UNSHOWN } from '../scenarios';

jest.setTimeout(180_000);

const stages = new Map<string, Promise<Stage>>();

/** One sandbox for each template: its functions stay warm from run to run. */
function stageOf({ app = 'standard' }: Scenario): Promise<Stage> {
  const stage = stages.get(app) ?? Stage.open(APPS[app]());
  stages.set(app, stage);
  return stage;
}

afterAll(async () => {
  for (const stage of stages.values()) { await (await stage).close(); }
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
    const decisive = baseline.uses.map(({ identity, resource }) => [...identity, ...resource])
      .filter((allowing) => allowing.length === 1 && allowing[0] === rule);
    expect(decisive).not.toEqual([]);
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
  for (const app of ['standard', 'express'] as const) {
    const stage = await stageOf({ app } as Scenario);
    const names = grantsOf(stage.sandbox).map(({ name }) => name);
    expect(names.filter((name) => !needed.has(name) && !UNSHOWN.some(([start]) => start.test(name)))).toEqual([]);
    expect(UNSHOWN.filter(([start]) => !names.some((name) => start.test(name)))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('the sandbox understands every statement', async () => {
  const stage = await stageOf({} as Scenario);
  expect(stage.sandbox.access.policies.unknown).toEqual([]);
});
