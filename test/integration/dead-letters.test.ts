/**
 * EventBridge Scheduler cannot start a run. The built ExplainFailure turns the dead letter into one
 * message, and the command in the message starts the run for the days that it was scheduled for.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Fleet } from '../../packages/engine/src/lambda/fleet';
import type { FunctionSpec } from '../../packages/engine/src/lambda/function-spec';
import { Functions } from '../../packages/sandbox/src/assembly/functions';
import { readAssembly } from '../../packages/sandbox/src/assembly/read';
import { App as Assembly } from '../../packages/sandbox/src/assembly/scope';
import {
  startAwsServer,
  type AwsServer,
  type Services,
} from '../../packages/sandbox/src/core/api-server';
import { openSandbox, type Sandbox } from '../../packages/sandbox/src/internal';
import { instanceEnvironment } from '../../packages/sandbox/src/lambda/environment';
import { Topics } from '../../packages/sandbox/src/sns/topics';
import { S3DatedArchiver } from '../../src';
import { deadLetter } from '../helpers/dead-letters';

/**
 * The explainer must not ask Step Functions, because the dead letter already has all that Step
 * Functions could say.
 */
const NOT_ASKED = {} as Services['backend'];

let outdir: string;
let sandbox: Sandbox;
let functions: Functions;
let explainFailure: FunctionSpec;
const topics = new Topics();
let server: AwsServer;
let fleet: Fleet;

beforeAll(async () => {
  outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'dead-letters-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source', { bucketName: 'source' }),
    prefix: 'incoming/',
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  });
  app.synth();
  sandbox = await openSandbox({ app: outdir, retryScale: 0 });

  const assembly = new Assembly(readAssembly(outdir));
  functions = new Functions(assembly);
  const [{ scope, logicalId }] = [...assembly.resources('AWS::Lambda::EventSourceMapping')];
  explainFailure = functions.find(String(scope.properties(logicalId).FunctionName))!;
  topics.add(explainFailure.environment.ALERT_TOPIC_ARN);
  server = await startAwsServer({ backend: NOT_ASKED, topics });
  fleet = new Fleet(functions, {
    environment: (spec, instance) =>
      instanceEnvironment(
        spec,
        { s3: server.endpoint, aws: server.endpoint },
        { accessKeyId: 'test', secretAccessKey: 'test' },
        instance,
      ),
    maxInstances: 1,
    clockOffset: () => 0,
  });
});

afterAll(async () => {
  await fleet.close();
  await server.close();
  functions.close();
  await sandbox.close();
  fs.rmSync(outdir, { recursive: true });
});

beforeEach(() => {
  topics.published.length = 0;
});

const deliver = (attributes: Parameters<typeof deadLetter>[0]) =>
  fleet.invoke(
    fleet.host(explainFailure.arn)!,
    JSON.stringify({ Records: [deadLetter(attributes)] }),
  );

test(
  'ExplainFailure sends one message about a run that did not start, and its command starts the ' +
    'run for the scheduled days',
  async () => {
    expect(await deliver({ SCHEDULED_TIME: '2026-11-25T01:00:00Z' })).not.toHaveProperty('error');
    expect(topics.published).toHaveLength(1);
    const [{ subject, message }] = topics.published;
    expect(subject).toBe('Archive run due 2026-11-25T01:00:00Z did not start: IAM (Test/Archiver)');

    // This is how a shell would parse the command. It runs two days later.
    const [, arn, input] =
      /^aws stepfunctions start-execution --region eu-west-1 --state-machine-arn (\S+) --input '(.*)'$/m.exec(
        message,
      )!;
    expect(arn).toBe(sandbox.stateMachineArn);
    for (const day of ['23', '24', '25', '26']) {
      sandbox.s3!.store.put('source', `incoming/a-2026-11-${day}.csv`, 'content');
    }
    const { status } = await sandbox.run({
      now: '2026-11-27T09:00:00Z',
      input: JSON.parse(input) as object,
    });
    expect(status).toBe('SUCCEEDED');
    expect(sandbox.s3!.store.keys('source', 'archive/')).toEqual([
      'archive/2026/11/24/a-2026-11-24.csv',
    ]);
  },
);

test('ExplainFailure sends nothing if another delivery started the run', async () => {
  await deliver({ ERROR_CODE: 'ExecutionAlreadyExists' });
  expect(topics.published).toEqual([]);
});

test('fails if the message cannot be published, and the dead letter stays in its queue', async () => {
  const gone = topics.publish.bind(topics);
  topics.publish = () => gone('arn:aws:sns:eu-west-1:111122223333:gone', 'x', null);
  try {
    expect(await deliver({})).toMatchObject({
      error: { errorType: expect.stringMatching(/NotFound/) },
    });
  } finally {
    topics.publish = gone;
  }
});
