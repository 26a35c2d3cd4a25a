import * as fs from 'node:fs';
import * as path from 'node:path';
import { FunctionHost, type FunctionSpec, type HostOptions } from 'cdk-s3-dated-archiver-engine';
import { instanceEnvironment } from '../../src/lambda/environment';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

const hosts: FunctionHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((each) => each.close()));
  cleanUp();
});

function host(
  code: string,
  spec: Partial<FunctionSpec> = {},
  options: Partial<HostOptions> = {},
): FunctionHost {
  const directory = temporaryDirectory();
  fs.writeFileSync(path.join(directory, 'index.js'), code);
  const created = new FunctionHost(
    {
      logicalId: 'WorkFunction',
      path: 'Stack/Work',
      name: 'work',
      arn: 'arn:aws:lambda:eu-west-1:123456789012:function:work',
      region: 'eu-west-1',
      roleArn: '',
      directory,
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      environment: { MINE: 'yes' },
      timeoutSeconds: 10,
      memoryMb: 128,
      ...spec,
    },
    {
      environment: (each, instance) =>
        instanceEnvironment(
          each,
          { s3: 'http://127.0.0.1:1', aws: 'http://127.0.0.1:2' },
          { accessKeyId: each.logicalId, secretAccessKey: 'secret' },
          instance,
        ),
      maxInstances: 4,
      clockOffset: () => 0,
      ...options,
    },
  );
  hosts.push(created);
  return created;
}

async function result(answer: ReturnType<FunctionHost['invoke']>): Promise<any> {
  const settled = await answer;
  return 'payload' in settled ? JSON.parse(settled.payload) : settled;
}

test('an instance is started once and reused', async () => {
  const counting = host('let n = 0; exports.handler = async () => ++n;');
  expect([
    await result(counting.invoke('{}')),
    await result(counting.invoke('{}')),
    await result(counting.invoke('{}')),
  ]).toEqual([1, 2, 3]);
  expect(counting.usage).toMatchObject({ invocations: 3, coldStarts: 1, errors: 0 });
  expect(counting.usage.initMs).toHaveLength(1);
});

test('invocations at the same time have an instance each, as many as are allowed', async () => {
  const slow = host(
    'exports.handler = async () => { await new Promise((r) => setTimeout(r, 100)); return ' +
      'process.pid; };',
    {},
    { maxInstances: 2 },
  );
  const pids = await Promise.all([1, 2, 3, 4].map(() => result(slow.invoke('{}'))));
  expect(new Set(pids).size).toBe(2);
});

