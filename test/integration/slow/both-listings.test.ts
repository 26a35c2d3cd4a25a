/** Runs the tests of whole archivers once more, with archivers whose function lists. */
import { listSelectively } from '../../helpers/default-listing';
import { SLOW } from '../both-listings';

/** All of them, or those that `SUITES` names, separated by commas. */
const suites = process.env.SUITES?.split(',') ?? SLOW;

listSelectively();

describe.each(suites)('%s', (suite) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require(`../${suite}.test`);
});
