import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ROOT, synthesize } from '../../../../examples/demo/synth';
import { openSandbox } from '../../../../packages/sandbox/src/internal';
import { EXAMPLE_RUNS } from '../../../packaging/consumer/parity/example-runs';
import { runExample } from '../../../packaging/consumer/parity/run-example';

jest.setTimeout(120_000);

const directory = mkdtempSync(path.join(tmpdir(), 'examples-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(readdirSync(path.join(ROOT, 'examples/typescript')))(
  'example %s archives the objects that it describes',
  (scenario) => {
    const app = path.join(directory, scenario);
    beforeAll(() => synthesize(scenario, app));

    test.each(EXAMPLE_RUNS.filter((night) => night.scenario === scenario))(
      '$run',
      async (night) => {
        expect(await runExample(openSandbox, app, night)).toEqual([]);
      },
    );
  },
);