test("environment and context are Lambda's and the function's, and nothing of the caller's", async () => {
  process.env.CALLERS_SECRET = 'x';
  const seen = await result(
    host(`exports.handler = async (event, context) => ({
    event, env: process.env, id: context.awsRequestId, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis(),
  });`).invoke('{"a":1}'),
  );
  delete process.env.CALLERS_SECRET;
  expect(seen).toMatchObject({
    event: { a: 1 },
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:work',
    memory: '128',
  });
  expect(seen.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(seen.left).toBeGreaterThan(0);
  expect(seen.left).toBeLessThanOrEqual(10_000);
  expect(seen.env).toMatchObject({
    MINE: 'yes',
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: 'work',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    _HANDLER: 'index.handler',
    AWS_ACCESS_KEY_ID: 'WorkFunction',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SFN: 'http://127.0.0.1:2',
    AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:2',
  });
  expect(seen.env).not.toHaveProperty('CALLERS_SECRET');
  expect(seen.env._X_AMZN_TRACE_ID).toMatch(/^Root=1-/);
});

test("the functions' clock may be ahead", async () => {
  const ahead = host(
    'exports.handler = async () => [Date.now(), new Date().getTime(), new Date(5).getTime()];',
    {},
    { clockOffset: () => 1e9 },
  );
  const [now, fresh, given] = await result(ahead.invoke('{}'));
  expect(now - Date.now()).toBeGreaterThan(9e8);
  expect(fresh - Date.now()).toBeGreaterThan(9e8);
  expect(given).toBe(5);
});

describe('errors', () => {
  test('a thrown one goes out under its name, and the instance lives on', async () => {
    const failing = host(
      'exports.handler = async () => { throw Object.assign(new Error("no"), { name: "Mine" }); };',
    );
    expect(await result(failing.invoke('{}'))).toMatchObject({
      error: { errorType: 'Mine', errorMessage: 'no', trace: expect.arrayContaining(['Mine: no']) },
    });
    await failing.invoke('{}');
    expect(failing.usage).toMatchObject({ invocations: 2, coldStarts: 1, errors: 2 });
  });

  test("a function that takes too long is killed, with Lambda's words", async () => {
    const pids: number[] = [];
    const late = host(
      'exports.handler = () => { for (;;); };',
      { timeoutSeconds: 0.3 },
      { onInvoke: ({ pid }) => pids.push(pid) },
    );
    expect(await result(late.invoke('{}'))).toEqual({
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.30 seconds$/,
        ),
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(() => process.kill(pids[0]!, 0)).toThrow();
  });

  test('a process that ends is Runtime.ExitError, and the next invocation has a fresh one', async () => {
    const exiting = host(
      'let n = 0; exports.handler = async (event) => { n++; if (event.exit) process.exit(3); ' +
        'return n; };',
    );
    expect(await result(exiting.invoke('{"exit":true}'))).toMatchObject({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('exit status 3'),
      },
    });
    expect(await result(exiting.invoke('{}'))).toBe(1);
    expect(exiting.usage.coldStarts).toBe(2);
  });

  test('an invocation that a test lets time out ends as one that took too long', async () => {
    const late = host(
      'exports.handler = () => new Promise(() => undefined);',
      {},
      { onInvoke: ({ timeOut }) => timeOut() },
    );
    expect(await result(late.invoke('{}'))).toMatchObject({
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after'),
      },
    });
  });

  test('an instance that a test kills is Runtime.ExitError, too', async () => {
    const killed = host(
      'exports.handler = () => new Promise(() => undefined);',
      {},
      { onInvoke: ({ kill }) => kill() },
    );
    expect(await result(killed.invoke('{}'))).toMatchObject({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('signal: killed'),
      },
    });
  });

  test('its heap has the flags that Lambda gives to a function of this size', async () => {
    const flags = await result(
      host('exports.handler = async () => process.execArgv;', { memoryMb: 1_769 }).invoke('{}'),
    );
    expect(flags).toEqual(
      expect.arrayContaining(['--max-semi-space-size=88', '--max-old-space-size=1593']),
    );
  });

  test('more memory than MemorySize ends it', async () => {
    const greedy = host(
      'exports.handler = async () => { const all = []; for (;;) all.push(new ' +
        'Array(100_000).fill({})); };',
      { memoryMb: 40 },
    );
    expect(await result(greedy.invoke('{}'))).toMatchObject({
      error: { errorType: 'Runtime.ExitError' },
    });
  });

  test('an unhandled rejection fails the invocation', async () => {
    const loose = host(
      'exports.handler = () => { void Promise.reject(new Error("loose")); return new Promise(() ' +
        '=> undefined); };',
    );
    expect(await result(loose.invoke('{}'))).toMatchObject({
      error: { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'loose' },
    });
  });

  test.each([
    ['require("nowhere");', 'index.handler', 'Runtime.ImportModuleError'],
    ['exports.other = 1;', 'index.handler', 'Runtime.HandlerNotFound'],
    [
      'throw Object.assign(new Error("settings"), { name: "BadSettings" });',
      'index.handler',
      'BadSettings',
    ],
  ])('%s cannot be loaded', async (code, handler, errorType) => {
    expect(await result(host(code, { handler }).invoke('{}'))).toMatchObject({
      error: { errorType },
    });
  });

  test('an answer above 6 MB is refused', async () => {
    expect(
      await result(host('exports.handler = async () => "x".repeat(7e6);').invoke('{}')),
    ).toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
  });

  test('more invocations than the reserved concurrency are throttled', async () => {
    const reserved = host('exports.handler = () => new Promise((r) => setTimeout(r, 100));', {
      reservedConcurrency: 1,
    });
    const [first, second] = await Promise.all([reserved.invoke('{}'), reserved.invoke('{}')]);
    expect(first).toHaveProperty('payload');
    expect(second).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
  });
});

describe('what a function prints', () => {
  test('is kept in its order, and goes to a file where one is wanted', async () => {
    const logDir = temporaryDirectory();
    const talking = host(
      'exports.handler = async (event, { awsRequestId }) => { console.log("one"); ' +
        'console.error("two"); return awsRequestId; };',
      {},
      { logDir },
    );
    const requestId = await result(talking.invoke('{}'));
    expect(talking.log.lastLines(5)).toEqual(['one', 'two', `END RequestId: ${requestId}`]);
    await talking.close();
    expect(fs.readFileSync(path.join(logDir, 'work.log'), 'utf8')).toContain('one\n');
  });

  test.each([
    ['answers', 'return 1;'],
    ['throws', 'throw new Error("no");'],
    [
      'ends its process',
      'await new Promise((resolve) => process.stdout.write("", resolve)); process.exit(1);',
    ],
    [
      'takes too long',
      'await new Promise((resolve) => process.stdout.write("", resolve)); for (;;);',
    ],
  ])('has been read when it %s, however much it is', async (_how, end) => {
    const talking = host(
      `exports.handler = async () => {
      for (let i = 0; i < 80; i++) console.log("x".repeat(100_000));
      console.error("the last line");
      ${end}
    };`,
      { timeoutSeconds: 3 },
    );
    await talking.invoke('{}');
    expect(talking.log.lastLines(2).some((line) => line === 'the last line')).toBe(true);
  });

  test('has been read when its handler cannot be loaded', async () => {
    const broken = host('console.log("x".repeat(8e6)); throw new Error("settings");');
    await broken.invoke('{}');
    expect(broken.log.lastLines(20).some((line) => line === 'Error: settings')).toBe(true);
  });
});
