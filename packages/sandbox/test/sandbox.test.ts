import { existsSync } from 'node:fs';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { startS3 } from 'cdk-s3-dated-archiver-s3-double';
import {
  openSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxSummary,
} from '../src/internal';
import { archiverTemplate, cleanUp, type FixtureCode, writeAssembly } from './fixtures/assembly';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  cleanUp();
});

async function sandboxOf(
  code: FixtureCode = {},
  options: Partial<SandboxOptions> = {},
  template = archiverTemplate(code),
): Promise<Sandbox> {
  const sandbox = await openSandbox({
    app: writeAssembly([{ name: 'Stack', template }]),
    retryScale: 0,
    ...options,
  });
  open.push(sandbox);
  return sandbox;
}

function seed(sandbox: Sandbox, count: number): void {
  for (let i = 0; i < count; i++) {
    sandbox.s3!.store.put(sandbox.sourceBucket, `in/${i}`, 'x');
  }
}

/** Returns the output of the first state. */
function planOf(sandbox: Sandbox): any {
  const exited = sandbox.lastExecution!.history.events.find(
    ({ type }) => type === 'TaskStateExited',
  );
  return JSON.parse((exited!.stateExitedEventDetails as { output: string }).output);
}

describe('buckets', () => {
  test(
    "of the template and of the functions' environment exist, versioned as the template " + 'says',
    async () => {
      const sandbox = await sandboxOf();
      expect([sandbox.sourceBucket, sandbox.reportBucket, sandbox.destinationBucket]).toEqual([
        sandbox.bucket('Source'),
        sandbox.bucket('Reports'),
        'elsewhere',
      ]);
      const { store } = sandbox.s3!;
      expect([...store.buckets.keys()].sort()).toEqual(
        ['elsewhere', sandbox.reportBucket, sandbox.sourceBucket].sort(),
      );
      expect(store.put(sandbox.sourceBucket, 'k', '1').versionId).not.toBe(
        store.put(sandbox.sourceBucket, 'k', '2').versionId,
      );
      expect(store.put('elsewhere', 'k', '1').versionId).toBe(
        store.put('elsewhere', 'k', '2').versionId,
      );
    },
  );

  test('may be named, by their logical id', async () => {
    const sandbox = await sandboxOf({}, { buckets: { Source: 'mine' } });
    expect(sandbox.sourceBucket).toBe('mine');
    await expect(sandboxOf({}, { buckets: { Sauce: 'mine' } })).rejects.toThrow(
      'no bucket has that logical id; there are Source, Reports',
    );
  });
});

