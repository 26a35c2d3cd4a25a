import { Bench, FUNCTION, machine, mapState, type Outcome } from './machine';
import { StateError } from '../../src/states-language/errors';
import type { Execution } from '../../src/step-functions/execution';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const task = (fields: object = {}) => ({ Type: 'Task', Resource: FUNCTION, ...fields });
const typesOf = ({ record }: Outcome) => record.history.events.map(({ type }) => type);
const broken = () => {
  throw new StateError('Broken', 'why');
};

describe('a redriven execution', () => {
  const twoSteps = {
    StartAt: 'One',
    States: {
      One: task({ Parameters: 'One', ResultPath: '$.one', Next: 'Two' }),
      Two: task({ InputPath: '$.one', Next: 'Done' }),
      Done: { Type: 'Succeed' },
    },
  };

  test(
    'goes on with the state that failed and its input, under its own ARN, start time and ' +
      'history',
    async () => {
      const called: unknown[] = [];
      let mended = false;
      const failed = await bench.run(twoSteps, {
        [FUNCTION]: (input) => {
          called.push(input);
          if (input === 'One') {
            return { a: 1 };
          }
          return mended ? 'done' : broken();
        },
      });
      const { arn, startDate } = failed.record;
      mended = true;
      const { record, output } = await failed.redrive();
      expect(called).toEqual(['One', { a: 1 }, { a: 1 }]);
      expect([record.status, output, record.error, record.redriveCount]).toEqual([
        'SUCCEEDED',
        'done',
        undefined,
        1,
      ]);
      expect([record.arn, record.startDate]).toEqual([arn, startDate]);
      expect(record.history.events.map(({ id, type }) => `${id} ${type}`).slice(6)).toEqual([
        '7 TaskStateEntered',
        '8 LambdaFunctionScheduled',
        '9 LambdaFunctionStarted',
        '10 LambdaFunctionFailed',
        '11 ExecutionFailed',
        '12 ExecutionRedriven',
        '13 LambdaFunctionScheduled',
        '14 LambdaFunctionStarted',
        '15 LambdaFunctionSucceeded',
        '16 TaskStateExited',
        '17 SucceedStateEntered',
        '18 SucceedStateExited',
        '19 ExecutionSucceeded',
      ]);
      expect(record.history.events[11]).toMatchObject({
        executionRedrivenEventDetails: { redriveCount: 1 },
      });
    },
  );

  test('may fail again, and be redriven again', async () => {
    let failures = 0;
    const failed = await bench.run(twoSteps, {
      [FUNCTION]: (input) => (input === 'One' || ++failures > 2 ? {} : broken()),
    });
    const again = await failed.redrive();
    expect([again.record.status, again.record.error, again.record.redriveCount]).toEqual([
      'FAILED',
      'Broken',
      1,
    ]);
    expect((await again.redrive()).record).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
  });

  test('has its redrives in the context object, and the first start time', async () => {
    const seen: Record<string, unknown>[] = [];
    const Parameters = { 'execution.$': '$$.Execution' };
    const failed = await bench.run(
      { StartAt: 'One', States: { One: task({ Parameters, End: true }) } },
      {
        [FUNCTION]: ({ execution }) => {
          seen.push(execution);
          return seen.length === 1 ? broken() : {};
        },
      },
    );
    const { record } = await failed.redrive();
    expect(seen).toMatchObject([
      { RedriveCount: 0, StartTime: '2026-11-24T16:00:00.000Z' },
      { RedriveCount: 1, StartTime: '2026-11-24T16:00:00.000Z' },
    ]);
    expect([seen[0]!.RedriveTime, seen[1]!.RedriveTime]).toEqual([
      undefined,
      record.redriveDate!.toISOString(),
    ]);
  });

  test('has all attempts of Retry again', async () => {
    let calls = 0;
    const retrying = {
      StartAt: 'One',
      States: { One: task({ Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }], End: true }) },
    };
    const failed = await bench.run(retrying, { [FUNCTION]: () => (++calls < 6 ? broken() : {}) });
    expect([failed.record.status, calls]).toEqual(['FAILED', 3]);
    expect((await failed.redrive()).record.status).toBe('SUCCEEDED');
  });

  test('has all of its TimeoutSeconds again', async () => {
    let hang = true;
    const slow = { StartAt: 'One', States: { One: task({ End: true }) }, TimeoutSeconds: 0.2 };
    const late = await bench.run(slow, {
      [FUNCTION]: () => (hang ? new Promise(() => undefined) : {}),
    });
    expect(late.record.status).toBe('TIMED_OUT');
    hang = false;
    expect((await late.redrive()).record.status).toBe('SUCCEEDED');
  });

  test('enters a Fail state again, and fails again', async () => {
    const failed = await bench.run(
      { StartAt: 'Stop', States: { Stop: { Type: 'Fail', Error: 'TooMuch', CausePath: '$.why' } } },
      {},
      { input: { why: 'x' } },
    );
    const again = await failed.redrive();
    expect(again.record).toMatchObject({
      status: 'FAILED',
      error: 'TooMuch',
      cause: 'x',
      redriveCount: 1,
    });
    expect(typesOf(again)).toEqual([
      'ExecutionStarted',
      'FailStateEntered',
      'ExecutionFailed',
      'ExecutionRedriven',
      'FailStateEntered',
      'ExecutionFailed',
    ]);
  });

  test('repeats a state whose output was above 256 KiB', async () => {
    let size = 200 * 1024;
    const adding = {
      StartAt: 'One',
      States: { One: task({ ResultPath: '$.more', Next: 'Two' }), Two: { Type: 'Succeed' } },
    };
    const failed = await bench.run(
      adding,
      { [FUNCTION]: () => 'x'.repeat(size) },
      { input: { much: 'x'.repeat(100 * 1024) } },
    );
    expect(failed.record.error).toBe('States.DataLimitExceeded');
    size = 1;
    expect((await failed.redrive()).record.status).toBe('SUCCEEDED');
  });

  test.each([
    [
      'stopped',
      (execution: Execution) => execution.abort({ error: 'Mine', cause: 'enough' }),
      { status: 'ABORTED', error: 'Mine', cause: 'enough' },
    ],
    [
      'timed out',
      (execution: Execution) => execution.timeOut(),
      { status: 'TIMED_OUT', error: 'States.Timeout' },
    ],
  ])('was %s before, in the state in which it was', async (_how, end, expected) => {
    let execution: Execution | undefined;
    let calls = 0;
    const ended = await bench.run(
      twoSteps,
      {
        [FUNCTION]: (input) => {
          calls++;
          if (input === 'One' || calls > 2) {
            return {};
          }
          setImmediate(() => end(execution!));
          return new Promise(() => undefined);
        },
      },
      {
        onStart: (started) => {
          execution = started;
        },
      },
    );
    expect(ended.record).toMatchObject(expected);
    expect((await ended.redrive()).record).toMatchObject({ status: 'SUCCEEDED', error: undefined });
    expect(calls).toBe(3);
  });
});

