import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { drawExample } from '../../../scripts/docs/draw-architecture';

jest.setTimeout(60_000);

test('the picture of the architecture is what the definition says', () => {
  const committed = readFileSync(path.join(__dirname, '../../../docs/architecture.svg'), 'utf8');
  // If this fails, run: npx tsx --tsconfig tsconfig.dev.json scripts/docs/draw-architecture.ts
  expect(committed).toBe(drawExample());
});
