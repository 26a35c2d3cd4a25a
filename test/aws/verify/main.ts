/**
 * `npm run verify:aws` checks the package against a real account. docs/verify-aws.md says what it
 * shows, and which parts of it have been tried.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Answers } from './answers';
import { DEFAULT_MINUTES, parseArguments, USAGE, type Verification } from './arguments';
import { ask } from './ask';
import { cloudFormationOnAws } from './aws/cloudformation';
import { operationsOnAws } from './aws/operations';
import { AWS_CDK, cdkCli, type Outputs } from './cdk';
import { cleanUpRecorded, describeCleanUp } from './clean-up';
import { demandEmulator, describeEmulator, LEFT_OUT, useEndpoint } from './emulator';
import { type Entry, Journal, type Progress } from './journal';
import { queueReader } from './messages';
import { type Deployment, type Queue, stackName } from './names';
import { whyTooMany } from './plan';
import { rowsOfCleanUp } from './refusals';
import { rehearse } from './rehearsal';
import { createReportOfKilled } from './report/killed';
import { createReport, writeReport } from './report/report';
import { choose, machinesFor, SCENARIOS } from './scenarios';
import type { Scenario } from './scenarios/scenario';
import { verify } from './session';
import type { Stage } from './stage';
import { allPassed, describeRows, type Row } from './table';
import { UsageError } from './usage';

const ROOT = path.resolve(__dirname, '../../..');
const journal = new Journal(process.env.VERIFY_JOURNAL ?? path.join(ROOT, '.verify'));
/** Tests set another program than the CDK CLI, as a JSON list. */
const cdk = cdkCli(
  process.env.VERIFY_CDK ? (JSON.parse(process.env.VERIFY_CDK) as string[]) : undefined,
);
const reports = process.env.VERIFY_REPORTS ?? process.cwd();
const tell = (text: string) => console.log(text);
const interrupt = new AbortController();
const answers = new Answers();
/** The emulator that is asked. Undefined: AWS. */
let emulator: string | undefined;
/** The verifications whose reports this process wrote, since their own were killed. */
const reported: string[] = [];

/**
 * EventBridge Scheduler starts a run every minute, and CloudWatch evaluates an alarm when it has
 * the metric.
 */
const PATIENCE_MS = 720_000;
const LONGEST_RUN_MS = 900_000;
const PAUSE_MS = 1_000;
const LOAD = 20_000;
/** Eight times 80 MiB is 640 MiB, and nine times that is above 5 GB. */
const LARGE = { parts: 9, bytes: 80 * 1024 ** 2 };

/** The SDK's own variables, such as AWS_ENDPOINT_URL, set other endpoints. */
function clients({ endpoint, ...config }: { profile?: string; region: string; endpoint?: string }) {
  if (endpoint !== emulator) {
    throw new Error(
      `nothing was changed: it is ${endpoint ? `in the emulator at ${endpoint}` : 'on AWS'}, and ` +
        `${emulator ?? 'AWS'} would be asked. Repeat ${endpoint ? `with --endpoint ${endpoint}` : 'without an endpoint'}`,
    );
  }
  const s3 = new S3Client({
    ...config,
    forcePathStyle:
      process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined,
  });
  // TestState has a host of its own on AWS (`sync-states`), which another endpoint does not have.
  const sfn = new SFNClient({
    ...config,
    disableHostPrefix: process.env.AWS_ENDPOINT_URL !== undefined,
  });
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  for (const client of [s3, sfn, sqs]) {
    answers.observe(client);
  }
  const signer = {
    region: config.region,
    credentials: async () => s3.config.credentials(),
    endpoint: process.env.AWS_ENDPOINT_URL,
  };
  return {
    account: async () =>
      (await new STSClient(config).send(new GetCallerIdentityCommand({}))).Account!,
    s3,
    sfn,
    sqs,
    signer,
    cloudFormation: cloudFormationOnAws(signer),
  };
}

const TERMINAL = { input: process.stdin, output: process.stdout };

