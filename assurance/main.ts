/**
 * This command runs everything that takes longer than a contributor wants to wait: the slow tests,
 * every interleaving, the mutants, random runs under faults, and other S3 servers.
 *
 *   npm run assurance                 the quick form, a quarter of an hour on two cores
 *   npm run assurance -- --full       the full form, which takes some hours
 *   npm run assurance -- --only TEXT  the steps whose name contains TEXT
 *
 * When a step fails, the following steps still run. The last line is `N passed, N failed`. The exit
 * status is 1 if any step failed.
 */
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { parseArgs } from 'node:util';

interface Step {
  readonly name: string;
  /** If this is missing, the step belongs only to the full form. */
  readonly quick?: string;
  /** If this is missing, the full form runs the quick command. */
  readonly full?: string;
}

const SLOW_TESTS =
  'jest --ci --maxWorkers=100% /slow/ /assurance/properties/ /assurance/model-checking/';

/**
 * The quick form takes a fixed seed, so that it says whether a change broke something, and not
 * whether luck found an older fault. The full form takes a new seed each time, and prints it. In
 * the quick form, tests of many objects or calls take fewer, no test installs the dependencies, and
 * fewer suites run once more with a function that lists.
 */
const QUICK =
  'PROPERTY_SEED=1234 OBJECTS=5000 ROUND_TRIPS=500 REPETITIONS=2 CALLS_EVERY=12 INSTALL=stub ' +
  'SUITES=slow/keep-sources,permissions,restore,retries,verify';

/**
 * Tests that break their subject in each way in turn, list millions of keys, or start the AWS CLI
 * for each command of the pages. They take half of the slow tests' time, and their subjects seldom
 * change. The quick form leaves them out.
 */
const ONLY_FULL =
  "'/aws/verify/slow/(mutations|interrupt|kills|unknowns|by-hand|session)' " +
  "'/iam/slow/(necessary|other-account)' '/slow/three-million' '/commands/slow/aws-cli' " +
  "'/properties/large-parts'";

const STEPS: readonly Step[] = [
  {
    name: 'slow tests',
    quick: `${QUICK} ${SLOW_TESTS} --testPathIgnorePatterns /node_modules/ ${ONLY_FULL}`,
    full: SLOW_TESTS,
  },
  {
    name: 'all cases of tests of which npm test tries a sample',
    quick: 'THOROUGH=1 jest --ci --maxWorkers=100% $(grep -rl helpers/thorough test)',
  },
  {
    name: 'every interleaving within small bounds',
    quick: 'npm run --silent interleavings -- --small',
  },
  {
    name: 'every interleaving of the move',
    quick: 'npm run --silent interleavings -- late-rename-plain-nothing',
    full: 'npm run --silent interleavings',
  },
  {
    name: 'mutants that the exploration of interleavings finds',
    quick: 'npm run --silent interleavings -- --mutants one-report-plain-',
    full: 'npm run --silent interleavings -- --mutants',
  },
  { name: 'mutants of packs', full: 'tsx assurance/mutation/pack-mutants.ts' },
  {
    name: 'mutants of locks, retention, annotations and restores from Glacier',
    full: 'tsx assurance/mutation/lock-mutants.ts',
  },
  { name: 'mutants of notes', full: 'tsx assurance/mutation/note-mutants.ts' },
  { name: 'mutants of unfinished batches', full: 'tsx assurance/mutation/batch-mutants.ts' },
  {
    name: 'mutants of the attributes of objects',
    full: 'tsx assurance/mutation/attribute-mutants.ts',
  },
  { name: 'mutants of the safety path', full: 'npm run --silent mutants' },
  {
    name: 'attacks on the command: kills, sleep, expired credentials',
    quick: 'tsx assurance/command/main.ts --quick --seed 1',
    full: 'tsx assurance/command/main.ts',
  },
  {
    name: 'soak, and two archivers with restores, verifications and deployments',
    quick: 'npm run --silent soak -- --minutes 2 --seed 1',
    full: 'npm run --silent soak -- --minutes 30',
  },
  {
    name: 'the promise on other S3 servers',
    quick: 'tsx assurance/s3-compat/safety/main.ts --server double --server moto',
    full: 'tsx assurance/s3-compat/safety/main.ts',
  },
  {
    name: 'the promise on other S3 servers, if a function lists',
    quick: 'tsx assurance/s3-compat/safety/main.ts --selective --server double',
    full: 'tsx assurance/s3-compat/safety/main.ts --selective',
  },
  { name: 'conformance of S3 servers', full: 'npm run --silent conformance -- --check' },
  { name: 'the page of a run, in Chromium', quick: 'tsx test/integration/report-page/browser.ts' },
  {
    name: 'README and API.md as they are shown, in Chromium',
    quick: 'tsx test/packaging/docs/pages/browser.ts',
  },
  {
    name: 'the site: links, accessibility and search, in Chromium',
    quick: 'npm run --silent site:check',
  },
  {
    name: 'what a prop and an action take',
    quick: 'npm run --silent probe',
  },
  { name: 'the guides for users of other tools', quick: 'tsx assurance/other-tools/main.ts' },
  {
    name: 'memory of a batch of 1,000 objects and of a copy in 50 parts',
    quick: 'tsx benchmark/scale/memory.ts',
  },
  {
    name: 'memory of packs of objects with long headers',
    quick: 'tsx benchmark/scale/pack-memory.ts',
  },
  {
    name: 'size, cold start and synthesis of the bundles',
    quick: 'tsx benchmark/scale/cold-start.ts',
  },
  { name: 'CPU for an object, beside SDK v3', quick: 'tsx benchmark/run.ts --guard' },
  { name: 'the oldest and the newest aws-cdk-lib', full: 'npm run --silent versions' },
  { name: 'benchmark', full: 'npm run --silent bench -- --quick' },
];

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Result extends Counts {
  readonly name: string;
  readonly seconds: number;
  readonly output: string;
}

