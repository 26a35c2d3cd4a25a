import { readFileSync } from 'node:fs';
import { PAGE, renderProducers } from '../../../scripts/docs/producers';
import { PRODUCERS } from '../../helpers/producers';

const page = readFileSync(PAGE, 'utf8');

test('docs/producers.md has the producers of the tests', () => {
  // If this fails, run: npx tsx --tsconfig tsconfig.dev.json scripts/docs/producers.ts
  expect(page).toBe(renderProducers(page));
  expect(PRODUCERS.filter(({ producer }) => !page.includes(`[${producer}](`))).toEqual([]);
});
