/**
 * What belongs to an object goes with it, whichever way it goes: each attribute in each form goes
 * each way alone, and some objects have several at once. PROPERTY_SEED repeats those.
 */
import { itGoesEveryWay } from './every-way';

itGoesEveryWay(10);
