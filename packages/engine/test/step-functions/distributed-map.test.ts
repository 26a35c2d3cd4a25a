import { Bench, FUNCTION, machine, mapState, type Outcome } from './machine';
import { StateError } from '../../src/states-language/errors';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const WRITER = {
  Resource: 'arn:aws:states:::s3:putObject',
  Parameters: { Bucket: 'results', Prefix: 'runs' },
};
const byCount = (n: number) => ({ ItemBatcher: { MaxItemsPerBatch: n } });

/** Runs a map and returns the inputs of its children. */
async function children(
  fields: object,
  options: Parameters<Bench['run']>[2] = {},
): Promise<{ inputs: any[]; outcome: Outcome }> {
  const inputs: any[] = [];
  const outcome = await bench.run(
    machine(mapState(fields)),
    {
      [FUNCTION]: (input) => {
        inputs.push(input);
        return 1;
      },
    },
    options,
  );
  return { inputs, outcome };
}

describe('reading', () => {
  test('an item is what listObjectsV2 gives: Etag in quotes, LastModified in epoch seconds', async () => {
    bench.double.store.put('source', 'in/a+b é%41.txt', 'hello', {
      lastModified: new Date('2026-11-24T05:06:07.890Z'),
    });
    const { inputs } = await children({});
    expect(inputs).toEqual([
      {
        Etag: '"5d41402abc4b2a76b9719d911017c592"',
        Key: 'in/a+b é%41.txt',
        LastModified: 1795496767,
        Size: 5,
        StorageClass: 'STANDARD',
      },
    ]);
  });

  test('all pages are read, one ahead and no further', async () => {
    bench.seed(2_500);
    let listedWhenFirstChildRan = 0;
    const { mapRun } = await bench.run(machine(mapState({ ...byCount(100), MaxConcurrency: 1 })), {
      [FUNCTION]: () => {
        listedWhenFirstChildRan ||= bench.double.requests.ListObjectsV2!;
        return 1;
      },
    });
    expect(mapRun!.itemCounts).toMatchObject({ total: 2_500, succeeded: 2_500 });
    expect(bench.double.requests.ListObjectsV2).toBe(3);
    expect(listedWhenFirstChildRan).toBeLessThanOrEqual(2);
  });

  test('only keys below the prefix are read', async () => {
    bench.seed(2);
    bench.seed(3, 'out/');
    expect((await children({})).inputs).toHaveLength(2);
  });

  test('MaxItems ends the reading', async () => {
    bench.seed(10);
    const { inputs } = await children({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:listObjectsV2',
        ReaderConfig: { MaxItems: 4 },
        Parameters: { Bucket: 'source' },
      },
    });
    expect(inputs).toHaveLength(4);
  });

  test('an empty listing is a success without children', async () => {
    const { inputs, outcome } = await children({ ResultWriter: WRITER });
    expect([inputs, outcome.record.status, outcome.mapRun!.status]).toEqual([
      [],
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(await bench.json('results', outcome.output.ResultWriterDetails.Key)).toMatchObject({
      ResultFiles: { SUCCEEDED: [], FAILED: [], PENDING: [] },
    });
  });

  test('a bucket that is not there is States.ItemReaderFailed, which can be caught', async () => {
    const reader = {
      Resource: 'arn:aws:states:::s3:listObjectsV2',
      Parameters: { Bucket: 'nowhere' },
    };
    const failed = await bench.run(machine(mapState({ ItemReader: reader })), {});
    expect([failed.record.status, failed.record.error]).toEqual([
      'FAILED',
      'States.ItemReaderFailed',
    ]);
    expect(failed.record.cause).toContain('NoSuchBucket');
    const caught = await bench.run(
      machine(
        mapState({
          ItemReader: reader,
          Catch: [{ ErrorEquals: ['States.ItemReaderFailed'], Next: 'Caught' }],
        }),
        { Caught: { Type: 'Succeed' } },
      ),
      {},
    );
    expect(caught.record.status).toBe('SUCCEEDED');
  });

  test('ItemSelector shapes each item, from item, state input and context', async () => {
    bench.seed(2);
    const { inputs } = await children(
      {
        ItemSelector: {
          'key.$': '$$.Map.Item.Value.Key',
          'index.$': '$$.Map.Item.Index',
          'date.$': '$.date',
          'run.$': '$$.Execution.Name',
        },
      },
      { input: { date: '2026-11-24' } },
    );
    expect(inputs.sort((left, right) => left.index - right.index)).toEqual([
      { key: 'in/000000', index: 0, date: '2026-11-24', run: 'run-1' },
      { key: 'in/000001', index: 1, date: '2026-11-24', run: 'run-1' },
    ]);
  });

  test('without a reader the items are an array of the input', async () => {
    const { ItemReader: _none, ...state } = mapState({ ItemsPath: '$.items' });
    const { output } = await bench.run(
      machine(state),
      { [FUNCTION]: (n: number) => n * 2 },
      { input: { items: [3, 1, 2] } },
    );
    expect(output).toEqual([6, 2, 4]);
  });
});

describe('batching', () => {
  test('by count', async () => {
    bench.seed(7);
    const { inputs } = await children({ ...byCount(3), MaxConcurrency: 1 });
    expect(inputs.map(({ Items }) => Items.length)).toEqual([3, 3, 1]);
    expect(Object.keys(inputs[0])).toEqual(['Items']);
  });

  test('by bytes: each child input is as large as fits, and never larger', async () => {
    bench.seed(50);
    const limit = 1_000;
    const { inputs } = await children(
      {
        ItemBatcher: { MaxInputBytesPerBatch: limit, BatchInput: { 'run.$': '$.run' } },
        MaxConcurrency: 1,
      },
      { input: { run: { id: 'x' } } },
    );
    const sizes = inputs.map((input) => Buffer.byteLength(JSON.stringify(input)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
    const item = Buffer.byteLength(JSON.stringify(inputs[0].Items[0])) + 1;
    for (const size of sizes.slice(0, -1)) {
      expect(size + item).toBeGreaterThan(limit);
    }
    expect(inputs.flatMap(({ Items }) => Items)).toHaveLength(50);
  });

  test.each([
    [0, 3],
    [1, 2],
  ])('a limit of exactly three items, less %i byte, takes %i', async (less, expected) => {
    bench.seed(6);
    const [three] = (await children({ ...byCount(3), MaxConcurrency: 1 })).inputs;
    const limit = Buffer.byteLength(JSON.stringify(three)) - less;
    const { inputs } = await children({
      ItemBatcher: { MaxInputBytesPerBatch: limit },
      MaxConcurrency: 1,
    });
    expect(inputs[0].Items).toHaveLength(expected);
  });

  test('an item that fits into no batch fails the map', async () => {
    bench.seed(1);
    const { record } = (await children({ ItemBatcher: { MaxInputBytesPerBatch: 50 } })).outcome;
    expect([record.status, record.error]).toEqual(['FAILED', 'States.ItemReaderFailed']);
  });

  test('by count and bytes, whichever is reached first', async () => {
    bench.seed(20);
    const { inputs } = await children({
      ItemBatcher: { MaxItemsPerBatch: 4, MaxInputBytesPerBatch: 100_000 },
      MaxConcurrency: 1,
    });
    expect(inputs.map(({ Items }) => Items.length)).toEqual([4, 4, 4, 4, 4]);
  });

  test('BatchInput is evaluated; a path without .$ stays text', async () => {
    bench.seed(1);
    const { inputs } = await children(
      { ItemBatcher: { MaxItemsPerBatch: 5, BatchInput: { 'run.$': '$.run', text: '$.run' } } },
      { input: { run: { id: 7 } } },
    );
    expect(inputs[0].BatchInput).toEqual({ run: { id: 7 }, text: '$.run' });
  });

  test('a child input above 256 KiB fails the map, and nothing catches it', async () => {
    bench.seed(2_500);
    const { record } = await bench.run(
      machine(
        mapState({ ...byCount(2_500), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }),
        { Caught: { Type: 'Succeed' } },
      ),
      { [FUNCTION]: () => 1 },
    );
    expect([record.status, record.error]).toEqual(['FAILED', 'States.DataLimitExceeded']);
  });
});

describe('children', () => {
  test.each([
    [{ MaxConcurrency: 3 }, {}],
    [{ MaxConcurrencyPath: '$.n' }, { n: 3 }],
  ])('%j bounds how many run at once', async (fields, input) => {
    bench.seed(12);
    let running = 0;
    let most = 0;
    await bench.run(
      machine(mapState(fields)),
      {
        [FUNCTION]: async () => {
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
          return 1;
        },
      },
      { input },
    );
    expect(most).toBe(3);
  });

  test('are executions of the item processor, with names, history and events of their own', async () => {
    bench.seed(1);
    const { mapRun, records, record } = await bench.run(machine(mapState()), {
      [FUNCTION]: () => {
        throw new StateError('Broken', 'why');
      },
    });
    expect(mapRun).toMatchObject({ executionArn: record.arn, status: 'FAILED' });
    expect(mapRun!.mapRunArn).toMatch(
      /^arn:aws:states:us-east-1:123456789012:mapRun:Machine\/Everything:[0-9a-f-]{36}$/,
    );
    const [child] = records.childrenOf(mapRun!.mapRunArn, 'FAILED');
    expect(child).toMatchObject({
      error: 'Broken',
      cause: 'why',
      itemCount: 1,
      stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Machine/Everything',
    });
    expect(child!.arn).toMatch(
      /^arn:aws:states:us-east-1:123456789012:execution:Machine\/Everything:[0-9a-f-]{36}$/,
    );
    expect(child!.history.events.map(({ type }) => type)).toContain('LambdaFunctionFailed');
    expect(record.history.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['MapStateEntered', 'MapRunStarted', 'MapRunFailed']),
    );
  });

  test("a retry inside a child is the definition's: without it the run fails", async () => {
    bench.seed(4);
    const run = (Retry: object[]) => {
      let failures = 0;
      const States = { Work: { Type: 'Task', Resource: FUNCTION, Retry, End: true } };
      return bench.run(machine(mapState({ MaxConcurrency: 1 }, { States })), {
        [FUNCTION]: () => {
          if (failures++ === 0) {
            throw new StateError('Busy', 'once');
          }
          return 1;
        },
      });
    };
    expect((await run([{ ErrorEquals: ['Busy'] }])).record.status).toBe('SUCCEEDED');
    expect((await run([])).record).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    });
  });

  test('each is billed as a state transition, besides its states', async () => {
    bench.seed(5);
    const { meter } = await bench.run(machine(mapState()), { [FUNCTION]: () => 1 });
    expect(meter).toEqual({ transitions: 1 + 5 + 5, children: 5 });
  });

  test('a child ends at its time-out as TIMED_OUT, and its items count as failed', async () => {
    bench.seed(2);
    const processor = { TimeoutSeconds: 0.05 };
    const { mapRun, record } = await bench.run(machine(mapState(byCount(2), processor)), {
      [FUNCTION]: () => new Promise(() => undefined),
    });
    expect(record.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(mapRun!.itemCounts.timedOut).toBe(2);
  });

  test('end with the execution: a machine that times out aborts its Map Run', async () => {
    bench.seed(2);
    const { record, mapRun } = await bench.run(
      { ...machine(mapState()), TimeoutSeconds: 0.1 },
      { [FUNCTION]: () => new Promise(() => undefined) },
    );
    expect([record.status, mapRun!.status, mapRun!.itemCounts.aborted]).toEqual([
      'TIMED_OUT',
      'ABORTED',
      2,
    ]);
  });
});

describe('tolerance', () => {
  /** Runs a map of 100 items in batches of ten. The given number of batches fails. */
  const run = (failing: number, fields: object, input: object = {}) => {
    bench.seed(100);
    return bench.run(
      machine(mapState({ ...byCount(10), MaxConcurrency: 1, ...fields })),
      {
        [FUNCTION]: ({ Items }) => {
          if (Number(Items[0].Key.slice(-6)) < failing * 10) {
            throw new StateError('Broken', 'why');
          }
          return 1;
        },
      },
      { input: input as any },
    );
  };

  test.each([
    [1, {}, 'FAILED'],
    [1, { ToleratedFailurePercentage: 0 }, 'FAILED'],
    [1, { ToleratedFailurePercentage: 9 }, 'FAILED'],
    [1, { ToleratedFailurePercentage: 10 }, 'SUCCEEDED'],
    [2, { ToleratedFailurePercentage: 10 }, 'FAILED'],
    [10, { ToleratedFailurePercentage: 100 }, 'SUCCEEDED'],
    [1, { ToleratedFailureCount: 9 }, 'FAILED'],
    [1, { ToleratedFailureCount: 10 }, 'SUCCEEDED'],
    [2, { ToleratedFailureCount: 50, ToleratedFailurePercentage: 10 }, 'FAILED'],
    [2, { ToleratedFailureCount: 10, ToleratedFailurePercentage: 50 }, 'FAILED'],
  ])(
    '%i failed batches of ten with %j: %s, since a failed child counts all its items',
    async (failing, fields, status) => {
      const { mapRun, record } = await run(failing, fields);
      expect([mapRun!.status, record.status]).toEqual([status, status]);
      if (status === 'FAILED') {
        expect(record.error).toBe('States.ExceedToleratedFailureThreshold');
      }
    },
  );

  test('the percentage may be a path', async () => {
    expect((await run(1, { ToleratedFailurePercentagePath: '$.p' }, { p: 10 })).record.status).toBe(
      'SUCCEEDED',
    );
    expect((await run(1, { ToleratedFailurePercentagePath: '$.p' }, { p: 9 })).record.status).toBe(
      'FAILED',
    );
  });

  test('beyond it no further child starts, and what waited is in the PENDING file', async () => {
    const { mapRun, record } = await run(1, { ResultWriter: WRITER });
    expect(record.status).toBe('FAILED');
    expect(mapRun!.executionCounts).toMatchObject({ failed: 1, succeeded: 0 });
    const [manifest] = bench.double.store
      .keys('results')
      .filter((key) => key.endsWith('manifest.json'));
    const { ResultFiles } = await bench.json('results', manifest!);
    const [pending] = await bench.json('results', ResultFiles.PENDING[0].Key);
    expect(pending).toMatchObject({ Status: 'PENDING' });
    expect(JSON.parse(pending.Input).Items).toHaveLength(10);
  });
});

describe('results', () => {
  const outputs = {
    [FUNCTION]: ({ Key }: { Key: string }) =>
      Key.endsWith('3') ? Promise.reject(new StateError('Broken', 'why')) : [Key, 'more'],
  };
  const run = async (WriterConfig?: object, options: object = {}) => {
    bench.seed(4);
    const ResultWriter = { ...WRITER, ...(WriterConfig ? { WriterConfig } : {}) };
    const state = mapState({ MaxConcurrency: 1, ToleratedFailurePercentage: 100, ResultWriter });
    const { output } = await bench.run(machine(state), outputs, options);
    return output;
  };

  test('the state answers with the Map Run and its manifest, which lists the files', async () => {
    const output = await run();
    const id = output.MapRunArn.split(':').at(-1);
    expect(output.ResultWriterDetails).toEqual({
      Bucket: 'results',
      Key: `runs/${id}/manifest.json`,
    });
    expect(await bench.json('results', output.ResultWriterDetails.Key)).toEqual({
      DestinationBucket: 'results',
      MapRunArn: output.MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `runs/${id}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `runs/${id}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
      },
    });
  });

  test.each([
    [undefined, 'json', [{ Status: 'SUCCEEDED', Output: '["in/000000","more"]' }, {}, {}]],
    [
      { Transformation: 'NONE', OutputType: 'JSONL' },
      'jsonl',
      [{ Status: 'SUCCEEDED', Output: '["in/000000","more"]' }, {}, {}],
    ],
    [
      { Transformation: 'COMPACT', OutputType: 'JSON' },
      'json',
      [
        ['in/000000', 'more'],
        ['in/000001', 'more'],
        ['in/000002', 'more'],
      ],
    ],
    [
      { Transformation: 'COMPACT', OutputType: 'JSONL' },
      'jsonl',
      [
        ['in/000000', 'more'],
        ['in/000001', 'more'],
        ['in/000002', 'more'],
      ],
    ],
    [
      { Transformation: 'FLATTEN', OutputType: 'JSONL' },
      'jsonl',
      ['in/000000', 'more', 'in/000001', 'more', 'in/000002', 'more'],
    ],
  ])('WriterConfig %j', async (config, extension, expected) => {
    const { MapRunArn } = await run(config);
    const text = await bench.text(
      'results',
      `runs/${MapRunArn.split(':').at(-1)}/SUCCEEDED_0.${extension}`,
    );
    const entries =
      extension === 'json'
        ? JSON.parse(text)
        : text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line));
    expect(entries).toHaveLength(expected.length);
    expect(entries).toMatchObject(expected);
  });

  test('a failed child is written whole under every transformation, its input as text', async () => {
    const { MapRunArn } = await run({ Transformation: 'COMPACT', OutputType: 'JSONL' });
    const entry = JSON.parse(
      await bench.text('results', `runs/${MapRunArn.split(':').at(-1)}/FAILED_0.jsonl`),
    );
    expect(entry).toMatchObject({
      Error: 'Broken',
      Cause: 'why',
      Status: 'FAILED',
      ExecutionArn: expect.stringContaining(':execution:Machine/Everything:'),
    });
    expect(JSON.parse(entry.Input)).toMatchObject({ Key: 'in/000003' });
  });

  test('a full file is followed by the next', async () => {
    const output = await run(
      { Transformation: 'COMPACT', OutputType: 'JSONL' },
      { maxResultFileBytes: 50 },
    );
    const {
      ResultFiles: { SUCCEEDED },
    } = await bench.json('results', output.ResultWriterDetails.Key);
    expect(SUCCEEDED.map(({ Key }: { Key: string }) => Key.split('/').at(-1))).toEqual([
      'SUCCEEDED_0.jsonl',
      'SUCCEEDED_1.jsonl',
    ]);
    const lines = await Promise.all(
      SUCCEEDED.map(
        async ({ Key }: { Key: string }) =>
          (await bench.text('results', Key)).trimEnd().split('\n').length,
      ),
    );
    expect(lines).toEqual([2, 1]);
  });

  test('a writer that cannot write is States.ResultWriterFailed', async () => {
    bench.seed(1);
    const ResultWriter = { ...WRITER, Parameters: { Bucket: 'nowhere', Prefix: 'x' } };
    const { record } = await bench.run(machine(mapState({ ResultWriter })), {
      [FUNCTION]: () => 1,
    });
    expect([record.status, record.error]).toEqual(['FAILED', 'States.ResultWriterFailed']);
  });

  test('without a writer they are the output, in the order of the items', async () => {
    bench.seed(20);
    const { output } = await bench.run(machine(mapState()), {
      [FUNCTION]: async ({ Key }) => {
        if (Key.endsWith('0')) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return Key;
      },
    });
    expect(output).toEqual([...output].sort());
    expect(output).toHaveLength(20);
  });

  test('without a writer more than 256 KiB of them fail the execution', async () => {
    bench.seed(3);
    const { record } = await bench.run(machine(mapState()), {
      [FUNCTION]: () => 'x'.repeat(100 * 1024),
    });
    expect([record.status, record.error]).toEqual(['FAILED', 'States.DataLimitExceeded']);
  });

  test('ResultSelector, ResultPath and OutputPath of the map hold', async () => {
    bench.seed(1);
    const { output } = await bench.run(
      machine(
        mapState({
          ResultWriter: WRITER,
          ResultSelector: { 'key.$': '$.ResultWriterDetails.Key' },
          ResultPath: '$.map',
        }),
      ),
      { [FUNCTION]: () => 1 },
      { input: { run: 1 } },
    );
    expect(output).toEqual({ run: 1, map: { key: expect.stringMatching(/manifest\.json$/) } });
  });
});