describe('a run', () => {
  test('goes through the synthesized definition and the built functions, and is metered', async () => {
    const sandbox = await sandboxOf();
    seed(sandbox, 25);
    const summary = await sandbox.run({ input: { date: '2026-11-24' } });
    expect(summary).toEqual({
      status: 'SUCCEEDED',
      error: null,
      cause: null,
      action: null,
      dryRun: false,
      counts: null,
      bytes: null,
      seconds: expect.any(Number),
      requests: { ListObjectsV2: 1, PutObject: 2 },
      transitions: 3 + 3 + 3,
      children: 3,
      invocations: 1 + 3,
      alerts: [],
      events: [],
      report: null,
      estimate: { usd: expect.any(Number), items: expect.any(Array) },
    });
    const [manifest] = sandbox
      .s3!.store.keys(sandbox.reportBucket)
      .filter((key) => key.endsWith('manifest.json'));
    const { ResultFiles } = JSON.parse(
      sandbox.s3!.store.get(sandbox.reportBucket, manifest!)!.body.bytes().toString(),
    );
    const results = JSON.parse(
      sandbox
        .s3!.store.get(sandbox.reportBucket, ResultFiles.SUCCEEDED[0].Key)!
        .body.bytes()
        .toString(),
    );
    const outputs = results.map(({ Output }: { Output: string }) => JSON.parse(Output));
    expect(outputs.map(({ items }: { items: number }) => items).sort()).toEqual([10, 10, 5]);
    expect(outputs[0].batchInput).toEqual({ input: { date: '2026-11-24' } });
  });

  test('meters each run on its own', async () => {
    const sandbox = await sandboxOf();
    seed(sandbox, 5);
    const first = await sandbox.run();
    const second = await sandbox.run();
    const metered = ({ requests, transitions, invocations, children }: SandboxSummary) => ({
      requests,
      transitions,
      invocations,
      children,
    });
    expect(metered(second)).toEqual(metered(first));
  });

  test('without input it is what the schedule sends at that instant', async () => {
    const sandbox = await sandboxOf({
      plan:
        'exports.handler = async (event) => ({ ...event.input, clock: new ' +
        'Date().toISOString() })',
    });
    await sandbox.run({ now: '2026-11-24T16:00:00Z' });
    expect(JSON.parse(sandbox.lastExecution!.input)).toEqual({
      scheduledTime: '2026-11-24T16:00:00Z',
    });
    expect(sandbox.lastExecution!.startDate.toISOString()).toMatch(/^2026-11-24T16:00:0/);
    expect(planOf(sandbox).clock).toMatch(/^2026-11-24T16:00:0/);
  });

  test('without schedule and input it starts with {}', async () => {
    const template = archiverTemplate();
    delete template.Resources.Schedule;
    const sandbox = await sandboxOf({}, {}, template);
    await sandbox.run();
    expect(sandbox.lastExecution!.input).toBe('{}');
  });

  test('an instant without an offset is refused', async () => {
    await expect((await sandboxOf()).run({ now: '2026-11-24T16:00:00' })).rejects.toThrow('offset');
  });

  test('changes with a line of its definition: the same fault with and without Retry', async () => {
    const batch =
      'let n = 0; exports.handler = async (event) => { if (n++ === 0) throw Object.assign(new ' +
      'Error("once"), { name: "Busy" }); return {}; };';
    const statusWith = async (retry?: object[]) => {
      const sandbox = await sandboxOf({}, {}, archiverTemplate({ batch }, { retry }));
      seed(sandbox, 1);
      return (await sandbox.run()).status;
    };
    expect(await statusWith([{ ErrorEquals: ['Busy'], MaxAttempts: 1 }])).toBe('SUCCEEDED');
    expect(await statusWith()).toBe('FAILED');
  });

  test('functions are known to S3 by their logical id', async () => {
    const callers: unknown[] = [];
    const sandbox = await sandboxOf(
      {
        batch: `exports.handler = () => new Promise((resolve, reject) => require('http').get(process.env.AWS_ENDPOINT_URL_S3 + '/elsewhere?list-type=2', {
        headers: { authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20261124/us-east-1/s3/aws4_request' },
      }, (answer) => answer.resume().on('end', () => resolve({}))).on('error', reject));`,
      },
      {
        s3: {
          hooks: {
            before: ({ operation, accessKeyId }) => {
              callers.push([operation, accessKeyId]);
              return undefined;
            },
          },
        },
      },
    );
    seed(sandbox, 1);
    callers.length = 0;
    await sandbox.run();
    expect(callers).toEqual([
      ['ListObjectsV2', 'Machine'],
      ['ListObjectsV2', 'BatchFunction'],
      ['PutObject', 'Machine'],
      ['PutObject', 'Machine'],
    ]);
  });

  test('an instance that is killed fails its child', async () => {
    const slow = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 5000))';
    const sandbox = await sandboxOf(
      { batch: slow },
      {
        onInvoke: ({ logicalId, kill }) => {
          if (logicalId === 'BatchFunction') {
            kill();
          }
        },
      },
    );
    seed(sandbox, 1);
    const { status, error } = await sandbox.run();
    expect([status, error]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold']);
    const [failed] = sandbox.records.childrenOf([...sandbox.records.mapRuns.keys()][0]!, 'FAILED');
    expect(failed!.error).toBe('Runtime.ExitError');
  });

  test('goes on against another S3, and counts the requests to it', async () => {
    const foreign = await startS3();
    try {
      const sandbox = await sandboxOf(
        {},
        { endpoint: foreign.endpoint, buckets: { Source: 'given' } },
      );
      expect(sandbox.s3).toBeUndefined();
      foreign.store.put('given', 'in/1', 'x');
      foreign.resetRequests();
      const { status, requests } = await sandbox.run();
      expect([status, requests]).toEqual(['SUCCEEDED', { ListObjectsV2: 1, PutObject: 2 }]);
      expect(foreign.requests).toEqual(requests);
    } finally {
      await foreign.close();
    }
  });
});

