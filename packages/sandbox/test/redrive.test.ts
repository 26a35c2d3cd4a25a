import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { openSandbox, type Sandbox, type SandboxOptions } from '../src/internal';
import { archiverTemplate, cleanUp, type FixtureCode, writeAssembly } from './fixtures/assembly';

let sandbox: Sandbox;
let sfn: SFNClient;
afterEach(async () => {
  sfn.destroy();
  await sandbox.close();
  cleanUp();
});

async function open(code: FixtureCode, options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await openSandbox({
    app: writeAssembly([{ name: 'Stack', template: archiverTemplate(code) }]),
    retryScale: 0,
    ...options,
  });
  sfn = new SFNClient({
    endpoint: sandbox.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  for (let i = 0; i < 25; i++) {
    sandbox.s3!.store.put(sandbox.sourceBucket, `in/${String(i).padStart(2, '0')}`, 'x');
  }
}

/** A batch fails while the bucket has this object. */
const failing = (key: string) => `exports.handler = (event) => new Promise((resolve, reject) => {
  require('http').get(process.env.AWS_ENDPOINT_URL_S3 + '/elsewhere/${key}', (answer) => {
    answer.resume().on('end', () => answer.statusCode === 200 ? reject(Object.assign(new Error('fault'), { name: 'Broken' })) : resolve({ items: event.Items.length }));
  }).on('error', reject);
});`;

const explain = `exports.handler = async ({ detail: { status, redriveCount, redriveStatus } }) => {
  console.log('EVENT ' + JSON.stringify({ status, redriveCount, redriveStatus }));
};`;

function events(): unknown[] {
  return sandbox
    .lastLogLines('ExplainFunction', 50)
    .filter((line) => line.startsWith('EVENT '))
    .map((line) => JSON.parse(line.slice(6)) as unknown);
}

test('an execution is redriven through the API, and tells of it everywhere', async () => {
  await open({ batch: failing('broken'), explain });
  sandbox.s3!.store.put('elsewhere', 'broken', 'x');
  expect((await sandbox.run({ name: 'nightly', now: '2026-11-24T16:00:00Z' })).status).toBe(
    'FAILED',
  );
  const arn = sandbox.lastExecution!.arn;
  const before = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
  expect(before).toMatchObject({ status: 'FAILED', redriveCount: 0, redriveStatus: 'REDRIVABLE' });
  expect(before.redriveDate).toBeUndefined();

  await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
  await sandbox.settled();
  expect(events()).toEqual(
    [0, 1].map((redriveCount) => ({ status: 'FAILED', redriveCount, redriveStatus: 'REDRIVABLE' })),
  );

  sandbox.s3!.store.delete('elsewhere', 'broken');
  const { redriveDate } = await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).toMatchObject({
    status: 'RUNNING',
    redriveCount: 2,
    redriveDate,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
  });
  await sandbox.settled();
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).toMatchObject({
    status: 'SUCCEEDED',
    name: 'nightly',
    startDate: before.startDate,
    input: before.input,
    redriveCount: 2,
    redriveDate,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  const {
    mapRuns: [mapRun, ...others],
  } = (await sfn.send(new ListMapRunsCommand({ executionArn: arn }))) as {
    mapRuns: { mapRunArn: string }[];
  };
  expect(others).toEqual([]);
  expect(await sfn.send(new DescribeMapRunCommand({ mapRunArn: mapRun!.mapRunArn }))).toMatchObject(
    {
      status: 'SUCCEEDED',
      redriveCount: 2,
      redriveDate: expect.any(Date),
      itemCounts: { total: 25, succeeded: 25 },
      executionCounts: { total: 3, succeeded: 3 },
    },
  );
  const { events: history } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }));
  expect(
    history!
      .filter(({ type }) => type!.endsWith('Redriven'))
      .map(
        ({ executionRedrivenEventDetails, mapRunRedrivenEventDetails }) =>
          (executionRedrivenEventDetails ?? mapRunRedrivenEventDetails)!.redriveCount,
      ),
  ).toEqual([1, 1, 2, 2]);
  const listed = async (redriveFilter: 'REDRIVEN' | 'NOT_REDRIVEN') =>
    (
      await sfn.send(
        new ListExecutionsCommand({ stateMachineArn: sandbox.stateMachineArn, redriveFilter }),
      )
    ).executions;
  expect(await listed('REDRIVEN')).toEqual([
    expect.objectContaining({ name: 'nightly', redriveCount: 2, redriveDate }),
  ]);
  expect(await listed('NOT_REDRIVEN')).toEqual([]);
});

test('the same client token redrives once', async () => {
  await open({ plan: 'exports.handler = async () => { throw new Error("no"); };' });
  await sandbox.run();
  const request = { executionArn: sandbox.lastExecution!.arn, clientToken: 'once' };
  const first = await sfn.send(new RedriveExecutionCommand(request));
  await sandbox.settled();
  const second = await sfn.send(new RedriveExecutionCommand(request));
  expect(second.redriveDate).toEqual(first.redriveDate);
  await sandbox.settled();
  expect(sandbox.lastExecution!.redriveCount).toBe(1);
  await sfn.send(new RedriveExecutionCommand({ ...request, clientToken: 'twice' }));
  await sandbox.settled();
  expect(sandbox.lastExecution!.redriveCount).toBe(2);
});

