/**
 * Synthesizes every example in both languages, with the tarball and the wheel. The templates must
 * be the same. It also runs each example in the sandbox.
 *
 * usage: node main.js [SCENARIO...], in the folder with js/examples/typescript, examples/python and
 * venv
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openSandbox } from 'cdk-s3-dated-archiver-sandbox';
import { EXAMPLE_RUNS, EXPECTED_ANNOTATIONS } from './example-runs';
import { runExample } from './run-example';
import { readAnnotations, synthesize } from './synthesize';
import { differences, readTemplates } from './templates';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'parity-'));
let passed = 0;
let failed = 0;

function count(what: string, problems: string[]): void {
  if (problems.length === 0) {
    passed += 1;
  } else {
    failed += 1;
  }
  console.log(
    problems.length === 0
      ? `ok     ${what}`
      : `FAILED ${what}\n${problems.map((problem) => `       ${problem}\n`).join('')}`,
  );
}

async function findProblems(check: () => Promise<string[]>): Promise<string[]> {
  try {
    return await check();
  } catch (error) {
    return [(error as Error).message];
  }
}

async function main(): Promise<void> {
  const [scenarios, inPython] = ['typescript', 'python'].map((language) =>
    fs.readdirSync(path.join('examples', language)).sort(),
  );
  count(`${scenarios.length} examples`, differences(scenarios, inPython));
  count(
    'each has a night',
    scenarios.filter((scenario) => !EXAMPLE_RUNS.some((night) => night.scenario === scenario)),
  );
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : scenarios;
  for (const scenario of chosen) {
    const [typescript, python] = ['typescript', 'python'].map((language) =>
      path.join(directory, scenario, language),
    );
    count(
      `${scenario}: the same template`,
      await findProblems(async () => {
        await Promise.all([
          synthesize('typescript', scenario, typescript),
          synthesize('python', scenario, python),
        ]);
        return differences(readTemplates(typescript), readTemplates(python));
      }),
    );
    const expected = EXPECTED_ANNOTATIONS[scenario] ?? [];
    count(
      `${scenario}: ${expected.length || 'no'} annotations`,
      await findProblems(async () => {
        const found = readAnnotations(python);
        const missing = expected
          .filter((text) => !found.some((each) => each.includes(text)))
          .map((text) => `missing: ${text}`);
        return [
          ...missing,
          ...found.filter((each) => !expected.some((text) => each.includes(text))),
        ];
      }),
    );
    for (const night of EXAMPLE_RUNS.filter((each) => each.scenario === scenario)) {
      // The repository's own tests run the TypeScript examples. This run uses the app that the
      // wheel synthesized.
      count(
        `${scenario}: ${JSON.stringify(night.run)}`,
        await findProblems(() => runExample(openSandbox, python, night)),
      );
    }
  }
  fs.rmSync(directory, { recursive: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main();
