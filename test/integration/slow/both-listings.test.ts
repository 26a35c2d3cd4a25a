/** Runs the tests of whole archivers once more, with archivers whose function lists. */
import { listSelectively } from '../../helpers/default-listing';
import { SLOW } from '../both-listings';

listSelectively();

// eslint-disable-next-line @typescript-eslint/no-require-imports
describe.each(SLOW)('%s', (suite) => { require(`../${suite}.test`); });
