import { BASE } from './base';
import { FLAGGED } from './flags';
import { LOCKS } from './locks';
import { OPERATIONS } from './operations';
import { PACKS } from './packs';
import { QUERIES } from './queries';
import { needsOf, type Scenario } from './scenario';
import { SMOKE } from './smoke';
import { ARCHIVERS, type Flag, type Machine } from '../names';

/** In the order in which they are played: the first ones have what everything else depends on. */
export const SCENARIOS: readonly Scenario[] = [
  ...BASE,
  ...PACKS,
  ...OPERATIONS,
  ...FLAGGED,
  ...QUERIES,
  ...LOCKS,
];

/**
 * The scenarios of a verification: smoke, or those whose name has the word; and those of flags only
 * with their flags.
 */
export function choose(only: string, flags: readonly Flag[]): Scenario[] {
  const played = SCENARIOS.filter(({ flag }) => !flag || flags.includes(flag));
  return only === SMOKE.name
    ? [SMOKE, ...played.filter(({ flag }) => flag)]
    : played.filter(({ name }) => name.includes(only));
}

/** The archivers that the scenarios need. */
export function machinesFor(scenarios: readonly Scenario[]): Machine[] {
  return ARCHIVERS.filter((machine) =>
    scenarios.some((scenario) => needsOf(scenario).includes(machine)),
  );
}
