import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ROOT, synthesize } from '../../../../examples/demo/synth';
import { findArchiver } from '../../../../packages/sandbox/src/assembly/archiver';
import { readAssembly } from '../../../../packages/sandbox/src/assembly/read';
import { App } from '../../../../packages/sandbox/src/assembly/scope';
import { EXAMPLE_RUNS } from '../../../packaging/consumer/parity/example-runs';

jest.setTimeout(60_000);

const scenarios = readdirSync(path.join(ROOT, 'examples/typescript')).sort();
const typescript = (scenario: string) =>
  readFileSync(path.join(ROOT, 'examples/typescript', scenario, 'app.ts'), 'utf8');
const python = (scenario: string) =>
  readFileSync(path.join(ROOT, 'examples/python', scenario, 'app.py'), 'utf8');

test('the examples have the same scenarios in both languages', () => {
  expect(readdirSync(path.join(ROOT, 'examples/python')).sort()).toEqual(scenarios);
  expect(scenarios.length).toBeGreaterThanOrEqual(9);
});

test('the index of the examples links each scenario in both languages', () => {
  const index = readFileSync(path.join(ROOT, 'examples/README.md'), 'utf8');
  const links = [...index.matchAll(/\(((?:typescript|python)\/[^)]+)\)/g)]
    .map(([, link]) => link)
    .sort();
  expect(links).toEqual(
    scenarios
      .flatMap((scenario) => [`python/${scenario}/app.py`, `typescript/${scenario}/app.ts`])
      .sort(),
  );
});

describe.each(scenarios)('example %s', (scenario) => {
  test('synthesizes with the archivers that its test runs use', () => {
    const outdir = mkdtempSync(path.join(tmpdir(), 'example-'));
    try {
      synthesize(scenario, outdir);
      expect(existsSync(path.join(outdir, 'manifest.json'))).toBe(true);
      for (const { stack } of EXAMPLE_RUNS.filter((night) => night.scenario === scenario)) {
        expect(findArchiver(new App(readAssembly(outdir)), stack).definition.StartAt).toBe(
          'PlanRun',
        );
      }
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });

  test('starts with a comment that says what it is for', () => {
    expect(typescript(scenario)).toMatch(/^\/\*\*\n \* For /);
    expect(python(scenario)).toMatch(/^"""For /);
  });

  test('imports only packages that a user installs', () => {
    const modules = [...typescript(scenario).matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    expect(
      modules.filter(
        (name) => !/^(aws-cdk-lib(\/aws-[a-z0-9-]+)?|cdk-nag|cdk-s3-dated-archiver)$/.test(name),
      ),
    ).toEqual([]);
  });

  test('has valid Python code', () => {
    const { status, stderr } = spawnSync(
      'python3',
      ['-c', 'import sys; compile(sys.stdin.read(), "app.py", "exec")'],
      { input: python(scenario), encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
  });

  test('has the same texts and numbers in both languages', () => {
    expect(constantsOf(python(scenario), /^from .*$|^"""[^]*?"""|( |^)#.*$/gm)).toEqual(
      constantsOf(typescript(scenario), /^import [^;]*;$|\/\*\*[^]*?\*\/|( |^)\/\/ .*$/gm),
    );
  });
});

/** The texts and the numbers of a program in their order, without imports and comments. */
function constantsOf(program: string, ignored: RegExp): string[] {
  const constants = program
    .replace(ignored, '')
    .matchAll(/f?"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`|\b(\d+)\b/g);
  return [...constants]
    .map(([, double, single, template, number]) => double ?? single ?? template ?? number)
    .map((text) =>
      text.replace(
        /\$?\{([^}]+)\}/g,
        (_, expression: string) =>
          `{${expression.replace(/_(\w)/g, (__, letter: string) => letter.toUpperCase())}}`,
      ),
    )
    .sort();
}
