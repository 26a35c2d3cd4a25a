import { readMapConfig } from './config';
import { type MapInvocation, MapRun } from './map-run';
import type { Json } from '../../json';

/** Runs a Distributed Map as "Using Map state in Distributed mode", state-map-distributed, describes it. */
export async function runDistributedMap(invocation: MapInvocation): Promise<Json> {
  const { name, map, input, context, execution, world } = invocation;
  world.demandStart?.(execution.identity.arn);
  const interrupted = invocation.redriven ? world.interruptedMaps.take(execution.record.arn, name) : undefined;
  const run = interrupted ?? new MapRun(invocation, await readMapConfig(map.state, input, { Context: context }));
  let result: Json;
  try {
    result = await run.attempt(execution);
  } catch (error) {
    if (NEW_MAP_RUN.includes((error as Error).name)) {
      run.close();
    } else {
      world.interruptedMaps.keep(execution.record.arn, name, run);
    }
    throw error;
  }
  run.close();
  return result;
}

/** "A new Map Run is started and the existing Map Run isn't redriven", redrive-map-run. */
const NEW_MAP_RUN = ['States.DataLimitExceeded', 'States.Runtime'];
