/**
 * docs/results/emulators.md has the answers that were kept, and the questions are valid
 * definitions.
 */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { PROBES } from './probes';
import { readResults, renderTable } from './results';
import { faults } from '../../test/helpers/synth';

const PAGE = path.resolve(__dirname, '../../docs/results/emulators.md');

test('the table of the page is the answers that were kept', () => {
  const [, rest] = readFileSync(PAGE, 'utf8').split('<!-- answers -->\n');
  expect(rest!.split('\n<!-- end of answers -->')[0]).toBe(renderTable(readResults()));
});

test('each emulator was asked everything', () => {
  const results = Object.entries(readResults());
  expect(results.map(([name]) => name).sort()).toEqual(['fakecloud', 'ministack', 'moto']);
  for (const [, { answers }] of results) {
    expect(Object.keys(answers)).toEqual(PROBES.map(({ name }) => name));
  }
});

test.each(PROBES)('$name: a definition without faults', async ({ ask }) => {
  const asked: object[] = [];
  await ask({
    run: (definition) => {
      asked.push(definition);
      return Promise.resolve({ status: 'SUCCEEDED', output: [] });
    },
    resultFiles: () => Promise.resolve([]),
  });
  expect(asked).toHaveLength(1);
  expect(asked.map(faults)).toEqual(['']);
});
