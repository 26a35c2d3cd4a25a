import { Bench, FUNCTION } from './machine';
import { StateError } from '../../src/states-language/errors';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const task = (fields: object = {}) => ({ Type: 'Task', Resource: FUNCTION, ...fields });
const one = (state: object, more: object = {}) => ({
  StartAt: 'One',
  States: { One: state, ...more },
});

describe('context object', () => {
  test('holds name, id and start time of the execution, and the state that runs', async () => {
    const { output } = await bench.run(
      one(
        task({
          Parameters: {
            'name.$': '$$.Execution.Name',
            'id.$': '$$.Execution.Id',
            'start.$': '$$.Execution.StartTime',
            'role.$': '$$.Execution.RoleArn',
            'input.$': '$$.Execution.Input.date',
            'state.$': '$$.State.Name',
            'machine.$': '$$.StateMachine.Name',
            'text.$': "States.Format('{}/{}', $$.Execution.Name, $.date)",
          },
          End: true,
        }),
      ),
      { [FUNCTION]: (input) => input },
      { input: { date: '2026-11-24' } },
    );
    expect(output).toEqual({
      name: 'run-1',
      id: 'arn:aws:states:us-east-1:123456789012:execution:Machine:run-1',
      start: '2026-11-24T16:00:00.000Z',
      role: 'arn:aws:iam::123456789012:role/Machine',
      input: '2026-11-24',
      state: 'One',
      machine: 'Machine',
      text: 'run-1/2026-11-24',
    });
  });

  test('counts the retries of a state', async () => {
    const seen: number[] = [];
    await bench.run(
      one(
        task({
          Parameters: { 'n.$': '$$.State.RetryCount' },
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
          End: true,
        }),
      ),
      {
        [FUNCTION]: ({ n }) => {
          seen.push(n);
          throw new StateError('Busy', 'try again');
        },
      },
    );
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe('input and output of states', () => {
  test.each([
    ['ResultPath $ is the result', { ResultPath: '$' }, { got: 1 }],
    ['ResultPath null is the input', { ResultPath: null }, { a: { b: 2 } }],
    ['ResultPath into the input', { ResultPath: '$.a.c' }, { a: { b: 2, c: { got: 1 } } }],
    [
      'ResultSelector, then OutputPath',
      { ResultSelector: { 'x.$': '$.got' }, ResultPath: '$.r', OutputPath: '$.r.x' },
      1,
    ],
    [
      'InputPath',
      { InputPath: '$.a', Parameters: { 'y.$': '$.b' }, ResultPath: '$.r' },
      { a: { b: 2 }, r: { got: 2 } },
    ],
  ])('%s', async (_name, fields, expected) => {
    const { output } = await bench.run(
      one(task({ ...fields, End: true })),
      { [FUNCTION]: ({ y = 1 }) => ({ got: y }) },
      { input: { a: { b: 2 } } },
    );
    expect(output).toEqual(expected);
  });
});

describe('failures', () => {
  test('a Fail state takes error and cause from its input', async () => {
    const { record } = await bench.run(
      one({ Type: 'Fail', ErrorPath: '$.e', CausePath: '$.c' }),
      {},
      { input: { e: 'ToleranceExceeded', c: '3 of 4 failed' } },
    );
    expect(record).toMatchObject({
      status: 'FAILED',
      error: 'ToleranceExceeded',
      cause: '3 of 4 failed',
    });
  });

  test('a Fail state without error and cause has none', async () => {
    const { record } = await bench.run(one({ Type: 'Fail' }), {});
    expect(record.status).toBe('FAILED');
    expect([record.error, record.cause]).toEqual([undefined, undefined]);
  });

  test('an error that Retry does not name is not retried', async () => {
    let calls = 0;
    const { record, meter } = await bench.run(
      one(task({ Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 5 }], End: true })),
      {
        [FUNCTION]: () => {
          calls++;
          throw new StateError('Broken', 'for good');
        },
      },
    );
    expect([calls, record.error, meter.transitions]).toEqual([1, 'Broken', 1]);
  });

  test('a retry is billed as a state transition', async () => {
    let calls = 0;
    const { record, meter } = await bench.run(
      one(task({ Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 5 }], End: true })),
      {
        [FUNCTION]: () => {
          if (++calls < 3) {
            throw new StateError('Busy', 'try again');
          }
          return {};
        },
      },
    );
    expect([calls, record.status, meter.transitions]).toEqual([3, 'SUCCEEDED', 3]);
  });

  test('a state that takes longer than its TimeoutSeconds fails with States.Timeout', async () => {
    const { record } = await bench.run(one(task({ TimeoutSeconds: 0.05, End: true })), {
      [FUNCTION]: () => new Promise(() => undefined),
    });
    expect([record.status, record.error]).toEqual(['FAILED', 'States.Timeout']);
    expect(record.history.events.map(({ type }) => type)).toContain('LambdaFunctionTimedOut');
  });

  test('a machine that takes longer than its TimeoutSeconds is TIMED_OUT', async () => {
    const { record } = await bench.run(
      { ...one(task({ End: true })), TimeoutSeconds: 0.05 },
      { [FUNCTION]: () => new Promise(() => undefined) },
    );
    expect([record.status, record.error]).toEqual(['TIMED_OUT', 'States.Timeout']);
    expect(record.history.events.at(-1)).toMatchObject({ type: 'ExecutionTimedOut' });
  });
});

