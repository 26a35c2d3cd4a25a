/**
 * Runs random schedules with the movers' real code together in one process, and compares the code
 * with what the explorer believes.
 */
import type { Execution } from './automaton';
import { prepare } from './explore';
import type { Scenario } from './scenario';
import { isDone, type State } from './state';
import { stepsFrom } from './world';

/** @throws if the code is at a different point than the explorer believes */
export async function compareWithLiveCode(
  scenario: Scenario,
  schedules: number,
  random: () => number,
): Promise<void> {
  const { stage, world } = prepare(scenario);
  for (let schedule = 0; schedule < schedules; schedule++) {
    const start = (who: number) => stage.newExecution(scenario.movers[who], who);
    const live = scenario.movers.map((_, who) => start(who));
    world.onHappening = async (who, happening) => {
      if (happening === 'killed') {
        live[who] = start(who);
      } else {
        await live[who].deliver(happening);
      }
    };
    let state = await world.begin();
    await compare(state, live);
    for (let steps = stepsFrom(stage, state); steps.length > 0; steps = stepsFrom(stage, state)) {
      ({ state } = await world.take(state, steps[Math.floor(random() * steps.length)]));
      await compare(state, live);
    }
  }
}

async function compare({ attempts }: State, live: readonly Execution[]): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  attempts.forEach(({ point }, who) => {
    const { client, outcomes } = live[who];
    const calls = isDone(point) ? [] : [...client.waiting.values()];
    const waiting = calls
      .map(({ name, operation, input }) => ({ name, operation, input }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const [believed, real] = [
      [point.waiting, point.outcomes],
      [waiting, outcomes],
    ].map((each) => JSON.stringify(each));
    if (believed !== real) {
      throw new Error(`the code is at ${real}, the explorer believes it at ${believed}`);
    }
  });
}