describe('a redriven Map Run', () => {
  const WRITER = {
    Resource: 'arn:aws:states:::s3:putObject',
    Parameters: { Bucket: 'results', Prefix: 'runs' },
  };
  const batches = (fields: object = {}, processor: object = {}) =>
    machine(
      mapState(
        {
          ItemBatcher: { MaxItemsPerBatch: 2 },
          MaxConcurrency: 1,
          ResultWriter: {
            ...WRITER,
            WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
          },
          ...fields,
        },
        processor,
      ),
    );
  const firstOf = ({ Items }: { Items: { Key: string }[] }) => Number(Items[0]!.Key.slice(-6));

  /** Returns a map of ten items in five batches. A batch fails while its number is in the set. */
  function failing(batchesThatFail: number[]) {
    const fail = new Set(batchesThatFail);
    const called: number[] = [];
    bench.seed(10);
    const work = (input: any) => {
      const batch = firstOf(input) / 2;
      called.push(batch);
      return fail.has(batch) ? broken() : { batch };
    };
    return { fail, called, services: { [FUNCTION]: work } };
  }

  async function manifestOf(outcome: Outcome): Promise<any> {
    return bench.json('results', outcome.output.ResultWriterDetails.Key);
  }

  async function succeeded(outcome: Outcome): Promise<number[]> {
    const { ResultFiles } = await manifestOf(outcome);
    const texts = await Promise.all(
      ResultFiles.SUCCEEDED.map(({ Key }: { Key: string }) => bench.text('results', Key)),
    );
    return texts
      .flatMap((text: string) => text.trimEnd().split('\n'))
      .map((line: string) => JSON.parse(line).batch)
      .sort();
  }

  test('keeps what succeeded, restarts what failed and starts what had not been started', async () => {
    const { fail, called, services } = failing([2]);
    const failed = await bench.run(batches(), services);
    expect([failed.record.error, called]).toEqual([
      'States.ExceedToleratedFailureThreshold',
      [0, 1, 2],
    ]);
    const { mapRunArn } = failed.mapRun!;
    fail.clear();
    const redriven = await failed.redrive();
    expect(called).toEqual([0, 1, 2, 2, 3, 4]);
    expect(redriven.record.status).toBe('SUCCEEDED');
    expect([redriven.records.mapRuns.size, redriven.output.MapRunArn]).toEqual([1, mapRunArn]);
    expect(redriven.mapRun).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
      itemCounts: {
        total: 10,
        succeeded: 10,
        failed: 0,
        pending: 0,
        running: 0,
        pendingRedrive: 0,
        resultsWritten: 10,
      },
      executionCounts: {
        total: 5,
        succeeded: 5,
        failed: 0,
        pending: 0,
        running: 0,
        pendingRedrive: 0,
      },
    });
    expect(typesOf(redriven)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'MapRunRedriven',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(redriven.record.history.events[8]).toMatchObject({
      mapRunRedrivenEventDetails: { mapRunArn, redriveCount: 1 },
    });
    expect(await succeeded(redriven)).toEqual([0, 1, 2, 3, 4]);
  });

  test(
    'uses the items of the first attempt: what is gone from the bucket since then is still ' +
      'in its batch',
    async () => {
      const { fail, services } = failing([1]);
      const got: string[][] = [];
      const failed = await bench.run(batches(), {
        [FUNCTION]: (input) => {
          got.push(input.Items.map(({ Key }: { Key: string }) => Key));
          return services[FUNCTION]!(input);
        },
      });
      for (const key of ['in/000000', 'in/000003']) {
        bench.double.store.delete('source', key);
      }
      fail.clear();
      await failed.redrive();
      expect(got.slice(2)).toEqual([
        ['in/000002', 'in/000003'],
        ['in/000004', 'in/000005'],
        ['in/000006', 'in/000007'],
        ['in/000008', 'in/000009'],
      ]);
    },
  );

  test('restarts a child whatever characters its keys have', async () => {
    const { fail, services } = failing([0]);
    bench.double.store.put('source', 'in/000000\u2028\u2029', 'x');
    const failed = await bench.run(batches(), services);
    fail.clear();
    expect((await failed.redrive()).record.status).toBe('SUCCEEDED');
  });

  test('a child goes on in the state that failed', async () => {
    const States = {
      First: task({
        Parameters: { 'first.$': '$.Items[0].Key' },
        ResultPath: null,
        Next: 'Work',
      }),
      Work: task({ End: true }),
    };
    const { fail, services } = failing([0]);
    const steps: string[] = [];
    const failed = await bench.run(batches({}, { StartAt: 'First', States }), {
      [FUNCTION]: (input) => {
        steps.push(input.first ? 'First' : 'Work');
        return input.first ? {} : services[FUNCTION]!(input);
      },
    });
    const [child] = failed.records.childrenOf(failed.mapRun!.mapRunArn, 'FAILED');
    steps.length = 0;
    fail.clear();
    await failed.redrive();
    expect(failed.records.childrenOf(failed.mapRun!.mapRunArn, 'FAILED')).toEqual([]);
    expect(steps[0]).toBe('Work');
    expect(failed.records.executions.get(child!.arn)).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
      redriveDate: expect.any(Date),
      startDate: child!.startDate,
    });
  });

  test('restarts no more at once than MaxConcurrency, and all that were stopped with the run', async () => {
    bench.seed(12);
    let hang = true;
    let hanging = 0;
    let running = 0;
    let most = 0;
    let abort: () => void;
    const outcome = bench.run(
      batches({ MaxConcurrency: 3 }),
      {
        [FUNCTION]: async () => {
          if (hang) {
            if (++hanging === 3) {
              setTimeout(abort, 100);
            }
            return new Promise(() => undefined);
          }
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
          return {};
        },
      },
      {
        onStart: (execution) => {
          abort ??= () => execution.abort();
        },
      },
    );
    const stopped = await outcome;
    expect([
      stopped.record.status,
      stopped.mapRun!.status,
      stopped.mapRun!.executionCounts.aborted,
    ]).toEqual(['ABORTED', 'ABORTED', 3]);
    hang = false;
    const redriven = await stopped.redrive();
    expect([redriven.record.status, redriven.mapRun!.itemCounts.succeeded, most]).toEqual([
      'SUCCEEDED',
      12,
      3,
    ]);
  });

  test('is judged anew, over all items', async () => {
    const { fail, called, services } = failing([1, 2]);
    const failed = await bench.run(batches({ ToleratedFailurePercentage: 20 }), services);
    expect([failed.record.status, called]).toEqual(['FAILED', [0, 1, 2, 3, 4]]);
    // The percentage is known only when all items are listed. At that time the last batch is
    // running.
    expect(failed.mapRun!.itemCounts).toMatchObject({ succeeded: 4, failed: 4, aborted: 2 });
    fail.delete(2);
    const redriven = await failed.redrive();
    expect(called.slice(5)).toEqual([1, 2, 4]);
    expect([
      redriven.record.status,
      redriven.mapRun!.itemCounts.failed,
      redriven.mapRun!.itemCounts.succeeded,
    ]).toEqual(['SUCCEEDED', 2, 8]);
  });

  test('that fails again keeps what is left for the next redrive', async () => {
    const { fail, called, services } = failing([0, 1]);
    const failed = await bench.run(batches({ MaxConcurrency: 2 }), services);
    expect(failed.record.status).toBe('FAILED');
    const before = failed.mapRun!.executionCounts;
    expect(before.failed + before.aborted).toBe(2);
    const again = await failed.redrive();
    expect([again.record.status, again.mapRun!.executionCounts.pendingRedrive]).toEqual([
      'FAILED',
      0,
    ]);
    fail.clear();
    const redriven = await again.redrive();
    expect(redriven.record).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
    expect(redriven.mapRun).toMatchObject({ redriveCount: 2, itemCounts: { succeeded: 10 } });
    expect(await succeeded(redriven)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(called)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  test('writes successes of all attempts, and failures of its own alone', async () => {
    const { fail, services } = failing([1, 2, 3]);
    const failed = await bench.run(batches({ ToleratedFailurePercentage: 50 }), services);
    expect(failed.record.status).toBe('FAILED');
    fail.delete(1);
    fail.delete(2);
    const redriven = await failed.redrive();
    expect(await succeeded(redriven)).toEqual([0, 1, 2, 4]);
    const {
      ResultFiles: { FAILED, PENDING },
    } = await manifestOf(redriven);
    const entries = (await bench.text('results', FAILED[0].Key))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries).toEqual([
      expect.objectContaining({
        Status: 'FAILED',
        RedriveCount: 1,
        RedriveStatus: 'REDRIVABLE_BY_MAP_RUN',
      }),
    ]);
    expect(firstOf(JSON.parse(entries[0].Input))).toBe(6);
    expect(PENDING).toEqual([]);
  });

  test('writes an array that is whole, too', async () => {
    const { fail, services } = failing([2]);
    const failed = await bench.run(batches({ ResultWriter: WRITER }), services);
    fail.clear();
    const redriven = await failed.redrive();
    const {
      ResultFiles: {
        SUCCEEDED: [file],
      },
    } = await manifestOf(redriven);
    expect(await bench.json('results', file.Key)).toHaveLength(5);
  });

  test('without a writer its output has the order of the items', async () => {
    const { fail, services } = failing([1]);
    const failed = await bench.run(
      machine(mapState({ ItemBatcher: { MaxItemsPerBatch: 2 }, MaxConcurrency: 1 })),
      services,
    );
    fail.clear();
    expect((await failed.redrive()).output).toEqual([0, 1, 2, 3, 4].map((batch) => ({ batch })));
  });

  test('writes its results where only that had failed, and runs no child again', async () => {
    const { called, services } = failing([]);
    const allow = bench.double.store.deny({ bucket: 'results' });
    const failed = await bench.run(batches(), services);
    expect(failed.record.error).toBe('States.ResultWriterFailed');
    allow();
    const redriven = await failed.redrive();
    expect([redriven.record.status, called]).toEqual(['SUCCEEDED', [0, 1, 2, 3, 4]]);
  });

  test('reads the bucket where the listing had failed', async () => {
    const reader = {
      ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'late' } },
    };
    const failed = await bench.run(machine(mapState(reader)), { [FUNCTION]: ({ Key }) => Key });
    expect(failed.record.error).toBe('States.ItemReaderFailed');
    bench.double.store.createBucket('late');
    bench.double.store.put('late', 'in/1', 'x');
    expect((await failed.redrive()).output).toEqual(['in/1']);
  });

  test('goes on reading behind the last batch where a later page could not be listed', async () => {
    bench.seed(2_500);
    const got: string[] = [];
    let allow: (() => void) | undefined;
    const failed = await bench.run(
      machine(mapState({ ItemBatcher: { MaxItemsPerBatch: 300 }, MaxConcurrency: 1 })),
      {
        [FUNCTION]: ({ Items }) => {
          // The second page has arrived or is on its way. The third page has not been requested.
          allow ??= bench.double.store.deny({ operations: ['ListObjectsV2'] });
          got.push(...Items.map(({ Key }: { Key: string }) => Key));
          return 1;
        },
      },
    );
    expect(failed.record.error).toBe('States.ItemReaderFailed');
    allow!();
    const { mapRun, record } = await failed.redrive();
    expect(record.status).toBe('SUCCEEDED');
    expect(mapRun!.itemCounts).toMatchObject({ total: 2_500, succeeded: 2_500 });
    expect(new Set(got).size).toBe(2_500);
  });

  test('is a new one after States.DataLimitExceeded', async () => {
    bench.seed(3);
    let size = 100 * 1024;
    const failed = await bench.run(machine(mapState()), { [FUNCTION]: () => 'x'.repeat(size) });
    expect(failed.record.error).toBe('States.DataLimitExceeded');
    size = 1;
    const { records, output } = await failed.redrive();
    expect([output, records.mapRuns.size]).toEqual([['x', 'x', 'x'], 2]);
  });

  test('a Retry of the state starts a new one in a redrive, too', async () => {
    const { called, services } = failing([1]);
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
    const failed = await bench.run(batches({ Retry }), services);
    expect([failed.records.mapRuns.size, called]).toEqual([2, [0, 1, 0, 1]]);
    await failed.redrive();
    expect([failed.records.mapRuns.size, called.slice(4)]).toEqual([3, [1, 0, 1]]);
  });

  test('of children needs states:RedriveExecution', async () => {
    const { fail, services } = failing([1]);
    const asked: string[] = [];
    const failed = await bench.run(batches(), services, {
      demandRedrive: (arn) => {
        asked.push(arn);
        throw new StateError('States.Permissions', 'no');
      },
    });
    fail.clear();
    const redriven = await failed.redrive();
    expect(redriven.record.error).toBe('States.Permissions');
    expect(asked).toEqual([expect.stringMatching(/:execution:Machine\/Everything:[0-9a-f-]{36}$/)]);
    expect(redriven.mapRun!.itemCounts).toMatchObject({ succeeded: 2, failed: 2 });
  });
});
