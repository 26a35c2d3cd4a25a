import fc from 'fast-check';
import type { Course } from './batch-rig';
import type { FaultRule } from '../../packages/s3-double/src';
import { RULES, type FaultPlan } from '../soak/fault-plan';
import { randomOf } from '../soak/random';
import { drawSetup, type Setup } from '../soak/setup';

const seed = fc.noShrink(fc.nat({ max: 2 ** 31 - 1 }));

const percents = fc.integer({ min: 1, max: 25 }).map((percent) => percent / 100);

/**
 * A setup does not shrink: none of its values is simpler than another. S3 restores no sources here:
 * that takes a run more, which the soak has.
 */
export const setups: fc.Arbitrary<Setup> = seed.map((number) => ({
  ...drawSetup(randomOf(number)),
  restores: undefined,
}));

const rules: fc.Arbitrary<FaultRule> = fc
  .record({ kind: fc.constantFrom(...RULES), probability: percents, executed: fc.boolean() })
  .map((rule) => (rule.kind === 'LateAnswer' ? { ...rule, ms: 1 } : rule));

/** A plan shrinks to fewer and rarer faults. */
export const faultPlans: fc.Arbitrary<FaultPlan> = fc.record({
  seed,
  rules: fc.uniqueArray(rules, { selector: ({ kind }) => kind, maxLength: 5 }),
  writer: fc.constantFrom(0, 0.02, 0.1, 0.25),
  spike: fc.constant(0),
  killing: fc.constant(0),
  expiry: fc
    .option(
      fc.record({ from: fc.integer({ min: 0, max: 60 }), for: fc.integer({ min: 1, max: 20 }) }),
      { nil: undefined, freq: 3 },
    )
    .map((span) => span && { from: span.from, to: span.from + span.for }),
  throttling: fc.constant(undefined),
});

/** A course shrinks to one invocation that has enough time. */
export const courses: fc.Arbitrary<Course> = fc.record({
  milliseconds: fc.constantFrom(300_000, 30_000, 5_000, 2_000),
  tick: fc.constantFrom(0, 0, 10, 100),
  maxRounds: fc.constantFrom(100, 20, 2),
  lives: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 3 }),
  retries: fc.integer({ min: 0, max: 3 }),
});
