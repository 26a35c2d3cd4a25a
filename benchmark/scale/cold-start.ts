/**
 * Measures the size of the bundles, the time that a process takes to load them, and the time that
 * an archiver adds to the synthesis of an app. Sizes are checked. Times depend on the machine and
 * its load, and are only printed.
 *
 * usage: cold-start.ts [--runs N] [--write], after `npx projen compile` and `npx projen bundle`
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { ENVIRONMENT } from '../../test/helpers/environment';
import { machine, replaceBetween } from '../write-docs';

const ROOT = path.resolve(__dirname, '../..');
/** Bytes of a bundle, a tenth above the largest one. */
const MAX_BYTES = 800_000;
/** Bytes. 290,000 of those that copy are undici, half of which is its HTTP parser, llhttp. */
const MAX_BYTES_WITH_UNDICI = 970_000;
const WITH_UNDICI = ['archive-batch', 'restore-batch'];
const maxBytes = (handler: string) =>
  WITH_UNDICI.includes(handler) ? MAX_BYTES_WITH_UNDICI : MAX_BYTES;
/** Those of an archiver with default props. */
const DEFAULT_HANDLERS = ['plan-run', 'archive-batch', 'report-run', 'explain-failure'];
const HANDLERS = [...DEFAULT_HANDLERS, 'list-objects', 'restore-batch', 'verify-batch'];
const bundle = (handler: string) => path.join(ROOT, 'assets/lambda', handler, `${handler}.lambda`);

/** The part of the function's environment that is read while it is loaded. */
const LAMBDA = {
  ...ENVIRONMENT,
  AWS_REGION: 'eu-central-1',
  AWS_LAMBDA_FUNCTION_NAME: 'handler',
};
const LOAD = (handler: string) =>
  `if (typeof require(${JSON.stringify(bundle(handler))}).handler !== 'function') throw new ` +
  `Error('${handler} has no handler')`;

/** An app of one stack with one bucket and the given code. */
const APP = (addition: string) => `
const { App, Stack } = require('aws-cdk-lib');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const app = new App({ analyticsReporting: false, outdir: process.env.OUT });
const stack = new Stack(app, 'Archive');
const bucket = new Bucket(stack, 'Bucket');
${addition}
app.synth();`;

const ARCHIVER = `
const { S3DatedArchiver } = require('./lib');
new S3DatedArchiver(stack, 'Archiver', { bucket, prefix: 'incoming/' });`;

/** The same kinds of resources directly from CDK, with as little in them as possible. */
const PLAIN = `
const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');
const { Choice, Condition, DefinitionBody, Pass, StateMachine } = require('aws-cdk-lib/aws-stepfunctions');
const { LambdaInvoke } = require('aws-cdk-lib/aws-stepfunctions-tasks');
const { Rule } = require('aws-cdk-lib/aws-events');
const { Topic } = require('aws-cdk-lib/aws-sns');
let chain = new Pass(stack, 'Begin');
for (const name of ${JSON.stringify(DEFAULT_HANDLERS)}) {
  const code = Code.fromAsset(${JSON.stringify(path.join(ROOT, 'assets/lambda'))} + '/' + name + '/' + name + '.lambda');
  chain = chain.next(new LambdaInvoke(stack, name + '-state', { lambdaFunction: new Function(stack, name, { code, handler: 'index.handler', runtime: Runtime.NODEJS_24_X }) }));
}
new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(chain) });
new Bucket(stack, 'Reports');
new Topic(stack, 'Topic');
new Rule(stack, 'Rule', { eventPattern: { source: ['aws.states'] } });`;

interface Work {
  readonly what: string;
  readonly script: string;
  readonly environment?: Record<string, string>;
}

interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** Measures the milliseconds of a process from start to end. */
function run({ what, script, environment }: Work): Time {
  const file = path.join(scratch, 'cpu.json');
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['-e', `${script}\n;fs.writeFileSync(process.env.CPU, JSON.stringify(process.cpuUsage()))`],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: '1',
        JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
        OUT: path.join(scratch, 'cdk.out'),
        CPU: file,
        ...environment,
      },
    },
  );
  const wall = Number(process.hrtime.bigint() - began) / 1e6;
  if (status !== 0) {
    throw new Error(`${what}: ${stderr}`);
  }
  const { user, system } = JSON.parse(fs.readFileSync(file, 'utf8')) as NodeJS.CpuUsage;
  fs.rmSync(path.join(scratch, 'cdk.out'), { recursive: true, force: true });
  return { wall, cpu: (user + system) / 1000 };
}

/**
 * Returns medians. The processes take turns, so that other load on the machine affects all of them.
 */
function measure(works: Work[], runs: number): Time[] {
  const times = works.map((): Time[] => []);
  for (let at = 0; at < runs; at++) {
    works.forEach((work, index) => times[index]!.push(run(work)));
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return times.map((each) => ({
    wall: median(each.map(({ wall }) => wall)),
    cpu: median(each.map(({ cpu }) => cpu)),
  }));
}

function toTable(rows: (string | number)[][]): string {
  return rows
    .map(
      (row) =>
        '| ' +
        `${row.map((cell) => (typeof cell === 'number' ? String(Math.round(cell)) : cell)).join(' | ')} ` +
        '|',
    )
    .join('\n');
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cold-start-'));

function bundles(sizes: number[], runs: number): string {
  const nothing: Work = { what: 'node -e 0', script: '0' };
  const [bare, ...loaded] = measure(
    [nothing, ...HANDLERS.map((what) => ({ what, script: LOAD(what), environment: LAMBDA }))],
    runs,
  );
  return toTable([
    ['Bundle', 'kB', 'ms, process', 'ms more than `node -e 0`', 'of it CPU ms'],
    ['---', '---:', '---:', '---:', '---:'],
    ['`node -e 0`', '', bare!.wall, '', ''],
    ...loaded.map(({ wall, cpu }, index) => [
      HANDLERS[index]!,
      sizes[index]! / 1000,
      wall,
      wall - bare!.wall,
      cpu - bare!.cpu,
    ]),
  ]);
}

function synthesis(runs: number): string {
  const works: Work[] = [
    { what: 'an app with a bucket', script: APP('') },
    { what: 'the same with an archiver', script: APP(ARCHIVER) },
    {
      what: 'the same with four functions, a state machine, a bucket, a topic and a rule of CDK',
      script: APP(PLAIN),
    },
  ];
  const [without, ...rest] = measure(works, runs);
  return toTable([
    ['Synthesis', 'ms, process', 'ms more', 'of it CPU ms'],
    ['---', '---:', '---:', '---:'],
    [works[0]!.what, without!.wall, '', ''],
    ...rest.map(({ wall, cpu }, index) => [
      works[index + 1]!.what,
      wall,
      wall - without!.wall,
      cpu - without!.cpu,
    ]),
  ]);
}

function main(): void {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
  });
  const runs = Number(values.runs);
  const sizes = HANDLERS.map((handler) => fs.statSync(path.join(bundle(handler), 'index.js')).size);
  const text = `${machine()} Medians of ${runs}.\n\n${bundles(sizes, runs)}\n\n${synthesis(runs)}`;
  console.log(`${text}\nload of the machine: ${os.loadavg()[0]!.toFixed(1)}`);
  if (values.write) {
    replaceBetween('results/performance.md', 'cold start', text);
  }

  const large = HANDLERS.filter((handler, index) => sizes[index]! > maxBytes(handler));
  for (const handler of large) {
    console.log(
      `FAILED ${handler} is larger than ${maxBytes(handler) / 1000} kB: look at what it imports ` +
        'with esbuild --analyze',
    );
  }
  console.log(`${HANDLERS.length - large.length} passed, ${large.length} failed`);
  process.exitCode = large.length > 0 ? 1 : 0;
}

try {
  main();
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