describe('quotas', () => {
  const catchAll = {
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
  };
  const caught = { Caught: { Type: 'Succeed' } };
  const big = 'x'.repeat(200 * 1024);

  test('a result above 256 KiB fails the task; Catch and Retry see it, as recorded on AWS', async () => {
    let calls = 0;
    const services = {
      [FUNCTION]: () => {
        calls++;
        return `${big}${big}`;
      },
    };
    const { record } = await bench.run(one(task({ End: true })), services);
    expect([record.status, record.error, calls]).toEqual(['FAILED', 'States.DataLimitExceeded', 1]);
    const { record: second } = await bench.run(
      one(task({ ...catchAll, End: true }), caught),
      services,
    );
    expect([second.status, calls]).toEqual(['SUCCEEDED', 5]);
  });

  test(
    'a result that only with the input is above 256 KiB fails it before the next state calls ' +
      'anything',
    async () => {
      const called: string[] = [];
      const { record } = await bench.run(
        one(task({ ...catchAll, Parameters: 'One', ResultPath: '$.more', Next: 'Two' }), {
          ...caught,
          Two: task({ Parameters: 'Two', End: true }),
        }),
        {
          [FUNCTION]: (name) => {
            called.push(name);
            return big;
          },
        },
        { input: { big } },
      );
      expect([record.status, record.error, called]).toEqual([
        'FAILED',
        'States.DataLimitExceeded',
        ['One'],
      ]);
    },
  );

  test('an effective input above 256 KiB fails it without a call', async () => {
    const called: unknown[] = [];
    const { record } = await bench.run(
      one(task({ Parameters: { 'a.$': '$.big', 'b.$': '$.big' }, End: true })),
      {
        [FUNCTION]: (input) => {
          called.push(input);
          return {};
        },
      },
      { input: { big } },
    );
    expect([record.status, record.error, called]).toEqual([
      'FAILED',
      'States.DataLimitExceeded',
      [],
    ]);
  });

  test('the 25,000th event of the history ends the execution', async () => {
    const { record } = await bench.run(
      one({ Type: 'Pass', Next: 'Again' }, { Again: { Type: 'Pass', Next: 'One' } }),
      {},
    );
    expect(record.status).toBe('FAILED');
    expect(record.cause).toContain('maximum number of history events (25000)');
  });
});

test('the history tells states, calls and their failures in order', async () => {
  const { record } = await bench.run(
    {
      StartAt: 'Ask',
      States: {
        Ask: {
          ...task(),
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: FUNCTION },
          Catch: [{ ErrorEquals: ['Broken'], Next: 'Done' }],
          End: true,
        },
        Done: { Type: 'Succeed' },
      },
    },
    {
      'arn:aws:states:::lambda:invoke': () => {
        throw new StateError('Broken', 'because');
      },
    },
  );
  expect(record.history.events.map(({ id, type }) => `${id} ${type}`)).toEqual([
    '1 ExecutionStarted',
    '2 TaskStateEntered',
    '3 TaskScheduled',
    '4 TaskStarted',
    '5 TaskFailed',
    '6 TaskStateExited',
    '7 SucceedStateEntered',
    '8 SucceedStateExited',
    '9 ExecutionSucceeded',
  ]);
  expect(record.history.events[4]).toMatchObject({
    previousEventId: 4,
    taskFailedEventDetails: {
      resourceType: 'lambda',
      resource: 'invoke',
      error: 'Broken',
      cause: 'because',
    },
  });
});

test('Parallel branches and inline Maps call out, too', async () => {
  const branch = { StartAt: 'Left', States: { Left: task({ End: true }) } };
  const { output, meter } = await bench.run(
    {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch, { StartAt: 'Right', States: { Right: task({ End: true }) } }],
          Next: 'Each',
        },
        Each: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'Item', States: { Item: task({ End: true }) } },
          End: true,
        },
      },
    },
    { [FUNCTION]: (n: number) => n + 1 },
    { input: 1 },
  );
  expect(output).toEqual([3, 3]);
  expect(meter.transitions).toBe(6);
});

test('a definition in JSONata is refused', async () => {
  await expect(
    bench.run({ ...one({ Type: 'Pass', End: true }), QueryLanguage: 'JSONata' }, {}),
  ).rejects.toThrow('JSONata');
});
