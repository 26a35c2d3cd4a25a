/**
 * `npm run verify:aws` checks the package against a real account. docs/verify-aws.md says what it shows, and which
 * parts of it have been tried.
 */
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Deployment } from './app';
import { parseArguments, USAGE, UsageError, type Verification } from './arguments';
import { cdkCli } from './cdk';
import { cleanUp, describeCleanUp } from './clean-up';
import { type Entry, Journal } from './journal';
import { queueReader } from './messages';
import { rehearse } from './rehearsal';
import { SCENARIOS } from './scenarios';
import { verify } from './session';

const journal = new Journal(process.env.VERIFY_JOURNAL ?? path.resolve(__dirname, '../../../.verify'));
/** Tests set another program than the CDK CLI, as a JSON list. */
const cdk = cdkCli(process.env.VERIFY_CDK ? JSON.parse(process.env.VERIFY_CDK) as string[] : undefined);
const tell = (text: string) => console.log(text);
const interrupt = new AbortController();

/** The SDK's own variables, such as AWS_ENDPOINT_URL, set other endpoints. */
const clients = (config: { profile: string; region: string }) => ({
  account: async () => (await new STSClient(config).send(new GetCallerIdentityCommand({}))).Account!,
  s3: new S3Client({ ...config, forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined }),
  // TestState has a host of its own on AWS (`sync-states`), which another endpoint does not have.
  sfn: new SFNClient({ ...config, disableHostPrefix: process.env.AWS_ENDPOINT_URL !== undefined }),
});

async function confirm(yes: boolean, plan: string): Promise<boolean> {
  tell(plan);
  if (yes) { return true; }
  if (!process.stdin.isTTY) {
    tell('\nNobody can be asked here: --yes says that it may.');
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('\nGo on? Type yes: ', { signal: interrupt.signal });
  asking.close();
  return answer.trim() === 'yes';
}

async function verifyIn({ profile, region, yes, keep, only }: Verification): Promise<boolean> {
  const scenarios = SCENARIOS.filter(({ name }) => name.includes(only));
  if (scenarios.length === 0) {
    throw new UsageError(`--only ${only}: no scenario has that in its name; there are\n  ${SCENARIOS.map(({ name }) => name).join('\n  ')}`);
  }
  const account = await clients({ profile, region }).account();
  for (const id of journal.ids()) { tell(`${id} has not been destroyed yet: npm run verify:aws -- --clean-up ${id}`); }
  const entry: Entry = { id: randomBytes(4).toString('hex'), profile, region, account, started: new Date().toISOString() };
  const { s3, sfn, account: currentAccount } = clients(entry);
  const { signal } = interrupt;
  return verify({
    entry,
    scenarios,
    keep,
    journal,
    cdk,
    s3,
    sfn,
    account: currentAccount,
    signal,
    tell,
    rehearse: (assembly) => rehearse(assembly, scenarios, signal, (name) => tell(`  ${name}`)),
    confirm: (plan) => confirm(yes, plan),
    stage: (deployment: Deployment) => {
      const sqs = new SQSClient({ profile, region, useQueueUrlAsEndpoint: false });
      const subjects = queueReader(sqs, deployment.QueueUrl, signal);
      return { s3, sfn, deployment, account: entry.account, signal, pause: 1000, budget: 900_000, subjects };
    },
  });
}

async function cleanUpAll(ids: string[], yes: boolean): Promise<boolean> {
  if (ids.length === 0) { tell(`Nothing is left behind that ${journal.directory} knows of.`); }
  for (const id of ids) {
    const entry = journal.read(id);
    if (!await confirm(yes, describeCleanUp(entry))) { return false; }
    await cleanUp({ ...clients(entry), cdk, journal, tell }, entry);
  }
  return true;
}

async function main(): Promise<number> {
  const given = parseArguments(process.argv.slice(2));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      tell(interrupt.signal.aborted ? `${signal}: already destroying what was created; please wait` : `${signal}: stops, and destroys what was created`);
      interrupt.abort(new Error(`interrupted by ${signal}`));
    });
  }
  if ('cleanUp' in given) { return await cleanUpAll(given.cleanUp === true ? journal.ids() : [given.cleanUp], given.yes) ? 0 : 1; }
  return await verifyIn(given) ? 0 : 1;
}

main().catch((error: Error) => {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message);
  return error instanceof UsageError ? 2 : 1;
}).then((status) => { process.exitCode = status; }, () => undefined);
