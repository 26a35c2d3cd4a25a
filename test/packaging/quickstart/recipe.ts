/**
 * Runs the recipe of the sandbox package's README in a clean folder, as GitHub Actions would run
 * it. Checks what the commands print.
 *
 * usage: tsx test/packaging/quickstart/recipe.ts FOLDER
 *
 * FOLDER has the installed package and the cdk.out of an app with one bucket.
 */
import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { type } from './shell';

const README = path.resolve(__dirname, '../../../packages/sandbox/README.md');

interface Workflow {
  readonly jobs: Record<
    string,
    { readonly steps: { readonly name?: string; readonly run?: string }[] }
  >;
}

/**
 * Returns the commands of the last step of the recipe. The steps before it install and synthesize.
 */
function recipe(): string {
  const [, yaml] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync(README, 'utf8')) ?? [];
  const workflow = parse(yaml) as Workflow;
  return workflow.jobs.night.steps.at(-1)!.run!.trim();
}

async function main(folder: string): Promise<void> {
  const inFolder = (command: string) => type(folder, new Map(), [command], process.env);
  const expectations: [what: string, command: string, status: number, printed: RegExp][] = [
    ['the recipe', recipe(), 0, /^SUCCEEDED after /m],
    [
      'a run against the embedded S3',
      'npx cdk-s3-dated-archiver-sandbox --app cdk.out --now 2026-11-25T01:00:00Z',
      0,
      /^objects +0 listed/m,
    ],
    [
      'a run that fails',
      'npx cdk-s3-dated-archiver-sandbox --app cdk.out --input \'{"day":"2026-11-24"}\'',
      1,
      /^FAILED: InvalidRunInput /m,
    ],
    [
      'wrong usage',
      'npx cdk-s3-dated-archiver-sandbox',
      2,
      /^usage: npx cdk-s3-dated-archiver-sandbox --app DIR/m,
    ],
    [
      'wrong usage of the S3',
      'npx cdk-s3-dated-archiver-s3 --port x',
      2,
      /^usage: npx cdk-s3-dated-archiver-s3 /m,
    ],
  ];
  let failed = 0;
  const count = (what: string, problem?: string) => {
    if (problem) {
      failed += 1;
    }
    console.log(problem ? `FAILED ${what}: ${problem}` : `ok     ${what}`);
  };
  const packages = readdirSync(path.join(folder, 'node_modules')).filter(
    (name) => !name.startsWith('.'),
  );
  count(
    'no dependencies',
    packages.length === 1 ? undefined : `node_modules has ${packages.join(', ')}`,
  );
  for (const [what, command, expected, printed] of expectations) {
    const { status, output } = await inFolder(command);
    count(
      what,
      status === expected && printed.test(output)
        ? undefined
        : `ended with ${status}, not ${expected}, or did not print ${printed}:\n${output}`,
    );
  }
  console.log(`${expectations.length + 1 - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main(path.resolve(process.argv[2]));
