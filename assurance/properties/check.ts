import fc from 'fast-check';

/** Of all that is random here: `PROPERTY_SEED`, else another one each time. */
export const SEED = process.env.PROPERTY_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.PROPERTY_SEED);

/** Checks a property, says of which seed, and how to do it again where it does not hold. */
export async function check<T>(file: string, property: fc.IAsyncProperty<T>, parameters: fc.Parameters<T>): Promise<void> {
  process.stderr.write(`${file}: PROPERTY_SEED=${SEED}, ${parameters.numRuns} runs\n`);
  const details = await fc.check(property, { seed: SEED, ...parameters });
  if (!details.failed) { return; }
  // An interrupted search for a smaller counterexample leaves the cause out of the message.
  const cause = (details.errorInstance as Error | null)?.message ?? '';
  throw new Error(`${cause}\n\n${fc.defaultReportMessage(details)}\n\nAgain: PROPERTY_SEED=${SEED} npx jest ${file}`);
}

/** Fails with what was found, if anything. */
export function none(violations: readonly string[]): void {
  if (violations.length > 0) { throw new Error(violations.join('\n')); }
}
