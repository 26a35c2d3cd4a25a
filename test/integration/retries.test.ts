/**
 * Runs the synthesized definition and the built bundles while Lambda fails once. The messages of
 * failed runs are in messages/.
 */
import type { InvocationHook } from '../../packages/engine/src/lambda/host';
import { StateError } from '../../packages/engine/src/states-language/errors';
import { Bench, FUNCTION } from '../../packages/engine/test/step-functions/machine';
import { ErrorName } from '../../src/contract/errors';
import { listsByMap } from '../helpers/default-listing';
import { rehearse, type Rehearsal } from '../helpers/run-in-sandbox';
import { batchStates, definition, synth } from '../helpers/synth';

const KEYS = Array.from(
  { length: 20 },
  (_, i) => `incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`,
);
const DATED = { date: '2026-11-24' };

let rehearsal: Rehearsal;
/** S3 answers copies so. */
let hasNoBucket = false;
let invocations: { [name: string]: number };
let onInvoke: (name: string, invocation: InvocationHook) => void;
beforeAll(async () => {
  rehearsal = await rehearse(
    { batchSize: 10, maxConcurrency: 1 },
    {
      s3: {
        hooks: {
          before: ({ operation }) =>
            hasNoBucket && operation === 'CopyObject'
              ? { kind: 'Error', status: 404, code: 'NoSuchBucket' }
              : undefined,
        },
      },
      onInvoke: (invocation) => {
        const name = ['PlanRun', 'ListObjects', 'ArchiveBatch', 'ReportRun', 'ExplainFailure'].find(
          (each) => invocation.logicalId.includes(each),
        )!;
        invocations[name] = (invocations[name] ?? 0) + 1;
        onInvoke(name, invocation);
      },
    },
  );
});
afterAll(() => rehearsal.close());

beforeEach(() => {
  const { store } = rehearsal.sandbox.s3!;
  for (const bucket of [rehearsal.sandbox.sourceBucket, rehearsal.sandbox.destinationBucket]) {
    for (const key of store.keys(bucket)) {
      store.delete(bucket, key);
    }
  }
  for (const key of KEYS) {
    rehearsal.put(key);
  }
  invocations = {};
  hasNoBucket = false;
  onInvoke = () => undefined;
});

test.each(['PlanRun', 'ArchiveBatch', 'ReportRun'])(
  'one crash of %s does not fail the run at tolerance 0',
  async (name) => {
    onInvoke = (invoked, { kill }) => {
      if (invoked === name && invocations[name] === 1) {
        kill();
      }
    };
    const summary = await rehearsal.sandbox.run({ input: DATED });
    expect(summary).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 20, archived: 20, skipped: 0, conflicting: 0, failed: 0 },
      alerts: [],
    });
    expect(invocations).toEqual({
      PlanRun: 1,
      ...(!listsByMap() && { ListObjects: 1 }),
      ArchiveBatch: 2,
      ReportRun: 1,
      [name]: name === 'ArchiveBatch' ? 3 : 2,
    });
  },
);

describe('the errors of the handlers are final', () => {
  test('PlanRun refuses an input once', async () => {
    const summary = await rehearsal.sandbox.run({ input: { dat: '2026-11-24' } });
    expect([summary.error, invocations.PlanRun]).toEqual([ErrorName.INVALID_RUN_INPUT, 1]);
  });

  test('ArchiveBatch fails once for a reason that all objects share', async () => {
    hasNoBucket = true;
    const summary = await rehearsal.sandbox.run({ input: DATED });
    expect([summary.error, invocations.ArchiveBatch]).toEqual([
      'States.ExceedToleratedFailureThreshold',
      1,
    ]);
  });

  test('ReportRun refuses a ledger that does not balance once', async () => {
    const {
      sandbox: { s3, reportBucket },
    } = rehearsal;
    onInvoke = (name) => {
      if (name !== 'ReportRun') {
        return;
      }
      const [part] = s3!.store
        .keys(reportBucket)
        .filter((key) => key.includes('/ledger/day=2026-11-24/run=unbalanced/'));
      s3!.store.delete(reportBucket, part!);
    };
    const summary = await rehearsal.sandbox.run({ input: DATED, name: 'unbalanced' });
    expect([summary.error, invocations.ReportRun]).toEqual([ErrorName.LEDGER_UNBALANCED, 1]);
  });
});

/**
 * The errors that Lambda may report for one invocation: a crash, an idle function whose code is
 * loaded again, network interfaces in a VPC, and throttling.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const LAMBDA_ERRORS = [
  'Runtime.ExitError',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.OutOfMemory',
  'Lambda.CodeArtifactUserPendingException',
  'Lambda.ResourceNotReadyException',
  'Lambda.ResourceConflictException',
  'Lambda.ENILimitReachedException',
  'Lambda.EC2ThrottledException',
  'Lambda.EC2UnexpectedException',
  'Lambda.SubnetIPAddressLimitReachedException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
];

describe('the retriers of each task', () => {
  const { template } = synth();
  const { States } = definition(template);
  const tasks = {
    PlanRun: States.PlanRun,
    ArchiveBatch: batchStates(template).ArchiveBatch,
    ReportRun: States.ReportRun,
  };
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(() => bench.close());

  async function runTask(name: keyof typeof tasks, error: string) {
    let calls = 0;
    const state = { Type: 'Task', Resource: FUNCTION, Retry: tasks[name].Retry, End: true };
    const { record } = await bench.run(
      { StartAt: 'One', States: { One: state } },
      {
        [FUNCTION]: () => {
          calls += 1;
          if (calls === 1) {
            throw new StateError(error, 'once');
          }
          return {};
        },
      },
    );
    return [record.status, calls];
  }

  describe.each(Object.keys(tasks) as (keyof typeof tasks)[])('%s', (name) => {
    test.each(LAMBDA_ERRORS)('is invoked again after %s', async (error) => {
      expect(await runTask(name, error)).toEqual(['SUCCEEDED', 2]);
    });

    test.each(Object.values(ErrorName))('is not invoked again after %s', async (error) => {
      expect(await runTask(name, error)).toEqual(['FAILED', 1]);
    });
  });
});
