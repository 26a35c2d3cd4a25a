import { readItems, readMapConfig } from './config';
import { MapRun } from './map-run';
import type { Json } from '../../common/json';
import type { HistoryEvent } from '../history';
import type { MapInvocation } from '../world';

/** "A new Map Run is started and the existing Map Run isn't redriven", redrive-map-run. */
const NEW_MAP_RUN = ['States.DataLimitExceeded', 'States.Runtime'];

/**
 * Runs Distributed Maps as "Using Map state in Distributed mode", state-map-distributed, describes
 * them.
 */
export class DistributedMaps {
  /** Map Runs that did not succeed, by execution and state: a redrive continues them. */
  private readonly interrupted = new Map<string, MapRun>();

  async run(invocation: MapInvocation): Promise<Json> {
    const { name, execution, world } = invocation;
    world.demandStart?.(execution.identity.arn);
    const key = JSON.stringify([execution.record.arn, name]);
    const interrupted = invocation.redriven ? this.take(key) : undefined;
    const run = interrupted ?? (await startMapRun(invocation));
    let result: Json;
    try {
      result = await run.attempt(execution);
    } catch (error) {
      if (NEW_MAP_RUN.includes((error as Error).name)) {
        run.close();
      } else {
        // A Retry of the state, or a loop, may have left one behind.
        this.take(key)?.close();
        this.interrupted.set(key, run);
      }
      throw error;
    }
    run.close();
    return result;
  }

  close(): void {
    for (const run of this.interrupted.values()) {
      run.close();
    }
    this.interrupted.clear();
  }

  private take(key: string): MapRun | undefined {
    const run = this.interrupted.get(key);
    this.interrupted.delete(key);
    return run;
  }
}

/**
 * The state starts before its fields are read, so a field that cannot be read leaves no Map Run.
 */
async function startMapRun(invocation: MapInvocation): Promise<MapRun> {
  const {
    name,
    map: { state },
    input,
    context,
    execution: {
      record: { history },
    },
  } = invocation;
  const isEntry = ({ stateEnteredEventDetails: details }: HistoryEvent) =>
    (details as { name?: string } | undefined)?.name === name;
  const entered = [...history.events].reverse().find(isEntry);
  const items = state.ItemReader ? [] : await readItems(state, input, { Context: context });
  history.add('MapStateStarted', { length: Array.isArray(items) ? items.length : 0 });
  return new MapRun(
    invocation,
    await readMapConfig(state, input, { Context: context }, { name, eventId: entered?.id ?? 0 }),
  );
}