/**
 * These last lines of a step that failed are shown again in the end, because the beginning of a
 * long log may be cut off.
 */
const LINES_OF_A_FAILURE = 60;

/** Runs a command and shows what it prints. */
function run(command: string): Promise<{ output: string; status: number | null }> {
  const root = path.join(__dirname, '..');
  const env = {
    ...process.env,
    NODE_NO_WARNINGS: '1',
    PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
  };
  const child = spawn(command, { cwd: root, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      output += chunk;
      process[stream].write(chunk);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ output, status }));
  });
}

/**
 * Reads what the command counted itself: the last line `Tests: ...` of jest, or `N passed, N
 * failed`. A command that counts nothing counts as one.
 */
function readCounts(output: string, status: number | null): Counts {
  const line = output.match(/^(Tests: +\d.*|\d+ passed, \d+ failed)$/gm)?.at(-1);
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line ?? '')?.[1] ?? 0);
  const failed = count('failed');
  // A command may fail for a reason that its counts do not include.
  if (status !== 0) {
    return { passed: count('passed'), failed: Math.max(failed, 1) };
  }
  return line === undefined ? { passed: 1, failed: 0 } : { passed: count('passed'), failed };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { full: { type: 'boolean' }, only: { type: 'string' } },
  });
  const results: Result[] = [];
  for (const { name, quick, full } of STEPS) {
    const command = values.full ? (full ?? quick) : quick;
    if (command === undefined || !name.includes(values.only ?? '')) {
      continue;
    }
    console.log(`\n=== ${name}: ${command}`);
    const began = performance.now();
    const { output, status } = await run(command);
    results.push({
      name,
      seconds: (performance.now() - began) / 1_000,
      output,
      ...readCounts(output, status),
    });
  }
  for (const { name, output } of results.filter(({ failed }) => failed > 0)) {
    console.log(
      '\n=== the end of what failed: ' +
        `${name}\n${output.trimEnd().split('\n').slice(-LINES_OF_A_FAILURE).join('\n')}`,
    );
  }
  console.log('');
  for (const { name, seconds, passed, failed } of results) {
    console.log(
      `${seconds.toFixed(0).padStart(5)} s  ${String(passed).padStart(5)} passed, ${failed} ` +
        `failed  ${name}`,
    );
  }
  const sum = (of: keyof Counts) => results.reduce((total, result) => total + result[of], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 && results.length > 0 ? 0 : 1;
}

void main();
