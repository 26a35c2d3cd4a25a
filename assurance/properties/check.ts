import fc from 'fast-check';

/**
 * This seed determines everything that is random here. It is `PROPERTY_SEED`, or a new number each
 * time.
 */
export const SEED =
  process.env.PROPERTY_SEED === undefined
    ? Date.now() % 2 ** 31
    : Number(process.env.PROPERTY_SEED);

/**
 * Checks a property and prints the seed. If the property does not hold, it prints how to repeat the
 * check.
 */
export async function check<T>(
  file: string,
  property: fc.IAsyncProperty<T>,
  parameters: fc.Parameters<T>,
): Promise<void> {
  process.stderr.write(`${file}: PROPERTY_SEED=${SEED}, ${parameters.numRuns} runs\n`);
  const details = await fc.check(property, { seed: SEED, ...parameters });
  if (!details.failed) {
    return;
  }
  // If the search for a smaller counterexample is interrupted, the message does not contain the
  // cause.
  const cause = (details.errorInstance as Error | null)?.message ?? '';
  throw new Error(
    `${cause}\n\n${fc.defaultReportMessage(details)}\n\nAgain: PROPERTY_SEED=${SEED} npx jest ` +
      `${file}`,
  );
}

/** Throws an error if there are violations. */
export function none(violations: readonly string[]): void {
  if (violations.length > 0) {
    throw new Error(violations.join('\n'));
  }
}
