import fc from 'fast-check';
import { check, none } from './check';
import { runEpoch, SCHEDULES_OF_EPOCH, seedOf } from '../soak/epoch';

/**
 * An epoch is a number that determines an archiver of the soak. Each case has an epoch and four of
 * its schedules. A failing case does not shrink, but the message names the seed of each failing
 * schedule.
 */
const epochs = fc.record({
  epoch: fc.noShrink(fc.nat({ max: 1_000_000 })),
  indexes: fc.uniqueArray(fc.noShrink(fc.nat({ max: SCHEDULES_OF_EPOCH - 1 })), {
    minLength: 4,
    maxLength: 4,
  }),
});

test('whole runs through the sandbox, of the synthesized state machine and the built functions', async () => {
  await check(
    'assurance/properties/whole-runs.test.ts',
    fc.asyncProperty(epochs, async ({ epoch, indexes }) => {
      const found: string[] = [];
      await runEpoch(
        epoch,
        indexes.map((index) => seedOf(epoch, index)),
        ({ seed, violations }) => {
          found.push(...violations);
          if (violations.length > 0) {
            found.push(`Again, that schedule alone: npm run soak -- --replay ${seed}`);
          }
        },
      );
      none(found);
    }),
    { numRuns: 3, endOnFailure: true },
  );
}, 900_000);
