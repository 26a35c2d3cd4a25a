import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { drawExample } from '../../../scripts/docs/draw-architecture';

jest.setTimeout(60_000);

test('the pictures of the architecture are what the definition says', () => {
  const drawn = drawExample();
  const committed = Object.keys(drawn).map((name) => [
    name,
    readFileSync(path.join(__dirname, '../../../docs', name), 'utf8'),
  ]);
  // If this fails, run: npx tsx --tsconfig tsconfig.dev.json scripts/docs/draw-architecture.ts
  expect(Object.fromEntries(committed)).toEqual(drawn);
});
