import { readdirSync, readFileSync } from 'node:fs';
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

/** Layers whose folders the page names one by one. */
const LAYERS = ['construct', 'features', 'actions', 'lambda'];
const listFolders = (folder: string) =>
  readdirSync(path.join(__dirname, '../../..', folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

test('the page names each folder of src that exists, and no other', () => {
  const page = readFileSync(path.join(__dirname, '../../../docs/architecture.md'), 'utf8');
  const [, table] = page.split('## Folders');
  const rows = table
    .split('\n## ')[0]
    .split('\n')
    .filter((line) => line.startsWith('| `src/'));
  // `src/lambda/s3`, `runtime`: the second is a folder of the same layer.
  const named = rows.flatMap((row) => {
    const [, cell, contents] = row.split(' | ').map((each) => each.replace(/^\| /, ''));
    const names = [...row.split(' | ')[0].matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const [, layer, first] = /^src\/([\w*.]+)(?:\/(.+))?$/.exec(names[0])!;
    if (layer === 'construct') {
      return [...`${cell} ${contents}`.matchAll(/`([a-z-]+)`/g)].map(([, name]) => [layer, name]);
    }
    return [first, ...names.slice(1)].map((name) => [layer, name]);
  });
  for (const layer of LAYERS) {
    const ofLayer = named
      .filter(([each, name]) => each === layer && name !== undefined && name !== 'NAME')
      .map(([, name]) => name);
    const folders = listFolders(`src/${layer}`);
    expect(
      [layer, ...new Set(ofLayer)]
        .sort()
        .filter((name) => folders.includes(name) || name === layer),
    ).toEqual([layer, ...folders].sort());
    if (layer !== 'construct') {
      expect(ofLayer.filter((name) => !folders.includes(name))).toEqual([]);
    }
  }
});
