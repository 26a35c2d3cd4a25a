/** How fast a run may be. */
import { batchesAtOnce, MAX_DEFAULT_BATCHES } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { RunInput } from '../../contract/payloads/run';
import type { Settings } from '../../contract/payloads/settings';

export function wrongInput(problem: string): Error {
  return namedError(ErrorName.INVALID_RUN_INPUT, `the run's input is wrong: ${problem}`);
}

/**
 * Returns how many batches run at the same time, and the share of the rate that each gets, which is at least one object a
 * second. With less, a batch of a thousand objects could use up its rounds before it has tried all of them.
 *
 * @throws InvalidRunInput if the input asks for more batches than are allowed
 */
export function getRunLimits(input: RunInput, settings: Settings): { readonly objectsPerSecond: number; readonly maxConcurrency: number } {
  checkConcurrency(input, settings);
  const rate = settings.maxObjectsPerSecond;
  const wanted = input.maxConcurrency ?? settings.maxConcurrency ?? batchesAtOnce(rate);
  const maxConcurrency = Math.max(1, Math.min(wanted, Math.floor(rate)));
  return { objectsPerSecond: rate / maxConcurrency, maxConcurrency };
}

/**
 * Each batch takes a part of the Lambda concurrency that the whole account shares, so only a deployment can raise the
 * limit. With more concurrent EXPRESS batches, the share of each would be too small to finish in time.
 */
function checkConcurrency({ maxConcurrency = 1 }: RunInput, settings: Settings): void {
  const { maxRunConcurrency = Infinity } = settings;
  const deployed = settings.maxConcurrency ?? MAX_DEFAULT_BATCHES;
  if (maxConcurrency <= Math.min(deployed, maxRunConcurrency)) { return; }
  throw wrongInput(`maxConcurrency ${maxConcurrency} must be at most ${maxConcurrency > deployed
    ? `${deployed}, which the archiver was deployed with${settings.maxConcurrency === undefined ? ' by default' : ''}: leave maxConcurrency out, or deploy with a higher maxConcurrency`
    : `${maxRunConcurrency}, because an EXPRESS batch has five minutes to archive its objects at its share of `
      + 'maxObjectsPerSecond: leave maxConcurrency out, or deploy with a lower batchSize'}`);
}
