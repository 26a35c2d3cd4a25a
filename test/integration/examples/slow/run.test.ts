import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ROOT, synthesize } from '../../../../examples/demo/synth';
import { openSandbox } from '../../../../packages/sandbox/src/internal';
import { NIGHTS } from '../../../packaging/consumer/parity/nights';
import { trial } from '../../../packaging/consumer/parity/trial';

jest.setTimeout(120_000);

const directory = mkdtempSync(path.join(tmpdir(), 'examples-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(readdirSync(path.join(ROOT, 'examples/typescript')))('example %s archives the objects that it describes', (scenario) => {
  const app = path.join(directory, scenario);
  beforeAll(() => synthesize(scenario, app));

  test.each(NIGHTS.filter((night) => night.scenario === scenario))('$run', async (night) => {
    expect(await trial(openSandbox, app, night)).toEqual([]);
  });
});