describe('is refused', () => {
  const refused = (executionArn: string) =>
    sfn.send(new RedriveExecutionCommand({ executionArn })).then(
      () => 'redriven',
      ({ name, message }) => `${name}: ${message}`,
    );

  test('for an execution that succeeded, for a child, and for none', async () => {
    await open({});
    await sandbox.run();
    expect(await refused(sandbox.lastExecution!.arn)).toBe(
      'ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven',
    );
    expect(await refused(`${sandbox.lastExecution!.arn}x`)).toMatch(/^ExecutionDoesNotExist/);
    const [child] = sandbox.records.childrenOf([...sandbox.records.mapRuns.keys()][0]!);
    expect(await refused(child!.arn)).toMatch(/^ExecutionNotRedrivable/);
  });

  test.each([
    ['2026-11-24T16:00:00Z', 'redriven'],
    ['2026-12-08T15:59:00Z', 'redriven'],
    ['2026-12-08T16:01:00Z', 'ExecutionNotRedrivable: Execution redrivable period exceeded'],
  ])('two weeks after it ended: %s', async (later, expected) => {
    await open({ plan: 'exports.handler = async () => { throw new Error("no"); };' });
    await sandbox.run({ now: '2026-11-24T16:00:00Z', name: 'first' });
    const arn = sandbox.lastExecution!.arn;
    await sandbox.run({ now: later, name: 'later' });
    expect(await refused(arn)).toBe(expected);
    await sandbox.settled();
  });
});

test.each([
  [
    'StopExecution',
    (executionArn: string) =>
      sfn.send(new StopExecutionCommand({ executionArn, error: 'Mine', cause: 'enough' })),
    { status: 'ABORTED', error: 'Mine', cause: 'enough' },
  ],
  [
    'its time-out',
    async () => sandbox.timeOut('run'),
    { status: 'TIMED_OUT', error: 'States.Timeout' },
  ],
])(
  'an execution that %s ended took its children with it, and is redriven',
  async (_how, end, expected) => {
    const called = signal();
    const answered = signal();
    await open(
      { batch: failing('nothing') },
      {
        // All three batches wait for S3.
        s3: {
          hooks: {
            before: async ({ operation }) => {
              if (operation === 'GetObject') {
                await answered.given;
              }
              return undefined;
            },
          },
        },
        onInvoke: ({ logicalId, n }) => {
          if (logicalId === 'BatchFunction' && n === 3) {
            called.give();
          }
        },
      },
    );
    const run = sandbox.run({ name: 'run' });
    await called.given;
    const { arn } = [...sandbox.records.executions.values()][0]!;
    await end(arn);
    answered.give();
    expect(await run).toMatchObject(expected);
    expect([...sandbox.records.mapRuns.values()]).toEqual([
      expect.objectContaining({ status: 'ABORTED' }),
    ]);
    expect(
      sandbox.records.childrenOf([...sandbox.records.mapRuns.keys()][0]!, 'ABORTED'),
    ).toHaveLength(3);

    await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
    await sandbox.settled();
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
    });
    expect([...sandbox.records.mapRuns.values()]).toEqual([
      expect.objectContaining({ status: 'SUCCEEDED', redriveCount: 1 }),
    ]);
  },
);

test('an execution that is redriven before the event of its end is delivered is waited for', async () => {
  const [told, answered] = [signal(), signal()];
  const tell = `exports.handler = () => new Promise((resolve, reject) => {
    require('http').get(process.env.AWS_ENDPOINT_URL_S3 + '/elsewhere/told', (answer) => {
      answer.resume().on('end', () => { console.log('TOLD'); resolve(); });
    }).on('error', reject);
  });`;
  let redriven = false;
  await open(
    { batch: failing('broken'), explain: tell },
    {
      s3: {
        hooks: {
          before: async ({ key }) => {
            if (key === 'told') {
              await told.given;
            } else if (redriven) {
              await answered.given;
            }
            return undefined;
          },
        },
      },
    },
  );
  sandbox.s3!.store.put('elsewhere', 'broken', 'x');
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: sandbox.stateMachineArn, input: '{}' }),
  );
  const record = sandbox.records.executions.get(executionArn!)!;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  while (record.status === 'RUNNING') {
    await pause(5);
  }
  sandbox.s3!.store.delete('elsewhere', 'broken');
  redriven = true;
  await sfn.send(new RedriveExecutionCommand({ executionArn }));
  told.give();
  // The event is delivered while the batches still wait for S3.
  while (!sandbox.lastLogLines('ExplainFunction', 50).includes('TOLD')) {
    await pause(5);
  }
  await pause(100);
  const settled = sandbox.settled();
  answered.give();
  await settled;
  expect(record).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
});

function signal(): { given: Promise<void>; give: () => void } {
  let give!: () => void;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

test("TimeoutSeconds may be others than the template's", async () => {
  await open(
    { plan: 'exports.handler = () => new Promise(() => undefined);' },
    { timeoutSeconds: 1, onInvoke: ({ kill }) => setTimeout(kill, 1_500) },
  );
  expect(await sandbox.run()).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
});