async function confirm(yes: boolean, plan: string): Promise<boolean> {
  tell(plan);
  if (yes) {
    return true;
  }
  if (!process.stdin.isTTY) {
    tell('\nNobody can be asked here: --yes says that it may.');
    return false;
  }
  return (await ask('\nGo on? Type yes: ', TERMINAL, interrupt.signal)).trim() === 'yes';
}

/** `--yes` is about what is created and destroyed, and not about whose account it is. */
async function askForAccount(question: string): Promise<string | undefined> {
  tell('');
  return process.stdin.isTTY ? ask(question, TERMINAL, interrupt.signal) : undefined;
}

function chooseScenarios({ only, flags, minutes }: Verification): Scenario[] {
  const scenarios = choose(only, flags);
  if (scenarios.length === 0) {
    throw new UsageError(
      `--only ${only}: no scenario has that in its name; there are smoke, and\n  ` +
        `${SCENARIOS.map(({ name }) => name).join('\n  ')}`,
    );
  }
  const why = whyTooMany(scenarios, flags, minutes, DEFAULT_MINUTES);
  if (why !== undefined) {
    throw new UsageError(why);
  }
  return scenarios;
}

function stageOn(
  entry: Entry,
  { s3, sfn, sqs, signer }: ReturnType<typeof clients>,
  deployment: Deployment,
  outputs: Outputs,
): Stage {
  const { signal } = interrupt;
  const readers = new Map<string, Stage['subjects']>();
  const timing = { signal, pause: PAUSE_MS, patience: PATIENCE_MS };
  return {
    ...timing,
    s3,
    sfn,
    deployment,
    account: entry.account,
    budget: LONGEST_RUN_MS,
    load: LOAD,
    large: LARGE,
    operations: operationsOnAws({
      ...timing,
      sfn,
      signer,
      deployment,
      started: new Date(entry.started),
    }),
    subjects: (expected, queue: Queue = 'Messages') => {
      const reader = readers.get(queue) ?? queueReader(sqs, outputs[`${queue}Url`]!, signal);
      readers.set(queue, reader);
      return reader(expected);
    },
    note: () => undefined,
  };
}

async function verifyIn(given: Verification): Promise<boolean> {
  const { profile, region, yes, keep, minutes } = given;
  const scenarios = chooseScenarios(given);
  const account = await clients({ profile, region, endpoint: emulator }).account();
  if (emulator !== undefined) {
    await demandEmulator(emulator, account, askForAccount);
  }
  for (const id of journal.unreported()) {
    tell(`${id} has no report: npm run verify:aws -- --clean-up writes it`);
  }
  for (const id of journal.ids()) {
    tell(`${id} has not been destroyed yet: npm run verify:aws -- --clean-up ${id}`);
  }
  const entry: Entry = {
    id: randomBytes(4).toString('hex'),
    profile,
    region,
    account,
    endpoint: emulator,
    started: new Date().toISOString(),
    machines: machinesFor(scenarios),
  };
  const found = clients(entry);
  const { signal } = interrupt;
  const facts = {
    started: entry.started,
    commit: commitOf(),
    region,
    versions: versionsOf(),
    played: describePlayed(given),
    emulator: emulator && LEFT_OUT,
    secrets: {
      ACCOUNT: account,
      PROFILE: profile,
      HOME: process.env.HOME,
      STACK: stackName(entry.id),
    },
  };
  return verify({
    entry,
    scenarios,
    keep,
    journal,
    cdk,
    signal,
    tell,
    minutes,
    answers,
    s3: found.s3,
    sfn: found.sfn,
    cloudFormation: found.cloudFormation,
    account: found.account,
    now: Date.now,
    rehearse: (assembly, deployment) =>
      rehearse(assembly, deployment, scenarios, signal, (name) => tell(`  ${name}`)),
    confirm: (plan) =>
      confirm(yes, emulator === undefined ? plan : `${plan}\n${describeEmulator(emulator)}`),
    stage: (deployment, outputs) => stageOn(entry, found, deployment, outputs),
    facts,
    report: (rows) =>
      writeReport(reports, createReport({ ...facts, ended: Date.now() }, rows), tell),
  });
}

