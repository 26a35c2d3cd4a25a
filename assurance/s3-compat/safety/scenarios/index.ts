import type { Scenario } from '../scenario-context';
import { BUCKETS } from './buckets';
import { CONFLICTS } from './conflicts';
import { FIDELITY } from './fidelity';
import { INTERRUPTIONS } from './interruptions';
import { PACKING } from './packs';
import { RACES } from './races';

/** These are the scenarios by group. */
export const SCENARIOS: Record<string, Record<string, Scenario>> = {
  'Nothing of an object is left behind': FIDELITY,
  'The destination is taken': CONFLICTS,
  'Somebody else writes': RACES,
  'Faults, kills, repetition': INTERRUPTIONS,
  'Buckets, keys, inputs': BUCKETS,
  'Small objects are packed': PACKING,
};