describe('a failure', () => {
  const plan =
    'exports.handler = async () => { throw Object.assign(new Error("bad date"), { name: ' +
    '"InvalidRunInput" }); };';

  test("goes to the rule's target with the event of EventBridge", async () => {
    const sandbox = await sandboxOf({
      plan,
      explain:
        'exports.handler = async (event) => { console.log("EVENT " + JSON.stringify(event)); };',
    });
    const { status, error, cause } = await sandbox.run({ input: {}, name: 'nightly' });
    expect([status, error, JSON.parse(cause!)]).toEqual([
      'FAILED',
      'InvalidRunInput',
      expect.objectContaining({ errorMessage: 'bad date' }),
    ]);
    const printed = sandbox
      .lastLogLines('ExplainFunction', 5)
      .find((line) => line.startsWith('EVENT '))!;
    expect(JSON.parse(printed.slice(6))).toMatchObject({
      'detail-type': 'Step Functions Execution Status Change',
      detail: { name: 'nightly', status: 'FAILED', error: 'InvalidRunInput' },
    });
    expect(sandbox.functionUsage().get('ExplainFunction')!.invocations).toBe(1);
  });

  test(
    'whose explanation fails sends the raw event to the failure destination, after two ' +
      'retries',
    async () => {
      const sandbox = await sandboxOf({
        plan,
        explain: 'exports.handler = async () => { throw new TypeError("broken"); };',
      });
      const { alerts } = await sandbox.run();
      expect(sandbox.functionUsage().get('ExplainFunction')!.invocations).toBe(3);
      expect(alerts).toHaveLength(1);
      expect(JSON.parse(alerts[0]!.message)).toMatchObject({
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
        requestPayload: { detail: { status: 'FAILED' } },
        responsePayload: { errorType: 'TypeError', errorMessage: 'broken' },
      });
    },
  );

  test('is explained by a function that speaks to Step Functions and SNS', async () => {
    const sandbox = await sandboxOf({
      plan,
      explain: `const call = (url, headers, body) => new Promise((resolve, reject) => {
        const request = require('http').request(url, { method: 'POST', headers }, (answer) => {
          let text = ''; answer.on('data', (chunk) => text += chunk).on('end', () => resolve(text));
        }).on('error', reject);
        request.end(body);
      });
      exports.handler = async ({ detail }) => {
        const described = JSON.parse(await call(process.env.AWS_ENDPOINT_URL_SFN, { 'x-amz-target': 'AWSStepFunctions.DescribeExecution' }, JSON.stringify({ executionArn: detail.executionArn })));
        await call(process.env.AWS_ENDPOINT_URL_SNS, {}, new URLSearchParams({ Action: 'Publish', TopicArn: process.env.TOPIC, Subject: described.error, Message: described.input }).toString());
      };`,
    });
    expect((await sandbox.run({ input: { date: 'x' } })).alerts).toEqual([
      { subject: 'InvalidRunInput', message: '{"date":"x"}' },
    ]);
  });
});

describe("a function that is not the archiver's, behind a rule that matches", () => {
  const template = () => {
    const both = archiverTemplate({
      plan: 'exports.handler = async () => { throw new Error("no"); }',
    });
    const other = {
      ...both.Resources.ExplainFunction,
      Metadata: { 'aws:cdk:path': 'Stack/Notify/Resource' },
    };
    const { Delivery, Rule } = both.Resources;
    both.Resources.Notify = other;
    both.Resources.NotifyDelivery = {
      ...Delivery,
      Properties: { ...Delivery.Properties, FunctionName: { Ref: 'Notify' } },
    };
    Rule.Properties.Targets.push({ Id: 'N', Arn: { 'Fn::GetAtt': ['Notify', 'Arn'] } });
    return both;
  };

  test('does not run, and that is said', async () => {
    const sandbox = await sandboxOf({}, {}, template());
    await sandbox.run({ input: {} });
    expect([...sandbox.functionUsage().keys()].sort()).toEqual([
      'ExplainFunction',
      'Notify',
      'PlanFunction',
    ]);
    expect(sandbox.functionUsage().get('Notify')!.invocations).toBe(0);
    expect(sandbox.functionUsage().get('ExplainFunction')!.invocations).toBe(1);
    expect(sandbox.functionsNotRun).toEqual(['Stack/Notify']);
  });

  test('runs if that is asked for', async () => {
    const sandbox = await sandboxOf({}, { runOtherFunctions: true }, template());
    await sandbox.run({ input: {} });
    expect(sandbox.functionUsage().get('Notify')!.invocations).toBe(1);
    expect(sandbox.functionsNotRun).toEqual([]);
  });
});

