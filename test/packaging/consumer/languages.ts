/**
 * Compares an example in a language that has only one example with the template of the TypeScript
 * example. It uses the package that was built for the language.
 *
 * usage: node languages.js java|go, in the folder with js/examples/typescript and examples/LANGUAGE
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CLI_CONTEXT, synthesize } from './parity/synthesize';
import { differences, readTemplates } from './parity/templates';

const COMMANDS = {
  java: ['mvn', '--quiet', '--batch-mode', 'compile', 'exec:java'],
  go: ['go', 'run', '.'],
};

async function main(language: keyof typeof COMMANDS): Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'languages-'));
  const problems: string[] = [];
  const scenarios = fs.readdirSync(path.join('examples', language));
  for (const scenario of scenarios) {
    const [typescript, other] = ['typescript', language].map((name) =>
      path.join(directory, scenario, name),
    );
    await synthesize('typescript', scenario, typescript);
    const [command, ...args] = COMMANDS[language];
    execFileSync(command, args, {
      cwd: path.join('examples', language, scenario),
      env: { ...process.env, CDK_OUTDIR: other, CDK_CONTEXT_JSON: JSON.stringify(CLI_CONTEXT) },
      stdio: 'inherit',
    });
    problems.push(
      ...differences(readTemplates(typescript), readTemplates(other), scenario, language),
    );
  }
  fs.rmSync(directory, { recursive: true });
  for (const problem of problems) {
    console.log(`FAILED ${problem}`);
  }
  const passed = problems.length === 0 ? scenarios.length : 0;
  console.log(`${passed} passed, ${problems.length} failed`);
  process.exitCode = passed > 0 ? 0 : 1;
}

void main(process.argv[2] as keyof typeof COMMANDS);
