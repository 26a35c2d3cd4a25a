/** What each function process of the command loads before its handler. */
import { createSurroundings } from './create-surroundings';
import { replaceSurroundings } from '../../../../src/lambda/surroundings/surroundings';
import { VARIABLE } from '../run/process-settings';

replaceSurroundings(createSurroundings(process.env[VARIABLE]));
// A terminal sends the signal to this process, too. The command decides when it ends.
process.on('SIGINT', () => undefined);
