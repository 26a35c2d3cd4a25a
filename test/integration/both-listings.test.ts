/** Each test that runs whole archivers does so with both ways to list, or says why not. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { FAST, ONCE, SLOW } from './both-listings';
import { listSelectively } from '../helpers/default-listing';

/** What a test that runs whole archivers imports. */
const RUNNERS =
  /^import [^;]*\b(rehearse|shareRehearsals|Stage|LedgerStage|openSandbox|generateMessages|play)\b/m;

test('no test that runs whole archivers is forgotten', () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  const running = files
    .filter((file) => RUNNERS.test(readFileSync(path.join(__dirname, file), 'utf8')))
    .map((file) => file.replace('.test.ts', ''));
  expect([...FAST, ...SLOW, ...Object.keys(ONCE)].sort()).toEqual(running.sort());
});

describe('Listing.selective()', () => {
  listSelectively();
  describe.each(FAST)('%s', (suite) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require(`./${suite}.test`);
  });
});