test('StartExecution through the API runs, too', async () => {
  const sandbox = await sandboxOf();
  const sfn = new SFNClient({
    endpoint: sandbox.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: sandbox.stateMachineArn,
      name: 'again',
      input: '{}',
    }),
  );
  await expect(
    sfn.send(
      new StartExecutionCommand({
        stateMachineArn: sandbox.stateMachineArn,
        name: 'again',
        input: '{"date":"2026-11-24"}',
      }),
    ),
  ).rejects.toThrow(expect.objectContaining({ name: 'ExecutionAlreadyExists' }));
  expect(
    (
      await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: sandbox.stateMachineArn,
          name: 'again',
          input: '{}',
        }),
      )
    ).executionArn,
  ).toBe(executionArn);
  await expect(
    sfn.send(new StartExecutionCommand({ stateMachineArn: `${sandbox.stateMachineArn}x` })),
  ).rejects.toThrow(expect.objectContaining({ name: 'StateMachineDoesNotExist' }));
  await sandbox.settled();
  expect((await sfn.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('SUCCEEDED');
  sfn.destroy();
});

test.each(['', 'a b', 'a\nb', '<a>', 'a/b', 'a:b', '$(a)', 'a\ud800', 'x'.repeat(81)])(
  'the name %j is refused',
  async (name) => {
    const sandbox = await sandboxOf();
    await expect(sandbox.run({ name, input: {} })).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidName' }),
    );
  },
);

describe('a definition that cannot run is refused', () => {
  const withState = (name: string, change: (state: any) => void) => {
    const template = archiverTemplate();
    const definition = JSON.parse(
      template.Resources.Machine.Properties.DefinitionString['Fn::Sub'],
    );
    change(definition.States[name]);
    template.Resources.Machine.Properties.DefinitionString['Fn::Sub'] = JSON.stringify(definition);
    return template;
  };

  test.each([
    [
      'one that AWS would refuse',
      'Plan',
      (state: any) => {
        state.Next = 'Nowhere';
      },
      'definition is not valid',
    ],
    [
      'one that only Step Functions would refuse',
      'Map',
      (state: any) => {
        state.Label = 'two words';
      },
      'definition is not valid:\nstate Map: Label "two words" must have',
    ],
    [
      'a service that is not here',
      'Plan',
      (state: any) => {
        state.Resource = 'arn:aws:states:::sqs:sendMessage';
      },
      'calls arn:aws:states:::sqs:sendMessage',
    ],
    [
      'another reader',
      'Map',
      (state: any) => {
        state.ItemReader.Resource = 'arn:aws:states:::s3:getObject';
      },
      'reads with arn:aws:states:::s3:getObject',
    ],
  ])('%s', async (_name, state, change, message) => {
    await expect(sandboxOf({}, {}, withState(state, change))).rejects.toThrow(message);
  });

  test('a tolerance with a fraction, which is the value of a parameter, is accepted', async () => {
    const sandbox = await sandboxOf(
      {},
      {},
      withState('Map', (state) => {
        state.ToleratedFailurePercentage = 2.5;
      }),
    );
    expect((await sandbox.run({ input: {} })).status).toBe('SUCCEEDED');
  });

  test('a function that Lambda would not create is refused', async () => {
    const template = archiverTemplate();
    template.Resources.PlanFunction.Properties.MemorySize = 64;
    await expect(sandboxOf({}, {}, template)).rejects.toThrow(
      'function PlanFunction: MemorySize 64 must be a whole number from 128 to 10240; Lambda ' +
        'would not create it',
    );
  });
});

test('nothing is left behind when it closes', async () => {
  const sandbox = await openSandbox({
    app: writeAssembly([
      {
        name: 'Stack',
        template: archiverTemplate({
          batch: 'exports.handler = async () => process.env.LAMBDA_TASK_ROOT',
        }),
      },
    ]),
  });
  seed(sandbox, 1);
  await sandbox.run();
  const manifest = sandbox
    .s3!.store.keys(sandbox.reportBucket)
    .find((key) => key.includes('SUCCEEDED'))!;
  const [{ Output }] = JSON.parse(
    sandbox.s3!.store.get(sandbox.reportBucket, manifest)!.body.bytes().toString(),
  );
  expect(existsSync(JSON.parse(Output))).toBe(true);
  await sandbox.close();
  expect(existsSync(JSON.parse(Output))).toBe(false);
});
