import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { renderLlms } from '../../../scripts/docs/llms';

test('llms.txt is what the docs say', () => {
  const written = readFileSync(path.join(__dirname, '../../../llms.txt'), 'utf8');
  // If this fails, run: npx tsx --tsconfig tsconfig.dev.json scripts/docs/llms.ts
  expect(written).toBe(renderLlms());
});

test('it is short enough to be read whole', () => {
  expect(renderLlms().split(/\s+/).length).toBeLessThan(6_000);
});
