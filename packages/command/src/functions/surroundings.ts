/** What each function process of the command loads before its handler. */
import { createSurroundings } from './create-surroundings';
import { replaceSurroundings } from '../../../../src/lambda/surroundings/surroundings';
import { VARIABLE } from '../processes/process-settings';

replaceSurroundings(createSurroundings(process.env[VARIABLE]));
// A terminal sends the signal to this process, too. The command decides when it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => undefined);
}