function describePlayed({ only, flags }: Verification): string {
  return [only === '' ? 'all' : `only ${only}`, ...flags.map((flag) => `with ${flag}`)].join(', ');
}

function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

function versionsOf(): Record<string, string> {
  const version = (name: string) =>
    (
      JSON.parse(fs.readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as {
        version: string;
      }
    ).version;
  return {
    node: process.version,
    'aws-cdk-lib': version('aws-cdk-lib'),
    '@aws-sdk/client-s3': version('@aws-sdk/client-s3'),
    'CDK CLI': AWS_CDK.replace('aws-cdk@', ''),
  };
}

async function cleanUpAll(ids: string[], yes: boolean): Promise<boolean> {
  if (ids.length === 0) {
    tell(`Nothing is left behind that ${journal.directory} knows of.`);
  }
  const failed: string[] = [];
  for (const id of ids) {
    const progress = journal.progress(id);
    if (progress && isRunning(progress.pid)) {
      tell(`Process ${progress.pid}, which verifies ${id}, may still run. If so, end it first.`);
    }
    if (!(await confirm(yes, whatIsDestroyed(id)))) {
      return false;
    }
    const rows = await cleanUpOne(id);
    if (!allPassed(rows)) {
      failed.push(id);
    }
    if (progress) {
      reportKilled(id, progress, rows);
    }
  }
  return failed.length === 0;
}

/** A journal that cannot be read must not keep the others. */
function whatIsDestroyed(id: string): string {
  try {
    return describeCleanUp(journal.read(id));
  } catch (error) {
    return `Destroys nothing of ${id}: ${(error as Error).message}`;
  }
}

/** What cannot be removed must not keep the others. */
async function cleanUpOne(id: string): Promise<Row[]> {
  const refusals = await cleanUpRecorded(() => {
    const entry = journal.read(id);
    return { entry, parts: { ...clients(entry), journal, tell } };
  });
  const rows = rowsOfCleanUp(id, refusals);
  if (refusals.length > 0) {
    tell(describeRows(rows));
  }
  return rows;
}

/**
 * Writes the reports of processes that were killed when nothing was left behind: before they
 * created anything, or after they cleaned up.
 */
function reportUnreported(ids: string[]): void {
  for (const id of ids) {
    const progress = journal.progress(id)!;
    if (isRunning(progress.pid)) {
      tell(`${id} is still being verified, by process ${progress.pid}.`);
    } else {
      reportKilled(id, progress);
    }
  }
}

/**
 * Each verification has a report of its own. One that could not be cleaned up gets another report
 * when it is.
 */
function reportKilled(id: string, progress: Progress, rows: readonly Row[] = []): void {
  writeReport(
    reports,
    createReportOfKilled(progress, rows),
    tell,
    reported.length === 0 ? 'verify-report' : `verify-report.${id}`,
  );
  reported.push(id);
  if (allPassed(rows)) {
    journal.reported(id);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function cleanUpGiven(given: string | true, yes: boolean): Promise<boolean> {
  const unreported = journal.unreported().filter((id) => given === true || given === id);
  const ids = given === true ? journal.ids() : [given].filter((id) => !unreported.includes(id));
  const isClean = (ids.length === 0 && unreported.length > 0) || (await cleanUpAll(ids, yes));
  reportUnreported(unreported);
  return isClean;
}

async function main(): Promise<number> {
  const given = parseArguments(process.argv.slice(2));
  emulator = useEndpoint(given.endpoint, process.env);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      tell(
        interrupt.signal.aborted
          ? `${signal}: already destroying what was created; please wait`
          : `${signal}: stops, and destroys what was created`,
      );
      interrupt.abort(new Error(`interrupted by ${signal}`));
    });
  }
  if ('cleanUp' in given) {
    return (await cleanUpGiven(given.cleanUp, given.yes)) ? 0 : 1;
  }
  return (await verifyIn(given)) ? 0 : 1;
}

// A terminal that is gone takes no text: the clean-up goes on without it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => undefined);
}

main()
  .catch((error: Error) => {
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message);
    return error instanceof UsageError ? 2 : 1;
  })
  .then(
    (status) => {
      process.exitCode = status;
    },
    () => undefined,
  );
