/** The long form, with many objects that have several attributes at once. */
import { itGoesEveryWay } from '../every-way';

itGoesEveryWay(Number(process.env.OBJECTS ?? 20_000) / 100);
